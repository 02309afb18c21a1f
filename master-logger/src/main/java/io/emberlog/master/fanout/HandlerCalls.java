package io.emberlog.master.fanout;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerMetrics;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Timer;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.RecordRejectedException;
import io.emberlog.handler.RetryLaterException;
import io.emberlog.master.fanout.AgentReports.Topic;
import io.emberlog.master.fanout.CallClock.Call;
import io.emberlog.message.Level;
import java.io.IOException;
import java.nio.file.Path;
import org.agrona.concurrent.NanoClock;

/**
 * Makes the calls that a handler gets in the course of a life, and does for what they throw what the table of {@link Handler}
 * says. The handler's thread only.
 *
 * <p>Beyond that table: an {@link Error} is like a {@link RuntimeException}, but for those of the JVM ({@link OutOfMemoryError},
 * {@link InternalError}), which ask for a new life; a record that so many lives in a row ended on is put aside. What {@code flush}
 * or {@code tick} throws costs no record: they come again. A {@code tick} that fails holds nothing up but the next one. A record that
 * cannot be put aside waits ({@link AsideRecords}).
 */
final class HandlerCalls {
    /** How a call ended. */
    enum Outcome {
        DONE,
        /** Over, though it did not do what it should: the record was put aside. */
        DEFECT,
        /** Is made again when {@link #isDue}. */
        AGAIN,
        /** The life is to be ended, because of {@link #failure}. */
        NEW_LIFE
    }

    static final int MOST_LIVES_PER_RECORD = 3;

    /** Of {@code finish}, for what it would send is in the checkpoint, and somebody waits for the end. */
    private static final int MOST_FINISHES = 5;

    private static final long LONGEST_FINISH_WAIT_NS = 2_000_000_000L;

    private final String name;
    private final Handler handler;
    private final HandlerMetrics metrics;
    private final AgentReports reports;
    private final AsideRecords aside;
    private final CallClock inCall;
    private final NanoClock clock;
    private final Backoff backoff = new Backoff();
    private final Backoff tickBackoff = new Backoff();
    private final Backoff finishBackoff = new Backoff();
    private Throwable failure;
    private long fatalSequence = -1;
    private int fatalLives;

    HandlerCalls(
            String name,
            Handler handler,
            HandlerMetrics metrics,
            AgentReports reports,
            Path stateDirectory,
            CallClock inCall,
            NanoClock clock) {
        this.name = name;
        this.handler = handler;
        this.metrics = metrics;
        this.reports = reports;
        aside = new AsideRecords(name, metrics, reports, stateDirectory, clock);
        this.inCall = inCall;
        this.clock = clock;
    }

    Outcome handle(LogRecord record, long now) {
        if (aside.isRefused(record)) {
            return ofAside(aside.putInHandAgain(record));
        }
        if (record.sequence() == fatalSequence && fatalLives >= MOST_LIVES_PER_RECORD) {
            Throwable cause = new IllegalStateException("the JVM failed on it " + fatalLives + " times", failure);
            return ofAside(aside.putInHand(record, cause.toString(), cause));
        }
        Outcome outcome = attempt(Call.HANDLE, record, now);
        if (outcome == Outcome.DONE) {
            metrics.add(Counter.RECORDS, 1);
        } else if (outcome == Outcome.NEW_LIFE && isOfTheJvm(failure)) {
            fatalLives = record.sequence() == fatalSequence ? fatalLives + 1 : 1;
            fatalSequence = record.sequence();
        }
        return outcome;
    }

    Outcome flush(long now) {
        return attempt(Call.FLUSH, null, now);
    }

    Outcome tick(long now) {
        return attempt(Call.TICK, null, now);
    }

    /** Does not hold up records: tried again when {@link #isTickDue}. */
    Outcome reopen(long now) {
        return attempt(Call.REOPEN, null, now);
    }

    /** Has no consequence but a report. */
    void observe(LogRecord record, long now) {
        long outer = inCall.enter(Call.OBSERVE, now);
        try {
            handler.observe(record);
        } catch (RuntimeException | Error e) {
            if (isOfTheJvm(e)) {
                throw e;
            }
            metrics.add(Counter.ERRORS, 1);
            reports.report(Topic.REJECTED, Level.ERROR, "fault in its observe", e);
        } finally {
            inCall.leave(outer);
        }
    }

    /** {@link Outcome#AGAIN} only as long as {@link #mayFinishAgain}. */
    Outcome finish(long now) {
        Outcome outcome = attempt(Call.FINISH, null, now);
        if (outcome == Outcome.AGAIN && !mayFinishAgain(now)) {
            reports.report(
                    Topic.TICK,
                    Level.WARN,
                    "could not send all at the end (" + reports.problem()
                            + "); its next life does, for it is in its checkpoint",
                    null);
            return Outcome.DONE;
        }
        return outcome;
    }

    private boolean mayFinishAgain(long now) {
        return finishBackoff.failures() < MOST_FINISHES && finishBackoff.waitNs(now) <= LONGEST_FINISH_WAIT_NS;
    }

    long finishWaitNs(long now) {
        return finishBackoff.waitNs(now);
    }

    /** Whether a call that ended with {@link Outcome#AGAIN} should be made again. */
    boolean isDue(long now) {
        return backoff.isDue(now) && aside.isDue(now);
    }

    long waitNs(long now) {
        return Math.max(backoff.waitNs(now), aside.waitNs(now));
    }

