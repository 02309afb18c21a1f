package io.emberlog.master.fanout;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerMetrics;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.RetryLaterException;
import io.emberlog.master.fanout.AgentReports.Topic;
import io.emberlog.master.fanout.HandlerCalls.Outcome;
import io.emberlog.message.Level;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.NanoClock;

/**
 * When a handler's checkpoint is made, and how: its state and its place in the journal together. The handler's thread only.
 *
 * <p>Once made, a checkpoint is held until the journal is synced as far as its place and the handler {@linkplain Handler#isSettled is
 * settled}, and stored then; records go on meanwhile, and no other is made. One that a handler requests, and one with other silences,
 * is not held: that asks for the journal to be synced, and waits. The last one of all waits for the journal only; it is made then, for a
 * handler that is not settled may know by now that something has to be done again.
 *
 * <p>The process dies after this step, H being the records that the handler has taken since its stored state:
 *
 * <pre>
 *  K11 handle took a record           state and place of before H              the handler continues from that state and gets H again
 *  K12 checkpoint returned a state    the same                                 the same
 *  K15 that state is held, waiting    the same                                 the same; H is longer by what came meanwhile
 *      for the journal to be synced
 *      or the handler to settle
 *  K13 that state was stored          state and place behind H                 the handler continues behind H
 *  K16 silences changed, and no       the same, with the silences before       H is asked about with those before; where H could be
 *      checkpoint with them is stored                                          a log's, the change waits until all is passed that
 *                                                                              was journaled when the life began
 *  K17 that checkpoint was stored     state, place behind H, new silences      what follows is asked about with the new ones
 *  K14 a record was put aside         its line, state and place of before H    the record is handed over again and, if it is refused
 *                                                                              again, put aside twice under one id
 *  K18 a record could not be put      state and place of before H, or behind   the record is handed over again
 *      aside                          what came before that record
 * </pre>
 */
final class HandlerCheckpoints {
    /** At most so often while records move... */
    static final long INTERVAL_NS = 1_000_000_000L;

    /** ...but for this much read from the journal, however fast, so that a restart has little to repeat; not while one is held. */
    static final long INTERVAL_BYTES = 64 << 20;

    /** A device that takes longer to force the journal holds up only the handler that waits for it, which then tries again. */
    private static final long SYNC_WAIT_NS = 5_000_000_000L;

    private static final long SYNC_PARK_NS = 200_000L;

    /** While stopping, between looks whether the journal is synced as far as the last checkpoint. */
    private static final long HELD_PARK_NS = 1_000_000L;

    private final String name;
    private final Handler handler;
    private final HandlerMetrics metrics;
    private final AgentReports reports;
    private final HandlerCalls calls;
    private final RecordGate gate;
    private final CheckpointStore store;
    private final SyncedJournal synced;
    private final CallClock inCall;
    private final NanoClock clock;
    private final Backoff backoff = new Backoff();

    /** A checkpoint, and how far the life had come when it was made. */
    private record Made(Checkpoint checkpoint, long recordsPassed, long bytesPassed, long ns) {}

    private JournalCursor cursor;
    private Made held;
    /** That one, where nothing follows it. */
    private Made last;

