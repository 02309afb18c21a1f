package io.emberlog.ring;

import static io.emberlog.message.RingBlockReader.ALIGNMENT;
import static io.emberlog.ring.RingDescriptor.SEAL;
import static io.emberlog.ring.RingDescriptor.TAIL_OFFSET;

/**
 * The four positions of a ring, checked against each other: head &lt;= journaled &lt;= end &lt;= tail &lt;= head + capacity, all
 * multiples of 8. {@code end} is the journal's last end for this ring.
 */
record RingPositions(long head, long journaled, long end, long tail) {
    /** @param journaledEnd negative when the journal does not know the ring: then the header is taken at its word */
    static RingPositions check(RingFile file, long journaledEnd) throws RingBrokenException {
        long head = file.head();
        long journaled = file.header().journaledPosition();
        long end = journaledEnd < 0 ? journaled : journaledEnd;
        long tail = realTail(file.ringBuffer().getLongVolatile(file.capacity() + TAIL_OFFSET), head, file.capacity());
        boolean ordered = 0 <= head && head <= journaled && journaled <= end && end <= tail;
        boolean aligned = (head | journaled | end | tail) % ALIGNMENT == 0;
        if (!ordered || !aligned || tail - head > file.capacity()) {
            throw new RingBrokenException("head=" + head + " journaledPosition=" + journaled + " journal's end=" + end
                    + " tail=" + tail + " capacity=" + file.capacity()
                    + " must be in this order, aligned to 8, with the tail at most a capacity behind the head");
        }
        return new RingPositions(head, journaled, end, tail);
    }

    /** The tail with the seal taken off, checked against the head. */
    static long realTail(long tailWord, long head, int capacity) throws RingBrokenException {
        long tail = tailWord - head > capacity ? tailWord - SEAL : tailWord;
        if (tail < head || tail - head > capacity) {
            throw new RingBrokenException("tail=" + tailWord + " does not lie within capacity=" + capacity + " of head="
                    + head + ", sealed or not");
        }
        return tail;
    }

    static long align(int length) {
        return (long) length + ALIGNMENT - 1 & -ALIGNMENT;
    }
}
