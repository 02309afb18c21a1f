package io.emberlog.samples.process;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, with a limit. */
public final class Waiting {
    private static final long PAUSE_NS = 2_000_000;

    /** A condition that did not come about in time. */
    public static final class TimedOutException extends RuntimeException {
        private static final long serialVersionUID = 1;

        TimedOutException(String message) {
            super(message);
        }
    }

    /** A condition that may fail to be looked at. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    private Waiting() {}

    /** @throws TimedOutException naming what was waited for */
    public static void until(String what, Duration limit, Condition condition) {
        until(what, limit, PAUSE_NS, condition);
    }

    /** @param pauseNs between two looks */
    public static void until(String what, Duration limit, long pauseNs, Condition condition) {
        long started = System.nanoTime();
        while (!holds(condition)) {
            if (System.nanoTime() - started > limit.toNanos()) {
                throw new TimedOutException("waited " + limit.toSeconds() + " s for: " + what);
            }
            LockSupport.parkNanos(pauseNs);
            if (Thread.currentThread().isInterrupted()) {
                throw new TimedOutException("interrupted while waiting for: " + what);
            }
        }
    }

    private static boolean holds(Condition condition) {
        try {
            return condition.holds();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
