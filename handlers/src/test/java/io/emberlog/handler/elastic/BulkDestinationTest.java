package io.emberlog.handler.elastic;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.handler.Secret;
import io.emberlog.handler.http.HttpReply;
import io.emberlog.handler.http.ScriptedServer;
import io.emberlog.handler.http.ScriptedServer.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BulkDestinationTest {
    private static final String CANARY = "canary-31aa";
    private static final Secret SECRET = Secret.of("env:CANARY").resolved(Path.of("/"), Map.of("CANARY", CANARY));

    private final FakeElasticsearch elasticsearch;
    private final ModelCaller caller = new ModelCaller(1000, 10);

    BulkDestinationTest() throws IOException {
        elasticsearch = new FakeElasticsearch();
    }

    @AfterEach
    void close() {
        elasticsearch.close();
        assertThat(elasticsearch.server.breaches()).isEmpty();
    }

    private Handler handler(Object... more) {
        Map<String, Object> given =
                new HashMap<>(Map.of("url", elasticsearch.server.url(), "linger", "1 min", "timeout", "30 s"));
        for (int i = 0; i < more.length; i += 2) {
            given.put((String) more[i], more[i + 1]);
        }
        ElasticsearchHandlerFactory factory = new ElasticsearchHandlerFactory();
        return factory.create(HandlerSettings.of("elasticsearch", factory.settings(), given));
    }

    private static List<LogRecord> plain(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Records.plain(i, "record " + i))
                .toList();
    }

    private static LogRecord field(int sequence, boolean text) {
        return Records.record(sequence, 9, encoder -> {
            encoder.text(TEMPLATE, "record " + sequence);
            encoder.beginPairs(FIELDS);
            encoder.key("size");
            if (text) {
                encoder.putNullable("large");
            } else {
                encoder.putLong(sequence);
            }
            encoder.endPair();
            encoder.endPairs();
        });
    }

    @Test
    void aRecordIsADocumentUnderItsId() throws Exception {
        caller.run(handler("format", "json"), List.of(Records.full()));
        Map<String, Map<String, Object>> index = elasticsearch.documents.get("logs-emberlog-default");
        assertThat(index).containsOnlyKeys(Records.full().id());
        assertThat(index.get(Records.full().id()))
                .containsEntry("@timestamp", "2026-01-15T10:30:45.130456789Z")
                .containsEntry("time", "2026-01-15T10:30:45.130456789Z")
                .containsEntry("message", "order 42 filled at 101.25 for ada \"a\"")
                .containsEntry("level", "OUTAGE");
        assertThat(elasticsearch.server.requests().get(0).header("Content-Encoding"))
                .isEqualTo("gzip");
    }

    @Test
    void furtherHeadersAreSent() throws Exception {
        caller.run(handler("headers", List.of("X-Opaque-Id: emberlog", "Authorization: env:HOME")), plain(1));
        assertThat(elasticsearch.server.requests().get(0).header("X-Opaque-Id")).isEqualTo("emberlog");
        assertThat(elasticsearch.server.requests().get(0).header("Authorization"))
                .isEqualTo(System.getenv("HOME"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handler("headers", List.of("Authorization: env:HOME"), "api_key", SECRET))
                .withMessageStartingWith("headers: Authorization is set by the client or by a setting of its own");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handler("headers", List.of("accept: application/yaml")))
                .withMessageStartingWith("headers: accept is set by the client or by a setting of its own");
    }

    @Test
    void aDocumentIsOfTheElasticCommonSchemaUnlessToldOtherwise() throws Exception {
        caller.run(handler(), List.of(Records.full()));
        assertThat(elasticsearch.all().get(0))
                .containsEntry("@timestamp", "2026-01-15T10:30:45.130456789Z")
                .containsEntry("log.level", "OUTAGE")
                .containsEntry("event.id", Records.full().id());
    }

    @Test
    void anIndexMayCarryTheDayOfTheRecord() throws Exception {
        caller.run(
                handler("index", "emberlog-{yyyy.MM.dd}-x"),
                List.of(Records.plain(0, "a"), Records.plain(86_400_000, "b"), Records.plain(1, "c")));
        assertThat(elasticsearch.documents).containsOnlyKeys("emberlog-2026.01.15-x", "emberlog-2026.01.16-x");
        assertThat(elasticsearch.documents.get("emberlog-2026.01.15-x")).hasSize(2);
    }

    @Test
    void anApiKeyTravelsInItsHeader() throws Exception {
        elasticsearch.authorization = "ApiKey " + CANARY;
        caller.run(handler("api_key", SECRET), plain(1));
        assertThat(elasticsearch.all()).hasSize(1);
    }

    @Test
    void whatComesAgainIsThereOnce() throws Exception {
        List<LogRecord> records = plain(40);
        caller.run(handler(), records.subList(0, 30));
        ModelCaller forgetful = new ModelCaller(1000, 7); // begins at the front, as after a crash
        forgetful.run(handler("batch_records", 13L), records);
        assertThat(elasticsearch.all())
                .extracting(document -> document.get("message"))
                .containsExactlyElementsOf(IntStream.range(0, 40)
                        .mapToObj(i -> (Object) ("record " + i))
                        .toList());
        assertThat(forgetful.putAside()).isEmpty();
        assertThat(forgetful.metrics().get(Counter.REJECTED)).isZero();
    }

    @Test
    void anAnswerThatWasLostOnTheWayMakesNoDouble() throws Exception {
        elasticsearch.server.next(Answer.of(504, "gateway timeout"));
        caller.run(handler(), plain(20));
        assertThat(elasticsearch.all()).hasSize(20);
    }

    @Test
    void itemsThatWereBusyComeAgainAloneAndInOrder() throws Exception {
        elasticsearch.itemStatuses.addAll(List.of(201, 429, 503, 201, 429, 201, 201, 201, 201, 403, 404, 201));
        caller.run(handler(), plain(10));
        assertThat(elasticsearch.all()).hasSize(10);
        assertThat(caller.putAside()).isEmpty();
    }

    /** They are 400, too, and every record of the index gets them: none is to blame. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "validation_exception | Validation Failed: 1: this action would add [2] shards, but this cluster currently has"
                        + " [1000]/[1000] maximum normal shards open;",
                "illegal_argument_exception | Validation Failed: 1: this action would add [2] shards, but this cluster currently"
                        + " has [3000]/[3000] maximum normal shards open",
                "illegal_argument_exception | pipeline with id [gone] does not exist",
                "index_closed_exception | closed",
            })
    void anIndexThatTakesNothingIsWaitedFor(String type, String reason) throws Exception {
        for (int i = 0; i < 60; i++) {
            elasticsearch.itemRefusals.add(new String[] {type, reason});
        }
        caller.run(handler("batch_records", 5L), plain(10));
        assertThat(elasticsearch.all()).hasSize(10);
        assertThat(caller.putAside()).isEmpty();
    }

    @Test
    void aDocumentThatDoesNotFitTheMappingIsPutAsideAndTheOthersArrive() throws Exception {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            records.add(field(i, i == 11 || i == 23));
        }
        caller.run(handler("format", "json", "batch_records", 8L), records);
        assertThat(elasticsearch.all()).hasSize(28);
        assertThat(caller.putAside()).extracting(LogRecord::sequence).containsExactly(11L, 23L);
        assertThat(caller.reports())
                .anyMatch(report ->
                        report.contains("400 document_parsing_exception: [1:2] failed to parse field [fields.size]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>welcome</html>",
                "",
                "{}",
                "[]",
                "{\"errors\":true}",
                "{\"errors\":true,\"items\":[]}",
                "{\"errors\":true,\"items\":[{\"create\":{}}]}",
                "{\"errors\":true,\"items\":[{\"create\":{\"status\":\"x\"}}]}"
            })
    void garbageIsNoDelivery(String body) throws Exception {
        elasticsearch.server.next(Answer.json(200, body));
        caller.run(handler(), plain(1));
        assertThat(elasticsearch.all()).hasSize(1);
        assertThat(elasticsearch.server.requests()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "400, REJECTED 400",
        "401, UNAVAILABLE",
        "403, UNAVAILABLE",
        "404, UNAVAILABLE",
        "413, TOO_LARGE size",
        "429, UNAVAILABLE",
        "500, UNAVAILABLE",
        "503, UNAVAILABLE"
    })
    void anAnswerForTheWholeHasItsMeaning(int status, String meaning) {
        String body = FakeElasticsearch.error(status, "some_exception", "why").body();
        String reply = BulkReply.of(new HttpReply(status, Duration.ZERO, body.getBytes(StandardCharsets.UTF_8)), 3)
                .toString();
        assertThat(reply.replaceFirst(":.*", "")).isEqualTo(meaning);
    }

    @Test
    void anEndpointThatIsAwayForAnHourGetsAllWhenItIsBack() throws Exception {
        elasticsearch.server.always(Answer.of(503, "no master"));
        ModelCaller patient = new ModelCaller(50, 10) {
            @Override
            public long nanoTime() {
                if (super.nanoTime() > 3_600_000_000_000L) {
                    elasticsearch.server.always(null);
                }
                return super.nanoTime();
            }
        };
        patient.run(handler(), plain(100));
        assertThat(patient.nanoTime()).isGreaterThan(3_600_000_000_000L);
        assertThat(elasticsearch.all()).hasSize(100);
        assertThat(elasticsearch.server.requests().size()).isLessThan(200);
    }

    @Test
    void noFailureTellsASecret() throws Exception {
        elasticsearch.server.next(
                FakeElasticsearch.error(401, "security_exception", "no such key " + CANARY),
                Answer.of(500, CANARY),
                ScriptedServer.HANGS,
                ScriptedServer.CLOSES,
                Answer.json(200, CANARY));
        for (int i = 0; i < 5; i++) {
            elasticsearch.server.next(Answer.json(
                    200,
                    "{\"errors\":true,\"items\":[{\"create\":{\"status\":400,\"error\":{\"type\":\"x\",\"reason\":\""
                            + CANARY + "\"}}}]}"));
        }
        List<String> told = new ArrayList<>();
        Handler handler = handler("api_key", SECRET, "timeout", "200 ms", "linger", "0 s");
        handler.open(caller);
        handler.handle(Records.plain(0, "record 0"));
        for (int i = 0; i < 10; i++) {
            try {
                handler.flush();
            } catch (IOException e) {
                java.io.StringWriter trace = new java.io.StringWriter();
                e.printStackTrace(new java.io.PrintWriter(trace));
                told.add(trace.toString());
                caller.advance(20_000_000_000L);
            }
        }
        assertThatCode(handler::close).doesNotThrowAnyException();
        told.addAll(caller.reports());
        assertThat(caller.putAside()).hasSize(1);
        assertThat(told).hasSizeGreaterThan(9).noneMatch(text -> text.contains(CANARY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Logs",
                "-logs",
                "a b",
                "a/b",
                "logs-{",
                "logs-{yyyy}-{MM}",
                "logs-{nonsense}",
                "..",
                "logs-{EEEE}"
            })
    void aWrongIndexIsNamed(String index) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handler("index", index))
                .withMessageStartingWith("index: ")
                .withMessageContaining("; allowed: lower case");
    }
}
