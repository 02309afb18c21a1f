package io.emberlog.master.fanout;

import io.emberlog.master.drain.MasterEvents;
import io.emberlog.message.Level;

/** Where the fan-out tells the operator. Any thread; must not block, and must not throw. */
@FunctionalInterface
public interface ReportSink {
    /** What a master's own records name as their process... */
    String MASTER_PROCESS = "emberlog-master";

    /** ...and as their service. */
    String MASTER_SERVICE = "emberlog";

    /**
     * Limited in rate for each handler. A record made from it carries the logger name {@link #loggerName}, by which the handler
     * concerned is spared it: a handler that fails must not feed itself.
     *
     * @param handler whom it is about
     * @param cause null when there is none
     */
    void report(String handler, Level level, String message, Throwable cause);

    /**
     * The handler will not get these records, for the journal no longer has them. Told once a handler and record, but for
     * restarts of the master.
     *
     * @param firstSequence first of them
     * @param lastSequence last of them
     */
    default void missing(String handler, String message, long firstSequence, long lastSequence) {
        report(handler, Level.ERROR, message, null);
    }

    /**
     * What a handler's settings or a silence kept from it, in a few words and as {@link MasterEvents.Field}s. A record made from
     * it has the logger name {@link #summaryLoggerName} and goes to this handler, too, past its sample, its rate limit and
     * silences.
     */
    default void summary(String handler, Level level, String message, MasterEvents.Field... fields) {
        report(handler, level, message, null);
    }

    /**
     * What records may tell nobody, since the handler that is in trouble may be the only one: for the operator, past all handlers.
     * Its teller limits the rate.
     *
     * @return false when it could not be told now
     */
    default boolean alarm(String handler, Level level, String message) {
        return true;
    }

    /** Records with this logger name tell what was kept from this handler. */
    static String summaryLoggerName(String handler) {
        return "emberlog.route." + handler;
    }

    /** Records with this logger name go to every handler but this one. */
    static String loggerName(String handler) {
        return "emberlog.handler." + handler;
    }
}
