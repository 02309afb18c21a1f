package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Peer;
import io.emberlog.samples.kafka.KafkaBroker;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.MoodyServer.Mood;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A real broker in the moods that a signal can give it: well, away (SIGKILL) or deaf (SIGSTOP). One thread. */
final class MoodyKafka {
    static final List<Mood> MOODS = List.of(Mood.WELL, Mood.AWAY, Mood.DEAF);
    private static final String TOPIC = "emberlog";
    private static final int PARTITIONS = 3;
    private static final String[] FLAGS = {"-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"};

    private final StormRun run;
    private final int port = Peer.freePort();
    private final Path properties;
    private Process broker;
    private Mood mood = Mood.WELL;

    MoodyKafka(StormRun run) throws IOException {
        this.run = run;
        properties = KafkaBroker.properties(run.directory, port, Peer.freePort(), PARTITIONS);
        Process format = start(KafkaBroker.FORMAT_MAIN, KafkaBroker.format(properties));
        Waiting.until("the storage to be formatted", StormRun.LIMIT, () -> !format.isAlive());
        assertThat(format.exitValue()).as("see kafka.txt").isZero();
        startBroker();
    }

    private Process start(String main, String... arguments) throws IOException {
        return run.children.start(
                run.directory.saying("kafka", Jvm.java(KafkaBroker.classPath(), List.of(FLAGS), main, arguments)));
    }

    private void startBroker() throws IOException {
        broker = start(KafkaBroker.MAIN, properties.toString());
    }

    /** As a configuration has it. */
    String address() {
        return "127.0.0.1:" + port;
    }

    void mood(Mood next) throws IOException, InterruptedException {
        if (mood == Mood.DEAF) {
            Signals.send("CONT", broker.pid());
        }
        if (mood == Mood.AWAY && next != Mood.AWAY) {
            startBroker();
        } else if (next == Mood.AWAY) {
            Children.kill(broker);
        }
        if (next == Mood.DEAF) {
            Signals.stop(broker.pid());
        }
        mood = next;
    }

    /** How many there are; 0 while there is no topic, or nobody to be asked. */
    long records() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            return consumer.endOffsets(partitions(consumer)).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        } catch (KafkaException e) {
            return 0;
        }
    }

    /** The ids of all records, doubles as well, partition after partition, in the order that a consumer sees. */
    List<String> ids() {
        List<String> ids = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            for (TopicPartition partition : partitions(consumer)) {
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                long end = consumer.endOffsets(List.of(partition)).get(partition);
                while (consumer.position(partition) < end) {
                    consumer.poll(Duration.ofSeconds(1)).forEach(record -> ids.add(id(record)));
                }
            }
        }
        return ids;
    }

    private static String id(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.headers().lastHeader("id").value(), StandardCharsets.UTF_8);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", address(), "default.api.timeout.ms", 5_000, "request.timeout.ms", 4_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer) {
        List<PartitionInfo> found = consumer.listTopics().getOrDefault(TOPIC, List.of());
        return found.stream()
                .map(each -> new TopicPartition(TOPIC, each.partition()))
                .toList();
    }
}
