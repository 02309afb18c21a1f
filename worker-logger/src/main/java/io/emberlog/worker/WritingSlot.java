package io.emberlog.worker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One of the writing slots of a worker. A thread owns a slot from taking its sequence number to the commit; nothing else
 * happens in between, so ownership is short. Sequence numbers go on across ring changes: that is how the master knows a
 * record that was repeated in a successor.
 *
 * <p>All fields but {@code owned} are written by the owner only; {@link #release} publishes them to the next one.
 */
final class WritingSlot {
    private static final VarHandle OWNED;

    static {
        try {
            OWNED = MethodHandles.lookup().findVarHandle(WritingSlot.class, "owned", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final int index;
    long sequence = 1;
    /**
     * What {@link #sequence} becomes when the write of the owner may have been committed. Where it is greater after a write
     * that was not, a later error leaves a gap in the numbers, and no harm.
     */
    long next = 1;

    long appended;
    long batches;
    long bytes;
    int largest;
    /** The ring that a write of the owner is in right now; null in between. */
    WorkerRing target;

    /** Set to 1 and to 0 through OWNED; to 0 by a plain assignment where no method may be called. */
    volatile int owned;

    /** Keeps the fields of two slots out of one cache line, and out of the pair that the prefetcher takes. */
    @SuppressWarnings("unused")
    private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9;

    WritingSlot(int index) {
        this.index = index;
    }

    boolean tryAcquire() {
        return (int) OWNED.getOpaque(this) == 0 && OWNED.compareAndSet(this, 0, 1);
    }

    /** Pairs with the CAS of {@link #tryAcquire}: the next owner sees the sequence that this one left. */
    void release() {
        OWNED.setRelease(this, 0);
    }

    /** Volatile, so that what the caller published before is seen by whoever acquires after this returned true. */
    boolean isFree() {
        return (int) OWNED.getVolatile(this) == 0;
    }

    /** Owner, when entries are ringed and their numbers spent. */
    void ringed(int entries, int length, int recordLength) {
        appended += entries;
        bytes += length;
        if (recordLength > largest) {
            largest = recordLength;
        }
    }

    /** Owner, when what was staged went into the ring. */
    void published(int headerLength) {
        batches++;
        bytes += headerLength;
    }
}
