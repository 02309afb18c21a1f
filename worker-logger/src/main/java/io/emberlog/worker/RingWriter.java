package io.emberlog.worker;

import static io.emberlog.ring.Ring.FULL;
import static io.emberlog.ring.Ring.RINGED;

import io.emberlog.message.DropReason;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;

/**
 * Brings an encoded record into the ring. Any application thread; no locks, and no wait but those asked for: for room
 * under a {@code block} policy, and for a successor when the ring was sealed. The steps, and what a death between them
 * leaves, are in {@link RingChain}.
 */
final class RingWriter {
    private static final int RESERVE_FROM = Level.WARN.severity();

    private final RingChain chain;
    private final SlotTable slots;
    private final DropCounters drops;
    /** Set by the first stack overflow in the middle of a write. */
    private volatile boolean probing;

    RingWriter(RingChain chain, SlotTable slots, DropCounters drops) {
        this.chain = chain;
        this.slots = slots;
        this.drops = drops;
    }

    /** @return null when the record is ringed; else why not, already counted */
    DropReason write(Scratch scratch, int severity, Overflow overflow) {
        DropReason reason = tryWrite(scratch, severity);
        if (reason == DropReason.RING_FULL && overflow.blockNs(severity) > 0) {
            reason = writeBlocking(scratch, severity, overflow.blockNs(severity));
        }
        if (reason != null) {
            drops.add(chain.current(), reason, severity, 1);
        }
        return reason;
    }

    /** The slot is free while this waits: many waiting threads must not keep others from writing. */
    private DropReason writeBlocking(Scratch scratch, int severity, long blockNs) {
        long start = System.nanoTime();
        int attempt = 0;
        while (System.nanoTime() - start < blockNs) {
            Backoff.idle(attempt++);
            DropReason reason = tryWrite(scratch, severity);
            if (reason != DropReason.RING_FULL) {
                return reason;
            }
        }
        return DropReason.BLOCK_TIMEOUT;
    }

    private DropReason tryWrite(Scratch scratch, int severity) {
        scratch.source(); // may allocate: not while a slot is owned
        if (probing) {
            scratch.probed = StackProbe.reach();
        }
        WritingSlot slot = slots.acquire(scratch.home);
        if (slot == null) {
            return DropReason.RING_FULL;
        }
        try {
            DropReason reason = writeOwning(slot, chain.current(), scratch, severity);
            slot.release();
            return reason;
        } catch (Throwable e) {
            // Only field accesses in here: this thread may be at the end of its stack, and the slot must not stay
            // owned.
            if (slot.target != null) {
                // Nobody knows whether the record was committed: its number is spent, and the call not acknowledged.
                slot.sequence++;
                slot.target.condemned = true;
                slot.target = null;
                probing |= e instanceof StackOverflowError;
            }
            slot.owned = 0;
        }
        chain.wakeHousekeeper();
        return DropReason.FAILED;
    }

    private DropReason writeOwning(WritingSlot slot, WorkerRing ring, Scratch scratch, int severity) {
        if (ring == null) {
            return DropReason.NO_RING;
        }
        int length = scratch.batch.length();
        if (length > ring.maxPayloadLength()) {
            return DropReason.REFUSED;
        }
        scratch.batch.finish(slot.index, slot.sequence);
        int result = offer(slot, ring, scratch, length, severity);
        if (result == RINGED) {
            slot.ringed(length);
            return null;
        }
        return result == FULL ? DropReason.RING_FULL : repeat(slot, ring, scratch, length, severity);
    }

    /**
     * The ring was sealed, before or after this record went in. The same bytes go into the successor, under the same
     * number, and the slot stays owned meanwhile. Where that fails the number is spent: the record may be in the sealed
     * ring, and the next one must not be taken for its double.
     */
    private DropReason repeat(WritingSlot slot, WorkerRing sealed, Scratch scratch, int length, int severity) {
        WorkerRing ring = sealed;
        int result;
        do {
            ring = chain.awaitSuccessor(ring);
            if (ring == null) {
                slot.sequence++;
                return chain.current() == null ? DropReason.NO_RING : DropReason.RETIRING;
            }
            result = offer(slot, ring, scratch, length, severity);
        } while (result != RINGED && result != FULL);
        if (result == FULL) {
            slot.sequence++;
            return DropReason.RETIRING;
        }
        slot.ringed(length);
        return null;
    }

    private static int offer(WritingSlot slot, WorkerRing ring, Scratch scratch, int length, int severity) {
        slot.target = ring;
        int result = ring.offer(MessageDescriptor.TYPE_LOG_BATCH, scratch.source(), length, severity >= RESERVE_FROM);
        if (result == RINGED) {
            slot.sequence++; // while the target is set: what is thrown from here on must not use the number again
        }
        slot.target = null;
        return result;
    }
}
