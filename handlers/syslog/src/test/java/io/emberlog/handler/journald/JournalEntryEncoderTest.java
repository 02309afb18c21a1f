package io.emberlog.handler.journald;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Entries as the protocol says they are to be read; what the real journald makes of them: {@link JournaldTest}. */
class JournalEntryEncoderTest {
    private final JournalEntryEncoder encoder = new JournalEntryEncoder(1, null, true);

    private List<Map.Entry<String, String>> read(LogRecord record) {
        JournalEntry entry = encoder.encode(record);
        ByteBuffer bytes = ByteBuffer.wrap(entry.bytes(), 0, entry.length()).order(ByteOrder.LITTLE_ENDIAN);
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        while (bytes.hasRemaining()) {
            StringBuilder name = new StringBuilder();
            char c = (char) bytes.get();
            for (; c != '=' && c != '\n'; c = (char) bytes.get()) {
                name.append(c);
            }
            byte[] value = new byte[c == '=' ? untilLineFeed(bytes) : (int) bytes.getLong()];
            bytes.get(value);
            assertThat(bytes.get()).isEqualTo((byte) '\n');
            fields.add(Map.entry(name.toString(), new String(value, StandardCharsets.UTF_8)));
        }
        return fields;
    }

    private static int untilLineFeed(ByteBuffer bytes) {
        int length = 0;
        while (bytes.get(bytes.position() + length) != '\n') {
            length++;
        }
        return length;
    }

    private static void eachCodePoint(Consumer<String> check) {
        StringBuilder text = new StringBuilder();
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                text.appendCodePoint(point);
            }
            if (text.length() >= 4000 || point == Character.MAX_CODE_POINT) {
                check.accept(text.toString());
                text.setLength(0);
            }
        }
    }

    @Test
    void noTextOfAWorkersForgesAFieldOrMovesATerminal() {
        eachCodePoint(text -> {
            List<Map.Entry<String, String>> fields = read(Records.record(0, 9, encoder -> {
                encoder.text(LOGGER, text);
                encoder.text(THREAD_NAME, text);
                encoder.text(TEMPLATE, text);
                encoder.text(LEVEL_NAME, text);
                encoder.text(MARKER, text);
                encoder.beginPairs(FIELDS);
                encoder.key(text);
                encoder.putNullable(text);
                encoder.endPair();
                encoder.endPairs();
                encoder.beginPairs(MDC);
                encoder.key(text);
                encoder.putNullable(text);
                encoder.endPair();
                encoder.endPairs();
                encoder.text(TRACE_ID, text);
                encoder.text(SPAN_ID, text);
                encoder.beginException();
                encoder.beginThrowable(ROOT, 0, text, text);
                encoder.frame(text);
                encoder.endThrowable(0);
                encoder.endException();
                encoder.caller(text, null, 1, text);
                encoder.text(MODULE, text);
            }));
            // 25 of ours, and the two of the worker's
            assertThat(fields).hasSize(27);
            assertThat(fields)
                    .extracting(Map.Entry::getKey)
                    .doesNotHaveDuplicates()
                    .allSatisfy(name -> assertThat(name).matches("[A-Z][A-Z0-9_]{0,63}"));
            assertThat(fields).extracting(Map.Entry::getValue).allMatch(JournalEntryEncoderTest::movesNothing);
        });
    }

    private static boolean movesNothing(String value) {
        return value.codePoints()
                .noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\t' || c >= 0x2028 && c <= 0x202E);
    }

    @Test
    void bytesAreNeitherTextNorTheEndOfTheirField() {
        byte[] bytes = "x\nPRIORITY=0\n".getBytes(StandardCharsets.US_ASCII);
        List<Map.Entry<String, String>> fields =
                read(Records.record(0, 9, encoder -> encoder.bytes(bytes, 0, bytes.length)));
        assertThat(fields).contains(Map.entry("EMBERLOG_BYTES", "x\nPRIORITY=0\n"), Map.entry("PRIORITY", "6"));
        assertThat(fields).extracting(Map.Entry::getKey).containsOnlyOnce("PRIORITY");
    }
}
