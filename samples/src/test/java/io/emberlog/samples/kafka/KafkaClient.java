package io.emberlog.samples.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** An application that knows SLF4J and Kafka, and nothing of Emberlog: sends, receives, fails. */
public final class KafkaClient {
    static final int RECORDS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(KafkaClient.class);

    private KafkaClient() {}

    /** @param arguments the broker's address */
    public static void main(String... arguments) throws Exception {
        String broker = arguments[0];
        MDC.put("run", "sample");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker, "max.block.ms", "20000"),
                new StringSerializer(),
                new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>("orders", "key-" + i, "value-" + i))
                        .get();
            }
            LOG.atInfo()
                    .addKeyValue("topic", "orders")
                    .addKeyValue("records", RECORDS)
                    .addKeyValue("acks", true)
                    .log("sent {} records to {}", RECORDS, broker);
            sendWhereNothingCan(producer);
        }
        LOG.info("received {} records", receive(broker));
        MDC.clear();
    }

    private static void sendWhereNothingCan(KafkaProducer<String, String> producer) throws InterruptedException {
        try {
            producer.send(new ProducerRecord<>("no such topic!", "value")).get();
        } catch (ExecutionException refused) {
            LOG.atError()
                    .setCause(refused)
                    .addKeyValue("topic", "no such topic!")
                    .log("cannot send");
        }
    }

    private static int receive(String broker) {
        int received = 0;
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker, "group.id", "sample", "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of("orders"));
            for (int poll = 0; poll < 100 && received < RECORDS; poll++) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(500))) {
                    LOG.debug("not logged at INFO: {}", record.value());
                    received++;
                }
            }
        }
        return received;
    }
}
