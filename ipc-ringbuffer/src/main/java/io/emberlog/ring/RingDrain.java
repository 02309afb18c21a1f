package io.emberlog.ring;

import static io.emberlog.message.RingBlockReader.ALIGNMENT;
import static io.emberlog.message.RingBlockReader.RECORD_HEADER_LENGTH;
import static io.emberlog.ring.RingDescriptor.SEAL;

/**
 * The drain side of one living ring. The master's drain thread only. Every byte read here was written by a process that
 * is not trusted: each value is checked before use, the work of one call is bounded, and what breaks the rules ends in a
 * {@link RingBrokenException}; a file cut while in use ends in an {@link InternalError} out of the same call, which the
 * caller treats alike.
 *
 * <p>Use: {@link #take}, append to the journal, {@link #release}; then again. The head is this object's private variable;
 * the word in the file is only written.
 *
 * <p>Crash table of one round, with E the journal's last end for this ring:
 *
 * <pre>
 * id  the master dies after                  the next start sees                  and does
 * D1  take                                   E = journaledPosition = head         takes the same again
 * D2  appending to the journal               E above journaledPosition            goes on at E: nothing twice
 * D3  storing journaledPosition              E = journaledPosition above head     zeroes up to E, head := E
 * D7  storing journaledBatch of some slots   as D3                                as D3; stores the rest as well
 * D4  zeroing half of the block              as D3, some of it zero already       as D3
 * D5  zeroing all of it                      as D3                                as D3
 * D6  storing the head                       all equal                            nothing
 * D8  journaling a part of what it took      as D2                                as D2; what it held is taken again
 * </pre>
 */
public final class RingDrain {
    private final RingFile file;
    private final RingWords words;
    private final RingHeader header;
    private final int capacity;
    private final SlotSequences sequences;
    private final RecordCheck check;
    private final int maxRecordLength;
    private long head;
    private long taken;
    /** The tail as last read: records in front of it need no other look at a word that all producers write. */
    private long seenTail;

    /**
     * Takes over where the last master stopped.
     *
     * @param journaledEnd the journal's last end for this ring; negative when the journal does not know it
     * @param sequences what was taken of this worker before
     * @throws RingBrokenException unless head &lt;= journaledPosition &lt;= end &lt;= tail &lt;= head + capacity, all aligned
     */
    public RingDrain(RingFile file, long journaledEnd, SlotSequences sequences) throws RingBrokenException {
        this.file = file;
        this.words = file.words();
        this.header = file.header();
        this.capacity = file.capacity();
        this.sequences = sequences;
        this.check = file.newCheck();
        this.maxRecordLength = RingPositions.maxRecordLength(capacity);
        try {
            RingPositions positions = RingPositions.check(file, journaledEnd);
            head = positions.head();
            seenTail = positions.tail();
            taken = positions.end();
            if (journaledEnd < 0) {
                sequences.raiseTo(header);
            }
            zeroAndMoveHead(positions.journaled());
            // what a salvage journaled out of a sealed ring stays, so that another salvage counts the same damage
            if (header.state() == RingDescriptor.STATE_OPEN) {
                release(taken);
            }
        } finally {
            RingWords.settle();
        }
    }

    /**
     * Copies committed records that follow those taken before, up to the ring's wrap or {@code budget} bytes; one record
     * at least when there is one, unless it is longer than {@code most}.
     *
     * @return bytes taken; 0 when nothing more is committed, or the next record is longer than {@code most}
     * @throws RingBrokenException when the next record breaks the rules; those in front of it were taken before
     */
    public int take(RingBlock into, int budget, int most, RingBlock.HeartbeatListener heartbeats)
            throws RingBrokenException {
        try {
            return takeCommitted(into, budget, most, heartbeats);
        } finally {
            RingWords.settle();
        }
    }

