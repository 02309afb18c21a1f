package io.emberlog.handler.kafka;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.delivery.Destination;
import io.emberlog.handler.delivery.Reply;
import java.io.IOException;
import java.util.List;

/**
 * A topic; names no class of Kafka's, so that one who only reads the configuration loads none. The producer is made at the first batch
 * and made anew after a failure that it does not survive. One thread.
 */
final class KafkaDestination implements Destination {
    private final KafkaSettings settings;
    private HandlerContext context;
    private TopicProducer producer;

    KafkaDestination(KafkaSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(HandlerContext newContext) {
        context = newContext;
    }

    @Override
    public Reply send(List<LogRecord> batch) throws IOException {
        if (producer == null) {
            producer = TopicProducer.open(settings, context.name());
        }
        Reply reply = producer.send(batch, context.epochNs());
        context.metrics().addNetworkBytes(producer.takeBytes());
        if (producer.isBroken()) {
            close();
        }
        return reply;
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close();
            producer = null;
        }
    }
}
