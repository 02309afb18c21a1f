package io.emberlog.worker;

import java.util.concurrent.locks.LockSupport;

/** Waits a little longer each time: spin, yield, park up to a millisecond. The caller checks its own deadline. */
final class Backoff {
    private static final int SPINS = 64;
    private static final int YIELDS = 16;
    private static final long SHORTEST_PARK_NS = 20_000;
    private static final int MAX_DOUBLINGS = 6;

    private Backoff() {}

    /** @param attempt counts up from 0 */
    static void idle(int attempt) {
        if (attempt < SPINS) {
            Thread.onSpinWait();
        } else if (attempt < SPINS + YIELDS || Thread.currentThread().isInterrupted()) {
            // an interrupted thread keeps its flag, and cannot park
            Thread.yield();
        } else {
            LockSupport.parkNanos(SHORTEST_PARK_NS << Math.min(MAX_DOUBLINGS, attempt - SPINS - YIELDS));
        }
    }
}
