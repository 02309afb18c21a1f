package io.emberlog.samples.handler;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.delivery.BatchHandler;
import io.emberlog.handler.delivery.BatchLimits;
import java.util.ArrayList;
import java.util.List;

/** {@code type = "tcp-json"}; the master finds it by its name in {@code META-INF/services}. */
public final class TcpJsonHandlerFactory implements HandlerFactory {
    static final SettingKey HOST =
            SettingKey.string("host", "Where the service listens.").orElse("localhost");
    static final SettingKey PORT = SettingKey.integer("port", "Its TCP port.")
            .required()
            .unit("(port)")
            .between("1", "65535");
    static final SettingKey TIMEOUT = SettingKey.duration(
                    "timeout", "Longest time for a connection, and for an answer.")
            .orElse("5 s")
            .between("10 ms", "1 min");

    @Override
    public String type() {
        return "tcp-json";
    }

    @Override
    public List<SettingKey> settings() {
        List<SettingKey> keys = new ArrayList<>(List.of(HOST, PORT, TIMEOUT));
        keys.addAll(BatchLimits.KEYS);
        return keys;
    }

    @Override
    public Handler create(HandlerSettings settings) {
        TcpJsonDestination destination =
                new TcpJsonDestination(settings.string(HOST), (int) settings.integer(PORT), settings.duration(TIMEOUT));
        return new BatchHandler(destination, BatchLimits.of(settings));
    }
}
