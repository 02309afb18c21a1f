package io.emberlog.handler.loki;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.delivery.BatchHandler;
import java.util.List;

/** {@code type = "loki"}. */
public final class LokiHandlerFactory implements HandlerFactory {
    @Override
    public String type() {
        return "loki";
    }

    @Override
    public List<SettingKey> settings() {
        return LokiSettings.KEYS;
    }

    @Override
    public Handler create(HandlerSettings settings) {
        LokiSettings checked = LokiSettings.of(settings);
        return new BatchHandler(new LokiDestination(checked), checked.limits());
    }
}
