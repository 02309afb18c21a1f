package io.emberlog.master.journal;

import net.openhft.chronicle.core.time.TimeProvider;

/**
 * Chronicle's clock: it stands still, and only {@link #roll} moves it, forward. Written by the journal's thread, read by
 * whatever thread Chronicle asks on.
 *
 * <p>The number of a segment is that of the five minutes in which it was begun, so that its file name tells people when; if
 * that number is taken (a second segment within five minutes, or the wall clock went back) it is one above the last. A wall
 * clock far ahead moves it by at most 31 days at a time, because Chronicle visits every number between two segments at open; what
 * is left of the way is no age of the new segment, or each document would get its own until the clock is reached.
 */
final class SegmentClock implements TimeProvider {
    /** That of {@link ChronicleQueues#ROLL_CYCLE}, written out: naming files must not load Chronicle into a tool. */
    static final long CYCLE_MS = 300_000;

    private static final int MAX_STEP = 31 * 24 * 12;

    private volatile int cycle;
    /** Numbers by which the wall clock was ahead of the current segment when that was begun here. */
    private long ahead;

    /** @param newest the newest segment that exists, or -1 */
    SegmentClock(int newest) {
        cycle = newest;
    }

    int cycle() {
        return cycle;
    }

    /** The number that the next segment gets, to be begun now; asks nothing of the wall clock but to be later. */
    int next(long wallMs) {
        long wall = Math.max(0, Math.min(Integer.MAX_VALUE - 1, wallMs / CYCLE_MS));
        long next = cycle < 0 ? wall : Math.min(cycle + (long) MAX_STEP, Math.max(cycle + 1L, wall));
        ahead = Math.max(0, wall - next);
        return (int) next;
    }

    /** Whether the current segment was begun so long ago that the interval is over. A clock that went back says no. */
    boolean isOlderThan(long intervalMs, long wallMs) {
        return wallMs / CYCLE_MS - ahead - cycle >= intervalMs / CYCLE_MS;
    }

    /** The next number will be above that one. */
    void goOnAbove(int other) {
        cycle = Math.max(cycle, other);
    }

    void roll(int to) {
        cycle = to;
    }

    @Override
    public long currentTimeMillis() {
        return Math.max(0, cycle) * CYCLE_MS;
    }
}
