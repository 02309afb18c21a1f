package io.emberlog.master.fanout;

import java.util.SplittableRandom;

/**
 * When to try again: 100 ms after the first failure, doubling to 3 s, each up to a quarter longer by chance, so that those who
 * failed together do not come back together. The chance is in the nanoseconds of the failure: who simulates the clock simulates
 * this, too. One thread.
 */
final class Backoff {
    static final long FIRST_NS = 100_000_000L;
    static final long MOST_NS = 3_000_000_000L;

    /** While stopping there is little time, so it is spent on trying. */
    private static final long MOST_IN_A_HURRY_NS = 500_000_000L;

    private static final int JITTER_PART = 4;

    private long delayNs = FIRST_NS;
    private long mostNs = MOST_NS;
    private long dueNs;
    private int failures;

    void failed(long nowNs) {
        failed(nowNs, 0);
    }

    /** @param leastNs not before so long from now, whatever else holds */
    void failed(long nowNs, long leastNs) {
        long jitterNs = new SplittableRandom(nowNs).nextLong(delayNs / JITTER_PART + 1);
        dueNs = nowNs + Math.max(leastNs, delayNs + jitterNs);
        delayNs = Math.min(mostNs, delayNs * 2);
        failures++;
    }

    void succeeded() {
        delayNs = FIRST_NS;
        failures = 0;
    }

    /** In a row. */
    int failures() {
        return failures;
    }

    /** After the 1st, 2nd, 4th, 8th... failure in a row: a long outage makes few reports. */
    boolean isTimeToReport() {
        return Integer.bitCount(failures) == 1;
    }

    boolean isDue(long nowNs) {
        return failures == 0 || nowNs - dueNs >= 0;
    }

    /** 0 when due. */
    long waitNs(long nowNs) {
        return isDue(nowNs) ? 0 : dueNs - nowNs;
    }

    /** The next try is due at once, and those after it sooner. */
    void hurry(long nowNs) {
        mostNs = MOST_IN_A_HURRY_NS;
        delayNs = FIRST_NS;
        dueNs = nowNs;
    }
}
