package io.emberlog.handler.alert;

/**
 * No more than so many in any length of time, on a clock of the caller's; and a pause where the other side asks for one. Whatever
 * windows a service counts in, fixed or sliding, this stays within them. One thread.
 */
public final class RateWindow {
    private final long windowNs;
    private final long[] takenNs;
    private int next;
    private int count;
    private long pausedUntilNs;
    private boolean isPaused;

    public RateWindow(int most, long windowNs) {
        if (most < 1 || windowNs < 0) {
            throw new IllegalArgumentException("most=" + most + ", windowNs=" + windowNs + " must be at least 1 and 0");
        }
        this.windowNs = windowNs;
        takenNs = new long[most];
    }

    /** 0 or less when one may be taken now. */
    public long waitNs(long nowNs) {
        long wait = count < takenNs.length ? 0 : takenNs[next] + windowNs - nowNs;
        return isPaused ? Math.max(wait, pausedUntilNs - nowNs) : wait;
    }

    /** Whether or not one may be. */
    public void take(long nowNs) {
        takenNs[next] = nowNs;
        next = (next + 1) % takenNs.length;
        count = Math.min(takenNs.length, count + 1);
    }

    /** None for so long; a longer pause stands. */
    public void pause(long nowNs, long ns) {
        if (!isPaused || nowNs + ns - pausedUntilNs > 0) {
            pausedUntilNs = nowNs + ns;
            isPaused = true;
        }
    }
}
