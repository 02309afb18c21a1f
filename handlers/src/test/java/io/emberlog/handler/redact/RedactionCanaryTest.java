package io.emberlog.handler.redact;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.EntryDecoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A secret planted in every place of generated records comes out of no format, nor of the bytes that a dead letter holds. */
class RedactionCanaryTest {
    /** What is planted, and the part of it that must not come out. */
    private record Canary(String planted, String secret) {}

    private static final List<Canary> CANARIES = List.of(
            new Canary("password=Zq7xWv9K", "Zq7xWv9K"),
            new Canary("\"api_key\": \"Zq7xWv9K\"", "Zq7xWv9K"),
            new Canary("Authorization: Bearer Zq7xWv9K", "Zq7xWv9K"),
            new Canary("https://ada:Zq7xWv9K@host/", "Zq7xWv9K"),
            new Canary("-----BEGIN PRIVATE KEY-----Zq7xWv9K-----END PRIVATE KEY-----", "Zq7xWv9K"),
            new Canary("private_key=-----BEGIN PRIVATE KEY-----Zq7xWv9K-----END PRIVATE KEY-----", "Zq7xWv9K"),
            new Canary("\"X-Api-Key\": [\"a\", \"Zq7xWv9K\"]", "Zq7xWv9K"),
            new Canary("{password=[a, Zq7xWv9K]}", "Zq7xWv9K"),
            new Canary("token: 4111 1111 1111 1111", "1111 1111"),
            new Canary("AKIAZQXWVKZQXWVKZQXW", "ZQXWVKZQXWVK"),
            new Canary("ghp_Zq7xWv9KZq7xWv9KZq7xWv9KZq7xWv9KZq7x", "Zq7xWv9K"),
            new Canary("xoxb-Zq7xWv9K-Zq7xWv9K", "Zq7xWv9K"),
            new Canary("https://discord.com/api/webhooks/123/Zq7xWv9K", "Zq7xWv9K"),
            new Canary("123456789:Zq7xWv9KZq7xWv9KZq7xWv9KZq7xWv9Kabc", "Zq7xWv9K"),
            new Canary("eyJZq7xWv9K.eyJZq7xWv9K.Zq7xWv9K", "Zq7xWv9K"),
            new Canary("4111 1111 1111 1111", "1111 1111"),
            new Canary("zq7xwv9k@example.com", "zq7xwv9k"),
            new Canary("iban=Zq7xWv9K", "Zq7xWv9K"),
            new Canary("ORD-Zq7xWv9K", "Zq7xWv9K"));

    private static final List<String> WORDS =
            List.of("secrets", "tokens", "cards", "emails", "key:iban", "regex:ORD-\\w+");

    private static final String[] NOISE = {
        "",
        " ",
        "order ",
        "filled",
        "ä€",
        "\uD83D\uDE00",
        "\"",
        "'",
        "{",
        "}",
        "\\",
        "{} ",
        "a=b",
        "x:y",
        "\n",
        "(",
        "[1]",
        "42",
        ", "
    };

