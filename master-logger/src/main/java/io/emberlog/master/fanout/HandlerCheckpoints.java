package io.emberlog.master.fanout;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerMetrics;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.master.fanout.AgentReports.Topic;
import io.emberlog.master.fanout.HandlerCalls.Outcome;
import io.emberlog.message.Level;
import java.io.IOException;
import org.agrona.concurrent.NanoClock;

/**
 * When a handler's checkpoint is made, and how: its state and its place in the journal together. The handler's thread only.
 *
 * <p>The process dies after this step, H being the records that the handler has taken since its stored state:
 *
 * <pre>
 *  K11 handle took a record           state and place of before H              the handler continues from that state and gets H again
 *  K12 checkpoint returned a state    the same                                 the same
 *  K13 that state was stored          state and place behind H                 the handler continues behind H
 *  K14 a record was put aside         its line, state and place of before H    the record is handed over again and, if it is refused
 *                                                                              again, put aside twice under one id
 * </pre>
 */
final class HandlerCheckpoints {
    /** At most so often while records move... */
    static final long INTERVAL_NS = 1_000_000_000L;

    /** ...but for this much read from the journal, however fast, so that a restart has a bounded amount to repeat. */
    static final long INTERVAL_BYTES = 64 << 20;

    private final String name;
    private final Handler handler;
    private final HandlerMetrics metrics;
    private final AgentReports reports;
    private final HandlerCalls calls;
    private final CheckpointStore store;
    private final NanoClock clock;
    private final Backoff backoff = new Backoff();

    private JournalCursor cursor;
    private long storedRecords;
    private long storedBytes;
    private long storedNs;
    private boolean making;
    private Throwable failure;

    HandlerCheckpoints(
            String name,
            Handler handler,
            HandlerMetrics metrics,
            AgentReports reports,
            HandlerCalls calls,
            CheckpointStore store,
            NanoClock clock) {
        this.name = name;
        this.handler = handler;
        this.metrics = metrics;
        this.reports = reports;
        this.calls = calls;
        this.store = store;
        this.clock = clock;
    }

    /** @param life its place is what is stored */
    void beginLife(JournalCursor life, long now) {
        cursor = life;
        markStored(now);
    }

    boolean isDue(long now) {
        return backoff.isDue(now)
                && (!isAllStored() && now - storedNs >= INTERVAL_NS
                        || cursor.bytesPassed() - storedBytes >= INTERVAL_BYTES);
    }

    /** Whether the stored place is behind all records passed. */
    boolean isAllStored() {
        return cursor.recordsPassed() == storedRecords;
    }

    /** Whether one may be tried now; false for a while after one has failed. */
    boolean isAllowed(long now) {
        return backoff.isDue(now);
    }

    /** 0 unless one has failed. */
    long waitNs(long now) {
        return backoff.waitNs(now);
    }

    void hurry(long now) {
        backoff.hurry(now);
    }

    /** What asked for a new life last. */
    Throwable failure() {
        return failure;
    }

    /** Makes a checkpoint; one that fails is due again later. */
    Outcome make(long now) {
        try {
            store();
        } catch (Throwable t) { // from the handler, or from the disk
            if (t instanceof HandlerRestartException || HandlerCalls.isOfTheJvm(t)) {
                failure = t;
                return Outcome.NEW_LIFE;
            }
            postpone(t, now);
            return Outcome.AGAIN;
        }
        if (backoff.failures() > 0) {
            reports.recovered(
                    Topic.CHECKPOINT, "stores checkpoints again after " + backoff.failures() + " failures in a row");
            backoff.succeeded();
        }
        return Outcome.DONE;
    }

    /** {@link io.emberlog.handler.HandlerContext#requestCheckpoint}. */
    void request() throws IOException {
        if (making) {
            throw new IllegalStateException("handler " + name + ": requestCheckpoint inside checkpoint");
        }
        try {
            store();
        } catch (RuntimeException e) {
            // The record in hand is not to blame, so it must not be put aside for this.
            throw new IOException("handler " + name + ": no checkpoint is stored: " + e, e);
        }
    }

    private void store() throws IOException {
        byte[] state;
        making = true;
        try {
            state = handler.checkpoint();
        } finally {
            making = false;
        }
        if (state == null || state.length > Checkpoint.MAX_STATE_LENGTH) {
            throw new IllegalStateException(
                    "handler " + name + ": state=" + (state == null ? "null" : state.length + " bytes")
                            + " must be at most " + Checkpoint.MAX_STATE_LENGTH + " bytes and not null");
        }
        calls.forceDeadLetters();
        store.store(cursor.place(state));
        metrics.add(Counter.CHECKPOINTS, 1);
        markStored(clock.nanoTime());
    }

    private void markStored(long now) {
        storedRecords = cursor.recordsPassed();
        storedBytes = cursor.bytesPassed();
        storedNs = now;
    }

    private void postpone(Throwable cause, long now) {
        backoff.failed(now);
        reports.suffers("no checkpoint is stored: " + cause);
        if (backoff.isTimeToReport()) {
            String text = "no checkpoint is stored (" + backoff.failures()
                    + " in a row); is tried again, and until then a restart delivers again what came since the last one";
            reports.report(Topic.CHECKPOINT, Level.WARN, text, cause);
        }
    }
}
