package io.emberlog.worker;

import io.emberlog.ring.Ring;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.util.UUID;

/**
 * A ring as its worker sees it: {@link MappedRing} in life, one that fails where a test wants it in tests. Any thread.
 * Every method may throw when the mapping fails; the caller then retires the ring.
 */
abstract class WorkerRing {
    /**
     * Set for good when a write failed or met a seal; the housekeeper then replaces the ring. A field, so that a thread
     * at the end of its stack can set it, and one per ring, so that no late failure hides another.
     */
    volatile boolean condemned;

    /** As {@link Ring#offer}. */
    abstract int offer(int type, VarHandleBuffer source, int length, boolean mayUseReserve);

    /** As {@link io.emberlog.ring.RingFile#seal}; only when no offer is in flight. */
    abstract void seal();

    /** As {@link Ring#closeTail}. */
    abstract void closeTail();

    abstract boolean isOpen();

    abstract UUID uuid();

    abstract int capacity();

    abstract int maxPayloadLength();

    /** Where the next record will be claimed, or where the ring really ends when it is sealed. */
    abstract long tail();

    /** Bytes written and not yet drained. */
    abstract long backlog();

    /** Everything in front of that position is in the journal. */
    abstract boolean isJournaledTo(long position);

    /** Moves the heartbeat word. Housekeeper only. */
    abstract void beat();

    /** Says which sequence of the control page is in force. Housekeeper only. */
    abstract void tellControlSequence(long sequence);

    abstract void addDropped(int reason, int severity, long count);

    abstract long dropped(int reason, int severity);

    /** Makes the rings of one worker. */
    interface Creator {
        /**
         * File work, on the housekeeper's thread.
         *
         * @param predecessor null for the first
         */
        WorkerRing create(UUID predecessor, long nowEpochNs) throws IOException;
    }
}
