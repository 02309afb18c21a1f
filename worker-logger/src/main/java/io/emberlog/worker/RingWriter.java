package io.emberlog.worker;

import static io.emberlog.ring.Ring.FULL;
import static io.emberlog.ring.Ring.RINGED;
import static io.emberlog.ring.Ring.SEALED;

import io.emberlog.message.DropReason;
import io.emberlog.ring.RingFile;

/**
 * Brings encoded entries into the ring, by way of a writing slot. Any thread; no locks, and no wait but those asked for:
 * for room under a {@code block} policy, for a successor when the ring was sealed, and in batched mode for the thread's own
 * slot. The steps, and what a death between them leaves, are in {@link RingChain}.
 */
final class RingWriter {
    private final RingChain chain;
    private final SlotTable slots;
    private final DropCounters drops;
    private final Pauses pauses;
    private final SlotWriter writer;
    /** Set by the first stack overflow in the middle of a write. */
    private volatile boolean probing;

    RingWriter(RingChain chain, SlotTable slots, DropCounters drops, boolean batching) {
        this(chain, slots, drops, batching, Pauses.REAL);
    }

    RingWriter(RingChain chain, SlotTable slots, DropCounters drops, boolean batching, Pauses pauses) {
        this.pauses = pauses;
        this.chain = chain;
        this.slots = slots;
        this.drops = drops;
        this.writer = batching ? new StagingWriter(chain) : new SlotWriter(chain);
    }

    /** @return null when the record is ringed; else why not, already counted */
    DropReason write(Encoded entries, int severity, Overflow overflow) {
        DropReason reason = writeUncounted(entries, severity, overflow);
        if (reason != null) {
            drops.add(chain.current(), reason, severity, 1);
        }
        return reason;
    }

    /** As {@link #write}, but the caller counts. */
    DropReason writeUncounted(Encoded entries, int severity, Overflow overflow) {
        DropReason reason = tryWrite(entries, severity);
        try {
            wakeDrain();
        } catch (
                Throwable
                        e) { // the end of the stack: the record's fate is settled, and the housekeeper looks by itself
            return reason;
        }
        return reason == DropReason.RING_FULL && overflow.blockNs(severity) > 0
                ? writeBlocking(entries, severity, overflow.blockNs(severity))
                : reason;
    }

    /**
     * After a write or a publishing that found the drain at rest. The housekeeper does the file work; this thread pays for a futex, once after seconds in
     * which nobody logged.
     */
    void wakeDrain() {
        WorkerRing ring = chain.current();
        if (ring != null && ring.isWakeWanted()) {
            chain.wakeHousekeeper();
        }
    }

    /** The slot is free while this waits: many waiting threads must not keep others from writing. */
    private DropReason writeBlocking(Encoded entries, int severity, long blockNs) {
        long start = pauses.nanoTime();
        int attempt = 0;
        for (long waited = 0; waited < blockNs; waited = pauses.nanoTime() - start) {
            pauses.idle(attempt++, waited, blockNs - waited);
            DropReason reason = tryWrite(entries, severity);
            if (reason != DropReason.RING_FULL) {
                return reason;
            }
        }
        return DropReason.BLOCK_TIMEOUT;
    }

    private DropReason tryWrite(Encoded entries, int severity) {
        entries.source(); // may allocate: not while a slot is owned
        if (probing) {
            entries.probed = StackProbe.reach();
        }
        WritingSlot slot = writer.acquire(slots, entries.home);
        if (slot == null) {
            return DropReason.RING_FULL;
        }
        try {
            DropReason reason = writer.write(slot, chain.current(), entries, severity);
            slot.release();
            return reason;
        } catch (Throwable e) {
            // Only field accesses in here: this thread may be at the end of its stack, and the slot must not stay
            // owned.
            if (slot.next > slot.sequence) {
                // Nobody knows whether the record was committed, in the ring that failed or in a sealed one before the
                // wait for its successor threw: its number is spent, and the call not acknowledged.
                slot.sequence = slot.next;
            }
            if (slot.target != null) {
                slot.target.condemned = true;
                slot.target = null;
                probing |= e instanceof StackOverflowError;
            }
            slot.owned = 0;
        }
        chain.wakeHousekeeper();
        settle();
        return DropReason.FAILED;
    }

    /** An error of a mapping that is still on its way is that ring's: it must not come out where this thread goes on to. */
    static void settle() {
        try {
            RingFile.settle();
        } catch (Throwable late) {
            return; // for this it was asked for
        }
    }

    /**
     * Publishes what is staged in that ring. The housekeeper, and whoever waits for what was logged to be journaled.
     *
     * @param waitNs how long slots that are owned may be waited for, in all
     * @return {@code RINGED} when all of it is in the ring; {@code FULL} when some found no room, or its slot stayed owned;
     *     {@code SEALED} when some stays in the areas for the master to salvage
     */
    int publishStaged(WorkerRing ring, long waitNs) {
        long start = pauses.nanoTime();
        int worst = RINGED;
        for (int i = 0; i < SlotTable.COUNT; i++) {
            if (ring.staged(i) > 0) {
                worst = Math.min(worst, publish(ring, i, start, waitNs));
            }
        }
        return worst;
    }

    private int publish(WorkerRing ring, int index, long start, long waitNs) {
        WritingSlot slot = slots.acquireWithin(index, start, waitNs);
        if (slot == null) {
            return FULL;
        }
        try {
            int result = StagingWriter.publish(slot, ring, 0);
            slot.release();
            return result;
        } catch (Throwable e) {
            ring.condemned = true;
            slot.target = null;
            slot.owned = 0;
        }
        chain.wakeHousekeeper();
        return SEALED;
    }
}
