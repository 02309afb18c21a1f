package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.WorkerIdentity;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Whatever a worker writes: one record is one line of valid UTF-8, and JSON gives the same text back. */
class HostileContentTest {
    /** Refuses a name that comes twice, but for the format that says so. */
    private static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final JsonFactory JSON = new JsonFactory();
    /** As many as every place shows whole, so that each of them is seen in each. */
    private static final int CHUNK = 16;

    /** Above U+FFFF nothing is special. */
    private static final int LARGE_CHUNK = 256;

    /** With how often a text shows that stands in every place there is. */
    private static final Map<String, Integer> JSON_FORMATS = Map.of("json", 30, "ecs", 22, "otel", 21);

    private final Map<String, Format> formats = new LinkedHashMap<>();
    private final Utf8Buffer out = new Utf8Buffer(4096);
    private final BatchEncoder encoder = new BatchEncoder(1 << 20, 1 << 18);
    private final LogRecord record = new LogRecord();
    private final EntryDecoder decoder = new EntryDecoder();

    HostileContentTest() {
        Format.NAMES.forEach(name -> formats.put(name, Format.of(name, ZoneOffset.UTC)));
        for (String pattern : List.of(
                "%(asctime)s %(levelname)-20s|%(name).9s|%(processName)s|%(threadName)40s|%(filename)s|%(pathname)s|"
                        + "%(funcName)s|%(module)s|%(worker)s|%(service)s|%(host)s|%(marker)s|%(fields)s|%(mdc)s|"
                        + "%(traceId)s|%(spanId)s|%(id)s|%(message)s",
                "%d %-20level|%.9logger|%.-9logger|%logger{3}|%process|%40thread|%file|%path|%method|%class|%class{5}|%caller|"
                        + "%module|%worker|%service|%host|%marker|%kvp|%kvp{NONE}|%mdc|%mdc{k}|%field{k}|%traceId|%spanId|"
                        + "%-30(%msg %ex{1})|%id|%msg%n%ex",
                "%msg")) {
            formats.put(pattern, PatternFormat.of(pattern, ZoneOffset.UTC));
        }
        SyslogText old = SyslogText.builder().maxLength(4000).rfc3164();
        formats.put("rfc3164", (record, line) -> {
            old.append(record, line);
            line.append('\n');
        });
    }

