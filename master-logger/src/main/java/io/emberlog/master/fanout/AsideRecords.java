package io.emberlog.master.fanout;

import io.emberlog.handler.HandlerMetrics;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.master.fanout.AgentReports.Topic;
import io.emberlog.master.fanout.HandlerCalls.Outcome;
import io.emberlog.message.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.concurrent.NanoClock;

/**
 * Puts aside what a handler will never take, and keeps the handler in its place for as long as that cannot be written down: the disk
 * is full, read-only, broken, or the file has reached its greatest length. The handler's thread only.
 *
 * <p>A record in hand waits where it is, in the journal. One that was taken before is behind the handler's place already, so a copy
 * waits here, and no checkpoint may pass it; of these there are never more than the handler itself held. Either way no further record
 * is handed over. An outage is told when it begins and when it ends.
 */
final class AsideRecords {
    /** Taken before, refused since, and not written down. */
    private record Taken(LogRecord record, String reason) {}

    private final HandlerMetrics metrics;
    private final AgentReports reports;
    private final DeadLetters letters;
    private final NanoClock clock;
    private final Backoff backoff = new Backoff();
    private final Deque<Taken> taken = new ArrayDeque<>();

    /** Number of the record in hand that is refused and not written down; -1 when there is none. */
    private long refusedSequence = -1;

    private String refusedReason;
    private Throwable refusedCause;
    private boolean hurried;
    private boolean triedInAHurry;
    private HandlerRestartException broken;

    AsideRecords(String handler, HandlerMetrics metrics, AgentReports reports, Path stateDirectory, NanoClock clock) {
        this.metrics = metrics;
        this.reports = reports;
        this.clock = clock;
        letters = new DeadLetters(stateDirectory, handler);
    }

    /**
     * The record in hand is refused for good.
     *
     * @param cause null when there is none but the reason
     * @return {@link Outcome#AGAIN} when it is not written down: {@link #putInHandAgain}, once that {@link #isDue}
     */
    Outcome putInHand(LogRecord record, String reason, Throwable cause) {
        if (write(record, reason, cause)) {
            refusedSequence = -1;
            refusedCause = null;
            recovered();
            return Outcome.DEFECT;
        }
        refusedSequence = record.sequence();
        refusedReason = reason;
        refusedCause = cause;
        return broken != null ? Outcome.NEW_LIFE : Outcome.AGAIN;
    }

    /** Whether it was refused, so that its handler need not be asked again. */
    boolean isRefused(LogRecord record) {
        return record.sequence() == refusedSequence;
    }

    Outcome putInHandAgain(LogRecord record) {
        return putInHand(record, refusedReason, refusedCause);
    }

    /** A record that was taken before is refused for good. */
    void putTaken(LogRecord record, String reason) {
        if (!taken.isEmpty() || !write(record, reason, null)) {
            taken.add(new Taken(record.copy(), reason));
        }
    }

    /** Those that {@link #hasTaken}, once that {@link #isDue}. */
    Outcome putTakenAgain() {
        for (Taken next = taken.peek(); next != null; next = taken.peek()) {
            if (!write(next.record, next.reason, null)) {
                return broken != null ? Outcome.NEW_LIFE : Outcome.AGAIN;
            }
            taken.remove();
        }
        recovered();
        return Outcome.DONE;
    }

    /** Whether records wait here that no checkpoint may pass. */
    boolean hasTaken() {
        return !taken.isEmpty();
    }

    /** Number of the first of them; the greatest there is when there is none. */
    long firstTaken() {
        return taken.isEmpty() ? Long.MAX_VALUE : taken.peek().record.sequence();
    }

    boolean isDue(long now) {
        return backoff.isDue(now);
    }

    long waitNs(long now) {
        return backoff.waitNs(now);
    }

    void hurry(long now) {
        hurried = true;
        backoff.hurry(now);
    }

    /** Whether something is not written down although that was tried once more since {@link #hurry}. */
    boolean isHopeless() {
        return triedInAHurry && backoff.failures() > 0;
    }

    /** Whether this is why a life had to end: what was written may not be on the device. */
    boolean isBrokenBy(Throwable failure) {
        return broken != null && broken == failure;
    }

    /** What asks for a new life. */
    HandlerRestartException failure() {
        return broken;
    }

    /**
     * Before a checkpoint passes the records put aside.
     *
     * @throws HandlerRestartException they may not be on the device; they must come again
     * @throws IOException some are not written down yet
     */
    void force() throws IOException {
        if (hasTaken()) {
            throw new IOException(taken.size() + " records that are to be put aside are not in " + letters.file());
        }
        try {
            letters.force();
        } catch (HandlerRestartException e) {
            broken = e;
            throw e;
        }
    }

    /** What waits comes again. */
    void endLife() throws IOException {
        taken.clear();
        refusedSequence = -1;
        refusedCause = null;
        broken = null;
        backoff.succeeded();
        reports.over(Topic.ASIDE);
        letters.close();
    }

    private boolean write(LogRecord record, String reason, Throwable cause) {
        String what = "does not take record " + record.id();
        String because = " (" + reason + ")";
        try {
            letters.add(record, reason);
        } catch (IOException | RuntimeException e) {
            failed(what + because + ", which cannot be put aside", e);
            return false;
        }
        metrics.add(Counter.REJECTED, 1);
        String where = ", which is put aside in " + letters.file();
        reports.report(Topic.REJECTED, Level.ERROR, what + (cause == null ? because : "") + where, cause);
        return true;
    }

    private void failed(String what, Exception cause) {
        if (cause instanceof HandlerRestartException e) {
            broken = e;
        }
        metrics.add(Counter.ERRORS, 1);
        backoff.failed(clock.nanoTime());
        triedInAHurry |= hurried;
        String then = "that is tried again, and records wait in the journal";
        reports.suffers(Topic.ASIDE, what, cause, backoff.failures(), then);
        if (backoff.failures() == 1) {
            reports.report(Topic.ASIDE, Level.ERROR, what + "; " + then, cause);
        }
    }

    private void recovered() {
        if (backoff.failures() > 0) {
            reports.recovered(
                    Topic.ASIDE, "puts records aside again after " + backoff.failures() + " failures in a row");
            backoff.succeeded();
        }
    }
}
