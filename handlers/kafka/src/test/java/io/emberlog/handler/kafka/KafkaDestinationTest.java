package io.emberlog.handler.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.handler.Secret;
import io.emberlog.handler.http.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a real broker. */
class KafkaDestinationTest {
    private static final int WORKERS = 3;

    @TempDir
    private static Path directory;

    private static Broker broker;

    private final ModelCaller caller = new NowCaller(200);

    @BeforeAll
    static void start() throws Exception {
        broker = new Broker(directory);
        broker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** Its wall clock is that of the day on which the records were made. */
    private static class NowCaller extends ModelCaller {
        NowCaller(int checkpointEvery) {
            super(checkpointEvery, 50);
        }

        @Override
        public long epochNs() {
            return Records.TIME_NS + 86_400_000_000_000L;
        }
    }

    private static Handler handler(String topic, Object... more) {
        Map<String, Object> given = new HashMap<>(
                Map.of("servers", List.of(broker.address()), "topic", topic, "linger", "1 min", "timeout", "60 s"));
        for (int i = 0; i < more.length; i += 2) {
            given.put((String) more[i], more[i + 1]);
        }
        KafkaHandlerFactory factory = new KafkaHandlerFactory();
        return factory.create(HandlerSettings.of("kafka", factory.settings(), given));
    }

    private static List<LogRecord> records(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Records.of("worker-" + i % WORKERS, "com.acme.Orders", 9, i, "record " + i))
                .toList();
    }

    private static Map<String, Object> json(ConsumerRecord<byte[], byte[]> record) {
        return StrictJson.object(StrictJson.parse(record.value()));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Sequence numbers by key, in the order in which a consumer sees them. */
    private static Map<String, List<Long>> byWorker(String topic) {
        return broker.read(topic).stream()
                .collect(Collectors.groupingBy(
                        record -> text(record.key()),
                        TreeMap::new,
                        Collectors.mapping(record -> (Long) json(record).get("seq"), Collectors.toList())));
    }

    private static Map<String, List<Long>> expected(int count) {
        Map<String, List<Long>> expected = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            expected.computeIfAbsent("worker-" + i % WORKERS, worker -> new ArrayList<>())
                    .add((long) i);
        }
        return expected;
    }

    @Test
    void everyRecordArrivesOnceAndInOrderOfItsWorker() throws Exception {
        caller.run(handler("orders"), records(3000));
        assertThat(caller.reports()).isEmpty();
        assertThat(byWorker("orders")).isEqualTo(expected(3000));
        assertThat(caller.metrics().get(Counter.BYTES)).isGreaterThan(300_000);
    }

