package io.emberlog.master.config;

import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.message.Level;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Finds what handlers are installed. */
public final class HandlerTypes {
    private HandlerTypes() {}

    /**
     * Every {@link HandlerFactory} on the class path, by type.
     *
     * @throws IllegalStateException when two share a type
     * @throws java.util.ServiceConfigurationError when one cannot be loaded
     */
    public static List<HandlerType> installed() {
        return of(ServiceLoader.load(HandlerFactory.class));
    }

    static List<HandlerType> of(Iterable<HandlerFactory> factories) {
        Map<String, HandlerFactory> byType = new TreeMap<>();
        for (HandlerFactory factory : factories) {
            HandlerFactory other = byType.put(factory.type(), factory);
            if (other != null) {
                throw new IllegalStateException("handler type=" + factory.type() + " is claimed by "
                        + other.getClass().getName() + " and "
                        + factory.getClass().getName() + "; remove one from the class path");
            }
        }
        return byType.values().stream()
                .map(factory -> new HandlerType(factory.type(), factory.settings(), rules(factory)))
                .toList();
    }

    private static HandlerType.Rules rules(HandlerFactory factory) {
        return new HandlerType.Rules() {
            @Override
            public void check(HandlerSettings settings) {
                factory.create(settings); // opens nothing
            }

            @Override
            public String obstacle(HandlerSettings settings) {
                return factory.obstacle(settings);
            }

            @Override
            public String conflict(HandlerSettings one, HandlerSettings other, String otherName) {
                return factory.conflict(one, other, otherName);
            }

            @Override
            public Level defaultMinLevel() {
                return factory.defaultMinLevel();
            }

            @Override
            public boolean alerts() {
                return factory.alerts();
            }
        };
    }
}
