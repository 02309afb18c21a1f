package io.emberlog.worker;

import java.time.Instant;

/**
 * Wall clock in nanoseconds without garbage: the monotonic clock plus an offset that the {@link Housekeeper} corrects.
 * {@link #epochNs} from any thread, {@link #correct} from the housekeeper only.
 *
 * <p>When the wall clock was slewed back a little, time stands still here until it has caught up; so in one thread it
 * never goes back (but for the few nanoseconds between computing a correction and publishing it). A wall clock that was
 * set by more than {@link #STEP_NS} is followed at once, also backwards: standing still for long would be worse.
 *
 * <p>Not final: a simulated worker has a simulated clock. In life there is no other class of it, so that costs nothing.
 */
class EpochClock {
    static final long STEP_NS = 1_000_000_000L;
    private static final long TOLERANCE_NS = 2_000;
    /** A reading torn apart by a context switch says nothing. */
    private static final long MAX_READING_NS = 50_000;

    /** Where a correction left off: no reading is below {@code floorNs}. Immutable, so that one read gets both. */
    private record Anchor(long offsetNs, long floorNs) {}

    private volatile Anchor anchor;

    EpochClock() {
        anchor = new Anchor(wallNs() - System.nanoTime(), Long.MIN_VALUE);
    }

    /** Nanoseconds since the epoch. */
    long epochNs() {
        Anchor now = anchor;
        return Math.max(now.floorNs, now.offsetNs + System.nanoTime());
    }

    /** Compares with the wall clock and follows it. */
    void correct() {
        long before = System.nanoTime();
        long wall = wallNs();
        long after = System.nanoTime();
        if (after - before <= MAX_READING_NS) {
            follow(before + (after - before) / 2, wall);
        }
    }

    /** The wall clock showed {@code wallNs} when the monotonic clock showed {@code monotonicNs}. */
    void follow(long monotonicNs, long wallNs) {
        Anchor old = anchor;
        long error = old.offsetNs + monotonicNs - wallNs;
        if (Math.abs(error) > TOLERANCE_NS) {
            long offset = wallNs - monotonicNs;
            long shown = epochNs();
            long ahead = shown - (offset + System.nanoTime());
            anchor = new Anchor(offset, ahead > 0 && ahead < STEP_NS ? shown : Long.MIN_VALUE);
        }
    }

    private static long wallNs() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
