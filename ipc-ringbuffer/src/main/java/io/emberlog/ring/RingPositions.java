package io.emberlog.ring;

import static io.emberlog.message.RingBlockReader.ALIGNMENT;
import static io.emberlog.message.RingBlockReader.RECORD_HEADER_LENGTH;
import static io.emberlog.ring.RingDescriptor.SEAL;

/**
 * The four positions of a ring, checked against each other: head &lt;= journaled &lt;= end &lt;= tail &lt;= head + capacity, all
 * multiples of 8. {@code end} is the journal's last end for this ring; only of a ring that is sealed it may lie behind
 * the tail, by what its staging areas hold: salvage gives staged batches the positions behind the real tail.
 */
record RingPositions(long head, long journaled, long end, long tail) {
    private static final int MAX_LOOKS = 100;

    /** @param journaledEnd negative when the journal does not know the ring: then the header is taken at its word */
    static RingPositions check(RingFile file, long journaledEnd) throws RingBrokenException {
        RingWords words = file.words();
        RingHeader header = file.header();
        long head;
        long journaled;
        long tailWord;
        int state;
        int looks = 0;
        do { // a tool looks while a master drains: the four belong together only when the head stood still
            head = words.headVolatile();
            state = header.state();
            journaled = header.journaledPosition();
            tailWord = words.tailVolatile();
        } while (words.headVolatile() != head && ++looks < MAX_LOOKS);
        long end = journaledEnd < 0 ? journaled : journaledEnd;
        long tail = realTail(tailWord, head, file.capacity());
        long staged = state == RingDescriptor.STATE_OPEN ? 0 : file.spec().longestStaged();
        boolean ordered =
                0 <= head && head <= journaled && journaled <= end && journaled <= tail && end - staged <= tail;
        boolean aligned = (head | journaled | end | tail) % ALIGNMENT == 0;
        if (!ordered || !aligned || tail - head > file.capacity()) {
            throw new RingBrokenException("head=" + head + " journaledPosition=" + journaled + " journal's end=" + end
                    + " tail=" + tail + " capacity=" + file.capacity() + " staged=" + staged
                    + " must be in this order, aligned to 8, with the tail at most a capacity behind the head and"
                    + " the journal's end at most the staged bytes behind the tail");
        }
        if (state != RingDescriptor.STATE_OPEN && (tail == tailWord || header.realTail() != tail)) {
            throw new RingBrokenException("tail=" + tailWord + " of a ring in state=" + state
                    + " must be its real tail=" + header.realTail() + " and " + SEAL + " more");
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

    /** Longest record that a ring of that capacity holds, with its header; padding is never longer. */
    static int maxRecordLength(int capacity) {
        return RingDescriptor.maxPayloadLength(capacity) + RECORD_HEADER_LENGTH;
    }

    static RingBrokenException badLength(String what, int length, long position, long room, int maxRecordLength) {
        return new RingBrokenException(what + " length=" + length + " at position " + position + " must be from "
                + RECORD_HEADER_LENGTH + " to " + maxRecordLength + " and fit the " + room
                + " bytes up to the tail or the wrap");
    }

    static long align(int length) {
        return (long) length + ALIGNMENT - 1 & -ALIGNMENT;
    }
}
