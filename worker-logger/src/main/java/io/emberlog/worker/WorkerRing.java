package io.emberlog.worker;

import io.emberlog.ring.Ring;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.util.UUID;

/**
 * A ring as its worker sees it: {@link MappedRing} in life, one that fails where a test wants it in tests. Any thread.
 * Every method may throw when the mapping fails; the caller then retires the ring.
 */
interface WorkerRing {
    /** As {@link Ring#offer}. */
    int offer(int type, VarHandleBuffer source, int length, boolean mayUseReserve);

    /** As {@link io.emberlog.ring.RingFile#seal}; only when no offer is in flight. */
    void seal();

    /** As {@link Ring#closeTail}. */
    void closeTail();

    boolean isOpen();

    UUID uuid();

    int capacity();

    int maxPayloadLength();

    /** Where the next record will be claimed, or where the ring really ends when it is sealed. */
    long tail();

    /** Bytes written and not yet drained. */
    long backlog();

    /** Everything in front of that position is in the journal. */
    boolean isJournaledTo(long position);

    /** Moves the heartbeat word. Housekeeper only. */
    void beat();

    void addDropped(int reason, int severity, long count);

    long dropped(int reason, int severity);

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
