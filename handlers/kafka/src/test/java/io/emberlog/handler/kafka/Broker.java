package io.emberlog.handler.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.tls.TestCertificates;
import io.emberlog.lab.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;

/**
 * Apache Kafka itself, broker and controller in one process, on ports of the loopback interface. Its files stay over {@link #kill} and
 * the next {@link #start}.
 */
final class Broker implements AutoCloseable {
    static final String USER = "ada";
    static final String PASSWORD = "canary-8d2e \"\\";

    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final Path directory;
    private final int port = Peer.freePort();
    private final int saslPort = Peer.freePort();
    private final int tlsPort = Peer.freePort();
    private final int mutualTlsPort = Peer.freePort();
    private final int saslTlsPort = Peer.freePort();
    private final Path properties;
    private Process process;

    Broker(Path directory) throws IOException {
        this(directory, null);
    }

    /** @param certificates of the server's, for ports with TLS; null for none */
    Broker(Path directory, TestCertificates certificates) throws IOException {
        this.directory = directory;
        int controllerPort = Peer.freePort();
        List<String> lines = new ArrayList<>(List.of(
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                "listeners=PLAINTEXT://" + address() + ",SASL_PLAINTEXT://" + saslAddress() + ",CONTROLLER://127.0.0.1:"
                        + controllerPort
                        + (certificates == null
                                ? ""
                                : ",SSL://" + tlsAddress() + ",MUTUAL://" + mutualTlsAddress() + ",SASL_SSL://"
                                        + saslTlsAddress()),
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT,"
                        + "SSL:SSL,MUTUAL:SSL,SASL_SSL:SASL_SSL",
                "controller.listener.names=CONTROLLER",
                "sasl.enabled.mechanisms=PLAIN",
                jaas("sasl_plaintext"),
                jaas("sasl_ssl"),
                "log.dirs=" + directory.resolve("data"),
                "log.retention.ms=-1", // the records of tests are months old
                "num.partitions=3",
                "offsets.topic.num.partitions=1",
                "offsets.topic.replication.factor=1",
                "group.initial.rebalance.delay.ms=0"));
        if (certificates != null) {
            lines.addAll(List.of(
                    "ssl.keystore.type=PEM",
                    "ssl.keystore.location=" + certificates.keyAndCertificate("server"),
                    "ssl.truststore.type=PEM",
                    "ssl.truststore.location=" + certificates.certificate("ca"),
                    "listener.name.mutual.ssl.client.auth=required"));
        }
        properties = Files.write(directory.resolve("kafka.properties"), lines);
        Process format = start(
                "kafka.tools.StorageTool",
                "format",
                "--cluster-id",
                "MkU3OEVBNTcwNTJENDM2Qk",
                "--config",
                properties.toString());
        assertThat(ended(format)).as(() -> "format; it said " + said()).isZero();
    }

    private static String jaas(String listener) {
        return "listener.name." + listener + ".plain.sasl.jaas.config="
                + "org.apache.kafka.common.security.plain.PlainLoginModule required user_" + USER
                + "=\"canary-8d2e \\\\\"\\\\\\\\\";";
    }

    private Process start(String... mainAndArguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(mainAndArguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("said.txt").toFile()));
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        return builder.start();
    }

    private static int ended(Process process) {
        try {
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns once it answers. */
    void start() throws IOException {
        startOnly();
        Map<String, Object> client = new HashMap<>(client());
        client.put("default.api.timeout.ms", 2000);
        client.put("request.timeout.ms", 1000);
        try (Admin admin = Admin.create(client)) {
            Awaitility.await()
                    .atMost(LIMIT)
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .until(() -> {
                        assertThat(process.isAlive())
                                .as(() -> "the broker lives; it said " + said())
                                .isTrue();
                        return admin.describeCluster().nodes().get().size() == 1;
                    });
        }
    }

    private String said() {
        try {
            return Files.readString(directory.resolve("said.txt"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    void startOnly() throws IOException {
        process = start("kafka.Kafka", properties.toString());
    }

    void kill() {
        ended(process.destroyForcibly());
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    String saslAddress() {
        return "127.0.0.1:" + saslPort;
    }

    /** TLS. */
    String tlsAddress() {
        return "127.0.0.1:" + tlsPort;
    }

    /** TLS, for those who show a certificate of the same authority. */
    String mutualTlsAddress() {
        return "127.0.0.1:" + mutualTlsPort;
    }

    /** User and password over TLS. */
    String saslTlsAddress() {
        return "127.0.0.1:" + saslTlsPort;
    }

    private Map<String, Object> client() {
        return Map.of("bootstrap.servers", address());
    }

    void createTopic(String topic, int partitions, Map<String, String> config) {
        try (Admin admin = Admin.create(client())) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(config)))
                    .all()
                    .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(topic, e);
        }
    }

    /** All that a topic has now, partition after partition. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (PartitionInfo info : consumer.partitionsFor(topic)) {
                partitions.add(new TopicPartition(topic, info.partition()));
            }
            for (TopicPartition partition : partitions) {
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                long end = consumer.endOffsets(List.of(partition)).get(partition);
                while (consumer.position(partition) < end) {
                    consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
                }
            }
        }
        return records;
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
