package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.message.BatchEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Whatever a worker writes: one record is one line of valid UTF-8, and JSON gives the same text back. */
class HostileContentTest {
    private static final JsonFactory JSON = new JsonFactory();

    private final List<Format> lineFormats = List.of(new HumanFormat(ZoneOffset.UTC), new ColumnsFormat());
    private final JsonFormat json = new JsonFormat();

    @Test
    void noCodePointBreaksALineAndEachComesBackFromJson() {
        StringBuilder text = new StringBuilder();
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                text.appendCodePoint(point);
            }
            if (text.length() > 1000 || point == Character.MAX_CODE_POINT) {
                check(text.toString());
                text.setLength(0);
            }
        }
    }

    private void check(String text) {
        LogRecord everywhere = Records.record(0, 9, everywhere(text));
        for (Format format : lineFormats) {
            String line = FormatTest.line(format, everywhere);
            assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
            assertThat(line.substring(0, line.length() - 1).codePoints()).noneMatch(HostileContentTest::isControl);
        }
        String line = FormatTest.line(json, everywhere);
        assertThat(line.substring(0, line.length() - 1).codePoints()).noneMatch(HostileContentTest::isControl);
        assertThat(strings(line)).filteredOn(text::equals).hasSize(15);
    }

    /** Wherever a worker can put text; 15 of them in JSON. */
    private static Consumer<BatchEncoder> everywhere(String text) {
        return encoder -> {
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
            encoder.text(TRACE_ID, text);
            encoder.text(SPAN_ID, text);
            encoder.beginException();
            encoder.beginThrowable(ROOT, 0, text, text);
            encoder.frame(text);
            encoder.endThrowable(0);
            encoder.endException();
            encoder.caller(text, null, 1, text);
            encoder.text(MODULE, text);
        };
    }

    private static boolean isControl(int c) {
        return Character.getType(c) == Character.CONTROL
                || Character.getType(c) == Character.LINE_SEPARATOR
                || Character.getType(c) == Character.PARAGRAPH_SEPARATOR
                || Character.getDirectionality(c) >= Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING
                || c == 0x061C
                || c == 0x200E
                || c == 0x200F;
    }

    private static List<String> strings(String line) {
        java.util.ArrayList<String> strings = new java.util.ArrayList<>();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line.getBytes(StandardCharsets.UTF_8))) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.VALUE_STRING
                        || parser.currentToken() == JsonToken.PROPERTY_NAME) {
                    strings.add(parser.getString());
                }
            }
        }
        return strings;
    }

    @Test
    void bytesThatAreNotUtf8AreShownAsJavaDecodesThem() {
        for (int seed = 0; seed < 20_000; seed++) {
            byte[] bytes = mangled(new Random(seed));
            String decoded = new String(bytes, StandardCharsets.UTF_8);
            Utf8Buffer raw = new Utf8Buffer(16);
            Escaper.RAW.append(raw, bytes, 0, bytes.length);
            assertThat(raw.toString()).as("seed %d", seed).isEqualTo(decoded);
            assertThat(Arrays.copyOf(raw.bytes(), raw.length()))
                    .as("seed %d", seed)
                    .isEqualTo(decoded.getBytes(StandardCharsets.UTF_8));
            assertThat(strings(FormatTest.line(json, Records.bare(bytes))))
                    .as("seed %d", seed)
                    .contains(decoded);
        }
    }

    /** Text of mixed widths with some bytes changed, cut anywhere. */
    private static byte[] mangled(Random random) {
        StringBuilder text = new StringBuilder();
        int[] limits = {0x80, 0x800, 0x10000, 0x110000};
        int length = random.nextInt(20);
        for (int i = 0; i < length; i++) {
            int point = random.nextInt(limits[random.nextInt(limits.length)]);
            text.appendCodePoint(point >= 0xD800 && point <= 0xDFFF ? 'x' : point);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            if (random.nextInt(6) == 0) {
                bytes[i] = (byte) (random.nextBoolean() ? 0xE0 + random.nextInt(32) : random.nextInt(256));
            }
        }
        return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    }

    @Test
    void exceptionsOfAnyShapeAreValidJsonAndNoThrowableIsUncounted() {
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            int nodes = 1 + random.nextInt(200);
            boolean chain = random.nextInt(4) == 0;
            LogRecord record = Records.record(0, 9, encoder -> {
                encoder.beginException();
                for (int node = 0; node < nodes; node++) {
                    int kind = chain ? CAUSE : random.nextInt(4);
                    int depth = chain ? node : random.nextInt(5) == 0 ? random.nextInt(256) : random.nextInt(6);
                    encoder.beginThrowable(kind, depth, "Class", random.nextBoolean() ? "message" : null);
                    for (int frame = random.nextInt(3); frame > 0; frame--) {
                        encoder.frame("frame");
                    }
                    encoder.endThrowable(random.nextInt(2));
                }
                encoder.endException();
            });
            String line = FormatTest.line(json, record);
            long shown = strings(line).stream().filter("Class"::equals).count();
            String omitted =
                    line.replaceAll("(?s).*\"omitted\":(\\d+).*|.*", "$1").strip();
            assertThat(shown + (omitted.isEmpty() ? 0 : Long.parseLong(omitted)))
                    .as("seed %d", seed)
                    .isEqualTo(nodes);
            assertThat(FormatTest.line(lineFormats.get(0), record)).contains("Class");
        }
    }
}
