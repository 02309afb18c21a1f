package io.emberlog.master;

import io.emberlog.handler.HandlerFactory;
import io.emberlog.master.config.HandlerConfig;
import io.emberlog.master.fanout.HandlerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes the configured handlers, by the factories on the class path. */
final class HandlerSpecs {
    private HandlerSpecs() {}

    /** @throws IllegalArgumentException naming the handler whose settings are wrong together, or whose type is unknown */
    static List<HandlerSpec> of(List<HandlerConfig> configs) {
        Map<String, HandlerFactory> factories = ServiceLoader.load(HandlerFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .collect(Collectors.toMap(HandlerFactory::type, Function.identity()));
        List<HandlerSpec> specs = new ArrayList<>();
        for (HandlerConfig config : configs) {
            HandlerFactory factory = factories.get(config.type());
            if (factory == null) {
                throw new IllegalArgumentException("handler " + config.name() + ": type=" + config.type()
                        + " is not installed; installed are " + factories.keySet());
            }
            try {
                specs.add(new HandlerSpec(config.name(), factory.create(config.settings()), config.minLevel()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("handler " + config.name() + ": " + e.getMessage(), e);
            }
        }
        return specs;
    }
}
