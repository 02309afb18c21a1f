package io.emberlog.bench;

import java.util.concurrent.locks.LockSupport;

/** A light load: a message each 1 to 2 ms, at times that two processes know without telling each other. */
final class Pace {
    private static final long LEAST_GAP_NS = 1_000_000;
    private static final long STEP_NS = 1_000;
    /** Gaps run through 1.000 to 1.996 ms in an order that no timer has, and sum up to the same each time. */
    private static final int GAPS = 997;

    private static final int STRIDE = 389;
    private static final long ROUND_NS = GAPS * LEAST_GAP_NS + STEP_NS * GAPS * (GAPS - 1) / 2;
    /** A thread that parks wakes up late, by some 60 us. */
    private static final long SPIN_NS = 150_000;

    private Pace() {}

    /** When the message is due, counted from the start. */
    static long dueNs(int message) {
        long due = message / GAPS * ROUND_NS;
        for (int i = 0; i < message % GAPS; i++) {
            due += LEAST_GAP_NS + STEP_NS * ((long) i * STRIDE % GAPS);
        }
        return due;
    }

    /** Until {@link System#nanoTime} is that far. */
    static void await(long timeNs) {
        for (long left = timeNs - System.nanoTime(); left > 0; left = timeNs - System.nanoTime()) {
            if (left > SPIN_NS) {
                LockSupport.parkNanos(left - SPIN_NS);
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
