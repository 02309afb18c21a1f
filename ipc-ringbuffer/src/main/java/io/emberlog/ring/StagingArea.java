package io.emberlog.ring;

import static io.emberlog.ring.StagingDescriptor.*;

import io.emberlog.message.BatchHeader;
import io.emberlog.message.MessageDescriptor;
import java.util.zip.CRC32C;

/**
 * The worker's side of one staging area ({@link StagingDescriptor}). The owner of the slot only; who owns it next sees
 * what the last one left, by the release and acquire of the slot.
 *
 * <p>What is staged survives the death of the process as what is in the ring does: the salvage of the ring ends with the
 * areas. Crash table, with the batch of the entries n to m in the area:
 *
 * <pre>
 * id  the process dies after                        salvage then sees               and does
 * B1  writing the header into an empty area         a commit word of 0              nothing; no entry was there yet
 * B2  copying entry m+1, or half of it              the commit word of n to m       delivers n to m
 * B3  storing the commit word                       that of n to m+1                delivers n to m+1, though the call never
 *                                                                                   returned: unfinished calls may arrive
 * B4  writing the entry count                       as B3                           as B3: counts the entries itself
 * B5  claiming space in the ring, or copying into   a hole or torn record in the    skips that, delivers n to m+1 from
 *     it                                            ring, and the area              the area
 * B6  committing the batch in the ring              it in the ring and in the area  delivers it from the ring; its numbers
 *                                                                                   tell that the area's is the double
 * B7  clearing the commit word                      it in the ring                  delivers it
 * </pre>
 */
public final class StagingArea {
    static {
        // Loads that class: a first commit that does it in a full heap may break it for good.
        StagingDescriptor.length(NOTHING);
    }

    private final RingHeader header;
    private final VarHandleBuffer buffer;
    private final int slot;
    private final int room;
    /** Of what is committed; null where records are not checked. */
    private final CRC32C crc;

    private final byte[] batchHeader = new byte[MessageDescriptor.BATCH_HEADER_LENGTH];
    /** What a checked ring takes its batches from: a CRC over a mapping kills the JVM when the file is cut. */
    private VarHandleBuffer heapCopy;

    private int length;
    private int entries;
    private int severity;
    private long firstSequence;

    StagingArea(RingHeader header, VarHandleBuffer buffer, int slot, boolean checked, int maxPayloadLength) {
        this.header = header;
        this.buffer = buffer;
        this.slot = slot;
        this.room = Math.min(buffer.capacity() - BATCH_OFFSET, maxPayloadLength);
        this.crc = checked ? new CRC32C() : null;
    }

    /**
     * Adds entries behind those staged before, all of them or none. They are acknowledged by the answer
     * {@link Ring#RINGED}; like {@link Ring#offer} this reads the state of the ring after the commit, for the same
     * reason.
     *
     * @param sequence slot sequence of the first of them; follows that of the last one staged
     * @param source a heap array
     * @param length bytes of the entries
     * @param highestSeverity of these entries
     * @return {@link Ring#RINGED}; {@link Ring#FULL} when they do not fit behind what is staged, which has to be published
     *     first; {@link Ring#SEALED} when the caller has to repeat them in the successor
     */
    public int stage(
            long sequence, VarHandleBuffer source, int offset, int length, int entryCount, int highestSeverity) {
        int at = this.length == 0 ? MessageDescriptor.BATCH_HEADER_LENGTH : this.length;
        if (length > room - at) {
            return Ring.FULL;
        }
        if (this.length == 0) {
            begin(sequence);
        }
        buffer.putBytes(BATCH_OFFSET + at, source, offset, length);
        int check = (int) firstSequence;
        if (crc != null) {
            crc.update(source.byteArray(), source.wrapAdjustment() + offset, length);
            check = (int) crc.getValue();
        }
        // pairs with the reader's volatile read: who sees this length sees the bytes in front of it
        buffer.putLongRelease(COMMIT_WORD_OFFSET, commitWord(at + length, check));
        this.length = at + length;
        entries += entryCount;
        severity = Math.max(severity, highestSeverity);
        int state = header.stateVolatile();
        if (state != RingDescriptor.STATE_OPEN) {
            header.settleIfNoState(state);
            return Ring.SEALED;
        }
        header.settleIfCut();
        return Ring.RINGED;
    }

    private void begin(long sequence) {
        firstSequence = sequence;
        BatchHeader.encode(batchHeader, 0, slot, 0, sequence);
        buffer.putBytes(BATCH_OFFSET, batchHeader, 0, batchHeader.length);
        if (crc != null) {
            crc.reset();
            crc.update(batchHeader, 0, batchHeader.length);
        }
    }

    /**
     * Writes what is staged into the ring as one LOG_BATCH and then empties the area. When the ring is full or sealed the area
     * stays as it is: the entries are as safe there, and of a sealed ring the master takes them from there. What is
     * thrown leaves open where the batch is; nothing may be staged in this ring any more.
     *
     * @return as {@link Ring#offer}; {@link Ring#RINGED} also when nothing was staged
     */
    public int publish(Ring ring, boolean mayUseReserve) {
        if (length == 0) {
            return Ring.RINGED;
        }
        if (crc != null && heapCopy == null) {
            try {
                heapCopy = new VarHandleBuffer(new byte[room]);
            } catch (OutOfMemoryError full) {
                return Ring.FULL; // tried again later; nothing has been touched
            }
        }
        buffer.putInt(BATCH_OFFSET + BatchHeader.ENTRY_COUNT_OFFSET, entries);
        int result = crc == null
                ? ring.offer(MessageDescriptor.TYPE_LOG_BATCH, buffer, BATCH_OFFSET, length, mayUseReserve)
                : ring.offer(MessageDescriptor.TYPE_LOG_BATCH, heapCopy(), 0, length, mayUseReserve);
        if (result == Ring.RINGED) {
            // not when sealed: the commit may have come too late for the salvage of the ring
            buffer.putLongRelease(COMMIT_WORD_OFFSET, NOTHING);
            length = 0;
            entries = 0;
            severity = 0;
        }
        return result;
    }

    private VarHandleBuffer heapCopy() {
        buffer.getBytes(BATCH_OFFSET, heapCopy.byteArray(), 0, length);
        return heapCopy;
    }

    /** Most bytes that fit, with the header of the batch: what one record of the ring holds, at most. */
    public int room() {
        return room;
    }

    /** Bytes staged, with the header of the batch; 0 = nothing. Momentary for anyone but the owner. */
    public int length() {
        return length;
    }

    /** Entries staged. */
    public int entries() {
        return entries;
    }

    /** Highest severity among those staged; 0 when there are none. */
    public int severity() {
        return severity;
    }
}
