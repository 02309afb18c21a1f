package io.emberlog.handler;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often a call took how long: a log-linear histogram of fixed size, 32 buckets for each power of two, so that what is read off it
 * is at most 1/32 above what was recorded, and never below. Recorded by one thread, wait-free and without garbage; read by any.
 *
 * <pre>
 *  nanoseconds   0 .. 63        64 .. 127      128 .. 255     ...   2^40 .. 2^41 - 1
 *  bucket width  1              2              4                    2^35
 *  index         the value      64 .. 95       96 .. 127            1152 .. 1183
 *
 *  behind the buckets: the sum of all, and the largest
 * </pre>
 *
 * Longer than 2^41 ns, which is 36 minutes, is in the last bucket; sum and largest are exact.
 *
 * <p>Not HdrHistogram, though this is its idea: a handler of a third party sees this module, and would see the library with it; its
 * histograms that may be read while another thread records are either copied under a phaser ({@code SingleWriterRecorder}, which
 * gives intervals and leaves the sum of them to the reader) or recorded with a locked instruction. With one writer a plain load and
 * a release store are enough.
 */
final class LatencyHistogram {
    static final int SUB_BITS = 5;
    static final int SUB_BUCKETS = 1 << SUB_BITS;
    /** 2^this is above all that has a bucket of its own. */
    static final int MAX_BITS = 41;

    static final int BUCKETS = (MAX_BITS - SUB_BITS + 1) * SUB_BUCKETS;

    private static final long LARGEST = (1L << MAX_BITS) - 1;
    private static final int SUM = BUCKETS;
    private static final int MAX = BUCKETS + 1;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS + 2);

    /** The writer's thread. Below 0, as a clock that went back tells it, is 0. */
    void record(long ns) {
        long value = Math.max(0, ns);
        add(SUM, value);
        if (value > counts.getPlain(MAX)) {
            counts.setRelease(MAX, value);
        }
        add(index(value), 1);
    }

    private void add(int index, long amount) {
        counts.setRelease(index, counts.getPlain(index) + amount);
    }

    /**
     * Any thread. What is recorded meanwhile may be in it or not; the release store of a bucket is the last of its call, so that sum
     * and largest, which are read behind the buckets, are never short of what these hold.
     */
    LatencySnapshot snapshot() {
        long[] copy = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            copy[i] = counts.getAcquire(i);
        }
        return new LatencySnapshot(copy, counts.getAcquire(SUM), counts.getAcquire(MAX));
    }

    static int index(long ns) {
        long value = Math.min(ns, LARGEST);
        int shift = Math.max(0, Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(value | 1));
        return (shift << SUB_BITS) + (int) (value >>> shift);
    }

    /** The longest that is counted in this bucket. */
    static long highest(int index) {
        int shift = Math.max(0, (index >> SUB_BITS) - 1);
        long sub = index - ((long) shift << SUB_BITS);
        return ((sub + 1) << shift) - 1;
    }
}
