package io.emberlog.worker;

import io.emberlog.message.MessageDescriptor;
import io.emberlog.ring.Ring;
import io.emberlog.ring.StagingArea;
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

    /** As {@link Ring#offerLast}. */
    abstract int offerLast(int type, VarHandleBuffer source, int length);

    /** As {@link StagingArea#stage} in the area of that slot; its owner only. */
    abstract int stage(
            int slot,
            long sequence,
            VarHandleBuffer source,
            int offset,
            int length,
            int entryCount,
            int highestSeverity);

    /** As {@link StagingArea#publish} of the area of that slot; its owner only. */
    abstract int publish(int slot, boolean mayUseReserve);

    /** Bytes staged in the area of that slot, with the header of the batch; momentary for anyone but the owner. */
    abstract int staged(int slot);

    /** Highest severity staged there; its owner only. */
    abstract int stagedSeverity(int slot);

    /** Most that {@link #staged} can be; 0 when nothing can be staged. */
    abstract int stagingRoom();

    /** Bytes staged in all slots; momentary. */
    final long staged() {
        long sum = 0;
        for (int slot = 0; slot < MessageDescriptor.SLOT_COUNT; slot++) {
            sum += staged(slot);
        }
        return sum;
    }

    /** As {@link io.emberlog.ring.RingFile#seal}; only when no offer is in flight. */
    abstract void seal();

    /** As {@link Ring#closeTail}. */
    abstract void closeTail();

    abstract boolean isOpen();

    /** Whether its file is where a master would find it; true when that cannot be known. File work: housekeeper only. */
    abstract boolean isInPlace();

    abstract UUID uuid();

    abstract int capacity();

    abstract int maxPayloadLength();

    /** Where the next record will be claimed, or where the ring really ends when it is sealed. */
    abstract long tail();

    /** Bytes written and not yet drained. */
    abstract long backlog();

    /** Everything in front of that position is in the journal. */
    abstract boolean isJournaledTo(long position);

    /** Everything in front of that position is in the journal and on its device. */
    abstract boolean isSyncedTo(long position);

    /** Asks the master for that, at once. */
    abstract void requestSync(long position);

    /** As {@link Ring#isWakeWanted}. */
    boolean isWakeWanted() {
        return false;
    }

    /** Wakes the drain where that is wanted: {@link io.emberlog.ring.RingFile#wakeDrain}. Housekeeper only. */
    void wakeDrain() {}

    /** Moves the heartbeat word. Housekeeper only. */
    abstract void beat();

    /** Says which sequence of the control page is in force. Housekeeper only. */
    abstract void tellControlSequence(long sequence);

    /** As {@link io.emberlog.ring.RingHeader#sayGoodbye}. Housekeeper only. */
    abstract void sayGoodbye();

    /** Counts once when it returns and not at all when it throws; a fault of its own may come later, see {@link #settleIfCut}. */
    abstract void addDropped(int reason, int severity, long count);

    /** As {@link io.emberlog.ring.RingHeader#settleIfCut}. */
    void settleIfCut() {}

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