    private int takeCommitted(RingBlock into, int budget, int most, RingBlock.HeartbeatListener heartbeats)
            throws RingBrokenException {
        int index = (int) taken & capacity - 1;
        int bytes = 0;
        while (bytes < budget && bytes < capacity - index) {
            int length = words.getIntVolatile(index + bytes);
            if (length <= 0) {
                break;
            }
            long aligned = RingPositions.align(length);
            if (taken + bytes + aligned > seenTail) {
                // the tail is read after the length: read before, it could lie in front of a record already seen
                seenTail = tail();
            }
            long room = Math.min(capacity - index, seenTail - taken) - bytes;
            if (length < RECORD_HEADER_LENGTH || length > maxRecordLength || aligned > room) {
                if (bytes == 0) {
                    throw RingPositions.badLength("record", length, taken, room, maxRecordLength);
                }
                break;
            }
            if (bytes > 0 ? bytes + aligned > budget : aligned > most) {
                break;
            }
            bytes += (int) aligned;
        }
        if (bytes == 0) {
            seenTail = tail(); // a tail that breaks the rules shows here even when nothing is committed
            into.clear(taken);
            return 0;
        }
        into.load(words, index, bytes, taken, check, sequences, heartbeats);
        taken = into.endPosition();
        return into.length();
    }

    /** As {@link #take(RingBlock, int, int, RingBlock.HeartbeatListener)}, with room for any record. */
    public int take(RingBlock into, int budget, RingBlock.HeartbeatListener heartbeats) throws RingBrokenException {
        return take(into, budget, Integer.MAX_VALUE, heartbeats);
    }

    private long tail() throws RingBrokenException {
        return RingPositions.realTail(words.tailVolatile(), head, capacity);
    }

    /**
     * Whether {@link #take} may find something, or the ring is no longer open: two reads of memory, for a look at many rings.
     * Nothing is checked, and of a file cut while in use the answer is anything: the caller settles once behind such a look
     * ({@link RingFile#settle}), and believes none of it where that throws.
     */
    public boolean stirs() {
        return words.getIntVolatile((int) taken & capacity - 1) != 0 || header.state() != RingDescriptor.STATE_OPEN;
    }

    /** True when the producers have claimed more than was taken. Cheap; for deciding whether to poll again soon. */
    public boolean hasMore() {
        long tail = words.tailVolatile();
        return tail != taken && tail - SEAL != taken;
    }

    /**
     * Everything up to here, and all that was taken of each slot, is in the journal: tells the worker, then gives the space
     * back.
     *
     * @param journaledEnd end of a record taken; not in front of an earlier release
     */
    public void release(long journaledEnd) {
        release(journaledEnd, sequences);
    }

    /**
     * As {@link #release(long)}, when more was taken than is in the journal.
     *
     * @param journaled newest sequences of what is in the journal
     */
    public void release(long journaledEnd, SlotSequences journaled) {
        if (journaledEnd < head || journaledEnd > taken || journaledEnd % ALIGNMENT != 0) {
            throw new IllegalArgumentException("journaledEnd=" + journaledEnd + " must be a record's end from " + head
                    + " (released) to " + taken + " (taken)");
        }
        try {
            header.journaledPosition(journaledEnd);
            header.journaledBatches(journaled);
            zeroAndMoveHead(journaledEnd);
        } finally {
            RingWords.settle();
        }
    }

    private void zeroAndMoveHead(long end) {
        while (head < end) {
            int index = (int) head & capacity - 1;
            int length = (int) Math.min(end - head, capacity - index);
            words.setMemory(index, length, (byte) 0);
            head += length;
        }
        words.headRelease(head);
    }

    /** Ring position behind what was taken last. */
    public long takenPosition() {
        return taken;
    }

    public SlotSequences sequences() {
        return sequences;
    }

    public RingFile file() {
        return file;
    }

    /** Bytes written and not yet taken, as far as the worker tells. */
    public long backlog() {
        long tail = words.tailVolatile();
        return (tail - taken > capacity ? tail - SEAL : tail) - taken;
    }
}
