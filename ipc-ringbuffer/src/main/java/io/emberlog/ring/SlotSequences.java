package io.emberlog.ring;

import static io.emberlog.message.MessageDescriptor.SLOT_COUNT;

import java.util.Arrays;

/**
 * The newest sequence number taken of each writing slot of a worker. A worker that had to repeat a record in a
 * successor ring gives it its old number, which is how the double is known. One thread.
 */
public final class SlotSequences {
    private final long[] last = new long[SLOT_COUNT];

    /** Starts where another ring of the same worker ended. */
    public void copyFrom(SlotSequences other) {
        System.arraycopy(other.last, 0, last, 0, SLOT_COUNT);
    }

    /** 0 when the slot has written nothing. */
    public long last(int slot) {
        return last[slot];
    }

    public void last(int slot, long sequence) {
        last[slot] = sequence;
    }

    /** Takes what the header says was journaled for known; for a ring of which no journal knows. */
    void raiseTo(RingHeader header) {
        for (int slot = 0; slot < SLOT_COUNT; slot++) {
            last[slot] = Math.max(last[slot], header.journaledBatch(slot));
        }
    }

    /** @return why these entries break the rules; null when they do not */
    String refusal(int slot, long firstSequence, int count) {
        long newest = firstSequence + count - 1;
        if (firstSequence < 1 || newest < firstSequence) {
            return "slot=" + slot + " firstSequence=" + firstSequence + " count=" + count
                    + " must be from 1 and not exceed " + Long.MAX_VALUE;
        }
        if (firstSequence <= last[slot] && newest > last[slot]) {
            return "slot=" + slot + " firstSequence=" + firstSequence + " count=" + count
                    + " must not overlap what was taken up to " + last[slot];
        }
        return null;
    }

    /** @return true when these entries are new, false when they were taken before; asked only without a refusal */
    boolean advance(int slot, long firstSequence, int count) {
        long newest = firstSequence + count - 1;
        if (newest <= last[slot]) {
            return false;
        }
        last[slot] = newest;
        return true;
    }

    @Override
    public String toString() {
        return Arrays.toString(last);
    }
}