    @Test
    void noCodePointBreaksALineAndEachComesBackFromJson() {
        StringBuilder text = new StringBuilder();
        int points = 0;
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                text.appendCodePoint(point);
                points++;
            }
            if (points == (point < 0x10000 ? CHUNK : LARGE_CHUNK) || point == Character.MAX_CODE_POINT) {
                check(text.toString());
                text.setLength(0);
                points = 0;
            }
        }
    }

    private void check(String text) {
        boolean common = text.codePointAt(0) < 0x10000;
        wrap(encode(common ? everywhere(text) : somewhere(text)), worker(common ? text : "w"));
        formats.forEach((name, format) -> {
            format(name, format);
            Integer times = JSON_FORMATS.get(name);
            if (times != null) {
                // Elasticsearch takes no dots, stars or backslashes in the names of labels, and no blank ones
                boolean renamed = name.equals("ecs") && text.matches("(?s).*[.*\\\\].*|[\\x00-\\x20]*");
                long found = strings(name, out).stream().filter(text::equals).count();
                if (found != (!common ? 4 : renamed ? times - 1 : times)) {
                    assertThat(found)
                            .as("%s in %s: %s", escape(text), name, out)
                            .isEqualTo(times.longValue());
                }
            }
        });
    }

    private void format(String name, Format format) {
        out.clear();
        format.format(record, out);
        byte[] bytes = out.bytes();
        int end = out.length() - 1;
        assertThat(bytes[end]).as(name).isEqualTo((byte) '\n');
        for (int i = 0; i < end; i++) {
            if (isControl(bytes, i)) {
                assertThat(escape(out.toString()))
                        .as("%s has a control at byte %d", name, i)
                        .isEmpty();
            }
        }
    }

    /** C0, DEL and C1; U+061C, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069. */
    private static boolean isControl(byte[] bytes, int at) {
        int b = bytes[at] & 0xFF;
        if (b < 0xC2) {
            return b < ' ' || b == 0x7F;
        }
        int next = bytes[at + 1] & 0xFF;
        if (b == 0xC2) {
            return next < 0xA0;
        }
        if (b == 0xE2 && (next == 0x80 || next == 0x81)) {
            int last = bytes[at + 2] & 0xFF;
            return next == 0x80
                    ? last == 0x8E || last == 0x8F || last >= 0xA8 && last <= 0xAE
                    : last >= 0xA6 && last <= 0xA9;
        }
        return b == 0xD8 && next == 0x9C;
    }

    private String line(String name, Format format) {
        format(name, format);
        String line = out.toString();
        byte[] again = line.getBytes(StandardCharsets.UTF_8);
        assertThat(Arrays.equals(again, 0, again.length, out.bytes(), 0, out.length()))
                .as("%s is UTF-8", name)
                .isTrue();
        return line;
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> escaped.append(String.format("\\u%04x", c)));
        return escaped.toString();
    }

    private byte[] encode(Consumer<BatchEncoder> sections) {
        encoder.begin();
        encoder.beginEntry(9, Records.TIME_NS, 17);
        sections.accept(encoder);
        encoder.endEntry();
        encoder.finish(0, 1);
        return Arrays.copyOf(encoder.buffer(), encoder.length());
    }

    private void wrap(byte[] batch, WorkerIdentity worker) {
        if (!decoder.wrap(batch, BATCH_HEADER_LENGTH, batch.length)) {
            throw new AssertionError("not an entry");
        }
        record.wrap(worker, 4096, 0, 1, decoder);
    }

    private static WorkerIdentity worker(String text) {
        return new WorkerIdentity(new UUID(1, 2), text, 4711, 0, text, text, text, text, text, text);
    }

    /** Wherever a worker can put text. */
    private static Consumer<BatchEncoder> everywhere(String text) {
        return encoder -> {
            encoder.text(LOGGER, text);
            encoder.text(THREAD_NAME, text);
            encoder.text(TEMPLATE, "{}");
            encoder.beginArgs();
            encoder.addString(text);
            encoder.addString(text);
            encoder.endArgs();
            encoder.text(LEVEL_NAME, text);
            encoder.text(MARKER, text);
            encoder.beginPairs(FIELDS);
            pair(encoder, text, text);
            pair(encoder, "k", text);
            encoder.endPairs();
            encoder.beginPairs(MDC);
            pair(encoder, text, text);
            pair(encoder, "k", text);
            encoder.endPairs();
            encoder.text(TRACE_ID, text);
            encoder.text(SPAN_ID, text);
            encoder.beginException();
            encoder.beginThrowable(ROOT, 0, text, text);
            encoder.frame(text);
            encoder.endThrowable(0);
            encoder.beginThrowable(SUPPRESSED, 1, text, text);
            encoder.endThrowable(0);
            encoder.beginThrowable(CIRCULAR, 1, text, text);
            encoder.endThrowable(0);
            encoder.endException();
            encoder.caller(text, text, 1, text);
            encoder.bytes(text.getBytes(StandardCharsets.UTF_8), 0, Math.min(3, text.length()));
            encoder.text(MODULE, text);
        };
    }

    private static void pair(BatchEncoder encoder, String key, String value) {
        encoder.key(key);
        encoder.putNullable(value);
        encoder.endPair();
    }

    /** One place of each kind; four of them in JSON. */
    private static Consumer<BatchEncoder> somewhere(String text) {
        return encoder -> {
            encoder.text(LOGGER, text);
            encoder.text(TEMPLATE, text);
            encoder.beginPairs(FIELDS);
            pair(encoder, text, text);
            encoder.endPairs();
        };
    }

    /** Names and texts, in their order. */
    static List<String> strings(String format, String line) {
        Utf8Buffer utf8 = new Utf8Buffer(64);
        utf8.append(line);
        return strings(format, utf8);
    }

    private static List<String> strings(String format, Utf8Buffer line) {
        List<String> strings = new ArrayList<>();
        JsonFactory factory = format.equals("json") ? JSON : STRICT;
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), line.bytes(), 0, line.length())) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.VALUE_STRING
                        || parser.currentToken() == JsonToken.PROPERTY_NAME) {
                    strings.add(parser.getString());
                }
            }
        }
        return strings;
    }

    /** Every text a worker can write is the same run of letters, and then other bytes of that number. */
    @Test
    void bytesThatAreNotUtf8BreakNoLineWhereverTheyStand() {
        String letters = "Q".repeat(CHUNK);
        byte[] run = letters.getBytes(StandardCharsets.US_ASCII);
        byte[] batch = encode(everywhere(letters));
        for (int seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            byte[] mangled = batch.clone();
            int replaced = 0;
            for (int at = 0; at <= mangled.length - CHUNK; at++) {
                if (Arrays.equals(mangled, at, at + CHUNK, run, 0, CHUNK)) {
                    byte[] bytes = Arrays.copyOf(mangled(random), CHUNK);
                    System.arraycopy(bytes, 0, mangled, at, CHUNK);
                    at += CHUNK - 1;
                    replaced++;
                }
            }
            assertThat(replaced).isEqualTo(25);
            wrap(mangled, worker("\ud800"));
            formats.forEach((name, format) -> {
                String line = line(name, format);
                if (JSON_FORMATS.containsKey(name)) {
                    strings(name, line);
                }
            });
        }
    }

    @Test
    void bytesThatAreNotUtf8AreShownAsJavaDecodesThem() {
        for (int seed = 0; seed < 10_000; seed++) {
            byte[] bytes = mangled(new Random(seed));
            String decoded = new String(bytes, StandardCharsets.UTF_8);
            Utf8Buffer raw = new Utf8Buffer(16);
            Escaper.RAW.append(raw, bytes, 0, bytes.length);
            assertThat(raw.toString()).as("seed %d", seed).isEqualTo(decoded);
            assertThat(Arrays.copyOf(raw.bytes(), raw.length()))
                    .as("seed %d", seed)
                    .isEqualTo(decoded.getBytes(StandardCharsets.UTF_8));
            wrap(encode(encoder -> encoder.text(TEMPLATE, bytes)), Records.WORKER);
            for (String name : JSON_FORMATS.keySet()) {
                assertThat(strings(name, line(name, formats.get(name))))
                        .as("seed %d", seed)
                        .contains(decoded);
            }
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
        for (int seed = 0; seed < 1500; seed++) {
            Random random = new Random(seed);
            int nodes = 1 + random.nextInt(200);
            boolean chain = random.nextInt(4) == 0;
            wrap(
                    encode(encoder -> {
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
                    }),
                    Records.WORKER);
            String line = line("json", formats.get("json"));
            long shown = strings("json", line).stream().filter("Class"::equals).count();
            String omitted =
                    line.replaceAll("(?s).*\"omitted\":(\\d+).*|.*", "$1").strip();
            assertThat(shown + (omitted.isEmpty() ? 0 : Long.parseLong(omitted)))
                    .as("seed %d", seed)
                    .isEqualTo(nodes);
            if (seed % 10 == 0) {
                formats.forEach((name, format) -> {
                    if (!name.equals("%msg")) {
                        assertThat(line(name, format)).as(name).contains("Class");
                    }
                });
            }
        }
    }
}
