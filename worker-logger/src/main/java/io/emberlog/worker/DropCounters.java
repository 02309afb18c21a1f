package io.emberlog.worker;

import io.emberlog.message.DropReason;
import io.emberlog.message.Level;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Records that were not taken, by reason and level. The truth for the master is the header of the ring; what happens
 * while there is none waits here and goes into the next. Any thread, no locks.
 */
final class DropCounters {
    static final int SEVERITIES = Level.MAX_SEVERITY + 1;
    static final int SIZE = DropReason.COUNT * SEVERITIES;

    private final AtomicLongArray totals = new AtomicLongArray(SIZE);
    private final AtomicLongArray waiting = new AtomicLongArray(SIZE);

    /**
     * Failed calls by severity whose thread had not even the stack to count them: the one place that is written without
     * a method call, and not atomic for that.
     */
    final long[] failedAtStackEnd = new long[SEVERITIES];

    private final long[] collected = new long[SEVERITIES];

    /**
     * What is thrown out of here has not been counted: the caller does it again, with more stack left.
     *
     * @param ring null when there is none
     */
    void add(WorkerRing ring, DropReason reason, int severity, long count) {
        int at = reason.code() * SEVERITIES + severity;
        if (!post(ring, at, count)) {
            waiting.getAndAdd(at, count);
        }
        try {
            totals.getAndAdd(at, count);
        } catch (Throwable heapOrStackIsFull) {
            return; // what the master is told is counted; once more by the caller would be once too often
        }
    }

    private static boolean post(WorkerRing ring, int at, long count) {
        if (ring == null) {
            return false;
        }
        try {
            ring.addDropped(at / SEVERITIES, at % SEVERITIES, count);
        } catch (RuntimeException | Error mappingFailed) {
            return false; // the ring is being retired; the count goes into its successor
        }
        try {
            ring.settleIfCut();
            return true;
        } catch (InternalError cut) {
            return false; // so the count met no page, for all that is known
        } catch (Throwable heapOrStackIsFull) {
            return true; // which says nothing of the count
        }
    }

    /** Housekeeper: takes over {@link #failedAtStackEnd}. */
    void collect(WorkerRing ring) {
        for (int severity = 0; severity < SEVERITIES; severity++) {
            long count = failedAtStackEnd[severity];
            if (count != collected[severity]) {
                add(ring, DropReason.FAILED, severity, count - collected[severity]);
                collected[severity] = count;
            }
        }
    }

    /** Housekeeper: moves what waits into the header of a ring that has just come. */
    void postWaiting(WorkerRing ring) {
        for (int at = 0; at < SIZE; at++) {
            if (waiting.get(at) != 0) {
                long count = waiting.getAndSet(at, 0);
                if (!post(ring, at, count)) {
                    waiting.getAndAdd(at, count);
                }
            }
        }
    }

    /** Over the life of the process. */
    long total(DropReason reason) {
        long sum = 0;
        for (int severity = 0; severity < SEVERITIES; severity++) {
            sum += totals.get(reason.code() * SEVERITIES + severity);
        }
        return sum;
    }
}
