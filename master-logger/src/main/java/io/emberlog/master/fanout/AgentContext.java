package io.emberlog.master.fanout;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics;
import io.emberlog.handler.LogRecord;
import io.emberlog.master.fanout.AgentReports.Topic;
import io.emberlog.message.Level;
import java.io.IOException;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.NanoClock;

/** What a handler holds of its agent for one life. */
final class AgentContext implements HandlerContext {
    private final String name;
    private final byte[] state;
    private final NanoClock nanoClock;
    private final EpochNanoClock epochClock;
    private final JournalCursor cursor;
    private final HandlerCalls calls;
    private final HandlerCheckpoints checkpoints;
    private final AgentReports reports;
    private final HandlerMetrics metrics;
    private boolean over;

    AgentContext(
            String name,
            byte[] state,
            FanOutConfig config,
            JournalCursor cursor,
            HandlerCalls calls,
            HandlerCheckpoints checkpoints,
            AgentReports reports,
            HandlerMetrics metrics) {
        this.name = name;
        this.state = state;
        nanoClock = config.nanoClock();
        epochClock = config.epochClock();
        this.cursor = cursor;
        this.calls = calls;
        this.checkpoints = checkpoints;
        this.reports = reports;
        this.metrics = metrics;
    }

    /** The life is being ended: what its handler has taken is behind no checkpoint any more. */
    void end() {
        over = true;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public byte[] state() {
        return state == null ? null : state.clone();
    }

    @Override
    public long nanoTime() {
        return nanoClock.nanoTime();
    }

    @Override
    public long epochNs() {
        return epochClock.nanoTime();
    }

    @Override
    public boolean recordsAreMissing() {
        return cursor.recordsAreMissing();
    }

    @Override
    public void requestCheckpoint() throws IOException {
        if (over) {
            throw new IllegalStateException("handler " + name + ": requestCheckpoint inside or after close");
        }
        checkpoints.request();
    }

    @Override
    public void putAside(LogRecord record, String reason) {
        calls.putAside(record, reason);
    }

    @Override
    public void report(Level level, String message, Throwable cause) {
        reports.report(Topic.HANDLER, level, message, cause);
    }

    @Override
    public HandlerMetrics metrics() {
        return metrics;
    }
}