    @Test
    void aRecordCarriesKeyHeadersTimeAndTheLine() throws Exception {
        caller.run(handler("full", "compression", "zstd"), List.of(Records.full()));
        ConsumerRecord<byte[], byte[]> record = broker.read("full").get(0);
        assertThat(text(record.key())).isEqualTo("md-1");
        assertThat(record.timestamp()).isEqualTo((Records.TIME_NS + 7_000_000) / 1_000_000);
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), text(header.value()));
        }
        assertThat(headers)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "id", Records.full().id(),
                        "level", "OUTAGE",
                        "severity", "17",
                        "worker", "md-1",
                        "service", "pricing",
                        "host", "myhost",
                        "logger", "com.acme.Orders",
                        "trace_id", "4bf92f3577b34da6a3ce929d0e0e4736",
                        "span_id", "00f067aa0ba902b7"));
        assertThat(json(record)).containsEntry("message", "order 42 filled at 101.25 for ada \"a\"");
    }

    @Test
    void aRecordFromTheFutureIsTakenAsOfNow() throws Exception {
        caller.run(handler("future", "key", "none", "format", "human"), List.of(Records.plain(400_000_000L, "future")));
        ConsumerRecord<byte[], byte[]> record = broker.read("future").get(0);
        assertThat(record.timestamp()).isEqualTo(caller.epochNs() / 1_000_000);
        assertThat(record.key()).isNull();
        assertThat(text(record.value())).startsWith("2026-01-20T01:37:25.123Z").doesNotContain("\n");
    }

    @Test
    void aRecordThatIsTooLongForUsOrForTheTopicIsPutAsideAndTheOthersArrive() throws Exception {
        broker.createTopic("narrow", 1, Map.of("max.message.bytes", "20000"));
        List<LogRecord> records = new ArrayList<>(records(20));
        records.add(5, Records.of("worker-0", "x", 9, 100, noise(300_000)));
        records.add(15, Records.of("worker-0", "x", 9, 101, noise(60_000)));
        caller.run(handler("narrow", "max_request", "100 KiB"), records);
        assertThat(caller.putAside()).extracting(LogRecord::sequence).containsExactlyInAnyOrder(100L, 101L);
        assertThat(byWorker("narrow")).as("after %s", caller.reports()).isEqualTo(expected(20));
        assertThat(caller.reports())
                .anyMatch(report -> report.startsWith("put aside 100: Kafka: RecordTooLargeException"));
    }

    /** With two, the test above fails once in twenty runs. */
    @Test
    void aBrokerIsSentOneRequestAtATime() throws Exception {
        KafkaHandlerFactory factory = new KafkaHandlerFactory();
        HandlerSettings settings = HandlerSettings.of(
                "kafka", factory.settings(), Map.of("servers", List.of("127.0.0.1:1"), "topic", "t"));
        assertThat(new ProducerProperties(KafkaSettings.of(settings), "kafka").get())
                .containsEntry("max.in.flight.requests.per.connection", 1);
    }

    private static String noise(int length) {
        Random random = new Random(7);
        return random.ints(length, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void userAndPasswordAreShownAndAWrongOneIsToldWithoutIt() throws Exception {
        Object[] sasl = {
            "servers",
            List.of(broker.saslAddress()),
            "security",
            "sasl_plaintext",
            "sasl_mechanism",
            "PLAIN",
            "user",
            Broker.USER,
            "timeout",
            "10 s",
            "password"
        };
        caller.run(handler("sasl", with(sasl, secret(Broker.PASSWORD))), records(10));
        assertThat(byWorker("sasl")).isEqualTo(expected(10));

        String canary = "canary-99ab \\\"x";
        Handler wrong = handler("sasl", with(sasl, secret(canary)));
        wrong.open(caller);
        wrong.handle(Records.plain(0, "record 0"));
        Throwable refused = catchThrowable(wrong::checkpoint);
        wrong.close();
        java.io.StringWriter trace = new java.io.StringWriter();
        refused.printStackTrace(new java.io.PrintWriter(trace));
        assertThat(trace.toString())
                .contains("SaslAuthenticationException", "; allowed: credentials that may write to sasl")
                .doesNotContain("canary-99ab");
        assertThat(caller.reports()).noneMatch(report -> report.contains("canary"));
    }

    private static Object[] with(Object[] given, Object last) {
        Object[] all = java.util.Arrays.copyOf(given, given.length + 1);
        all[given.length] = last;
        return all;
    }

    private static Secret secret(String value) {
        return Secret.of("env:CANARY").resolved(Path.of("/"), Map.of("CANARY", value));
    }

    @Test
    void brokersThatAreNotThereAreAskedAgainAndTheRecordsStay() throws Exception {
        Handler handler = handler("nowhere", "servers", List.of("127.0.0.1:1"), "timeout", "1 s");
        handler.open(caller);
        handler.handle(Records.plain(0, "record 0"));
        assertThat(catchThrowable(handler::checkpoint))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("allowed: brokers that can be reached");
        assertThat(catchThrowable(handler::checkpoint)).isInstanceOf(IOException.class);
        handler.close();
        assertThat(caller.putAside()).isEmpty();
    }

    /** Within the timeout one producer rides it out, and the broker knows what it has by the producer's numbers. */
    @Test
    void aBrokerThatIsKilledAndComesBackHasEveryRecordOnce() throws Exception {
        CompletableFuture<Void> restarted = new CompletableFuture<>();
        ModelCaller restarting = new NowCaller(200) {
            @Override
            protected void between(int taken) {
                if (taken == 1000) {
                    restart(restarted);
                }
            }
        };
        restarting.run(handler("killed", "batch_records", 100L), records(3000));
        restarted.get();
        assertThat(byWorker("killed")).isEqualTo(expected(3000));
    }

    /** Beyond it what was not acknowledged comes again: doubles, but no loss, and the last of each in order. */
    @Test
    void aBrokerThatIsAwayForLongerThanTheTimeoutMissesNothing() throws Exception {
        CompletableFuture<Void> restarted = new CompletableFuture<>();
        ModelCaller restarting = new NowCaller(200) {
            @Override
            protected void between(int taken) {
                if (taken == 1000) {
                    restart(restarted);
                }
            }
        };
        restarting.run(handler("away", "batch_records", 100L, "timeout", "1 s"), records(3000));
        restarted.get();
        Map<String, List<Long>> last = new TreeMap<>();
        byWorker("away").forEach((worker, numbers) -> {
            List<Long> kept = new ArrayList<>();
            for (int i = 0; i < numbers.size(); i++) {
                if (numbers.lastIndexOf(numbers.get(i)) == i) {
                    kept.add(numbers.get(i));
                }
            }
            last.put(worker, kept);
        });
        assertThat(last).isEqualTo(expected(3000));
        assertThat(restarting.putAside()).isEmpty();
    }

    private static void restart(CompletableFuture<Void> restarted) {
        broker.kill();
        Thread starter = new Thread(() -> {
            try {
                broker.start();
                restarted.complete(null);
            } catch (Throwable t) {
                restarted.completeExceptionally(t);
            }
        });
        starter.setDaemon(true);
        starter.start();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "servers | broker | servers: \"broker\" is no broker; allowed: HOST:PORT",
                "topic | a b | topic: \"a b\" is no topic",
                "topic | .. | topic: \"..\" is no topic",
                "user | ada | user: is given with security = \"plaintext\"",
                "security | sasl_ssl | user: is missing with security = \"sasl_ssl\"",
                "tls_ca | /x.pem | tls_ca: is given with security = \"plaintext\"",
                "properties | acks=0 | properties: acks is not for here",
                "properties | sasl.jaas.config=x | properties: sasl.jaas.config is not for here",
                "properties | ssl.keystore.password=x | properties: ssl.keystore.password is not for here",
                "properties | nonsense | properties: holds what is no property"
            })
    void wrongSettingsAreNamed(String key, String value, String message) {
        Object given = key.equals("servers") || key.equals("properties") ? List.of(value) : value;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handler("x", key, given))
                .withMessageStartingWith(message);
    }
}
