package io.emberlog.worker;

import java.util.concurrent.locks.LockSupport;

/** Waits a little longer each time: spin, yield, park. The caller checks its own deadline. */
final class Backoff {
    private static final int SPINS = 64;
    private static final int YIELDS = 16;
    private static final long SHORTEST_PARK_NS = 20_000;
    private static final int MAX_DOUBLINGS = 6;

    /** Part of what was waited so far, as a shift. */
    private static final int PART = 3;

    private static final long LONGEST_PARK_NS = 50_000_000;

    private Backoff() {}

    /**
     * For what another thread of this process does: parks up to some 1.3 ms.
     *
     * @param attempt counts up from 0
     */
    static void idle(int attempt) {
        idle(attempt, 0, Long.MAX_VALUE);
    }

    /**
     * For room in the ring, or an answer of the master: parks for an eighth of what was waited so far as well, up to 50 ms. Hundreds
     * of processes that wait for one master must leave it a processor.
     *
     * @param attempt counts up from 0
     * @param waitedNs since attempt 0
     * @param leftNs until nobody waits any more
     */
    static void idle(int attempt, long waitedNs, long leftNs) {
        if (attempt < SPINS) {
            Thread.onSpinWait();
        } else if (attempt < SPINS + YIELDS || Thread.currentThread().isInterrupted()) {
            // an interrupted thread keeps its flag, and cannot park
            Thread.yield();
        } else {
            LockSupport.parkNanos(parkNs(attempt - SPINS - YIELDS, waitedNs, leftNs));
        }
    }

    static long parkNs(int park, long waitedNs, long leftNs) {
        long grown = Math.min(LONGEST_PARK_NS, waitedNs >> PART);
        return Math.min(leftNs, Math.max(SHORTEST_PARK_NS << Math.min(MAX_DOUBLINGS, park), grown));
    }
}
