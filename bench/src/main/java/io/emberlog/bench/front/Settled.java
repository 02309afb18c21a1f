package io.emberlog.bench.front;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How to wait for a queue that has no call for it: a message of this text goes through the queue, is not written, and tells,
 * once all before it is. The threads that log, and the one that writes.
 */
final class Settled {
    static final String TEXT = "emberlog bench: all before this is written";

    private static final Semaphore WRITTEN = new Semaphore(0);

    private Settled() {}

    /** @param log sends {@link #TEXT} */
    static boolean waitFor(Runnable log, Duration limit) {
        log.run();
        try {
            return WRITTEN.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static void tell() {
        WRITTEN.release();
    }
}
