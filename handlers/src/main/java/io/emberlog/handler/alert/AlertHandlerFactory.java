package io.emberlog.handler.alert;

import io.emberlog.handler.HandlerFactory;
import io.emberlog.message.Level;

/** Makes handlers that tell people, rather than keep a log: of what is worth a look, and not of what is silenced. */
public interface AlertHandlerFactory extends HandlerFactory {
    @Override
    default boolean alerts() {
        return true;
    }

    @Override
    default Level defaultMinLevel() {
        return Level.WARN;
    }
}
