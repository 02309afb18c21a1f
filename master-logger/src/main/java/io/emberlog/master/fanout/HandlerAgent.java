package io.emberlog.master.fanout;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.master.fanout.AgentReports.Topic;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * Brings the journal's records to one handler and keeps its checkpoint; the caller's side of {@link Handler}. {@link #doWork},
 * {@link #idleNs} and {@link #onClose}: one thread, which nobody interrupts. The others: any.
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
 *
 * What a call throws and what becomes of it is the table of {@link Handler}. Beyond it: an {@link Error} is like a {@link
 * RuntimeException}, but for those of the JVM ({@link OutOfMemoryError}, {@link InternalError}), after which a new life begins; a
 * record that three lives in a row ended on in this way is put aside. Whatever {@code flush}, {@code tick} or {@code checkpoint}
 * throws costs no record: they come again.
 */
final class HandlerAgent implements Agent {
    /** Records in one round of {@link #doWork}. */
    private static final int ROUND_LIMIT = 1024;

    /** The clock is read once for so many records. */
    private static final int CLOCK_MASK = 15;

    static final long TICK_NS = 10_000_000L;
    static final long QUIET_TICK_NS = 100_000_000L;
    static final long QUIET_AFTER_NS = 1_000_000_000L;
    static final long CHECKPOINT_NS = 1_000_000_000L;
    static final long CHECKPOINT_BYTES = 64 << 20;

    /** Nobody wakes those who wait for a journal to appear. */
    private static final long LONGEST_PARK_NS = 200_000_000L;

    private static final int MOST_LIVES_PER_RECORD = 3;

    private enum Call {
        HANDLE,
        FLUSH,
        TICK
    }

    private enum Outcome {
        DONE,
        /** Over, but it did not do what it should. */
        DEFECT,
        /** To be made again later, or in another life. */
        AGAIN
    }

    private final String name;
    private final Handler handler;
    private final int minSeverity;
    private final boolean ticks;
    private final byte[] ownLogger;
    private final FanOutConfig config;
    private final NanoClock clock;
    private final JournalHead head;
    private final CheckpointStore store;
    private final DeadLetters deadLetters;
    private final AgentReports reports;
    private final HandlerMetrics metrics = new HandlerMetrics();

    private final Backoff lives = new Backoff();
    private final Backoff calls = new Backoff();
    private final Backoff checkpoints = new Backoff();
    private final Backoff tickings = new Backoff();

    private JournalCursor cursor;
    private AgentContext context;
    private boolean open;
    private boolean unsure;
    private Call pending;
    private boolean unflushed;
    private boolean atEnd;
    private boolean beyondEndReported;
    private long lastTickNs;
    private long lastRecordNs;
    private long lastCheckpointNs;
    private long recordsStored;
    private long bytesStored;
    private long fatalSequence = -1;
    private int fatalLives;
    private boolean hurried;
    private long highestIndex;
    private long documentsBegun;

    private volatile HandlerState state = HandlerState.OPENING;
    private volatile String problem;
    private volatile long publishedSequence = -1;
    private volatile long publishedDocuments;
    private volatile long seenNs;
    private volatile boolean stopping;
    private volatile boolean abandoned;
    private volatile long stopIndex;
    private volatile long stopSequence;

    HandlerAgent(HandlerSpec spec, FanOutConfig config, JournalHead head, CheckpointFiles files) {
        name = spec.name();
        handler = spec.handler();
        minSeverity = spec.minSeverity();
        ticks = overridesTick(handler);
        ownLogger = ReportSink.loggerName(name).getBytes(StandardCharsets.UTF_8);
        this.config = config;
        this.head = head;
        clock = config.nanoClock();
        reports = new AgentReports(name, config.reports(), clock);
        store = new CheckpointStore(config.stateDirectory(), name, files, this::onBrokenCheckpoint);
        deadLetters = new DeadLetters(config.stateDirectory(), name);
        highestIndex = head.lastIndex();
        seenNs = clock.nanoTime();
        loadForRetention();
    }

    String name() {
        return name;
    }

    @Override
    public String roleName() {
        return "emberlog-" + name;
    }

    /** One bounded round; never throws for what the handler, the journal or the disk does. */
    @Override
    public int doWork() {
        if (isDone()) {
            return 0;
        }
        Thread.interrupted(); // left behind by a library of the handler, it would close every channel used from here on
        long now = clock.nanoTime();
        seenNs = now;
        if (abandoned) {
            end(HandlerState.ABANDONED);
            return 1;
        }
        if (stopping && !hurried) {
            hurried = true;
            hurry(now);
        }
        int work;
        try {
            work = open ? live(now) : begin(now);
        } catch (
                Throwable
                        t) { // from the journal's files, or no memory is left: the handler's own are caught where they
            // come
            work = 1;
            endLife("the journal or the master", t, now);
        }
        publish();
        return work;
    }

    /** Until the next thing to do, when {@link #doWork} found none. */
    long idleNs() {
        long now = clock.nanoTime();
        if (!open) {
            return Math.min(LONGEST_PARK_NS, lives.waitNs(now));
        }
        long idle = LONGEST_PARK_NS;
        if (pending != null) {
            idle = Math.min(idle, calls.waitNs(now));
        }
        if (ticks) {
            long tickIn = tickings.failures() > 0 ? tickings.waitNs(now) : tickEveryNs(now) - (now - lastTickNs);
            idle = Math.min(idle, tickIn);
        }
        return Math.max(1, idle);
    }

    /** Nothing comes after this, but {@link #onClose}. */
    boolean isDone() {
        HandlerState current = state;
        return current == HandlerState.STOPPED || current == HandlerState.FAILED || current == HandlerState.ABANDONED;
    }

    @Override
    public void onClose() {
        closeLife();
    }

    /** Delivers, flushes and checkpoints what is journaled now, then ends. */
    void requestStop() {
        stopIndex = head.lastIndex();
        stopSequence = head.nextSequence();
        stopping = true;
    }

    /** Stores nothing from now on, and ends as soon as the handler returns. */
    void abandon() {
        store.close();
        abandoned = true;
    }

    long storedIndex() {
        return store.storedIndex();
    }

    HandlerStatus status() {
        long behind = publishedSequence;
        return new HandlerStatus(
                name,
                abandoned ? HandlerState.ABANDONED : state,
                behind,
                store.storedIndex(),
                behind < 0 ? -1 : Math.max(0, head.nextSequence() - behind),
                Math.max(0, head.documents() - publishedDocuments),
                Math.max(0, clock.nanoTime() - seenNs),
                metrics.get(Counter.RECORDS),
                metrics.get(Counter.REJECTED),
                metrics.get(Counter.RETRIES),
                metrics.get(Counter.RESTARTS),
                metrics.get(Counter.CHECKPOINTS),
                metrics.get(Counter.BYTES),
                problem);
    }

    // ---------------------------------------------------------------- a life: begin and end

    private int begin(long now) {
        if (!lives.isDue(now)) {
            return 0;
        }
        Checkpoint from;
        try {
            from = store.load();
            if (stopping && from.nextSequence() >= stopSequence) {
                end(HandlerState.STOPPED); // nothing for it to do
                return 1;
            }
            cursor = new JournalCursor(config.journalDirectory(), new GapReports());
            cursor.moveTo(from);
        } catch (IOException | JournalException e) {
            notOpened("journal or checkpoint cannot be read", e, now);
            return 1;
        }
        recordsStored = cursor.recordsPassed();
        bytesStored = cursor.bytesPassed();
        context = new AgentContext(from.state());
        openHandler(now);
        return 1;
    }

    private void openHandler(long now) {
        try {
            context.enter();
            handler.open(context);
        } catch (IllegalArgumentException e) {
            problem = "configuration: " + e.getMessage();
            reports.report(
                    Topic.LIFE,
                    Level.ERROR,
                    "handler " + name + " cannot be opened with its configuration and stays closed: " + e.getMessage(),
                    e);
            end(HandlerState.FAILED);
            return;
        } catch (Throwable t) { // an IOException, or a fault in the handler: the next try may do better
            notOpened("handler cannot be opened", t, now);
            return;
        } finally {
            if (context != null) {
                context.leave();
            }
        }
        open = true;
        state = HandlerState.RUNNING;
        pending = null;
        unflushed = false;
        atEnd = false;
        lastTickNs = now;
        lastRecordNs = now;
        lastCheckpointNs = now;
        if (fatalLives == 0 && lives.failures() > 0 && !unsure) {
            resumed(lives, "is open");
        }
    }

    private void notOpened(String what, Throwable cause, long now) {
        closeLife();
        lives.failed(now);
        problem = what + ": " + cause;
        reports.report(Topic.LIFE, Level.WARN, "handler " + name + ": " + what + "; is tried again", cause);
    }

    /** What was taken since the stored state counts as not delivered. */
    private void endLife(String what, Throwable cause, long now) {
        closeLife();
        unsure = true;
        lives.failed(now);
        metrics.add(Counter.RESTARTS, 1);
        problem = what + ": " + cause;
        reports.report(
                Topic.LIFE,
                Level.WARN,
                "handler " + name
                        + " begins anew from its stored state, records behind it are delivered again; thrown out of "
                        + what,
                cause);
    }

    private void closeLife() {
        if (!isDone()) {
            state = HandlerState.OPENING;
        }
        if (context != null) {
            context = null;
            try {
                handler.close();
            } catch (Throwable t) { // it is over anyway, and what it held is delivered again
                reports.report(Topic.LIFE, Level.WARN, "handler " + name + " did not close in order", t);
            }
        }
        open = false;
        JournalCursor closing = cursor;
        cursor = null;
        try {
            deadLetters.close();
            if (closing != null) {
                closing.close();
            }
        } catch (IOException | RuntimeException | Error e) {
            reports.report(Topic.JOURNAL, Level.WARN, "handler " + name + ": reading was not closed in order", e);
        }
    }

    private void end(HandlerState last) {
        closeLife();
        state = last;
    }

    // ---------------------------------------------------------------- in a life

    private int live(long now) {
        int work = 0;
        if (ticks && tickings.isDue(now) && now - lastTickNs >= tickEveryNs(now)) {
            lastTickNs = now;
            attempt(Call.TICK, now);
            work++;
        }
        if (open && (pending == null || calls.isDue(now))) {
            work += pending == Call.FLUSH ? flush(now) : deliver(now);
            if (open && pending == null && unflushed && atEnd) {
                work += flush(now);
            }
        }
        if (open && isCheckpointDue(now)) {
            checkpoint(now);
            work++;
        }
        if (open && stopping && pending == null && isStopReached()) {
            finish(now);
        }
        return work;
    }

    private int deliver(long now) {
        int steps = 0;
        while (steps < ROUND_LIMIT) {
            if (!cursor.hasRecord()) {
                if (stopping && isStopReached()) {
                    break;
                }
                JournalCursor.Step step = cursor.advance();
                if (step == JournalCursor.Step.END) {
                    onEnd();
                    break;
                }
                atEnd = false;
                steps++;
                if (step == JournalCursor.Step.DOCUMENT) {
                    countDocument();
                    continue;
                }
            }
            if (!hand(now)) {
                return steps + 1;
            }
            if ((steps & CLOCK_MASK) == 0 && clock.nanoTime() - now >= TICK_NS) {
                break;
            }
        }
        if (steps > 0) {
            lastRecordNs = now;
        }
        return steps;
    }

    /** @return false when the record waits, or the life is over */
    private boolean hand(long now) {
        LogRecord record = cursor.record();
        if (accepts(record.entry())) {
            if (record.sequence() == fatalSequence && fatalLives >= MOST_LIVES_PER_RECORD) {
                fatalLives = 0;
                putAside(new IllegalStateException(
                        "the JVM failed on it " + MOST_LIVES_PER_RECORD + " times: " + problem));
            } else {
                Outcome outcome = attempt(Call.HANDLE, now);
                if (outcome == Outcome.AGAIN) {
                    return false;
                }
                if (outcome == Outcome.DONE) {
                    metrics.add(Counter.RECORDS, 1);
                    unflushed = true;
                }
            }
        }
        cursor.passed();
        return true;
    }

    /** The one place for filters. */
    private boolean accepts(EntryDecoder entry) {
        return entry.severity() >= minSeverity && !isAboutThisHandler(entry);
    }

    private boolean isAboutThisHandler(EntryDecoder entry) {
        if (entry.sectionLength(MessageDescriptor.LOGGER) != ownLogger.length) {
            return false;
        }
        int offset = entry.sectionOffset(MessageDescriptor.LOGGER);
        return Arrays.equals(entry.buffer(), offset, offset + ownLogger.length, ownLogger, 0, ownLogger.length);
    }

    private int flush(long now) {
        if (attempt(Call.FLUSH, now) != Outcome.AGAIN) {
            unflushed = false;
        }
        return 1;
    }

    /** Makes one call and does what the table of {@link Handler} says. */
    private Outcome attempt(Call call, long now) {
        Backoff backoff = call == Call.TICK ? tickings : calls;
        if (backoff.failures() > 0) {
            metrics.add(Counter.RETRIES, 1);
        }
        Outcome outcome = Outcome.DONE;
        context.enter();
        try {
            switch (call) {
                case HANDLE -> handler.handle(cursor.record());
                case FLUSH -> handler.flush();
                case TICK -> handler.tick(now);
            }
        } catch (HandlerRestartException e) {
            endLife(text(call), e, now);
            return Outcome.AGAIN;
        } catch (IOException e) {
            postpone(call, backoff, e, now);
            return Outcome.AGAIN;
        } catch (Throwable t) {
            if (isOfTheJvm(t)) {
                countFatal(call);
                endLife(text(call), t, now);
                return Outcome.AGAIN;
            }
            defect(call, t);
            outcome = Outcome.DEFECT;
        } finally {
            if (context != null) {
                context.leave();
            }
        }
        if (backoff.failures() > 0) {
            resumed(backoff, "works again");
        }
        if (call != Call.TICK && pending != null) {
            pending = null;
            state = HandlerState.RUNNING;
        }
        return outcome;
    }

    private void postpone(Call call, Backoff backoff, IOException cause, long now) {
        backoff.failed(now);
        if (call != Call.TICK) {
            pending = call;
            state = HandlerState.WAITING;
        }
        problem = text(call) + ": " + cause;
        reports.report(
                Topic.RETRY,
                Level.WARN,
                "handler " + name + ": " + text(call) + " failed (" + backoff.failures()
                        + " in a row) and is tried again; records wait in the journal",
                cause);
    }

    private void defect(Call call, Throwable cause) {
        if (call == Call.HANDLE) {
            putAside(cause);
        } else {
            reports.report(Topic.REJECTED, Level.ERROR, "handler " + name + ": fault in its " + text(call), cause);
        }
    }

    private void putAside(Throwable cause) {
        metrics.add(Counter.REJECTED, 1);
        LogRecord record = cursor.record();
        String where;
        try {
            deadLetters.add(record, cause.toString());
            where = "put aside in " + deadLetters.file();
        } catch (IOException | RuntimeException e) {
            where = "lost for this handler, for it cannot be put aside: " + e;
        }
        reports.report(
                Topic.REJECTED,
                Level.ERROR,
                "handler " + name + " does not take record " + record.id() + ", which is " + where,
                cause);
    }

    /** Failures while a life's first records are handed over again are one story, told at its end. */
    private void resumed(Backoff backoff, String what) {
        reports.report(
                Topic.RETRY,
                Level.INFO,
                "handler " + name + " " + what + " after " + backoff.failures() + " failures in a row",
                null);
        backoff.succeeded();
        problem = null;
    }

    private void countFatal(Call call) {
        if (call != Call.HANDLE) {
            return;
        }
        long sequence = cursor.record().sequence();
        fatalLives = sequence == fatalSequence ? fatalLives + 1 : 1;
        fatalSequence = sequence;
    }

    private void onEnd() {
        atEnd = true;
        if (cursor.isSeeking() && !beyondEndReported) {
            beyondEndReported = true;
            reports.report(
                    Topic.JOURNAL,
                    Level.ERROR,
                    "handler " + name + ": its checkpoint (document " + cursor.documentIndex() + ", next record "
                            + cursor.nextSequence() + ") is beyond the end of the journal, which has lost documents;"
                            + " goes on with what is journaled from now on",
                    null);
        }
    }

    private void countDocument() {
        if (!cursor.isSeeking() && cursor.documentIndex() > highestIndex) {
            highestIndex = cursor.documentIndex();
            documentsBegun++;
        }
    }

    // ---------------------------------------------------------------- checkpoints and the end

    private boolean isCheckpointDue(long now) {
        if (!checkpoints.isDue(now)) {
            return false;
        }
        boolean moved = cursor.recordsPassed() != recordsStored;
        return moved && now - lastCheckpointNs >= CHECKPOINT_NS
                || cursor.bytesPassed() - bytesStored >= CHECKPOINT_BYTES;
    }

    /** @return false when nothing was stored */
    private boolean checkpoint(long now) {
        try {
            storeCheckpoint();
        } catch (HandlerRestartException e) {
            endLife("checkpoint", e, now);
            return false;
        } catch (Throwable t) {
            if (isOfTheJvm(t)) {
                endLife("checkpoint", t, now);
                return false;
            }
            checkpoints.failed(now);
            problem = "checkpoint: " + t;
            reports.report(
                    Topic.CHECKPOINT,
                    Level.WARN,
                    "handler " + name + ": no checkpoint is stored (" + checkpoints.failures()
                            + " in a row); is tried again, and a restart would deliver records since the last one again",
                    t);
            return false;
        }
        if (checkpoints.failures() > 0) {
            resumed(checkpoints, "stores checkpoints again");
        }
        return true;
    }

    private void storeCheckpoint() throws IOException {
        byte[] handlerState;
        context.checkpointing = true;
        try {
            handlerState = handler.checkpoint();
        } finally {
            context.checkpointing = false;
        }
        if (handlerState == null || handlerState.length > Checkpoint.MAX_STATE_LENGTH) {
            throw new IllegalStateException("handler " + name + " returned a state of "
                    + (handlerState == null ? "null" : handlerState.length + " bytes") + "; must be at most "
                    + Checkpoint.MAX_STATE_LENGTH + " bytes and never null");
        }
        forceDeadLetters();
        store.store(cursor.place(handlerState));
        metrics.add(Counter.CHECKPOINTS, 1);
        recordsStored = cursor.recordsPassed();
        bytesStored = cursor.bytesPassed();
        lastCheckpointNs = clock.nanoTime();
        if (unsure) {
            unsure = false;
            fatalLives = 0;
            resumed(lives, "works again");
        }
    }

    private void forceDeadLetters() {
        try {
            deadLetters.force();
        } catch (IOException e) {
            reports.report(
                    Topic.REJECTED,
                    Level.ERROR,
                    "handler " + name + ": what was put aside in " + deadLetters.file() + " may not be on the device",
                    e);
        }
    }

    private boolean isStopReached() {
        return cursor.isBetweenDocuments() && (atEnd || !cursor.isSeeking() && cursor.documentIndex() >= stopIndex);
    }

    private void finish(long now) {
        if (unflushed) {
            flush(now);
        }
        if (open && pending == null && checkpoints.isDue(now) && checkpoint(now)) {
            end(HandlerState.STOPPED);
        }
    }

    private void hurry(long now) {
        lives.hurry(now);
        calls.hurry(now);
        checkpoints.hurry(now);
        atEnd = false;
    }

    // ---------------------------------------------------------------- small things

    private void loadForRetention() {
        try {
            publishedSequence = store.load().nextSequence();
        } catch (IOException e) {
            problem = "checkpoint cannot be read: " + e; // the first life reads it again, and reports
        }
    }

    private void publish() {
        if (cursor != null) {
            publishedSequence = cursor.nextSequence();
            publishedDocuments = documentsBegun;
        }
    }

    private long tickEveryNs(long now) {
        return pending == null && now - lastRecordNs >= QUIET_AFTER_NS ? QUIET_TICK_NS : TICK_NS;
    }

    private void onBrokenCheckpoint(String what, IOException cause) {
        reports.report(Topic.CHECKPOINT, Level.ERROR, "handler " + name + ": " + what, cause);
    }

    private static boolean isOfTheJvm(Throwable t) {
        return t instanceof VirtualMachineError && !(t instanceof StackOverflowError);
    }

    private static String text(Call call) {
        return switch (call) {
            case HANDLE -> "handle";
            case FLUSH -> "flush";
            case TICK -> "tick";
        };
    }

    /** The default does nothing, so nobody need be woken for it. */
    private static boolean overridesTick(Handler handler) {
        try {
            return handler.getClass().getMethod("tick", long.class).getDeclaringClass() != Handler.class;
        } catch (NoSuchMethodException e) {
            return true;
        }
    }

    private final class GapReports implements JournalListener {
        @Override
        public void onBroken(long index, String what) {
            reports.report(
                    Topic.JOURNAL,
                    Level.ERROR,
                    "handler " + name + ": journal damaged at " + index + ": " + what,
                    null);
        }

        @Override
        public void onGap(long expectedSequence, long foundSequence) {
            String what = foundSequence > expectedSequence
                    ? (foundSequence - expectedSequence) + " records are missing from the journal, from number "
                            + expectedSequence + " up to " + (foundSequence - 1)
                    : "numbers go back in the journal, from " + expectedSequence + " to " + foundSequence;
            reports.report(Topic.JOURNAL, Level.ERROR, "handler " + name + ": " + what, null);
        }
    }

    /** What the handler holds of the agent for one life. */
    private final class AgentContext implements HandlerContext {
        private final byte[] stored;
        private boolean inCall;
        private boolean checkpointing;

        AgentContext(byte[] stored) {
            this.stored = stored;
        }

        void enter() {
            inCall = true;
        }

        void leave() {
            inCall = false;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public byte[] state() {
            return stored == null ? null : stored.clone();
        }

        @Override
        public long nanoTime() {
            return clock.nanoTime();
        }

        @Override
        public long epochNs() {
            return config.epochClock().nanoTime();
        }

        @Override
        public void requestCheckpoint() throws IOException {
            if (context != this || !inCall || checkpointing) {
                throw new IllegalStateException("handler " + name
                        + ": requestCheckpoint may be called inside open, handle, flush and tick, on their thread");
            }
            try {
                storeCheckpoint();
            } catch (RuntimeException e) {
                // The record in hand is not to blame, so it must not be put aside for this.
                throw new IOException("handler " + name + ": no checkpoint is stored: " + e, e);
            }
        }

        @Override
        public void report(Level level, String message, Throwable cause) {
            reports.report(Topic.HANDLER, level, "handler " + name + ": " + message, cause);
        }

        @Override
        public HandlerMetrics metrics() {
            return metrics;
        }
    }
}
