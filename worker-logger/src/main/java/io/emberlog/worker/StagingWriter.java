package io.emberlog.worker;

import static io.emberlog.ring.Ring.FULL;
import static io.emberlog.ring.Ring.RINGED;
import static io.emberlog.ring.Ring.SEALED;

import io.emberlog.message.DropReason;
import io.emberlog.message.MessageDescriptor;

/**
 * Collects entries in the slot's staging area and publishes them as one batch when the next ones find no room behind
 * them; by time the housekeeper publishes. What a death leaves at each step is in {@link io.emberlog.ring.StagingArea}.
 *
 * <p>A thread writes in the slot of its home only, for older entries of it may still be staged there; so it waits while
 * that is owned, which is as long as another thread takes for one copy, or for the successor of a sealed ring.
 *
 * <p>In a condemned ring nothing more is staged or published. Where a publishing threw or met a seal, the batch may or may
 * not be in the ring; a longer one with the same first number, or later numbers in front of it, would make the master drop or refuse
 * what was acknowledged. As it stands, the master salvages it from the ring or else from the area.
 */
final class StagingWriter extends SlotWriter {
    private static final int HEAD = MessageDescriptor.BATCH_HEADER_LENGTH;

    StagingWriter(RingChain chain) {
        super(chain);
    }

    @Override
    WritingSlot acquire(SlotTable slots, int home) {
        return slots.acquireHome(home);
    }

    @Override
    DropReason write(WritingSlot slot, WorkerRing current, Encoded entries, int severity) {
        WorkerRing ring = current;
        if (ring == null) {
            return DropReason.NO_RING;
        }
        if (entries.length() > ring.maxPayloadLength()) {
            return DropReason.REFUSED;
        }
        while (true) {
            int result = ring.condemned ? SEALED : publishToMakeRoom(slot, ring, entries, severity);
            if (result == FULL) {
                return DropReason.RING_FULL;
            }
            if (result == SEALED) {
                // what is staged stays there for the master; these entries have not been in that ring yet
                ring = chain.awaitSuccessor(ring);
                if (ring == null) {
                    return noSuccessor();
                }
                continue;
            }
            return stageOrOffer(slot, ring, entries, severity);
        }
    }

    private static int publishToMakeRoom(WritingSlot slot, WorkerRing ring, Encoded entries, int severity) {
        int staged = ring.staged(slot.index);
        if (staged == 0 || staged + entries.length() - HEAD <= ring.stagingRoom()) {
            return RINGED;
        }
        return publish(slot, ring, severity);
    }

    private DropReason stageOrOffer(WritingSlot slot, WorkerRing ring, Encoded entries, int severity) {
        if (entries.length() > ring.stagingRoom()) {
            return offerOrRepeat(slot, ring, entries, severity);
        }
        slot.next = slot.sequence + entries.entries();
        slot.target = ring;
        int result = ring.stage(
                slot.index,
                slot.sequence,
                entries.source(),
                HEAD,
                entries.length() - HEAD,
                entries.entries(),
                severity);
        if (result == RINGED) {
            slot.sequence = slot.next;
        }
        slot.target = null;
        if (result == SEALED) {
            return repeat(slot, ring, entries, severity);
        }
        slot.ringed(entries.entries(), entries.length() - HEAD, entries.length());
        return null;
    }

    /**
     * Publishes what the slot has staged, as a batch of its highest severity.
     *
     * @param waiting severity of entries that wait for the room, or 0
     * @return as {@link io.emberlog.ring.StagingArea#publish}; {@code SEALED} also of a condemned ring
     */
    static int publish(WritingSlot slot, WorkerRing ring, int waiting) {
        if (ring.staged(slot.index) == 0) {
            return RINGED;
        }
        if (ring.condemned) {
            return SEALED;
        }
        boolean mayUseReserve = Math.max(waiting, ring.stagedSeverity(slot.index)) >= RESERVE_FROM;
        slot.next = slot.sequence;
        slot.target = ring;
        int result = ring.publish(slot.index, mayUseReserve);
        if (result == SEALED) {
            // The batch may be in the ring: one entry more behind it in the area, and salvage meets an overlap. Before
            // the
            // slot is released, so that its next owner sees it.
            ring.condemned = true;
        }
        slot.target = null;
        if (result == RINGED) {
            slot.published(HEAD);
        }
        return result;
    }
}
