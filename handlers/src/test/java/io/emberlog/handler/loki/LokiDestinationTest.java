package io.emberlog.handler.loki;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.handler.Secret;
import io.emberlog.handler.SecretFile;
import io.emberlog.handler.http.ScriptedServer;
import io.emberlog.handler.http.ScriptedServer.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LokiDestinationTest {
    private static final String CANARY = "canary-5e0b";
    private static final Secret SECRET = Secret.of("env:CANARY").resolved(Path.of("/"), Map.of("CANARY", CANARY));

    @TempDir
    private Path directory;

    private final FakeLoki loki;
    private final ModelCaller caller = new ModelCaller(1000, 10);

    LokiDestinationTest() throws IOException {
        loki = new FakeLoki();
    }

    @AfterEach
    void close() {
        loki.close();
        assertThat(loki.server.breaches()).isEmpty();
    }

    private Handler handler(Object... more) {
        Map<String, Object> given =
                new HashMap<>(Map.of("url", loki.server.url(), "linger", "1 min", "timeout", "30 s"));
        for (int i = 0; i < more.length; i += 2) {
            given.put((String) more[i], more[i + 1]);
        }
        LokiHandlerFactory factory = new LokiHandlerFactory();
        return factory.create(HandlerSettings.of("loki", factory.settings(), given));
    }

    private static List<LogRecord> plain(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Records.plain(i, "record " + i))
                .toList();
    }

    @Test
    void aRecordIsALineWithLabelsAndMetadata() throws Exception {
        caller.run(handler("labels", List.of("job=emberlog", "env=prod"), "format", "human"), List.of(Records.full()));
        assertThat(loki.entries).hasSize(1);
        FakeLoki.Entry entry = loki.entries.get(0);
        assertThat(entry.stream())
                .isEqualTo(Map.of("job", "emberlog", "env", "prod", "service", "pricing", "level", "outage"));
        assertThat(entry.timeNs()).isEqualTo(Records.TIME_NS + 7_000_000);
        assertThat(entry.line())
                .startsWith("2026-01-15T10:30:45.130Z OUTAGE md-1")
                .doesNotContain("\n");
        assertThat(entry.metadata())
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("id", Records.full().id()),
                        Map.entry("worker", "md-1"),
                        Map.entry("pid", "4711"),
                        Map.entry("logger", "com.acme.Orders"),
                        Map.entry("thread", "main"),
                        Map.entry("marker", "FILL"),
                        Map.entry("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"),
                        Map.entry("span_id", "00f067aa0ba902b7"),
                        Map.entry("venue", "XETRA"),
                        Map.entry("note", "two words"),
                        Map.entry("spread", "NaN"),
                        Map.entry("user", "ada")));
        assertThat(loki.server.requests().get(0).header("Content-Encoding")).isEqualTo("gzip");
    }

    @Test
    void tenantAndCredentialsTravelInHeaders() throws Exception {
        loki.tenant = "team-a";
        caller.run(handler("tenant", "team-a", "user", "ada", "password", SECRET), plain(1));
        assertThat(loki.entries).hasSize(1);
        assertThat(loki.server.requests().get(0).header("Authorization")).isEqualTo("Basic YWRhOmNhbmFyeS01ZTBi");
    }

    @Test
    void furtherHeadersAreSentAndTheirSecretsReadAnewForEachRequest() throws Exception {
        String token = SecretFile.of(directory, "token", "first");
        Handler handler = handler("headers", List.of("X-Team: a b", "Authorization: " + token), "batch_records", 1);
        caller.run(handler, plain(1));
        SecretFile.of(directory, "token", "second");
        caller.run(handler, plain(2)); // goes on behind the first
        assertThat(loki.server.requests())
                .allSatisfy(request -> assertThat(request.header("X-Team")).isEqualTo("a b"));
        assertThat(loki.server.requests())
                .extracting(request -> request.header("Authorization"))
                .containsExactly("first", "second");
    }

    @Test
    void aHeaderThatASettingSetsIsRefused() {
        for (Object[] more : new Object[][] {
            {"headers", List.of("authorization: env:X"), "token", SECRET},
            {"headers", List.of("x-scope-orgid: a"), "tenant", "a"},
            {"headers", List.of("content-type: a")}
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> handler(more))
                    .withMessageMatching("headers: [a-z-]+ is set by the client or by a setting of its own;.*");
        }
        handler("headers", List.of("X-Scope-OrgID: a|b")); // some have several
    }

    @Test
    void metadataMayBeOff() throws Exception {
        loki.allowsMetadata = false;
        caller.run(handler("structured_metadata", false), plain(3));
        assertThat(loki.entries)
                .hasSize(3)
                .allSatisfy(entry -> assertThat(entry.metadata()).isNull());
    }

    /** All records are refused for it, and none is to blame. */
    @Test
    void aLokiThatAllowsNoMetadataIsWaitedForAndSaysWhatToDo() throws Exception {
        loki.allowsMetadata = false;
        List<String> told = new ArrayList<>();
        ModelCaller patient = new ModelCaller(50, 10) {
            @Override
            public void report(io.emberlog.message.Level level, String message, Throwable cause) {
                told.add(message);
            }

            @Override
            public long nanoTime() {
                loki.allowsMetadata = super.nanoTime() > 60_000_000_000L;
                return super.nanoTime();
            }
        };
        patient.run(handler(), plain(20));
        assertThat(loki.entries).hasSize(20);
        assertThat(patient.putAside()).isEmpty();
        assertThat(told).anyMatch(text -> text.contains("allowed: structured_metadata = false here"));
    }

    @Test
    void metadataStaysWithinLokisLimitsWhateverTheFieldsAre() throws Exception {
        LogRecord many = Records.record(1, 9, encoder -> {
            encoder.text(TEMPLATE, "many");
            encoder.beginPairs(FIELDS);
            for (int i = 0; i < 300; i++) {
                encoder.key(i % 3 == 0 ? "é" + i : i % 3 == 1 ? i + " x" : "__k" + i);
                encoder.putNullable("\u0000\u202e".repeat(i));
                encoder.endPair();
            }
            encoder.endPairs();
        });
        caller.run(handler(), List.of(many));
        assertThat(loki.entries).hasSize(1);
        assertThat(loki.entries.get(0).metadata()).hasSizeBetween(50, 128).containsKeys("id", "key_1_x");
    }

    @Test
    void entriesOfAStreamGoByTime() throws Exception {
        caller.run(handler(), List.of(Records.plain(5, "b"), Records.plain(2, "a"), Records.plain(9, "c")));
        assertThat(loki.entries).extracting(FakeLoki.Entry::timeNs).isSorted().hasSize(3);
        assertThat(loki.server.requests()).hasSize(1);
    }

    @Test
    void theNumberOfStreamsIsBounded() throws Exception {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            records.add(Records.of("worker-" + i, "com.acme.Logger" + i, i % 2 == 0 ? 9 : 17, i, "record " + i));
        }
        caller.run(handler("labels_from", List.of("worker", "level"), "max_streams", 10L), records);
        assertThat(loki.entries).hasSize(100);
        assertThat(loki.entries.stream().map(FakeLoki.Entry::stream).distinct()).hasSize(12);
        assertThat(loki.entries)
                .allSatisfy(entry -> assertThat(entry.metadata()).containsKey("worker"));
        assertThat(caller.reports()).singleElement().asString().startsWith("WARN has reached max_streams=10: ");
    }

    @Test
    void whatIsTooFarBehindIsPutAsideAndTheOthersArriveOnce() throws Exception {
        List<LogRecord> records = new ArrayList<>(plain(20));
        records.add(7, Records.plain(-7_200_000, "old")); // two hours before the others
        caller.run(handler("batch_records", 5L), records);
        assertThat(loki.entries).hasSize(20).noneMatch(entry -> entry.line().contains("\"old\""));
        assertThat(caller.putAside())
                .singleElement()
                .satisfies(record -> assertThat(record.sequence()).isEqualTo(-7_200_000));
        assertThat(caller.reports())
                .anyMatch(report -> report.contains("Loki answered 400: entry with timestamp")
                        && report.contains("too far behind"));
    }

    @Test
    void aLongLineIsCutBetweenCharactersAndSaysSo() throws Exception {
        caller.run(handler(), List.of(Records.plain(1, "é".repeat(200_000))));
        assertThat(loki.entries).singleElement().satisfies(entry -> {
            assertThat(entry.line()).endsWith(" bytes]").doesNotContain("\uFFFD");
            assertThat(entry.metadata()).containsKey("line_cut_from");
        });
        assertThat(caller.putAside()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "204, '', DELIVERED", //
        "200, '', DELIVERED",
        "200, <html>sign in</html>, UNAVAILABLE",
        "301, '', UNAVAILABLE",
        "400, error parsing labels, REJECTED 400",
        "'400', 'entry for stream has timestamp too new: x', REJECTED 400 too new",
        "400, 'stream ''{}'' includes structured metadata, but this feature is disallowed. Please see', UNAVAILABLE",
        "400, 'stream ''{}'' has 16 label names; limit 15', UNAVAILABLE",
        "400, 'stream ''{}'' has structured metadata too large: ''70000'' bytes, limit: ''65536'' bytes', REJECTED 400"
                + " structured metadata",
        "401, no org id, UNAVAILABLE",
        "404, page not found, UNAVAILABLE",
        "413, too large, TOO_LARGE size",
        "429, Ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec), UNAVAILABLE",
        "500, 'rpc error: code = ResourceExhausted desc = grpc: received message larger than max (1 vs. 2)', TOO_LARGE size",
        "500, internal, UNAVAILABLE",
        "503, starting, UNAVAILABLE"
    })
    void eachAnswerHasItsMeaning(int status, String body, String meaning) {
        var reply = LokiDestination.reply(new io.emberlog.handler.http.HttpReply(
                status, java.time.Duration.ZERO, body.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(reply.toString().replaceFirst(":.*", "")).isEqualTo(meaning);
    }

    @Test
    void anEndpointThatIsAwayForAnHourGetsAllInOrderWhenItIsBack() throws Exception {
        loki.server.always(Answer.of(500, "internal"));
        long[] nowNs = {0};
        ModelCaller patient = new ModelCaller(50, 10) {
            @Override
            public long nanoTime() {
                nowNs[0] = super.nanoTime();
                if (nowNs[0] > 3_600_000_000_000L) {
                    loki.server.always(null);
                }
                return nowNs[0];
            }
        };
        patient.run(handler(), plain(100));
        assertThat(nowNs[0]).isGreaterThan(3_600_000_000_000L);
        assertThat(loki.entries).extracting(FakeLoki.Entry::timeNs).isSorted().hasSize(100);
        assertThat(loki.server.requests().size())
                .as("the breaker keeps calls away")
                .isLessThan(200);
        assertThat(patient.putAside()).isEmpty();
    }

    @Test
    void noFailureTellsASecret() throws Exception {
        loki.server.next(
                Answer.of(401, "bad password " + CANARY),
                Answer.of(500, "echo: Basic YWRhOmNhbmFyeS01ZTBi"),
                ScriptedServer.HANGS,
                ScriptedServer.CLOSES,
                Answer.of(200, CANARY));
        for (int i = 0; i < 5; i++) {
            loki.server.next(Answer.of(400, "error parsing " + CANARY));
        }
        List<String> told = new ArrayList<>();
        ModelCaller listening = new ModelCaller(1000, 1) {
            @Override
            public void report(io.emberlog.message.Level level, String message, Throwable cause) {
                told.add(message + cause);
            }
        };
        Handler handler = handler("user", "ada", "password", SECRET, "timeout", "200 ms", "linger", "0 s");
        handler.open(listening);
        handler.handle(Records.plain(0, "record 0"));
        for (int i = 0; i < 10; i++) {
            try {
                handler.flush();
            } catch (IOException e) {
                java.io.StringWriter trace = new java.io.StringWriter();
                e.printStackTrace(new java.io.PrintWriter(trace));
                told.add(trace.toString());
                listening.advance(20_000_000_000L);
            }
        }
        handler.close();
        told.addAll(listening.reports());
        assertThat(listening.putAside()).hasSize(1);
        assertThat(told).hasSizeGreaterThan(9).anyMatch(text -> text.contains("no answer within 200 ms"));
        assertThat(told).noneMatch(text -> text.contains(CANARY) || text.contains("YWRhOmNhbmFyeS01ZTBi"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "labels | | labels: is empty; allowed: at least one",
                "labels | env | labels: \"env\" is no label",
                "labels | __env=x | labels: \"__env=x\" is no label",
                "labels | a=1,a=2 | labels: \"a\" is there twice",
                "labels | level=x | labels_from: \"level\" is among labels, too",
                "labels_from | thread | labels_from: \"thread\" is unknown; allowed: service, level, worker"
            })
    void wrongLabelsAreNamed(String key, String values, String message) {
        List<String> list = values == null ? List.of() : List.of(values.split(","));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handler(key, list))
                .withMessageStartingWith(message);
    }

    @Test
    void aWrongTenantOrAddressIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handler("tenant", "a/b"))
                .withMessageStartingWith("tenant: \"a/b\" is no tenant");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handler("url", "loki:3100"))
                .withMessageStartingWith("url: \"loki:3100\" is no address");
    }
}
