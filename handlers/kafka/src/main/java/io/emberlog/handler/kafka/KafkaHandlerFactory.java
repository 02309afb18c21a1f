package io.emberlog.handler.kafka;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.delivery.BatchHandler;
import java.util.List;

/** {@code type = "kafka"}. Loads no class of Kafka's; the handler does when it is opened. */
public final class KafkaHandlerFactory implements HandlerFactory {
    @Override
    public String type() {
        return "kafka";
    }

    @Override
    public List<SettingKey> settings() {
        return KafkaSettings.KEYS;
    }

    @Override
    public Handler create(HandlerSettings settings) {
        KafkaSettings checked = KafkaSettings.of(settings);
        return new BatchHandler(new KafkaDestination(checked), checked.limits());
    }
}