    boolean isTickDue(long now) {
        return tickBackoff.isDue(now);
    }

    long tickWaitNs(long now) {
        return tickBackoff.waitNs(now);
    }

    void hurry(long now) {
        backoff.hurry(now);
        aside.hurry(now);
    }

    /** What asked for a new life last. */
    Throwable failure() {
        return failure;
    }

    /** Records that were taken and are refused now, and that cannot be put aside: until they are, nothing else is done. */
    boolean hasUnwritten() {
        return aside.hasTaken();
    }

    /** The next record to be delivered or put aside, if it is one of those. */
    long firstUnwritten() {
        return aside.firstTaken();
    }

    /** Tries again to put them aside. */
    Outcome putUnwrittenAside() {
        return ofAside(aside.putTakenAgain());
    }

    /** Whether a record, in hand or taken, cannot be put aside, and not for lack of a try since {@link #hurry}. */
    boolean isAsideHopeless() {
        return aside.isHopeless();
    }

    /** Whether that asked for a new life because what was put aside may not be on the device. */
    boolean isOfDeadLetters(Throwable cause) {
        return aside.isBrokenBy(cause);
    }

    /**
     * Before a checkpoint passes the records put aside.
     *
     * @throws HandlerRestartException they must come again
     * @throws IOException some of them are not put aside yet
     */
    void forceDeadLetters() throws IOException {
        aside.force();
    }

    /** The failures of a life do not count in the next. */
    void endLife() throws IOException {
        backoff.succeeded();
        tickBackoff.succeeded();
        finishBackoff.succeeded();
        reports.over(Topic.RETRY);
        reports.over(Topic.TICK);
        aside.endLife();
    }

    static boolean isOfTheJvm(Throwable t) {
        return t instanceof VirtualMachineError && !(t instanceof StackOverflowError);
    }

    private Outcome attempt(Call call, LogRecord record, long now) {
        Backoff own = call == Call.FINISH ? finishBackoff : isOnTheSide(call) ? tickBackoff : backoff;
        if (own.failures() > 0) {
            metrics.add(Counter.RETRIES, 1);
        }
        Outcome outcome = Outcome.DONE;
        try {
            make(call, record, now);
        } catch (HandlerRestartException e) {
            metrics.add(Counter.ERRORS, 1);
            failure = e;
            return Outcome.NEW_LIFE;
        } catch (IOException e) {
            metrics.add(Counter.ERRORS, 1);
            postpone(call, own, e, now);
            return Outcome.AGAIN;
        } catch (Throwable t) { // whatever else a handler can throw, checked or not
            metrics.add(Counter.ERRORS, 1);
            if (isOfTheJvm(t)) {
                failure = t;
                return Outcome.NEW_LIFE;
            }
            outcome = defect(call, record, t);
        }
        if (own.failures() > 0) {
            reports.recovered(topic(call), "works again after " + own.failures() + " failures in a row");
            own.succeeded();
        }
        return outcome;
    }

    private void make(Call call, LogRecord record, long now) throws IOException, RecordRejectedException {
        long outer = inCall.enter(call, now);
        try {
            switch (call) {
                case HANDLE -> handler.handle(record);
                case FLUSH -> timedFlush();
                case TICK -> handler.tick(now);
                case REOPEN -> handler.reopen();
                case FINISH -> handler.finish();
                default -> throw new IllegalArgumentException("call=" + call);
            }
        } finally {
            inCall.leave(outer);
        }
    }

    /** One that has nothing to write, because nothing is there or because it lets its records linger, says nothing of the others. */
    private void timedFlush() throws IOException {
        long writes = metrics.get(Counter.WRITES);
        long startNs = clock.nanoTime();
        handler.flush();
        if (metrics.get(Counter.WRITES) != writes) {
            metrics.record(Timer.FLUSH, clock.nanoTime() - startNs);
        }
    }

    private void postpone(Call call, Backoff own, IOException cause, long now) {
        own.failed(now, cause instanceof RetryLaterException later ? later.delayNs() : 0);
        String what = call.text() + " failed";
        String then = isOnTheSide(call) ? "is tried again" : "is tried again, and records wait in the journal";
        reports.suffers(topic(call), what, cause, own.failures(), then);
        if (own.isTimeToReport()) {
            String text = what + " (" + own.failures() + " in a row); " + then;
            reports.report(topic(call), Level.WARN, text, cause);
        }
    }

    /** Holds up no record. */
    private static boolean isOnTheSide(Call call) {
        return call == Call.TICK || call == Call.REOPEN || call == Call.FINISH;
    }

    private static Topic topic(Call call) {
        return isOnTheSide(call) ? Topic.TICK : Topic.RETRY;
    }

    private Outcome defect(Call call, LogRecord record, Throwable cause) {
        if (call == Call.HANDLE) {
            return ofAside(aside.putInHand(record, cause.toString(), cause));
        }
        reports.report(Topic.REJECTED, Level.ERROR, "fault in its " + call.text(), cause);
        return Outcome.DEFECT;
    }

    /** {@link io.emberlog.handler.HandlerContext#putAside}. */
    void putAside(LogRecord record, String reason) {
        aside.putTaken(record, reason);
    }

    private Outcome ofAside(Outcome outcome) {
        if (outcome == Outcome.NEW_LIFE) {
            failure = aside.failure();
        }
        return outcome;
    }
}
