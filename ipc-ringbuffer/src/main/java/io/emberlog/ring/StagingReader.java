package io.emberlog.ring;

import static io.emberlog.message.MessageDescriptor.BATCH_HEADER_LENGTH;
import static io.emberlog.message.RingBlockReader.RECORD_HEADER_LENGTH;
import static io.emberlog.ring.StagingDescriptor.*;

import io.emberlog.message.BatchHeader;
import io.emberlog.message.Bytes;
import io.emberlog.message.MessageDescriptor;
import java.lang.invoke.VarHandle;
import java.util.zip.CRC32C;

/**
 * Reads the staging areas of a ring that nobody writes any more, slot by slot, each batch as the record that it would
 * have become. One thread. Changes nothing. Bytes are not trusted: the length is checked before use, everything else on
 * the copy.
 */
final class StagingReader {
    /** The word of a dead owner stands still; one who keeps moving it must not keep this going for ever. */
    private static final int MAX_LOOKS = 100;

    private static final int PAYLOAD = RECORD_HEADER_LENGTH;

    private final RingFile file;
    private final boolean checked;
    private final int mostBytes;
    private int slot;
    private long torn;
    /** What {@link #seek} found, as a record of the ring; null when nothing. */
    private byte[] record;

    private int recordLength;

    StagingReader(RingFile file) {
        this.file = file;
        this.checked = file.spec().checked();
        this.mostBytes =
                Math.min(file.spec().stagingLength() - BATCH_OFFSET, file.spec().maxPayloadLength());
        this.slot = file.spec().stagingLength() == 0 ? MessageDescriptor.SLOT_COUNT : 0;
    }

    /** Batches of a checked ring whose bytes do not give their CRC32C: parts of them never reached the disk. */
    long torn() {
        return torn;
    }

    /**
     * Loads the batch of the next slot that has one which was not taken before.
     *
     * @param position of the record that it becomes
     * @return false when no area is left; {@code into} is then empty
     * @throws RingBrokenException when an area breaks the rules
     */
    boolean next(RingBlock into, long position, SlotSequences sequences) throws RingBrokenException {
        while (!seek(sequences)) {
            continue;
        }
        return load(into, position, sequences);
    }

    /**
     * Looks at areas up to the first that is not empty, that one too: what a hostile worker fills 64 areas with costs no
     * more than that at a time.
     *
     * @return whether {@link #load} may be called: there is a batch that was not taken before, or no area is left
     * @throws RingBrokenException when an area breaks the rules
     */
    boolean seek(SlotSequences sequences) throws RingBrokenException {
        record = null;
        while (slot < MessageDescriptor.SLOT_COUNT) {
            int area = slot++;
            long word = copy(area);
            if (word == NOTHING) {
                continue;
            }
            if (isTorn(record, word)) {
                return false;
            }
            int count = check(record, word, area);
            if (wasTaken(BatchHeader.firstSequence(record, PAYLOAD), sequences.last(area))) {
                return false;
            }
            int length = RECORD_HEADER_LENGTH + StagingDescriptor.length(word);
            BatchHeader.entryCount(record, PAYLOAD, count);
            Bytes.putInt(record, 0, length);
            Bytes.putInt(record, Integer.BYTES, MessageDescriptor.TYPE_LOG_BATCH);
            recordLength = (int) RingPositions.align(length);
            return true;
        }
        return true;
    }

    /**
     * A batch is taken whole. If it is longer by now than when it was taken, a thread of a process wrongly taken for dead has come
     * back and staged more behind it: in a ring that had long been sealed, so that it repeats that in the successor.
     */
    private static boolean wasTaken(long firstSequence, long last) {
        return firstSequence >= 1 && firstSequence <= last;
    }

    /** Loads what {@link #seek} found; false, and {@code into} empty, when that was the end. */
    boolean load(RingBlock into, long position, SlotSequences sequences) throws RingBrokenException {
        if (record == null) {
            into.clear(position);
            return false;
        }
        System.arraycopy(record, 0, into.prepare(recordLength, position), 0, recordLength);
        record = null; // rings wait for their salvage by the hundred
        into.index(recordLength, null, sequences, (sent, next, goodbye) -> {});
        return true;
    }

    /**
     * Copies header and entries to where the payload of a record stands. The record is of this area or null: never what an
     * earlier look found, nor what was emptied while it was copied.
     *
     * @return the commit word of the copy
     */
    private long copy(int area) throws RingBrokenException {
        VarHandleBuffer bytes = file.stagingBuffer(area);
        long word = bytes.getLongVolatile(COMMIT_WORD_OFFSET);
        for (int look = 0; look < MAX_LOOKS; look++) {
            record = null;
            if (word == NOTHING) {
                return word;
            }
            int length = StagingDescriptor.length(word);
            if (length < BATCH_HEADER_LENGTH + MessageDescriptor.ENTRY_HEADER_LENGTH || length > mostBytes) {
                throw broken(
                        area,
                        "length=" + length + " must be from "
                                + (BATCH_HEADER_LENGTH + MessageDescriptor.ENTRY_HEADER_LENGTH) + " to " + mostBytes);
            }
            record = new byte[(int) RingPositions.align(RECORD_HEADER_LENGTH + length)];
            bytes.getBytes(BATCH_OFFSET, record, PAYLOAD, length);
            // A process wrongly taken for dead may come back and empty its area, or fill it anew. What it empties is in
            // the ring, and what it stages now it repeats in the successor: all that matters is that the copy is of one
            // batch.
            VarHandle.loadLoadFence();
            long after = bytes.getLongVolatile(COMMIT_WORD_OFFSET);
            if (after == word) {
                return word;
            }
            word = after;
        }
        throw broken(area, "commit word=0x" + Long.toHexString(word) + " keeps changing while it is read");
    }

    private boolean isTorn(byte[] record, long word) {
        if (!checked) {
            return false;
        }
        BatchHeader.entryCount(record, PAYLOAD, 0);
        CRC32C crc = new CRC32C();
        crc.update(record, PAYLOAD, StagingDescriptor.length(word));
        if ((int) crc.getValue() == StagingDescriptor.check(word)) {
            return false;
        }
        torn++;
        return true;
    }

    /** @return entries in the batch */
    private int check(byte[] record, long word, int area) throws RingBrokenException {
        long first = BatchHeader.firstSequence(record, PAYLOAD);
        int count = BatchHeader.countEntries(record, PAYLOAD, StagingDescriptor.length(word));
        if (BatchHeader.slot(record, PAYLOAD) != area || !checked && (int) first != StagingDescriptor.check(word)) {
            throw broken(
                    area,
                    "slot=" + BatchHeader.slot(record, PAYLOAD) + " and firstSequence=" + first
                            + " must be those of the area and of its commit word=0x" + Long.toHexString(word));
        }
        if (count < 1) {
            throw broken(area, "its entries must fill length=" + StagingDescriptor.length(word));
        }
        return count;
    }

    private static RingBrokenException broken(int area, String what) {
        return new RingBrokenException("staging area=" + area + ": " + what);
    }
}
