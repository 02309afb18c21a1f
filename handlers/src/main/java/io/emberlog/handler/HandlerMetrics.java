package io.emberlog.handler;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counters of one handler. Written by the handler's thread alone (so no read-modify-write is needed), read by any; a
 * reader sees each counter some moment ago, and counters are not consistent with each other.
 */
public final class HandlerMetrics {
    /** What is counted, and who counts it. */
    public enum Counter {
        /** Records taken; the caller. */
        RECORDS,
        /** Records put aside; the caller. */
        REJECTED,
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
        /** Buffers sent to the destination; the handler. */
        WRITES,
        /** Files finished and renamed; the handler. */
        ROTATIONS
    }

    private final AtomicLongArray counts = new AtomicLongArray(Counter.values().length);

    /** The handler's thread only. */
    public void add(Counter counter, long amount) {
        int index = counter.ordinal();
        counts.setRelease(index, counts.getPlain(index) + amount);
    }

    public long get(Counter counter) {
        return counts.getAcquire(counter.ordinal());
    }
}
