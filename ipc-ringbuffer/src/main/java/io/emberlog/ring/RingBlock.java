package io.emberlog.ring;

import io.emberlog.message.Bytes;
import io.emberlog.message.Heartbeat;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import java.util.Arrays;

/**
 * A validated heap copy of consecutive records of one ring, and an index of them. Used again for the next block; one
 * thread. The bytes were copied out of shared memory once and checked afterwards, so nothing a hostile writer does to
 * its ring can change them any more.
 */
public final class RingBlock {
    /** Hears of the heartbeats in a block, in order. */
    @FunctionalInterface
    public interface HeartbeatListener {
        void onHeartbeat(long sentEpochNs, long nextCheckInEpochNs, boolean goodbye);
    }

    private final RingBlockReader reader = new RingBlockReader();
    private byte[] bytes = new byte[64 * 1024];
    private int length;
    private long position;
    private int records;
    private int entries;
    private int doubles;
    private int highestSeverity;
    private int[] offsets = new int[256];
    private int[] entryCounts = new int[256];
    private long[] mergeKeys = new long[256];

    void clear(long at) {
        length = 0;
        records = 0;
        entries = 0;
        doubles = 0;
        highestSeverity = 0;
        position = at;
    }

    /**
     * Copies and checks. When a record breaks the rules the block ends in front of it, and neither its sequence nor its
     * heartbeat is taken; when it is the first one, the exception says why.
     */
    void load(
            VarHandleBuffer ring,
            int index,
            int byteCount,
            long ringPosition,
            SlotSequences sequences,
            HeartbeatListener heartbeats)
            throws RingBrokenException {
        ring.getBytes(index, prepare(byteCount, ringPosition), 0, byteCount);
        index(byteCount, sequences, heartbeats);
    }

    /** Empties the block and makes room; whoever has filled in the bytes calls {@link #index}. */
    byte[] prepare(int byteCount, long ringPosition) {
        clear(ringPosition);
        if (bytes.length < byteCount) {
            bytes = new byte[Math.max(byteCount, Math.min(2 * bytes.length, 1 << 20))];
        }
        return bytes;
    }

    /** Checks, as {@link #load} does, what {@link #prepare} made room for. */
    void index(int byteCount, SlotSequences sequences, HeartbeatListener heartbeats) throws RingBrokenException {
        reader.wrap(bytes, 0, byteCount, position);
        long newest = Long.MIN_VALUE;
        while (reader.nextRecord()) {
            int at = reader.recordOffset();
            long key = newest;
            int count = 0;
            String broken = null;
            if (reader.type() == MessageDescriptor.TYPE_LOG_BATCH) {
                count = reader.entryCount();
                long timestamp = checkedTimestamp(at, reader.nextOffset() - at);
                broken = entryChecker.broken() != null
                        ? entryChecker.broken()
                        : sequences.refusal(reader.slot(), reader.firstSequence(), count);
                key = Math.max(key, timestamp);
                if (broken == null && !sequences.advance(reader.slot(), reader.firstSequence(), count)) {
                    // counts nothing and shows nothing: to every later reader the double is padding
                    Bytes.putInt(bytes, at + Integer.BYTES, MessageDescriptor.TYPE_PADDING);
                    doubles += count;
                    count = 0;
                }
            } else if (reader.type() == MessageDescriptor.TYPE_HEARTBEAT) {
                int payload = reader.payloadOffset();
                heartbeats.onHeartbeat(
                        Heartbeat.sentEpochNs(bytes, payload),
                        Heartbeat.nextCheckInEpochNs(bytes, payload),
                        Heartbeat.isGoodbye(bytes, payload));
            } else if (reader.type() == MessageDescriptor.TYPE_DROPPED) {
                checkedTimestamp(at, reader.nextOffset() - at);
                broken = entryChecker.broken();
                count = 1;
            }
            if (broken != null) {
                if (length == 0) {
                    throw new RingBrokenException(
                            broken.contains(" at position ") ? broken : broken + " at position " + reader.position());
                }
                return;
            }
            addRecord(at, count, key);
            newest = key;
            entries += count;
            length = reader.nextOffset();
        }
        if (reader.broken() != null && length == 0) {
            throw new RingBrokenException(reader.broken());
        }
    }

    private final RingBlockReader entryChecker = new RingBlockReader();

    /** Walks the entries of the record; {@code entryChecker.broken()} tells afterwards whether all are valid. */
    private long checkedTimestamp(int at, int alignedLength) {
        entryChecker.wrap(bytes, at, alignedLength, position + at);
        long newest = Long.MIN_VALUE;
        while (entryChecker.nextEntry()) {
            newest = Math.max(newest, entryChecker.entry().timestampNs());
            highestSeverity = Math.max(highestSeverity, entryChecker.entry().severity());
        }
        return newest;
    }

    private void addRecord(int at, int entryCount, long key) {
        if (records == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * records);
            entryCounts = Arrays.copyOf(entryCounts, 2 * records);
            mergeKeys = Arrays.copyOf(mergeKeys, 2 * records);
        }
        offsets[records] = at;
        entryCounts[records] = entryCount;
        mergeKeys[records] = key;
        records++;
    }

    /** The records, byte for byte (doubles as padding), in {@code [0, length)}. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** Ring position of the first record. */
    public long position() {
        return position;
    }

    /** Ring position behind the last record. */
    public long endPosition() {
        return position + length;
    }

    public int recordCount() {
        return records;
    }

    /** Log records in the block: entries of batches and drop reports. */
    public int entryCount() {
        return entries;
    }

    /** Log records that had been taken before and are padding now. */
    public int doubles() {
        return doubles;
    }

    /** Of the log records in the block, or of one that came right behind it; 0 when there are none. */
    public int highestSeverity() {
        return highestSeverity;
    }

    /** Where record {@code i} starts in {@link #bytes}. */
    public int recordOffset(int i) {
        return i == records ? length : offsets[i];
    }

    /** Log records in record {@code i}. */
    public int entryCount(int i) {
        return entryCounts[i];
    }

    /**
     * By what record {@code i} is merged with those of other rings: the newest timestamp in the block up to it, so that a
     * record never overtakes one in front of it. {@link Long#MIN_VALUE} until the block has a log record.
     */
    public long mergeKey(int i) {
        return mergeKeys[i];
    }
}
