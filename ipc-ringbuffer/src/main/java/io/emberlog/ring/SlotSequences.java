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

    /** @return true when these entries are new, false when they were taken before */
    boolean advance(int slot, long firstSequence, int count) throws RingBrokenException {
        long newest = firstSequence + count - 1;
        if (firstSequence < 1 || newest < firstSequence) {
            throw new RingBrokenException(
                    "slot=" + slot + " firstSequence=" + firstSequence + " must be from 1 and not wrap");
        }
        if (newest <= last[slot]) {
            return false;
        }
        if (firstSequence <= last[slot]) {
            throw new RingBrokenException("slot=" + slot + " firstSequence=" + firstSequence + " count=" + count
                    + " overlaps what was taken up to " + last[slot]);
        }
        last[slot] = newest;
        return true;
    }

    @Override
    public String toString() {
        return Arrays.toString(last);
    }
}
