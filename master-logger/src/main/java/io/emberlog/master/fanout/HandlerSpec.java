package io.emberlog.master.fanout;

import io.emberlog.handler.Handler;
import io.emberlog.handler.filter.Route;
import java.util.Objects;

/**
 * One configured handler.
 *
 * @param name unique within a master; the checkpoint is kept under it
 * @param handler not opened; from here on only its agent calls it
 * @param route which records are handed over, and what is made unreadable in them
 * @param alerts whether it tells people, so that a silence without a handler's name mutes it
 */
public record HandlerSpec(String name, Handler handler, Route route, boolean alerts) {
    public HandlerSpec {
        Objects.requireNonNull(handler, "handler");
        Objects.requireNonNull(route, "route");
        SafeName.of(name);
    }

    /** A log, of records from a severity on. */
    public HandlerSpec(String name, Handler handler, int minSeverity) {
        this(name, handler, Route.from(minSeverity), false);
    }
}
