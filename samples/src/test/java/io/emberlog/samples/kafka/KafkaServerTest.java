package io.emberlog.samples.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Peer;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.samples.judge.Json;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.ClassPaths;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.StormRun;
import io.emberlog.worker.WorkerLogger;
import io.emberlog.worker.slf4j.EmberlogServiceProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

/**
 * An Apache Kafka broker as it is, started by its own main class, with the SLF4J provider on its class path and
 * EMBERLOG_DIR in its environment: nothing else is asked of an application.
 */
class KafkaServerTest {
    private static final String BROKER = "kafka-broker";
    private static final String CLIENT = "kafka-client";

    private final List<Map<String, Object>> records = new ArrayList<>();
    private StormRun run;

    @Test
    void aKafkaBrokersLogsArriveWithLevelLoggerThreadKeyValuesAndStackTracesIntact() throws IOException {
        StormRun.run("kafka", this::sample);
    }

    private void sample(StormRun given) throws Exception {
        run = given;
        Master master = new Master(run.children, run.directory, Master.jsonHandler(run.directory));
        master.start();
        int port = Peer.freePort();
        Path properties = KafkaBroker.properties(run.directory, port, Peer.freePort(), 1);

        Process format = start("kafka-storage", KafkaBroker.FORMAT_MAIN, KafkaBroker.format(properties));
        await("the storage to be formatted", format);
        assertThat(format.exitValue()).isZero();

        Process broker = start(BROKER, KafkaBroker.MAIN, properties.toString());
        awaitMessage(broker, "Kafka Server started");
        Process client = start(CLIENT, KafkaClient.class.getName(), "127.0.0.1:" + port);
        await("the client to end", client);
        assertThat(client.exitValue()).isZero();
        sendNonsense(port);
        awaitMessage(broker, "Unexpected api key");
        broker.destroy();
        await("the broker to shut down", broker);

        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).isZero();
        for (Path file : OutputFiles.of(run.directory.output())) {
            OutputFiles.lines(file, 0, (line, length) -> records.add(Json.parse(line, length)));
        }
        brokerStartedWorkedAndShutDown();
        brokerToldOfNonsenseWithAStackTrace();
        clientsKeyValuesAndCausesAreIntact();
        nothingWasSaidElsewhere();
    }

    private void brokerStartedWorkedAndShutDown() {
        List<Map<String, Object>> broker = of(BROKER);
        assertThat(broker)
                .hasSizeGreaterThan(100)
                .allSatisfy(record -> assertThat(record)
                        .containsKeys("seq", "time", "level", "severity", "thread", "logger", "message", "id"));
        assertThat(broker)
                .anySatisfy(record -> assertThat(record)
                        .containsEntry("message", "[KafkaRaftServer nodeId=1] Kafka Server started")
                        .containsEntry("level", "INFO")
                        .containsEntry("severity", 9L)
                        .containsEntry("thread", "main")
                        .containsEntry("logger", "kafka.server.KafkaRaftServer"))
                .anySatisfy(record -> assertThat(record.get("message").toString())
                        .as("many lines are one record")
                        .startsWith("KafkaConfig values: \n\t")
                        .contains("\n\tnode.id = 1\n"))
                .anySatisfy(
                        record -> assertThat(record.get("message").toString()).contains("orders-0"))
                .anySatisfy(record -> assertThat(record)
                        .containsEntry("thread", "kafka-shutdown-hook")
                        .containsEntry("message", "[BrokerServer id=1] shut down completed"));
        assertThat(broker.get(broker.size() - 1))
                .as("the last thing it says, after Emberlog's own goodbye")
                .containsEntry("message", "App info kafka.server for 1 unregistered");
        assertThat(events())
                .anySatisfy(fields ->
                        assertThat(fields).containsEntry("event", "stopped").containsEntry("worker", BROKER));
    }

    /** Kafka's own exceptions carry no frames, on purpose; their causes do. */
    private void brokerToldOfNonsenseWithAStackTrace() {
        List<Map<String, Object>> errors = of(BROKER).stream()
                .filter(record -> record.containsKey("exception"))
                .toList();
        assertThat(errors).hasSize(2).allSatisfy(record -> {
            assertThat(record)
                    .containsEntry("level", "ERROR")
                    .containsEntry("severity", 17L)
                    .containsEntry("logger", "kafka.network.Processor");
            assertThat(record.get("thread").toString()).startsWith("data-plane-kafka-network-thread-1-");
            Map<String, Object> exception = Json.object(record.get("exception"));
            assertThat(exception)
                    .containsEntry("class", "org.apache.kafka.common.errors.InvalidRequestException")
                    .containsEntry("message", "Error parsing request header. Our best guess of the apiKeyId is: 31000");
            Map<String, Object> cause = Json.object(exception.get("cause"));
            assertThat(cause)
                    .containsEntry("class", "java.lang.IllegalArgumentException")
                    .containsEntry("message", "Unexpected api key: 31000");
            List<String> frames = Json.list(cause.get("frames")).stream()
                    .map(Object::toString)
                    .toList();
            assertThat(frames.get(0)).startsWith("org.apache.kafka.common.protocol.ApiKeys.forId(ApiKeys.java:");
            assertThat(frames)
                    .anySatisfy(
                            frame -> assertThat(frame).startsWith("kafka.network.Processor.run(SocketServer.scala:"));
            assertThat(frames.get(frames.size() - 1)).contains("java.lang.Thread.run(Thread.java:");
        });
    }

    private void clientsKeyValuesAndCausesAreIntact() {
        List<Map<String, Object>> own = of(CLIENT).stream()
                .filter(record -> KafkaClient.class.getName().equals(record.get("logger")))
                .toList();
        assertThat(own)
                .hasSize(3)
                .allSatisfy(record -> assertThat(record)
                        .containsEntry("thread", "main")
                        .containsEntry("mdc", Map.of("run", "sample")));
        assertThat(own.get(0))
                .containsEntry("template", "sent {} records to {}")
                .containsEntry("fields", Map.of("topic", "orders", "records", 20L, "acks", true));
        Map<String, Object> exception = Json.object(own.get(1).get("exception"));
        assertThat(exception).containsEntry("class", "java.util.concurrent.ExecutionException");
        assertThat(Json.object(exception.get("cause")))
                .containsEntry("class", "org.apache.kafka.common.errors.InvalidTopicException");
        assertThat(own.get(1))
                .containsEntry("level", "ERROR")
                .containsEntry("fields", Map.of("topic", "no such topic!"));
        assertThat(own.get(2)).containsEntry("message", "received " + KafkaClient.RECORDS + " records");
        assertThat(of(CLIENT))
                .as("Kafka's own classes in the client")
                .anySatisfy(
                        record -> assertThat(record.get("logger").toString()).startsWith("org.apache.kafka.clients."));
    }

    /** But for a complaint of log4j-api about itself, and what newer JDKs say about Kafka's use of Unsafe. */
    private void nothingWasSaidElsewhere() throws IOException {
        for (String process : List.of(BROKER, CLIENT)) {
            assertThat(Files.readAllLines(run.directory.said().resolve(process + ".txt")))
                    .filteredOn(line -> !line.endsWith("Log4j API could not find a logging provider."))
                    .allSatisfy(
                            line -> assertThat(line).startsWith("WARNING: ").doesNotContainIgnoringCase("emberlog"));
        }
    }

    private List<Map<String, Object>> of(String worker) {
        return records.stream()
                .filter(record -> worker.equals(record.get("worker")))
                .toList();
    }

    private List<Map<String, Object>> events() {
        return records.stream()
                .filter(record -> "emberlog.worker".equals(record.get("logger")))
                .map(record -> Json.object(record.get("fields")))
                .toList();
    }

    private Process start(String name, String main, String... arguments) throws IOException {
        ProcessBuilder builder = Jvm.java(classPath(), List.of(), main, arguments);
        builder.environment().put("EMBERLOG_DIR", run.directory.rings().toString());
        builder.environment().put("EMBERLOG_NAME", name);
        return run.children.start(run.directory.saying(name, builder));
    }

    private static String classPath() throws IOException {
        return KafkaBroker.classPath()
                + ':'
                + ClassPaths.join(ClassPaths.of(
                        EmberlogServiceProvider.class,
                        WorkerLogger.class,
                        ChannelDirectory.class,
                        DirectBuffer.class,
                        KafkaClient.class));
    }

    /** A request of no kind that there is: the broker tells of it and closes the connection. */
    private static void sendNonsense(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            ByteBuffer request = ByteBuffer.allocate(12).putInt(8).putShort((short) 31_000);
            socket.getOutputStream().write(request.array());
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static void await(String what, Process process) {
        Waiting.until(what, StormRun.LIMIT, () -> !process.isAlive());
    }

    /** Seen where everything is seen: in the output. */
    private void awaitMessage(Process living, String text) {
        Waiting.until("the output to have: " + text, StormRun.LIMIT, () -> {
            assertThat(living.isAlive()).as("the broker lives").isTrue();
            return Files.exists(run.directory.output())
                    && Files.readString(run.directory.output()).contains(text);
        });
    }
}
