package io.emberlog.worker;

/**
 * How a thread of the worker waits for another one, and by which clock it gives up. A seam: the simulator lets the others
 * run meanwhile. Any thread.
 */
interface Pauses {
    /** The monotonic clock, and longer waits each time ({@link Backoff}). */
    Pauses REAL = new Pauses() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void idle(int attempt) {
            Backoff.idle(attempt);
        }

        @Override
        public void idle(int attempt, long waitedNs, long leftNs) {
            Backoff.idle(attempt, waitedNs, leftNs);
        }
    };

    long nanoTime();

    /** @param attempt counts up from 0 within one wait */
    void idle(int attempt);

    /**
     * The same, longer the longer it was waited.
     *
     * @param waitedNs since attempt 0
     * @param leftNs until nobody waits any more
     */
    default void idle(int attempt, long waitedNs, long leftNs) {
        idle(attempt);
    }
}
