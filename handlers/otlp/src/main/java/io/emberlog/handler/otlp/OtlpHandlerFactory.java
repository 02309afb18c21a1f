package io.emberlog.handler.otlp;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.delivery.BatchHandler;
import java.util.List;

/** {@code type = "otlp"}. Loads no class of protobuf or gRPC; the handler does when it is opened. */
public final class OtlpHandlerFactory implements HandlerFactory {
    @Override
    public String type() {
        return "otlp";
    }

    @Override
    public List<SettingKey> settings() {
        return OtlpSettings.KEYS;
    }

    @Override
    public Handler create(HandlerSettings settings) {
        OtlpSettings checked = OtlpSettings.of(settings);
        return new BatchHandler(new OtlpDestination(checked), checked.limits());
    }
}
