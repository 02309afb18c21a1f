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
        Map<String, HandlerFactory> factories = factories();
        List<HandlerSpec> specs = new ArrayList<>();
        for (HandlerConfig config : configs) {
            HandlerFactory factory = factories.get(config.type());
            if (factory == null) {
                throw new IllegalArgumentException("handler " + config.name() + ": type=" + config.type()
                        + " is not installed; installed are " + factories.keySet());
            }
            try {
                specs.add(new HandlerSpec(
                        config.name(), factory.create(config.settings()), config.route(), factory.alerts()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("handler " + config.name() + ": " + e.getMessage(), e);
            }
        }
        return specs;
    }

    /**
     * Whether these can run side by side.
     *
     * @throws IllegalArgumentException naming two that cannot; also as {@link #of}
     */
    static void checkTogether(List<HandlerConfig> configs) {
        Map<String, HandlerFactory> factories = factories();
        for (int i = 0; i < configs.size(); i++) {
            HandlerConfig later = configs.get(i);
            for (HandlerConfig earlier : configs.subList(0, i)) {
                HandlerFactory factory = factories.get(later.type());
                String conflict = factory == null || !later.type().equals(earlier.type())
                        ? null
                        : factory.conflict(later.settings(), earlier.settings(), earlier.name());
                if (conflict != null) {
                    throw new IllegalArgumentException("handler " + later.name() + ": " + conflict);
                }
            }
        }
    }

    private static Map<String, HandlerFactory> factories() {
        return ServiceLoader.load(HandlerFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .collect(Collectors.toMap(HandlerFactory::type, Function.identity()));
    }
}
