package io.emberlog.handler;

/**
 * How long calls took, as it was at one moment: nanoseconds, in buckets that are at most 1/32 wide of what they count. Immutable; any
 * thread.
 */
public final class LatencySnapshot {
    private final long[] counts;
    private final long count;
    private final long totalNs;
    private final long maxNs;

    /** @param counts not copied */
    LatencySnapshot(long[] counts, long totalNs, long maxNs) {
        this.counts = counts;
        this.totalNs = totalNs;
        this.maxNs = maxNs;
        long sum = 0;
        for (long each : counts) {
            sum += each;
        }
        count = sum;
    }

    /** Calls. */
    public long count() {
        return count;
    }

    /** Of all calls together. */
    public long totalNs() {
        return totalNs;
    }

    /** 0 where there was no call. */
    public long averageNs() {
        return count == 0 ? 0 : totalNs / count;
    }

    /** Of the longest call, exact; after {@link #minus} the end of its bucket. 0 where there was no call. */
    public long maxNs() {
        return maxNs;
    }

    /**
     * The time within which this share of the calls was over: {@code percentileNs(99)} is the p99. Not below the truth, and not more
     * than 1/32 above it; of calls of more than 36 minutes the longest stands for all.
     *
     * @param percentile above 0, up to 100
     * @return 0 where there was no call
     * @throws IllegalArgumentException for a percentile out of range
     */
    public long percentileNs(double percentile) {
        if (!(percentile > 0 && percentile <= 100)) {
            throw new IllegalArgumentException("percentile=" + percentile + " must be above 0 and at most 100");
        }
        long rank = Math.max(1, (long) Math.ceil(count * percentile / 100));
        long seen = 0;
        for (int i = 0; i < counts.length - 1; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return Math.min(maxNs, LatencyHistogram.highest(i));
            }
        }
        return maxNs;
    }

    /**
     * What was recorded between two looks, as a meter wants it that shows the last minute.
     *
     * @param earlier of the same handler and call, and of the same start
     */
    public LatencySnapshot minus(LatencySnapshot earlier) {
        long[] between = new long[counts.length];
        long longest = 0;
        for (int i = 0; i < counts.length; i++) {
            between[i] = Math.max(0, counts[i] - earlier.counts[i]);
            longest = between[i] == 0 ? longest : i == counts.length - 1 ? maxNs : LatencyHistogram.highest(i);
        }
        return new LatencySnapshot(between, Math.max(0, totalNs - earlier.totalNs), Math.min(maxNs, longest));
    }

    @Override
    public String toString() {
        return count + " calls, average " + averageNs() + " ns, p99 " + percentileNs(99) + " ns, max " + maxNs + " ns";
    }
}
