package io.emberlog.handler;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Figures of one handler since its start. Written by the handler's thread alone (so no read-modify-write is needed), read by any; a
 * reader sees each figure some moment ago, and figures are not consistent with each other. Nothing here makes garbage but {@link
 * #snapshot}.
 *
 * <p>A handler counts what only it knows: {@link #wrote} once for each buffer that its destination took, with the bytes by {@link #add}
 * or {@link #addNetworkBytes}. Per record the caller counts.
 */
public final class HandlerMetrics {
    /** What is counted, and who counts it. */
    public enum Counter {
        /** Records taken; the caller. */
        RECORDS,
        /** Records put aside; the caller. */
        REJECTED,
        /** Calls that threw, records that were refused included; the caller. */
        ERRORS,
        /** Calls made again after an {@link java.io.IOException}; the caller. */
        RETRIES,
        /** New lives after a {@link HandlerRestartException}; the caller. */
        RESTARTS,
        /** States stored; the caller. */
        CHECKPOINTS,
        /** Records that its levels or its filter keep from it; the caller. */
        FILTERED,
        /** Records left out by its sample; the caller. */
        SAMPLED_OUT,
        /** Records left out by its rate limit; the caller. */
        LIMITED,
        /** Records that a silence kept from it; the caller. */
        SILENCED,
        /** Records handed over with something made unreadable; the caller. */
        REDACTED,
        /** Bytes sent to the destination; the handler. */
        BYTES,
        /** Of those bytes, what went out as payload over a network or to this host's loopback; the handler. */
        NETWORK_BYTES,
        /** Buffers that the destination took; the handler, by {@link HandlerMetrics#wrote}. */
        WRITES,
        /** Times that its buffer was full, so that a record had to wait for a write; the handler. */
        BUFFER_OVERFLOWS,
        /** Files finished and renamed; the handler. */
        ROTATIONS
    }

    /** What has a value now, and who sets it; -1 as long as nobody has. */
    public enum Gauge {
        /** Records taken and not yet sent, of a handler that lets them gather beyond a {@code flush}; the handler. */
        BUFFERED_RECORDS,
        /** Bytes that its files have, rotated ones included, by their lengths; the handler, now and then. */
        DISK_BYTES,
        /** Bytes that it may still write to the file system of its files; the handler, now and then. */
        DISK_FREE_BYTES
    }

    /** What takes time, and who measures it. Only calls that succeeded; the others are {@link Counter#ERRORS}. */
    public enum Timer {
        /**
         * Handing one buffer to the destination: the write of a file's buffer, or a request and the wait for its answer; the handler, by
         * {@link HandlerMetrics#wrote}.
         */
        WRITE,
        /** {@link Handler#flush}, where it wrote something (so that {@link Counter#WRITES} grew); the caller. */
        FLUSH,
        /** Forcing what was written to the device; the handler. */
        SYNC
    }

    private static final Timer[] TIMERS = Timer.values();

    private final AtomicLongArray counts = new AtomicLongArray(Counter.values().length);
    private final AtomicLongArray gauges = new AtomicLongArray(unknown(Gauge.values().length));
    private final LatencyHistogram[] latencies = new LatencyHistogram[TIMERS.length];
    private volatile PartProblems problems = PartProblems.NONE;

    public HandlerMetrics() {
        Arrays.setAll(latencies, timer -> new LatencyHistogram());
    }

    private static long[] unknown(int length) {
        long[] values = new long[length];
        Arrays.fill(values, -1);
        return values;
    }

    /** The handler's thread only. */
    public void add(Counter counter, long amount) {
        int index = counter.ordinal();
        counts.setRelease(index, counts.getPlain(index) + amount);
    }

    /** Bytes sent over a network: as {@link Counter#BYTES} and as {@link Counter#NETWORK_BYTES}. The handler's thread only. */
    public void addNetworkBytes(long bytes) {
        add(Counter.BYTES, bytes);
        add(Counter.NETWORK_BYTES, bytes);
    }

    /**
     * The destination took one buffer, which took so long. The handler's thread only.
     *
     * @param ns between two looks at {@link HandlerContext#nanoTime}; below 0 counts as 0
     */
    public void wrote(long ns) {
        add(Counter.WRITES, 1);
        record(Timer.WRITE, ns);
    }

    /**
     * A call that succeeded. The handler's thread only.
     *
     * @param ns below 0 counts as 0
     */
    public void record(Timer timer, long ns) {
        latencies[timer.ordinal()].record(ns);
    }

    /**
     * The handler's thread only.
     *
     * @param value -1 for what cannot be told any more
     */
    public void set(Gauge gauge, long value) {
        gauges.setRelease(gauge.ordinal(), value);
    }

    /**
     * All there are now, in place of those told before; {@link PartProblems#NONE} when there are none any more. Of what concerns the whole
     * destination the caller knows, by what is thrown. The handler's thread only.
     */
    public void set(PartProblems now) {
        problems = now;
    }

    public long get(Counter counter) {
        return counts.getAcquire(counter.ordinal());
    }

    /** -1 as long as nobody has set it. */
    public long get(Gauge gauge) {
        return gauges.getAcquire(gauge.ordinal());
    }

    /** All of it, now. Any thread; some 30 KB of garbage, so not in a loop without a pause. */
    public MetricsSnapshot snapshot() {
        long[] counted = new long[counts.length()];
        Arrays.setAll(counted, counts::getAcquire);
        long[] set = new long[gauges.length()];
        Arrays.setAll(set, gauges::getAcquire);
        LatencySnapshot[] measured = new LatencySnapshot[latencies.length];
        Arrays.setAll(measured, timer -> latencies[timer].snapshot());
        return new MetricsSnapshot(counted, set, measured, problems);
    }
}
