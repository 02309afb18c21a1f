package io.emberlog.master.cli;

import io.emberlog.master.config.HandlerConfig;
import io.emberlog.master.config.HandlerType;
import io.emberlog.master.config.MasterConfig;
import java.util.List;

/** The handlers of a configuration, as filters and silences see them. */
final class RouteTargets {
    private final MasterConfig config;
    private final List<HandlerType> types;

    RouteTargets(MasterConfig config, List<HandlerType> types) {
        this.config = config;
        this.types = types;
    }

    /** Whether it tells people, rather than keep a log. */
    boolean alerts(HandlerConfig handler) {
        return types.stream()
                .anyMatch(type ->
                        type.type().equals(handler.type()) && type.rules().alerts());
    }

    List<HandlerConfig> handlers() {
        return config.handlers();
    }

    /** For messages. */
    String names() {
        return handlers().isEmpty()
                ? "none"
                : String.join(", ", handlers().stream().map(HandlerConfig::name).toList());
    }
}
