package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Takes what the layout allows, and nothing else: against {@link EntryOracle}. */
class EntryDecoderTest {
    private static final int OFFSET = 40;
    private static final byte[] ALPHABET = {0, 1, 2, 3, 4, 5, 6, 7, -1};

    private final EntryDecoder decoder = new EntryDecoder();
    private long accepted;
    private long refused;

    private void compare(byte[] bytes, int limit) {
        boolean expected = EntryOracle.isEntry(bytes, OFFSET, limit);
        if (decoder.wrap(bytes, OFFSET, limit) != expected) {
            assertThat(decoder.wrap(bytes, OFFSET, limit))
                    .as("limit=%d of %s", limit, Arrays.toString(Arrays.copyOfRange(bytes, OFFSET, limit)))
                    .isEqualTo(expected);
        }
        accepted += expected ? 1 : 0;
        refused += expected ? 0 : 1;
    }

    /** One with everything in it, and bytes behind it that look like more of it. */
    private static byte[] rich() {
        BatchEncoder encoder = new BatchEncoder(64 * 1024, 40);
        encoder.begin();
        encoder.beginEntry(9, 1, 2);
        encoder.text(LOGGER, "logger");
        encoder.text(TEMPLATE, "a {} template");
        encoder.beginArgs();
        encoder.addNull();
        encoder.addBoolean(true);
        encoder.addBoolean(false);
        encoder.addLong(1);
        encoder.addDouble(2);
        encoder.addFloat(3);
        encoder.addString("text");
        encoder.endArgs();
        for (int tag : new int[] {FIELDS, MDC}) {
            encoder.beginPairs(tag);
            encoder.key("key");
            encoder.putLong(4);
            encoder.endPair();
            encoder.key("");
            encoder.putNullable(null);
            encoder.endPair();
            encoder.endPairs();
        }
        encoder.beginException();
        encoder.beginThrowable(0, 0, "Outer", "message");
        encoder.frame("frame 1");
        encoder.frame("");
        encoder.endThrowable(0);
        encoder.beginThrowable(3, 1, "Inner", null);
        encoder.endThrowable(2);
        encoder.endException();
        encoder.caller("File.java", null, 42, "function");
        encoder.bytes(new byte[60], 0, 60); // cut, and so marked
        encoder.endEntry();
        int length = encoder.length() - BATCH_HEADER_LENGTH;
        byte[] bytes = new byte[OFFSET + length + 64];
        Arrays.fill(bytes, (byte) 5);
        System.arraycopy(encoder.buffer(), BATCH_HEADER_LENGTH, bytes, OFFSET, length);
        return bytes;
    }

    @Test
    void everyByteOfAnEntryChangedIsTakenOrRefusedAsTheLayoutSays() {
        byte[] bytes = rich();
        int length = Bytes.getInt(bytes, OFFSET);
        compare(bytes, OFFSET + length);
        assertThat(accepted).isEqualTo(1);
        assertThat(decoder.offset()).isEqualTo(OFFSET);
        assertThat(decoder.length()).isEqualTo(length);
        for (int at = OFFSET; at < OFFSET + length; at++) {
            byte was = bytes[at];
            for (int value = 0; value < 256; value++) {
                bytes[at] = (byte) value;
                compare(bytes, OFFSET + length);
            }
            bytes[at] = was;
        }
        assertThat(accepted).isGreaterThan(10_000);
        assertThat(refused).isGreaterThan(10_000);
    }

    @Test
    void anEntryOfAnyOtherLengthIsTakenOrRefusedAsTheLayoutSays() {
        byte[] bytes = rich();
        int length = Bytes.getInt(bytes, OFFSET);
        for (int limit = OFFSET; limit <= bytes.length; limit++) {
            if (limit >= OFFSET + Integer.BYTES) {
                compare(bytes, limit);
            }
        }
        for (int claimed = -2; claimed <= length + 64; claimed++) {
            Bytes.putInt(bytes, OFFSET, claimed);
            compare(bytes, bytes.length);
        }
        Bytes.putInt(bytes, OFFSET, Integer.MAX_VALUE);
        compare(bytes, bytes.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {ARGS, FIELDS, MDC, EXCEPTION, CALLER, ORIGINAL_LENGTH, TEMPLATE, 0, 200})
    void everyShortSectionIsTakenOrRefusedAsTheLayoutSays(int tag) {
        byte[] bytes = new byte[OFFSET + ENTRY_HEADER_LENGTH + SECTION_HEADER_LENGTH + 64];
        for (int length = 0; length <= 5; length++) {
            Arrays.fill(bytes, (byte) 0);
            int entry = ENTRY_HEADER_LENGTH + SECTION_HEADER_LENGTH + length;
            Bytes.putInt(bytes, OFFSET, entry);
            bytes[OFFSET + ENTRY_SEVERITY_OFFSET] = 9;
            int body = OFFSET + ENTRY_HEADER_LENGTH + SECTION_HEADER_LENGTH;
            Bytes.putInt(bytes, body - SECTION_HEADER_LENGTH, length << 8 | tag);
            int combinations = (int) Math.pow(ALPHABET.length, length);
            for (int combination = 0; combination < combinations; combination++) {
                for (int i = 0, rest = combination; i < length; i++, rest /= ALPHABET.length) {
                    bytes[body + i] = ALPHABET[rest % ALPHABET.length];
                }
                compare(bytes, OFFSET + entry);
            }
        }
    }

    /** Sections of the shapes that one byte more or less makes wrong. */
    @Test
    void exceptionsThatEndAtAnyPlaceAreTakenOrRefusedAsTheLayoutSays() {
        byte[] node = new byte[Short.BYTES + 8 + 2 * (1 + Integer.BYTES) + 2 * (Integer.BYTES + 1)];
        Bytes.putShort(node, 0, 1);
        Bytes.putShort(node, 4, 2);
        node[10] = STRING;
        node[15] = STRING;
        Bytes.putInt(node, 20, 1);
        Bytes.putInt(node, 25, 1);
        for (int kind = -1; kind <= 4; kind++) {
            node[2] = (byte) kind;
            for (int length = 0; length <= node.length; length++) {
                for (int claimed = 0; claimed <= 2; claimed++) {
                    Bytes.putShort(node, 4, claimed);
                    byte[] bytes = new byte[OFFSET + ENTRY_HEADER_LENGTH + SECTION_HEADER_LENGTH + node.length + 16];
                    int entry = ENTRY_HEADER_LENGTH + SECTION_HEADER_LENGTH + length;
                    Bytes.putInt(bytes, OFFSET, entry);
                    int body = OFFSET + ENTRY_HEADER_LENGTH + SECTION_HEADER_LENGTH;
                    Bytes.putInt(bytes, body - SECTION_HEADER_LENGTH, length << 8 | EXCEPTION);
                    System.arraycopy(node, 0, bytes, body, node.length);
                    compare(bytes, OFFSET + entry);
                }
            }
        }
        assertThat(accepted).isPositive();
    }
}
