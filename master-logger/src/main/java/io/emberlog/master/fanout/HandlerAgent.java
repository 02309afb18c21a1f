package io.emberlog.master.fanout;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerMetrics;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.LogRecord;
import io.emberlog.master.fanout.AgentReports.Topic;
import io.emberlog.master.fanout.CallClock.Call;
import io.emberlog.master.fanout.HandlerCalls.Outcome;
import io.emberlog.master.journal.HandlerPlace;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.silence.Silence;
import io.emberlog.master.silence.SilenceSet;
import io.emberlog.message.Level;
import io.emberlog.ring.IoReason;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * Brings the journal's records to one handler: the caller's side of {@link Handler}. {@link #doWork}, {@link #idleNs} and {@link
 * #onClose}: one thread, which nobody may interrupt. The others: any.
 *
 * <p>A life begins with the stored checkpoint and ends with {@code close}; between two of them there is a wait. {@link HandlerCalls}
 * makes the calls, {@link HandlerCheckpoints} the checkpoints, {@link JournalCursor} knows the place.
 */
final class HandlerAgent implements Agent {
    /** Records in one round of {@link #doWork}. */
    private static final int ROUND_LIMIT = 1024;

    /** The clock is read once for so many records. */
    private static final int CLOCK_MASK = 15;

    static final long TICK_NS = 10_000_000L;

    /** Between ticks of a handler that has had no record for {@link #QUIET_AFTER_NS}. */
    static final long QUIET_TICK_NS = 200_000_000L;

    static final long QUIET_AFTER_NS = 1_000_000_000L;
    private static final long LONGEST_PARK_NS = 500_000_000L;

    /** From here on a call is shown by {@link HandlerStatus}: well above what a good one takes. */
    static final long SHOWN_AFTER_NS = 5_000_000_000L;

    /** From here on it is told: above what handlers wait for a service by default. */
    static final long HANGS_AFTER_NS = 60_000_000_000L;

    private final String name;
    private final Handler handler;
    private final boolean ticks;
    private final boolean observes;
    private final RecordGate gate;
    private final boolean alerts;
    private final FanOutConfig config;
    private final NanoClock clock;
    private final JournalHead head;
    private final CheckpointStore store;
    private final AgentReports reports;
    private final HandlerMetrics metrics = new HandlerMetrics();
    private final CallClock inCall = new CallClock();
    private final HandlerCalls calls;
    private final HandlerCheckpoints checkpoints;
    private final Backoff lives = new Backoff();
    private final RouteReports routeReports;

    private final long startedNs;
    private final long startedEpochNs;

    private JournalCursor cursor;
    private AgentContext context;
    private boolean open;
    private boolean waiting;
    private boolean unflushed;
    private boolean finishing;
    private boolean atEnd;
    /** It ended at a record that could neither be delivered nor put aside. */
    private volatile boolean leftARecord;

    private boolean beyondEndReported;
    /** Looked at last, and in force here. */
    private SilenceSet silences;
    /** The journal's end when the life began. */
    private long repeatedUpTo;

    private boolean hurried;
    private int waitsForPredecessor;
    private long tickedNs;
    private long movedNs;
    private long highestIndex;
    private long documentsBegun;
    /** First record taken that may still be in the handler's buffer; -1 when there is none. */
    private long pendingSequence = -1;

    private long pendingEpochNs;
    /** Records passed, and buffers written, when it was taken. */
    private long pendingPassed;

    private long pendingWrites;

    /** A record, and when it was journaled. */
    private record Waiting(long sequence, long sinceEpochNs) {}

    /** What {@link #tellIfHanging} told; that thread alone. */
    private long hangTold = CallClock.NONE;

    /** A call that takes long. */
    private record LongCall(long word, long sinceEpochNs) {}

    private volatile LongCall longCallTold;

    private volatile HandlerState state = HandlerState.OPENING;
    private volatile long publishedSequence;
    /** Of {@link #pendingSequence}, and when it was journaled. */
    private volatile Waiting publishedPending;

    private volatile long publishedDocuments;
    /** When the document that it read last was journaled; -1 before the first. */
    private volatile long publishedEpochNs = -1;
    /** Whether the next record is in that document. */
    private volatile boolean publishedInside;

    private volatile long readingIndex = -1;
    private volatile long seenNs;
    /** How long it was there when it ended; -1 before. */
    private volatile long endedUptimeNs = -1;
    /** What {@link #waitingSince} found last: {@link JournalHead} forgets. */
    private volatile Waiting waitingTold = new Waiting(-1, -1);

    private volatile boolean stopping;
    private volatile boolean abandoned;
    private volatile boolean reopenAsked;
    private volatile boolean leaving;
    private volatile long leaveByNs;
    private volatile long stopIndex;
    private volatile long stopSequence;

    /** Reads the checkpoint, so that {@link #place} is right from the start. */
    HandlerAgent(HandlerSpec spec, FanOutConfig config, JournalHead head, CheckpointFiles files) {
        name = spec.name();
        handler = spec.handler();
        ticks = overrides(handler, "tick", long.class);
        observes = overrides(handler, "observe", LogRecord.class);
        gate = new RecordGate(name, spec.route(), metrics);
        alerts = spec.alerts();
        this.config = config;
        this.head = head;
        clock = config.nanoClock();
        reports = new AgentReports(name, config.reports(), clock);
        store = new CheckpointStore(
                config.stateDirectory(),
                name,
                files,
                (what, cause) -> reports.report(Topic.CHECKPOINT, Level.ERROR, what, cause));
        calls = new HandlerCalls(name, handler, metrics, reports, config.stateDirectory(), inCall, clock);
        checkpoints = new HandlerCheckpoints(
                name, handler, metrics, reports, calls, gate, store, config.synced(), inCall, clock);
        routeReports = new RouteReports(name, spec.route().rateLimit(), gate, reports);
        highestIndex = head.lastIndex();
        documentsBegun = head.documents();
        publishedDocuments = documentsBegun;
        startedNs = clock.nanoTime();
        startedEpochNs = config.epochClock().nanoTime();
        publishedSequence = storedSequence();
        seenNs = clock.nanoTime();
    }

    String name() {
        return name;
    }

    @Override
    public String roleName() {
        return "emberlog-" + name;
    }

    /** One bounded round; does not throw for what the handler, the journal or the disk does. */
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
            hurry(now);
        }
        int work;
        try {
            if (leaving) {
                work = leave(now);
            } else {
                work = open ? live(now) : begin(now);
            }
        } catch (Throwable t) { // the journal's files, or no memory is left; what a handler throws is caught where it
            // comes
            work = 1;
            metrics.add(Counter.ERRORS, 1);
            endLife(t, now);
        }
        publish();
        return work;
    }

    /** Until there may be something to do, after {@link #doWork} found nothing. */
    long idleNs() {
        long now = clock.nanoTime();
        if (!open) {
            return Math.max(1, Math.min(LONGEST_PARK_NS, lives.waitNs(now)));
        }
        long idle = LONGEST_PARK_NS;
        if (finishing) {
            return Math.max(1, Math.min(idle, calls.finishWaitNs(now)));
        }
        if (waiting || leaving || calls.hasUnwritten()) {
            idle = Math.min(idle, calls.waitNs(now));
        }
        if (stopping || leaving) {
            idle = Math.min(idle, checkpoints.lastWaitNs(now));
        }
        if (leaving) {
            idle = Math.min(idle, leaveByNs - now);
        }
        if (reopenAsked) {
            idle = Math.min(idle, calls.tickWaitNs(now));
        }
        if (ticks) {
            idle = Math.min(idle, Math.max(calls.tickWaitNs(now), tickEveryNs(now) - (now - tickedNs)));
        }
        return Math.max(1, idle);
    }

    /** Whether it ended by itself without having taken all there is. */
    boolean isBehind() {
        return leftARecord || state == HandlerState.FAILED && Math.max(0, publishedSequence) < head.nextSequence();
    }

    /** Nothing comes after this but {@link #onClose}. */
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

    /**
     * Takes no further record: flushes, checkpoints and ends, for another handler of this name or for none. What cannot be
     * flushed or checkpointed by the deadline stays behind the stored checkpoint.
     *
     * @param byNs on the clock of the configuration
     */
    void requestLeave(long byNs) {
        leaveByNs = byNs;
        leaving = true;
    }

    /** Before the next record the handler may open anew what it writes to. */
    void requestReopen() {
        reopenAsked = true;
    }

    /** The one before it hangs in its handler; told again and again, at a limited rate. */
    void waitsForPredecessor() {
        String text = "waits for the one it replaces, which has not come back from a call";
        String then = "a restart of the master ends both";
        reports.suffers(Topic.LIFE, text, null, ++waitsForPredecessor, then);
        reports.report(Topic.LIFE, Level.WARN, text + "; " + then, null);
    }

    /** After it was told to wait. */
    void predecessorEnded() {
        reports.recovered(Topic.LIFE, "goes on, for the one it replaces has ended");
    }

    /** Stores nothing from now on, and ends as soon as the handler returns. */
    void abandon() {
        store.close();
        abandoned = true;
    }

    /** Names the call that it has not come back from for long, and tells when it has. One thread, now and then. */
    void tellIfHanging() {
        long now = clock.nanoTime();
        long call = inCall.now();
        if (hangTold != CallClock.NONE && call != hangTold) {
            String text = "has come back from " + CallClock.call(hangTold).text() + ", after some "
                    + seconds(CallClock.lastsNs(hangTold, now)) + " s";
            hangTold = CallClock.NONE;
            reports.cameBack(text);
        }
        if (call != CallClock.NONE && call != hangTold && CallClock.lastsNs(call, now) >= HANGS_AFTER_NS) {
            hangTold = call;
            reports.hangs("has not come back from " + CallClock.call(call).text() + " for "
                    + seconds(CallClock.lastsNs(call, now))
                    + " s; records wait in the journal, and nothing is done but to wait");
        }
    }

    private static long seconds(long ns) {
        return TimeUnit.NANOSECONDS.toSeconds(ns);
    }

    /** The call that it has been in for a while, and since when; null when there is none. Any thread. */
    private LongCall longCall() {
        long call = inCall.now();
        long lastsNs = call == CallClock.NONE ? 0 : CallClock.lastsNs(call, clock.nanoTime());
        if (lastsNs < SHOWN_AFTER_NS) {
            return null;
        }
        LongCall told = longCallTold;
        if (told == null || told.word != call) {
            told = new LongCall(call, config.epochClock().nanoTime() - lastsNs);
            longCallTold = told; // the wall clock may be set: who asks again is told the same
        }
        return told;
    }

    /** For retention: what must be kept for this handler, or what it will miss. */
    HandlerPlace place() {
        return new HandlerPlace(store.storedIndex(), readingIndex);
    }

    HandlerStatus status() {
        LongCall longCall = longCall();
        Waiting pending = publishedPending;
        long next = pending == null ? publishedSequence : pending.sequence;
        long uptimeNs = endedUptimeNs;
        return new HandlerStatus(
                name,
                abandoned && !isDone() ? HandlerState.ABANDONED : state,
                reports.problem(),
                startedEpochNs,
                uptimeNs < 0 ? clock.nanoTime() - startedNs : uptimeNs,
                next,
                store.storedIndex(),
                next < 0 ? -1 : Math.max(0, head.nextSequence() - next),
                Math.max(0, head.documents() - publishedDocuments),
                pending == null ? waitingSince(next) : pending.sinceEpochNs,
                config.epochClock().nanoTime(),
                Math.max(0, clock.nanoTime() - seenNs),
                longCall == null ? null : CallClock.call(longCall.word).text(),
                longCall == null ? 0 : longCall.sinceEpochNs,
                reports.lost(),
                metrics.snapshot());
    }

    /** When the first record not done was journaled; 0 when there is none, -1 while unknown. Any thread. */
    private long waitingSince(long next) {
        if (next < 0) {
            return -1;
        }
        if (next >= head.nextSequence()) {
            return 0;
        }
        if (publishedInside) {
            return publishedEpochNs;
        }
        long since = head.appendedEpochNs(next);
        Waiting before = waitingTold;
        if (since < 0) { // too long ago: whoever asks now and then was told when it was not
            return before.sequence == next ? before.sinceEpochNs : publishedEpochNs;
        }
        waitingTold = new Waiting(next, since);
        return since;
    }

    private int begin(long now) {
        if (!lives.isDue(now)) {
            return 0;
        }
        try {
            Checkpoint from = store.load();
            if (stopping && from.nextSequence() >= stopSequence) {
                end(HandlerState.STOPPED); // nothing is left for it
                return 1;
            }
            cursor = new JournalCursor(config.journalDirectory(), reports.ofJournal());
            cursor.moveTo(from);
            gate.restore(remembered(from));
            silences = null;
            pendingSequence = -1;
            repeatedUpTo = head.nextSequence();
            checkpoints.beginLife(cursor, now);
            context = new AgentContext(name, from.state(), config, cursor, calls, checkpoints, reports, metrics);
        } catch (IOException | JournalException e) {
            notOpened("its checkpoint or the journal cannot be read", e, now);
            return 1;
        }
        open(now);
        return 1;
    }

    private GateState remembered(Checkpoint from) {
        GateState state = GateState.decode(from.gate());
        if (state == null) {
            String text = "what its rate limit and its silences remembered cannot be read; they begin anew";
            reports.report(Topic.CHECKPOINT, Level.ERROR, text, null);
        }
        return state == null ? GateState.EMPTY : state;
    }

    private void open(long now) {
        long outer = inCall.enter(Call.OPEN, now);
        try {
            handler.open(context);
        } catch (IllegalArgumentException e) {
            metrics.add(Counter.ERRORS, 1);
            reports.failed("stays closed, its configuration is wrong: " + e.getMessage(), e);
            end(HandlerState.FAILED);
            return;
        } catch (Throwable t) { // an IOException, or a fault of the handler's: the next try may do better
            notOpened("cannot be opened", t, now);
            return;
        } finally {
            inCall.leave(outer);
        }
        open = true;
        waiting = false;
        unflushed = false;
        finishing = false;
        atEnd = false;
        tickedNs = now;
        movedNs = now;
        state = HandlerState.RUNNING;
    }

    private void notOpened(String what, Throwable cause, long now) {
        metrics.add(Counter.ERRORS, 1);
        closeLife();
        lives.failed(now);
        reports.suffers(Topic.LIFE, what, cause, lives.failures(), "is tried again, and records wait in the journal");
        if (lives.isTimeToReport()) {
            String text = what + " (" + lives.failures() + " failures in a row); is tried again";
            reports.report(Topic.LIFE, Level.WARN, text, cause);
        }
    }

    /** What was taken since the stored state counts as not delivered. */
    private void endLife(Throwable cause, long now) {
        if (hurried && calls.isOfDeadLetters(cause)) {
            endBehind("cannot put records aside: " + IoReason.of(cause));
            return;
        }
        closeLife();
        lives.failed(now);
        metrics.add(Counter.RESTARTS, 1);
        reports.suffers(Topic.LIFE, "begins anew", cause, lives.failures(), "what it took since is delivered again");
        if (lives.isTimeToReport()) {
            String text = "begins anew from its stored state (" + lives.failures()
                    + " failures in a row); what it took since is delivered again";
            reports.report(Topic.LIFE, Level.WARN, text, cause);
        }
    }

    private void closeLife() {
        open = false;
        if (!isDone()) {
            state = HandlerState.OPENING;
        }
        AgentContext ending = context;
        context = null;
        if (ending != null) {
            ending.end();
            long outer = inCall.enter(Call.CLOSE, clock.nanoTime());
            try {
                handler.close();
            } catch (Throwable t) { // it is over anyway, and what it held is delivered again
                reports.report(Topic.LIFE, Level.WARN, "did not close in order", t);
            } finally {
                inCall.leave(outer);
            }
        }
        JournalCursor closing = cursor;
        cursor = null;
        try {
            calls.endLife();
            if (closing != null) {
                closing.close();
            }
        } catch (IOException | RuntimeException | Error e) { // costs a descriptor or a mapping at most
            reports.report(Topic.JOURNAL, Level.WARN, "left a file open", e);
        }
    }

    private void end(HandlerState last) {
        closeLife();
        endedUptimeNs = clock.nanoTime() - startedNs;
        state = last;
    }

    /** @param problem why it has not taken all */
    private void endBehind(String problem) {
        publish();
        leftARecord = true;
        end(HandlerState.ABANDONED);
        reports.suffers(Topic.LIFE, problem, null, 1, "");
    }

    private int live(long now) {
        int work = 0;
        if (isTickDue(now)) {
            tickedNs = now;
            settle(calls.tick(now), calls.failure(), now);
            work++;
        }
        if (open && reopenAsked && calls.isTickDue(now)) {
            reopenAsked = false;
            if (!settle(calls.reopen(now), calls.failure(), now)) {
                reopenAsked = open; // a new life opens everything anew
            }
            work++;
        }
        SilenceSet looked = config.silences().get();
        if (open && looked != null && looked != silences && isBehindRepetition() && checkpoints.isAllowed(now)) {
            mute(looked, now);
            work++;
        }
        if (open && calls.hasUnwritten() && calls.isDue(now)) {
            settle(calls.putUnwrittenAside(), calls.failure(), now);
            work++;
        }
        if (open && !calls.hasUnwritten() && waitsForFlush() && calls.isDue(now)) {
            flush(now);
            work++;
        }
        if (open && !calls.hasUnwritten() && !waitsForFlush() && (!waiting || calls.isDue(now))) {
            work += deliver(now);
        }
        boolean proven = atEnd && open && checkpoints.isAllStored();
        if (open && checkpoints.isDue(now)) {
            proven = settle(checkpoints.make(now), checkpoints.failure(), now);
            work++;
        }
        if (proven && lives.failures() > 0) {
            reports.recovered(Topic.LIFE, "works again after " + lives.failures() + " failures in a row");
            lives.succeeded();
        }
        routeReports.tell(now, stopping);
        if (open && hurried && calls.isAsideHopeless()) {
            stopInPlace(now);
        } else if (open && hurried && !waiting && !calls.hasUnwritten() && isStopReached()) {
            finish(now);
        }
        return work;
    }

    /** Hands over what is there, and flushes when nothing more is. */
    private int deliver(long now) {
        int steps = 0;
        while (steps < ROUND_LIMIT && !abandoned && !leaving) {
            if (!cursor.hasRecord()) {
                if (hurried && isStopReached() || !advance()) {
                    break;
                }
                steps++;
                continue;
            }
            if (!hand(now)) {
                steps++;
                break;
            }
            if ((++steps & CLOCK_MASK) == 0 && clock.nanoTime() - now >= TICK_NS) {
                break;
            }
        }
        if (steps > 0) {
            movedNs = now;
        }
        if (open && !waiting && !calls.hasUnwritten() && atEnd && unflushed) {
            flush(now);
            steps++;
        }
        return steps;
    }

    /** @return false at the end of the journal */
    private boolean advance() {
        JournalCursor.Step step = cursor.advance();
        atEnd = step == JournalCursor.Step.END;
        if (atEnd) {
            reportIfBeyondEnd();
        } else if (cursor.documentIndex() > highestIndex && !cursor.isSeeking()) {
            highestIndex = cursor.documentIndex();
            documentsBegun++;
        }
        if (step == JournalCursor.Step.DOCUMENT) {
            publishPlace(); // what follows may take long, or not come back
        }
        return !atEnd;
    }

    /** @return false when the record must wait, or the one behind it */
    private boolean hand(long now) {
        LogRecord record = cursor.record();
        if (gate.accepts(record, cursor.appendedEpochNs())) {
            Outcome outcome = calls.handle(gate.redacted(record), now);
            if (!settle(outcome, calls.failure(), now)) {
                waiting = open;
                return false;
            }
            waiting = false;
            if (outcome == Outcome.DONE) {
                unflushed = true;
                taken(record);
            }
        } else if (observes) {
            calls.observe(gate.redacted(record), now);
        }
        gate.passed();
        cursor.passed();
        return !calls.hasUnwritten();
    }

    /** What was taken before the last write went with it. */
    private void taken(LogRecord record) {
        long writes = metrics.get(Counter.WRITES);
        if (pendingSequence < 0 || writes != pendingWrites) {
            pendingSequence = record.sequence();
            pendingEpochNs = cursor.appendedEpochNs();
            pendingPassed = cursor.recordsPassed();
            pendingWrites = writes;
        }
    }

    private boolean isPending() {
        return pendingSequence >= 0
                && metrics.get(Counter.WRITES) == pendingWrites
                && checkpoints.recordsMade() <= pendingPassed;
    }

    /**
     * Whether no life before this one can have handed over what comes now. Where it did, the answer must be what it was: a log would
     * lose lines that somebody has read. One that tells people may leave out what it has told already.
     */
    private boolean isBehindRepetition() {
        return alerts || atEnd || cursor.nextSequence() >= repeatedUpTo;
    }

    /** Silences come into force and end between two records, together with a checkpoint that knows of it. */
    private void mute(SilenceSet looked, long now) {
        List<Silence> wanted = looked.of(name, alerts);
        if (!gate.isMutedBy(wanted)) {
            List<Silence> begun =
                    wanted.stream().filter(each -> !gate.isMutedBy(each)).toList();
            gate.stage(wanted);
            if (!settle(checkpoints.makeWithStaged(now), checkpoints.failure(), now)) {
                gate.unstage();
                return;
            }
            routeReports.muted(begun, gate.commit());
        }
        silences = looked;
    }

    private void flush(long now) {
        if (settle(calls.flush(now), calls.failure(), now)) {
            waiting = false;
            flushed();
        } else {
            waiting = open;
        }
    }

    private void flushed() {
        unflushed = false;
        if (metrics.get(Gauge.BUFFERED_RECORDS) <= 0) {
            pendingSequence = -1;
        }
    }

    /** Before it has succeeded no record is handed over: one that is merely buffered would pass for the success. */
    private boolean waitsForFlush() {
        return waiting && !cursor.hasRecord();
    }

    /** @return whether the call is over and done with */
    private boolean settle(Outcome outcome, Throwable failure, long now) {
        if (outcome == Outcome.NEW_LIFE) {
            endLife(failure, now);
        }
        return outcome == Outcome.DONE || outcome == Outcome.DEFECT;
    }

    /** Once it {@link #hurried}: an end seen before the stop was asked for is not the one up to which to go. */
    private boolean isStopReached() {
        return cursor.isBetweenDocuments() && (atEnd || !cursor.isSeeking() && cursor.documentIndex() >= stopIndex);
    }

    private void finish(long now) {
        if (unflushed) {
            flush(now);
        }
        if (open
                && !waiting
                && !finishing
                && checkpoints.isAllowed(now)
                && settle(checkpoints.makeLast(now), checkpoints.failure(), now)
                && !checkpoints.isHeld()) {
            finishing = true; // what it sends from here on is in the checkpoint, should it not come back
        }
        if (open && finishing && calls.finishWaitNs(now) <= 0 && settle(calls.finish(now), calls.failure(), now)) {
            publish();
            end(HandlerState.STOPPED);
        }
    }

    /**
     * A record can neither be delivered nor put aside, and somebody waits for the end. It is not passed, so it comes again at the next
     * start; what came before it is made durable, if it can be.
     */
    private void stopInPlace(long now) {
        String problem = reports.problem();
        if (!calls.hasUnwritten()) {
            if (unflushed && settle(calls.flush(now), calls.failure(), now)) {
                flushed();
            }
            boolean made = open
                    && !unflushed
                    && checkpoints.isAllowed(now)
                    && settle(checkpoints.makeLast(now), checkpoints.failure(), now);
            if (made && checkpoints.isHeld()) {
                return; // until the journal is synced that far
            }
        }
        if (open) {
            endBehind(problem);
        }
    }

    /** One try at the end that {@link #requestLeave} asks for. */
    private int leave(long now) {
        if (!open) {
            end(HandlerState.STOPPED);
            return 1;
        }
        int work = 0;
        if (calls.hasUnwritten() && calls.isDue(now)) {
            settle(calls.putUnwrittenAside(), calls.failure(), now);
            work++;
        }
        if (open && unflushed && !calls.hasUnwritten() && calls.isDue(now)) {
            if (settle(calls.flush(now), calls.failure(), now)) {
                flushed();
            }
            work++;
        }
        if (open && !unflushed && checkpoints.isAllowed(now)) {
            boolean made = settle(checkpoints.makeLast(now), checkpoints.failure(), now);
            if (made && !checkpoints.isHeld()) {
                publish();
                end(HandlerState.STOPPED);
                return 1;
            }
            work += checkpoints.isHeld() ? 0 : 1; // one that is held waits for the journal to be synced
        }
        if (now - leaveByNs >= 0) {
            end(HandlerState.ABANDONED);
            return 1;
        }
        return work;
    }

    /** There is little time: what waits is tried at once, and more often. */
    private void hurry(long now) {
        hurried = true;
        lives.hurry(now);
        calls.hurry(now);
        checkpoints.hurry(now);
        atEnd = false;
    }

    private void reportIfBeyondEnd() {
        if (cursor.isSeeking() && !beyondEndReported) {
            beyondEndReported = true;
            String text = "its checkpoint (document " + cursor.documentIndex() + ", next record "
                    + cursor.nextSequence()
                    + ") is beyond the end of the journal, which has lost documents; goes on with"
                    + " what is journaled from now on";
            reports.report(Topic.JOURNAL, Level.ERROR, text, null);
        }
    }

    private void publish() {
        if (cursor != null) {
            publishPlace();
        }
        readingIndex = cursor == null || cursor.isSeeking() ? -1 : cursor.documentIndex();
        if (open) {
            state = waiting || calls.hasUnwritten() ? HandlerState.WAITING : HandlerState.RUNNING;
        }
    }

    private void publishPlace() {
        publishedSequence = Math.min(cursor.nextSequence(), calls.firstUnwritten());
        Waiting told = publishedPending;
        if (!isPending()) {
            publishedPending = null;
        } else if (told == null || told.sequence != pendingSequence) {
            publishedPending = new Waiting(pendingSequence, pendingEpochNs);
        }
        publishedDocuments = documentsBegun;
        publishedEpochNs = cursor.appendedEpochNs();
        publishedInside = !cursor.isBetweenDocuments();
    }

    private boolean isTickDue(long now) {
        return ticks && calls.isTickDue(now) && now - tickedNs >= tickEveryNs(now);
    }

    private long tickEveryNs(long now) {
        return !waiting && now - movedNs >= QUIET_AFTER_NS ? QUIET_TICK_NS : TICK_NS;
    }

    private long storedSequence() {
        try {
            return store.load().nextSequence();
        } catch (IOException e) {
            // the first life reads it again, and reports
            reports.suffers(Topic.LIFE, "its checkpoint cannot be read", e, 1, "");
            return -1;
        }
    }

    /** The default does nothing, so nobody need be woken for it. */
    private static boolean overrides(Handler handler, String method, Class<?> parameter) {
        try {
            return handler.getClass().getMethod(method, parameter).getDeclaringClass() != Handler.class;
        } catch (NoSuchMethodException e) {
            return true;
        }
    }
}