    @Test
    void aSecretInAnyPlaceComesOutOfNoFormat() {
        Redactor redactor = Redaction.of(WORDS).redactor();
        List<Format> formats = Format.NAMES.stream()
                .map(name -> Format.of(name, ZoneOffset.UTC))
                .toList();
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            Canary canary = CANARIES.get(random.nextInt(CANARIES.size()));
            LogRecord record = record(random, canary.planted());
            LogRecord redacted = redactor.redact(record);
            assertThat(redacted).as("seed %d", seed).isNotSameAs(record);
            for (int f = 0; f < formats.size(); f++) {
                Utf8Buffer line = new Utf8Buffer(1000);
                formats.get(f).format(redacted, line);
                assertThat(line.toString())
                        .as("seed %d, %s, %s", seed, Format.NAMES.get(f), canary.planted())
                        .doesNotContain(canary.secret());
            }
            assertThat(raw(redacted)).as("seed %d", seed).doesNotContain(canary.secret());
            assertThat(redacted.entry().timestampNs()).isEqualTo(record.entry().timestampNs());
            assertThat(redacted.entry().argCount()).isEqualTo(record.entry().argCount());
        }
    }

    @Test
    void recordsWithoutSecretsAreTheVerySame() {
        Redactor redactor = Redaction.of(WORDS).redactor();
        for (int seed = 0; seed < 20_000; seed++) {
            LogRecord record = record(new Random(seed), "plain");
            assertThat(redactor.redact(record)).as("seed %d", seed).isSameAs(record);
        }
    }

    /** Whatever a worker writes: no exception, and what comes out is an entry. */
    @Test
    void brokenBytesAreRedactedOrLeftAlone() {
        Redactor redactor = Redaction.of(WORDS).redactor();
        int redacted = 0;
        for (int seed = 0; seed < 50_000; seed++) {
            Random random = new Random(seed);
            LogRecord record =
                    record(random, CANARIES.get(random.nextInt(CANARIES.size())).planted());
            byte[] bytes = bytes(record);
            for (int i = random.nextInt(6); i > 0; i--) {
                bytes[24 + random.nextInt(bytes.length - 24)] = (byte) random.nextInt(256);
            }
            EntryDecoder entry = new EntryDecoder();
            if (entry.wrap(bytes, 0, bytes.length)) {
                record.wrap(record.worker(), 0, 0, 0, entry);
                redacted += redactor.redact(record) == record ? 0 : 1;
            }
        }
        assertThat(redacted).isGreaterThan(1_000);
    }

    private static byte[] bytes(LogRecord record) {
        int from = record.entry().offset();
        return Arrays.copyOfRange(
                record.entry().buffer(), from, from + record.entry().length());
    }

    private static String raw(LogRecord record) {
        return new String(bytes(record), StandardCharsets.UTF_8);
    }

    /** Noise around the canary, which is in one place or in several; always at the edge of words. */
    private static LogRecord record(Random random, String canary) {
        int planted = random.nextInt(15);
        List<Integer> places = new ArrayList<>(List.of(planted));
        if (random.nextInt(3) == 0) {
            places.add(random.nextInt(15));
        }
        return Records.record(random.nextInt(100), random.nextInt(25), encoder -> {
            encoder.text(LOGGER, text(random, places.contains(0), canary));
            encoder.text(THREAD_NAME, text(random, places.contains(1), canary));
            // quotes that are left open in front of a template's canary would make its value another
            encoder.text(
                    TEMPLATE,
                    places.contains(2) ? "x " + canary + " {} {}" : "{} {" + (random.nextBoolean() ? "}" : ""));
            encoder.beginArgs();
            encoder.addString(text(random, places.contains(3), canary));
            encoder.addLong(random.nextInt());
            encoder.addString(text(random, places.contains(4), canary));
            encoder.endArgs();
            encoder.text(MARKER, text(random, places.contains(5), canary));
            pairs(encoder, FIELDS, text(random, places.contains(6), canary), text(random, places.contains(7), canary));
            pairs(encoder, MDC, text(random, places.contains(8), canary), text(random, places.contains(9), canary));
            encoder.text(TRACE_ID, places.contains(10) ? canary : "4bf92f3577b34da6a3ce929d0e0e4736");
            encoder.beginException();
            encoder.beginThrowable(ROOT, 0, "java.io.IOException", text(random, places.contains(11), canary));
            encoder.frame("com.acme.Orders.fill(Orders.java:42)");
            encoder.endThrowable(0);
            encoder.beginThrowable(CAUSE, 1, "java.net.SocketException", text(random, places.contains(12), canary));
            encoder.frame(places.contains(13) ? canary : "com.acme.Main.main(Main.java:1)");
            encoder.endThrowable(0);
            encoder.endException();
            encoder.caller("Orders.java", null, 42, "fill");
            byte[] payload = text(random, places.contains(14), canary).getBytes(StandardCharsets.UTF_8);
            encoder.bytes(payload, 0, payload.length);
        });
    }

    private static void pairs(BatchEncoder encoder, int tag, String first, String second) {
        encoder.beginPairs(tag);
        encoder.key("note");
        encoder.putNullable(first);
        encoder.endPair();
        encoder.key("other");
        encoder.putNullable(second);
        encoder.endPair();
        encoder.endPairs();
    }

    private static String text(Random random, boolean withCanary, String canary) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append(NOISE[random.nextInt(NOISE.length)]);
        }
        if (withCanary) {
            text.append(' ').append(canary).append(' ');
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append(NOISE[random.nextInt(NOISE.length)]);
        }
        return text.toString();
    }
}
