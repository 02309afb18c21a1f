package io.emberlog.ring;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Idle checks of one ring's writers, striped by thread id, so that an offer makes no garbage and nothing hangs on a thread.
 * Never blocks: when the one of its stripe is in use, a thread makes another.
 */
final class CheckPool {
    private static final int STRIPES = 64;
    /** References of 4 bytes: one place per pair of cache lines. */
    private static final int STRIDE = 32;

    private final AtomicReferenceArray<RecordCheck> idle = new AtomicReferenceArray<>(STRIPES * STRIDE);
    private final UUID ring;

    CheckPool(UUID ring) {
        this.ring = ring;
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            idle.setPlain(
                    stripe * STRIDE, new RecordCheck(ring)); // a first offer in a full heap must not cost the ring
        }
    }

    RecordCheck acquire() {
        RecordCheck check = idle.getAndSet(place(), null);
        return check == null ? new RecordCheck(ring) : check;
    }

    void release(RecordCheck check) {
        idle.setRelease(place(), check);
    }

    private static int place() {
        return ((int) Thread.currentThread().getId() & STRIPES - 1) * STRIDE;
    }
}
