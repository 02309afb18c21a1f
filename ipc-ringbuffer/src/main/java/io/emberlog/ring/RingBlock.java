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

    private static final int NO_SLOT = -1;

    private final RingBlockReader reader = new RingBlockReader();
    private byte[] bytes = new byte[4 * 1024];
    private int length;
    private long position;
    private int records;
    private int entries;
    private int doubles;
    private int[] offsets = new int[32];
    private int[] entryCounts = new int[32];
    /** Of log batches; {@link #NO_SLOT} for all else. */
    private byte[] slots = new byte[32];

    private long[] firstSequences = new long[32];
    private long[] timestamps = new long[32];
    private byte[] severities = new byte[32];

    void clear(long at) {
        length = 0;
        records = 0;
        entries = 0;
        doubles = 0;
        position = at;
    }

    /**
     * Copies and checks. In a ring of checked records each one's position and CRC32C must be right. When a record breaks the rules the block ends in front of it, and neither its sequence nor its
     * heartbeat is taken; when it is the first one, the exception says why.
     */
    void load(
            VarHandleBuffer ring,
            int index,
            int byteCount,
            long ringPosition,
            RecordCheck check,
            SlotSequences sequences,
            HeartbeatListener heartbeats)
            throws RingBrokenException {
        ring.getBytes(index, prepare(byteCount, ringPosition), 0, byteCount);
        index(byteCount, check, sequences, heartbeats);
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
    void index(int byteCount, RecordCheck check, SlotSequences sequences, HeartbeatListener heartbeats)
            throws RingBrokenException {
        reader.wrap(bytes, 0, byteCount, position);
        while (reader.nextRecord()) {
            int at = reader.recordOffset();
            int slot = NO_SLOT;
            int count = 0;
            String broken = refusal(check, at);
            if (broken == null) {
                broken = reader.checkEntries() ? null : reader.broken();
            }
            if (broken == null && reader.type() == MessageDescriptor.TYPE_LOG_BATCH) {
                slot = reader.slot();
                count = reader.entryCount();
                broken = sequences.refusal(slot, reader.firstSequence(), count);
                if (broken == null && !sequences.advance(slot, reader.firstSequence(), count)) {
                    // counts nothing and shows nothing: to every later reader the double is padding
                    Bytes.putInt(bytes, at + Integer.BYTES, MessageDescriptor.TYPE_PADDING);
                    doubles += count;
                    slot = NO_SLOT;
                    count = 0;
                }
            } else if (broken == null && reader.type() == MessageDescriptor.TYPE_HEARTBEAT) {
                int payload = reader.payloadOffset();
                heartbeats.onHeartbeat(
                        Heartbeat.sentEpochNs(bytes, payload),
                        Heartbeat.nextCheckInEpochNs(bytes, payload),
                        Heartbeat.isGoodbye(bytes, payload));
            } else if (broken == null && reader.type() == MessageDescriptor.TYPE_DROPPED) {
                count = 1;
            }
            if (broken != null) {
                if (length == 0) {
                    throw new RingBrokenException(
                            broken.contains(" at position ") ? broken : broken + " at position " + reader.position());
                }
                return;
            }
            addRecord(at, count, slot, slot == NO_SLOT ? 0 : reader.firstSequence());
            timestamps[records - 1] = reader.newestTimestampNs();
            severities[records - 1] = (byte) reader.highestSeverity();
            entries += count;
            length = reader.nextOffset();
        }
        if (reader.broken() != null && length == 0) {
            throw new RingBrokenException(reader.broken());
        }
    }

    private String refusal(RecordCheck check, int at) {
        if (reader.type() == MessageDescriptor.TYPE_PADDING) {
            return null;
        }
        if (reader.isChecked() != (check != null)) {
            return check == null
                    ? "record type=" + (reader.type() | MessageDescriptor.CHECKED)
                            + " has the bit of a checked record in a ring that is not checked"
                    : "record type=" + reader.type() + " without the bit " + MessageDescriptor.CHECKED
                            + " in a checked ring";
        }
        return check == null ? null : check.refusal(bytes, at, reader.position());
    }

    /** Its timestamp and severity are the caller's to set. */
    private void addRecord(int at, int entryCount, int slot, long firstSequence) {
        if (records == offsets.length) {
            int more = 2 * records;
            entryCounts = Arrays.copyOf(entryCounts, more);
            slots = Arrays.copyOf(slots, more);
            firstSequences = Arrays.copyOf(firstSequences, more);
            timestamps = Arrays.copyOf(timestamps, more);
            severities = Arrays.copyOf(severities, more);
            offsets = Arrays.copyOf(
                    offsets, more); // last: where the heap has no room for one of them, all are asked again
        }
        offsets[records] = at;
        entryCounts[records] = entryCount;
        slots[records] = (byte) slot;
        firstSequences[records] = firstSequence;
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

    /** Where record {@code i} starts in {@link #bytes}. */
    public int recordOffset(int i) {
        return i == records ? length : offsets[i];
    }

    /** Log records in record {@code i}. */
    public int entryCount(int i) {
        return entryCounts[i];
    }

    /** Newest timestamp in record {@code i}, nanoseconds of the epoch; {@link Long#MIN_VALUE} when it holds no log record. */
    public long timestamp(int i) {
        return timestamps[i];
    }

    /** Highest severity in record {@code i}; 0 when it holds no log record. */
    public int severity(int i) {
        return severities[i];
    }

    /** Makes every timestamp that {@link #timestamp} gives at most {@code epochNs}; the bytes stay. */
    public void capTimestamps(long epochNs) {
        for (int i = 0; i < records; i++) {
            timestamps[i] = Math.min(timestamps[i], epochNs);
        }
    }

    /**
     * Copies the records of a block that begins where this one ends behind those of this one.
     *
     * @throws IllegalArgumentException when it begins elsewhere
     */
    public void append(RingBlock next) {
        if (next.position != endPosition()) {
            throw new IllegalArgumentException("position=" + next.position + " must be " + endPosition());
        }
        if (bytes.length < length + next.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + next.length, 2 * bytes.length));
        }
        System.arraycopy(next.bytes, 0, bytes, length, next.length);
        for (int i = 0; i < next.records; i++) {
            addRecord(length + next.offsets[i], next.entryCounts[i], next.slots[i], next.firstSequences[i]);
            timestamps[records - 1] = next.timestamps[i];
            severities[records - 1] = next.severities[i];
        }
        length += next.length;
        entries += next.entries;
        doubles += next.doubles;
    }

    /** Tells {@code sequences} of the log batches from record {@code from} up to {@code to}. */
    public void addTo(SlotSequences sequences, int from, int to) {
        for (int i = from; i < to; i++) {
            if (slots[i] != NO_SLOT) {
                sequences.advance(slots[i], firstSequences[i], entryCounts[i]);
            }
        }
    }
}
