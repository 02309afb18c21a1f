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

    /** @param ring null when there is none */
    void add(WorkerRing ring, DropReason reason, int severity) {
        int at = reason.code() * SEVERITIES + severity;
        totals.getAndIncrement(at);
        if (!post(ring, at, 1)) {
            waiting.getAndIncrement(at);
        }
    }

    private static boolean post(WorkerRing ring, int at, long count) {
        if (ring == null) {
            return false;
        }
        try {
            ring.addDropped(at / SEVERITIES, at % SEVERITIES, count);
            return true;
        } catch (RuntimeException | Error mappingFailed) {
            return false; // the ring is being retired; the count goes into its successor
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
