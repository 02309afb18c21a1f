package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Values where they stand, without an object for each. */
class ValueCursorTest {
    private static final int AT = 5;

    /** A string of three bytes, a long and a null, with bytes around them that look like more. */
    private static byte[] values() {
        byte[] bytes = new byte[AT + 1 + 4 + 3 + 9 + 1 + 20];
        bytes[AT] = STRING;
        Bytes.putInt(bytes, AT + 1, 3);
        System.arraycopy("abc".getBytes(StandardCharsets.US_ASCII), 0, bytes, AT + 5, 3);
        bytes[AT + 8] = LONG;
        Bytes.putLong(bytes, AT + 9, 42);
        bytes[AT + 17] = NULL;
        return bytes;
    }

    @Test
    void eachValueIsShownWhereItStands() {
        byte[] bytes = values();
        ValueCursor cursor = new ValueCursor();
        cursor.wrap(bytes, AT, 3);
        assertThat(cursor.remaining()).isEqualTo(3);
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.type()).isEqualTo(STRING);
        assertThat(cursor.buffer()).isSameAs(bytes);
        assertThat(cursor.textOffset()).isEqualTo(AT + 5);
        assertThat(cursor.textLength()).isEqualTo(3);
        assertThat(cursor.remaining()).isEqualTo(2);
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.type()).isEqualTo(LONG);
        assertThat(cursor.longValue()).isEqualTo(42);
        assertThat(cursor.textLength()).isZero();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.type()).isEqualTo(NULL);
        assertThat(cursor.value()).isNull();
        assertThat(cursor.next()).isFalse();
        assertThat(cursor.remaining()).isZero();
    }

    @Test
    void aValueEndsWhereItsTypeSaysOrIsNone() {
        byte[] bytes = values();
        int[] lengths = {8, 9, 1};
        int at = AT;
        for (int length : lengths) {
            for (int end = at; end <= at + length + 12; end++) {
                assertThat(ValueCursor.validate(bytes, at, end))
                        .as("at=%d end=%d", at, end)
                        .isEqualTo(end < at + length ? -1 : at + length);
            }
            at += length;
        }
        for (int type : new int[] {-1, STRING + 1}) {
            bytes[AT] = (byte) type;
            assertThat(ValueCursor.validate(bytes, AT, bytes.length)).isEqualTo(-1);
        }
        bytes[AT] = STRING;
        for (int length : new int[] {-1, Integer.MIN_VALUE, bytes.length - AT - 4, Integer.MAX_VALUE}) {
            Bytes.putInt(bytes, AT + 1, length);
            assertThat(ValueCursor.validate(bytes, AT, bytes.length)).isEqualTo(-1);
        }
        Bytes.putInt(bytes, AT + 1, bytes.length - AT - 5);
        assertThat(ValueCursor.validate(bytes, AT, bytes.length)).isEqualTo(bytes.length);
    }
}
