package io.emberlog.handler.delivery;

import java.util.SplittableRandom;

/**
 * Keeps a destination that fails again and again from being asked at every turn: after {@link #THRESHOLD} failures in a row it is
 * left alone for ten seconds, then asked once (half open); another failure doubles the time, to a minute at most, one success ends
 * it. Each time is up to a quarter longer by chance, so that those who failed together do not come back together. One thread.
 *
 * <pre>
 *             THRESHOLD failures              time is over
 *   closed ----------------------> open ----------------------> half open
 *      ^                            ^                            |     |
 *      |                            +--------- a failure --------+     |
 *      +-------------------------------------- a success --------------+
 * </pre>
 */
public final class CircuitBreaker {
    public static final int THRESHOLD = 10;
    static final long FIRST_OPEN_NS = 10_000_000_000L;
    static final long MOST_OPEN_NS = 60_000_000_000L;

    private static final int JITTER_PART = 4;

    private int failures;
    private long openNs = FIRST_OPEN_NS;
    private long openUntilNs;

    /** How long nobody may ask; 0 when somebody may. */
    public long waitNs(long nowNs) {
        return isOpen() ? Math.max(0, openUntilNs - nowNs) : 0;
    }

    /** Open or half open: the last ask failed, and so did those before it. */
    public boolean isOpen() {
        return failures >= THRESHOLD;
    }

    /** @return true when this failure opened it, and the one before had not */
    public boolean failed(long nowNs) {
        failures++;
        if (!isOpen()) {
            return false;
        }
        // the chance is in the nanoseconds of the failure: who simulates the clock simulates this, too
        openUntilNs = nowNs + openNs + new SplittableRandom(nowNs).nextLong(openNs / JITTER_PART + 1);
        openNs = Math.min(MOST_OPEN_NS, 2 * openNs);
        return failures == THRESHOLD;
    }

    /** @return true when it was open */
    public boolean succeeded() {
        boolean wasOpen = isOpen();
        failures = 0;
        openNs = FIRST_OPEN_NS;
        return wasOpen;
    }

    /** In a row. */
    public int failures() {
        return failures;
    }
}
