package io.emberlog.handler.kafka;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerContractTest;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.delivery.BatchHandler;
import io.emberlog.handler.delivery.BatchLimits;
import io.emberlog.handler.delivery.Destination;
import io.emberlog.handler.delivery.Reply;
import io.emberlog.handler.http.StrictJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker; a failure is made in front of it. */
class KafkaContractTest extends HandlerContractTest {
    private static int topics;

    @TempDir
    private static Path directory;

    private static Broker broker;

    private final String topic = "contract-" + topics++;
    private boolean fails;

    @BeforeAll
    static void start() throws IOException {
        broker = new Broker(directory);
        broker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Override
    protected Handler create() {
        KafkaHandlerFactory factory = new KafkaHandlerFactory();
        HandlerSettings settings = HandlerSettings.of(
                "kafka",
                factory.settings(),
                Map.of("servers", List.of(broker.address()), "topic", topic, "key", "worker"));
        Destination kafka = new KafkaDestination(KafkaSettings.of(settings));
        return new BatchHandler(
                new Destination() {
                    @Override
                    public void open(HandlerContext context) throws IOException {
                        kafka.open(context);
                    }

                    @Override
                    public Reply send(List<LogRecord> batch) throws IOException {
                        if (fails) {
                            fails = false;
                            throw new IOException("away");
                        }
                        return kafka.send(batch);
                    }

                    @Override
                    public void close() throws IOException {
                        kafka.close();
                    }
                },
                new BatchLimits(7, 1 << 20, Duration.ZERO));
    }

    @Override
    protected List<String> delivered() {
        return broker.read(topic).stream()
                .map(record -> String.valueOf(
                        StrictJson.object(StrictJson.parse(record.value())).get("message")))
                .toList();
    }

    @Override
    protected void failOnce() {
        fails = true;
    }

    @Override
    protected boolean exactlyOnce() {
        return false;
    }
}
