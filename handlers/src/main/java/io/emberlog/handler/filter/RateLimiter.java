package io.emberlog.handler.filter;

/**
 * Whether a record passes a {@link RateLimit}, by the times of the records and nothing else: with the same state and the same records
 * the answers are the same, so a redelivery repeats them. One thread.
 *
 * <p>A token bucket in the form of one number (the generic cell rate algorithm): {@link #dueNs} is when the bucket will be full, and a
 * record passes while that is less than a burst away. Its time is the worker's, but never later than the journal's, or one wrong
 * clock could shut the gate for all; and it does not go back, but where the journal's own clock was set back.
 *
 * <p>{@link #ask} answers for the record in hand as often as it is asked; {@link #passed} makes the answer count.
 */
public final class RateLimiter {
    /** A journal whose clock is so far behind the newest record was set back. */
    private static final long SET_BACK_NS = 1_000_000_000L;

    /** 31 years: what a bucket holds at most, so that sums fit. */
    private static final long LONGEST_NS = 1_000_000_000_000_000_000L;

    private final long burstNs;
    private final long count;
    private final long periodNs;
    private long nowNs;
    private long dueNs;
    /** Parts of a nanosecond, in units of 1/count, so that no rate is rounded. */
    private long dueRest;

    private long askedNowNs;
    private long askedDueNs;
    private long askedRest;

    /** With a full bucket. */
    public RateLimiter(RateLimit limit) {
        count = limit.count();
        periodNs = limit.periodNs();
        double exact = (double) periodNs * limit.burst() / count;
        burstNs = exact > LONGEST_NS
                ? LONGEST_NS
                : Math.multiplyExact(periodNs / count, limit.burst()) + periodNs % count * limit.burst() / count;
        nowNs = Long.MIN_VALUE;
        dueNs = Long.MIN_VALUE;
    }

    /** Goes on where another left off. */
    public void restore(long now, long due, long rest) {
        nowNs = now;
        dueNs = due;
        dueRest = rest;
    }

    /**
     * @param recordNs by the worker's clock
     * @param journaledNs when the record was journaled, by the master's clock
     */
    public boolean ask(long recordNs, long journaledNs) {
        long heardNs = Math.min(recordNs, journaledNs);
        boolean setBack = nowNs != Long.MIN_VALUE && journaledNs < nowNs - SET_BACK_NS;
        askedNowNs = setBack ? journaledNs : Math.max(nowNs, heardNs);
        // what was due stays as far away as it was
        long due = nowNs == Long.MIN_VALUE ? askedNowNs : setBack ? askedNowNs + Math.max(0, dueNs - nowNs) : dueNs;
        askedDueNs = Math.max(due, askedNowNs);
        askedRest = askedDueNs == due && nowNs != Long.MIN_VALUE ? dueRest : 0;
        long nextRest = askedRest + periodNs % count;
        long nextDue = askedDueNs + periodNs / count + nextRest / count;
        if (nextDue - askedNowNs > burstNs) {
            return false;
        }
        askedDueNs = nextDue;
        askedRest = nextRest % count;
        return true;
    }

    /** The record last asked about is done with. */
    public void passed() {
        nowNs = askedNowNs;
        dueNs = askedDueNs;
        dueRest = askedRest;
    }

    /** The newest time heard of; {@link Long#MIN_VALUE} before the first. */
    public long nowNs() {
        return nowNs;
    }

    /** When the bucket will be full. */
    public long dueNs() {
        return dueNs;
    }

    /** Beside {@link #dueNs}, parts of a nanosecond. */
    public long dueRest() {
        return dueRest;
    }
}
