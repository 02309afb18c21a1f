package io.emberlog.master.fanout;

import io.emberlog.handler.Handler;
import io.emberlog.message.Level;
import java.util.Objects;

/**
 * One configured handler.
 *
 * @param name unique within a master; the checkpoint is kept under it
 * @param handler not opened; from here on only its agent calls it
 * @param minSeverity 0 to 24; records below it are not handed over
 */
public record HandlerSpec(String name, Handler handler, int minSeverity) {
    public HandlerSpec {
        Objects.requireNonNull(handler, "handler");
        SafeName.of(name);
        if (minSeverity < 0 || minSeverity > Level.MAX_SEVERITY) {
            throw new IllegalArgumentException(
                    "handler name=" + name + " minSeverity=" + minSeverity + ": must be 0 to " + Level.MAX_SEVERITY);
        }
    }
}