    private long madeRecords;
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
            RecordGate gate,
            CheckpointStore store,
            SyncedJournal synced,
            CallClock inCall,
            NanoClock clock) {
        this.name = name;
        this.handler = handler;
        this.metrics = metrics;
        this.reports = reports;
        this.calls = calls;
        this.gate = gate;
        this.store = store;
        this.synced = synced;
        this.inCall = inCall;
        this.clock = clock;
    }

    /** @param life its place is what is stored */
    void beginLife(JournalCursor life, long now) {
        cursor = life;
        held = null;
        last = null;
        madeRecords = life.recordsPassed();
        markStored(new Made(null, life.recordsPassed(), life.bytesPassed(), now));
    }

    /** Whether there is something to do for {@link #make}: to make one, or to store the one that was held. */
    boolean isDue(long now) {
        if (held != null) {
            return isPerhapsStorable();
        }
        return isAllowed(now)
                && (!isAllStored() && now - storedNs >= INTERVAL_NS
                        || cursor.bytesPassed() - storedBytes >= INTERVAL_BYTES);
    }

    /** {@link JournalCursor#recordsPassed} when the handler returned a state last: so many it has done what it promises. */
    long recordsMade() {
        return madeRecords;
    }

    /** Whether the stored place is behind all records passed. */
    boolean isAllStored() {
        return cursor.recordsPassed() == storedRecords;
    }

    /** Whether one may be tried now; false for a while after one has failed, and while it would pass what cannot be put aside. */
    boolean isAllowed(long now) {
        return backoff.isDue(now) && !calls.hasUnwritten();
    }

    void hurry(long now) {
        backoff.hurry(now);
    }

    /** Until there may be something to do for {@link #makeLast} again, after it was or was not made. */
    long lastWaitNs(long now) {
        if (held != null && !synced.covers(held.checkpoint().documentIndex())) {
            return HELD_PARK_NS;
        }
        return backoff.failures() > 0 ? backoff.waitNs(now) : Long.MAX_VALUE;
    }

    /** What asked for a new life last. */
    Throwable failure() {
        return failure;
    }

    /** Whether one is made and not stored; of {@link #makeLast}: the journal is not synced that far. */
    boolean isHeld() {
        return held != null;
    }

    /** Makes a checkpoint, or stores the one that was held; one that fails is due again later. */
    Outcome make(long now) {
        return make(false, now);
    }

    /** A handler that throws here is asked once more by {@link #make}, which does for it what it does for a checkpoint that fails. */
    private boolean isPerhapsStorable() {
        try {
            return isStorable(held, false);
        } catch (Throwable t) { // make gets it, too
            return true;
        }
    }

    private boolean isStorable(Made made, boolean isLast) {
        return synced.covers(made.checkpoint().documentIndex()) && (isLast || handler.isSettled());
    }

    private Outcome make(boolean isLast, long now) {
        try {
            Made made = held != null ? held : made();
            held = null;
            if (!isStorable(made, isLast)) {
                held = made;
                return Outcome.DONE;
            }
            store(made);
        } catch (Throwable t) { // from the handler, or from the disk
            return failed(t, now);
        }
        if (held == null && backoff.failures() > 0) {
            reports.recovered(
                    Topic.CHECKPOINT, "stores checkpoints again after " + backoff.failures() + " failures in a row");
            backoff.succeeded();
        }
        return Outcome.DONE;
    }

    /** As {@link #make}, behind all records passed and as soon as may be: nothing follows. */
    Outcome makeLast(long now) {
        if (held != null && held != last && !isAsTheLast(held)) {
            held = null;
        }
        Outcome outcome = make(true, now);
        last = held;
        if (held != null) {
            synced.request();
        }
        return outcome;
    }

    private boolean isAsTheLast(Made made) {
        try {
            return made.recordsPassed() == cursor.recordsPassed() && handler.isSettled();
        } catch (Throwable t) { // who cannot say so is asked for another
            return false;
        }
    }

    /** {@link io.emberlog.handler.HandlerContext#requestCheckpoint}. */
    void request() throws IOException {
        if (making) {
            throw new IllegalStateException("handler " + name + ": requestCheckpoint inside checkpoint");
        }
        try {
            Made made = made();
            held = null; // this one is behind it
            awaitSynced(made.checkpoint().documentIndex());
            store(made);
        } catch (RuntimeException e) {
            // The record in hand is not to blame, so it must not be put aside for this.
            throw new IOException("handler " + name + ": no checkpoint is stored: " + e, e);
        }
    }

    /**
     * Makes a checkpoint and stores it before any further record, for what the gate has staged comes into force with it. Not stored
     * for certain: the life is to be ended, for the next one begins with what is stored.
     */
    Outcome makeWithStaged(long now) {
        Made made;
        try {
            made = made();
            held = null; // this one is behind it
            awaitSynced(made.checkpoint().documentIndex());
        } catch (Throwable t) { // nothing is stored
            return failed(t, now);
        }
        try {
            store(made);
        } catch (IOException | RuntimeException e) {
            metrics.add(Counter.ERRORS, 1);
            failure = e;
            return Outcome.NEW_LIFE;
        }
        return Outcome.DONE;
    }

    private Outcome failed(Throwable t, long now) {
        metrics.add(Counter.ERRORS, 1);
        if (t instanceof HandlerRestartException || HandlerCalls.isOfTheJvm(t)) {
            failure = t;
            return Outcome.NEW_LIFE;
        }
        if (!calls.hasUnwritten()) { // which is told already
            postpone(t, now);
        }
        return Outcome.AGAIN;
    }

    private Made made() throws IOException {
        byte[] state;
        making = true;
        long outer = inCall.enter(CallClock.Call.CHECKPOINT, clock.nanoTime());
        try {
            state = handler.checkpoint();
        } finally {
            inCall.leave(outer);
            making = false;
        }
        if (state == null || state.length > Checkpoint.MAX_STATE_LENGTH) {
            throw new IllegalStateException(
                    "handler " + name + ": state=" + (state == null ? "null" : state.length + " bytes")
                            + " must be at most " + Checkpoint.MAX_STATE_LENGTH + " bytes and not null");
        }
        madeRecords = cursor.recordsPassed();
        calls.forceDeadLetters();
        byte[] remembered = gate.state().encode();
        return new Made(
                cursor.place(state, remembered), cursor.recordsPassed(), cursor.bytesPassed(), clock.nanoTime());
    }

    private void awaitSynced(long documentIndex) throws IOException {
        long startNs = System.nanoTime();
        while (!synced.covers(documentIndex)) {
            if (System.nanoTime() - startNs > SYNC_WAIT_NS) {
                throw new IOException("handler " + name + ": the journal was not synced within "
                        + TimeUnit.NANOSECONDS.toSeconds(SYNC_WAIT_NS) + " s; without that no checkpoint is stored");
            }
            synced.request();
            LockSupport.parkNanos(this, SYNC_PARK_NS);
        }
    }

    private void store(Made made) throws IOException {
        store.store(made.checkpoint());
        metrics.add(Counter.CHECKPOINTS, 1);
        markStored(made);
    }

    private void markStored(Made made) {
        storedRecords = made.recordsPassed();
        storedBytes = made.bytesPassed();
        storedNs = made.ns();
    }

    private void postpone(Throwable cause, long now) {
        backoff.failed(now, cause instanceof RetryLaterException later ? later.delayNs() : 0);
        String then = "is tried again, and until then a restart delivers again what came since the last one";
        reports.suffers(Topic.CHECKPOINT, "no checkpoint is stored", cause, backoff.failures(), then);
        if (backoff.isTimeToReport()) {
            String text = "no checkpoint is stored (" + backoff.failures() + " in a row); " + then;
            reports.report(Topic.CHECKPOINT, Level.WARN, text, cause);
        }
    }
}
