package io.emberlog.master;

import io.emberlog.master.drain.LossEvent;
import io.emberlog.master.drain.MasterEvents;
import io.emberlog.master.fanout.ReportSink;
import io.emberlog.message.Level;

/** Makes records of what the handlers' agents report. Any thread. */
final class HandlerEvents implements ReportSink {
    private final MasterEvents events;

    HandlerEvents(MasterEvents events) {
        this.events = events;
    }

    @Override
    public void report(String handler, Level level, String message, Throwable cause) {
        events.add(
                level,
                ReportSink.loggerName(handler),
                cause == null ? "{}" : "{}: {}",
                cause == null ? new Object[] {message} : new Object[] {message, cause});
    }

    @Override
    public void summary(String handler, Level level, String message, MasterEvents.Field... fields) {
        events.add(level, ReportSink.summaryLoggerName(handler), "{}", new Object[] {message}, fields);
    }

    @Override
    public boolean alarm(String handler, Level level, String message) {
        return events.alarm(level, message);
    }

    @Override
    public void missing(String handler, String message, long firstSequence, long lastSequence) {
        events.add(
                Level.ERROR,
                ReportSink.loggerName(handler),
                "{}",
                new Object[] {message},
                LossEvent.fields(LossEvent.GAP, handler, firstSequence, lastSequence));
    }
}
