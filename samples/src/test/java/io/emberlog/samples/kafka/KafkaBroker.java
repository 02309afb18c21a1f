package io.emberlog.samples.kafka;

import io.emberlog.samples.process.RunDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How Apache Kafka itself is started, broker and controller in one process, on ports of the loopback interface. */
public final class KafkaBroker {
    public static final String MAIN = "kafka.Kafka";
    public static final String FORMAT_MAIN = "kafka.tools.StorageTool";

    private KafkaBroker() {}

    /** Of the broker, and of a client of its version. */
    public static String classPath() throws IOException {
        try (InputStream kafka = KafkaBroker.class.getResourceAsStream("/kafka.classpath")) {
            return new String(kafka.readAllBytes(), StandardCharsets.UTF_8).trim();
        }
    }

    /** Arguments of {@link #FORMAT_MAIN}, before the first start. */
    public static String[] format(Path properties) {
        return new String[] {"format", "--cluster-id", "MkU3OEVBNTcwNTJENDM2Qk", "--config", properties.toString()};
    }

    /** Writes its settings; its files are in that directory, too. */
    public static Path properties(RunDirectory directory, int port, int controllerPort, int partitions)
            throws IOException {
        Path data = directory.root().resolve("kafka-data");
        return Files.write(
                directory.root().resolve("kafka.properties"),
                List.of(
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                        "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                        "controller.listener.names=CONTROLLER",
                        "log.dirs=" + data,
                        "num.partitions=" + partitions,
                        "offsets.topic.num.partitions=1",
                        "offsets.topic.replication.factor=1",
                        "group.initial.rebalance.delay.ms=0"));
    }
}
