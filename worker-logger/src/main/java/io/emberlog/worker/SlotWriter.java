package io.emberlog.worker;

import static io.emberlog.ring.Ring.FULL;
import static io.emberlog.ring.Ring.RINGED;

import io.emberlog.message.DropReason;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;

/**
 * What the owner of a slot does with encoded entries: each call of its own into the ring at once, or, in
 * {@link StagingWriter}, into the slot's staging area. The owner of the slot only. What is thrown out of here while the
 * slot's {@code target} is set is the fault of that ring.
 */
class SlotWriter {
    static final int RESERVE_FROM = Level.WARN.severity();

    final RingChain chain;

    SlotWriter(RingChain chain) {
        this.chain = chain;
    }

    /** @return the slot that a thread may write in now; null when it stays owned for too long */
    WritingSlot acquire(SlotTable slots, int home) {
        return slots.acquire(home);
    }

    /**
     * @param ring null when there is none
     * @return null when the entries are ringed
     */
    DropReason write(WritingSlot slot, WorkerRing ring, Encoded entries, int severity) {
        if (ring == null) {
            return DropReason.NO_RING;
        }
        if (entries.length() > ring.maxPayloadLength()) {
            return DropReason.REFUSED;
        }
        return offerOrRepeat(slot, ring, entries, severity);
    }

    final DropReason offerOrRepeat(WritingSlot slot, WorkerRing ring, Encoded entries, int severity) {
        int result = offer(slot, ring, entries, severity);
        if (result == RINGED) {
            slot.ringed(entries.entries(), entries.length(), entries.length());
            return null;
        }
        return result == FULL ? DropReason.RING_FULL : repeat(slot, ring, entries, severity);
    }

    /**
     * The ring was sealed, before or after these entries went in. The same bytes go into the successor, under the same
     * number and as a batch of their own, and the slot stays owned meanwhile. Where that fails the number is spent: the
     * entries may be in the sealed ring, and the next ones must not be taken for their double.
     */
    final DropReason repeat(WritingSlot slot, WorkerRing sealed, Encoded entries, int severity) {
        WorkerRing ring = sealed;
        int result;
        do {
            ring = chain.awaitSuccessor(ring);
            if (ring == null) {
                slot.sequence += entries.entries();
                return noSuccessor();
            }
            result = offer(slot, ring, entries, severity);
        } while (result != RINGED && result != FULL);
        if (result == FULL) {
            slot.sequence += entries.entries();
            return DropReason.RETIRING;
        }
        slot.ringed(entries.entries(), entries.length(), entries.length());
        return null;
    }

    final DropReason noSuccessor() {
        return chain.current() == null ? DropReason.NO_RING : DropReason.RETIRING;
    }

    private static int offer(WritingSlot slot, WorkerRing ring, Encoded entries, int severity) {
        entries.finish(slot.index, slot.sequence);
        slot.next = slot.sequence + entries.entries();
        slot.target = ring;
        int result = ring.offer(
                MessageDescriptor.TYPE_LOG_BATCH, entries.source(), entries.length(), severity >= RESERVE_FROM);
        if (result == RINGED) {
            slot.sequence =
                    slot.next; // while the target is set: what is thrown from here on must not use the number again
        }
        slot.target = null;
        return result;
    }
}
