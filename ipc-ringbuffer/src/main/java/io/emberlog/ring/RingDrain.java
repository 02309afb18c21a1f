package io.emberlog.ring;

import static io.emberlog.message.RingBlockReader.RECORD_HEADER_LENGTH;
import static io.emberlog.ring.RingDescriptor.HEAD_OFFSET;
import static io.emberlog.ring.RingDescriptor.SEAL;
import static io.emberlog.ring.RingDescriptor.TAIL_OFFSET;

/**
 * The drain side of one living ring. The master's drain thread only. Every byte read here was written by a process that
 * is not trusted: each value is checked before use, the work of one call is bounded, and what breaks the rules ends in a
 * {@link RingBrokenException}; a file cut while in use ends in an {@link InternalError} which the caller treats alike.
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
 * D4  zeroing half of the block              as D3, some of it zero already       as D3
 * D5  zeroing all of it                      as D3                                as D3
 * D6  storing the head                       all equal                            nothing
 * </pre>
 */
public final class RingDrain {
    private final RingFile file;
    private final VarHandleBuffer buffer;
    private final RingHeader header;
    private final int capacity;
    private final SlotSequences sequences;
    private long head;
    private long taken;

    /**
     * Takes over where the last master stopped.
     *
     * @param journaledEnd the journal's last end for this ring; negative when the journal does not know it
     * @param sequences what was taken of this worker before
     * @throws RingBrokenException unless head &lt;= journaledPosition &lt;= end &lt;= tail &lt;= head + capacity, all aligned
     */
    public RingDrain(RingFile file, long journaledEnd, SlotSequences sequences) throws RingBrokenException {
        this.file = file;
        this.buffer = file.ringBuffer();
        this.header = file.header();
        this.capacity = file.capacity();
        this.sequences = sequences;
        RingPositions positions = RingPositions.check(file, journaledEnd);
        head = positions.head();
        zeroAndMoveHead(positions.journaled());
        if (header.state() == RingDescriptor.STATE_OPEN) {
            taken = positions.journaled();
            release(positions.end());
        }
        taken = positions.end();
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
        int index = (int) taken & capacity - 1;
        int bytes = 0;
        while (bytes < budget && bytes < capacity - index) {
            int length = buffer.getIntVolatile(index + bytes);
            if (length <= 0) {
                break;
            }
            long aligned = RingPositions.align(length);
            // the tail is read after the length: read before, it could lie in front of a record already seen
            long room = Math.min(capacity - index, tail() - taken) - bytes;
            if (length < RECORD_HEADER_LENGTH || aligned > room) {
                if (bytes == 0) {
                    throw new RingBrokenException("record length=" + length + " at position " + taken + " exceeds the "
                            + room + " bytes up to the tail or the wrap");
                }
                break;
            }
            if (bytes > 0 ? bytes + aligned > budget : aligned > most) {
                break;
            }
            bytes += (int) aligned;
        }
        if (bytes == 0) {
            into.clear(taken);
            return 0;
        }
        into.load(buffer, index, bytes, taken, sequences, heartbeats);
        taken = into.endPosition();
        return into.length();
    }

    private long tail() throws RingBrokenException {
        return RingPositions.realTail(buffer.getLongVolatile(capacity + TAIL_OFFSET), head, capacity);
    }

    /** True when the producers have claimed more than was taken. Cheap; for deciding whether to poll again soon. */
    public boolean hasMore() {
        long tail = buffer.getLongVolatile(capacity + TAIL_OFFSET);
        return tail != taken && tail - SEAL != taken;
    }

    /** Everything up to here is in the journal: tells the worker, then gives the space back. */
    public void release(long journaledEnd) {
        header.journaledPosition(journaledEnd);
        zeroAndMoveHead(journaledEnd);
    }

    private void zeroAndMoveHead(long end) {
        while (head < end) {
            int index = (int) head & capacity - 1;
            int length = (int) Math.min(end - head, capacity - index);
            buffer.setMemory(index, length, (byte) 0);
            head += length;
        }
        buffer.putLongRelease(capacity + HEAD_OFFSET, head);
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
        long tail = buffer.getLongVolatile(capacity + TAIL_OFFSET);
        return (tail - taken > capacity ? tail - SEAL : tail) - taken;
    }
}
