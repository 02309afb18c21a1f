package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;

/**
 * Walks the records of a copied piece of a ring ({@code i32 length, i32 type, payload}, aligned to 8) and the entries
 * inside them. The bytes are a private heap copy; every bound is checked before use, so that random bytes end the walk
 * with {@link #broken()} and nothing worse. Of a checked record it shows the message alone; whether the check is right is
 * asked once, by the drain, before a record gets into a journal. One thread; no garbage but for drop reports.
 *
 * <pre>{@code
 * reader.wrap(block, offset, length, position);
 * while (reader.nextEntry()) { ... reader.entry(), reader.position(), reader.index() ... }
 * if (reader.broken() != null) ...
 * }</pre>
 */
public final class RingBlockReader {
    /** Bytes in front of a record's payload: length and type. */
    public static final int RECORD_HEADER_LENGTH = 8;

    public static final int ALIGNMENT = 8;

    private final EntryDecoder entry = new EntryDecoder();
    private final DropRecordRenderer drops = new DropRecordRenderer();
    private byte[] buffer;
    private int at;
    private int end;
    private long basePosition;
    private int base;
    private int recordStart;
    private int recordLength;
    private int type;
    private boolean checked;
    private int entriesLeft;
    private int entryAt;
    private int index;
    private String broken;
    private long newestTimestampNs;
    private int highestSeverity;

    /** Starts at the first record; {@code position} is the ring position of that record. */
    public void wrap(byte[] block, int offset, int length, long position) {
        buffer = block;
        base = offset;
        at = offset;
        end = offset + length;
        basePosition = position;
        entriesLeft = 0;
        broken = null;
    }

    /**
     * Moves to the next record of any type and checks its header; not to be mixed with {@link #nextEntry} within one
     * record.
     */
    public boolean nextRecord() {
        entriesLeft = 0;
        if (broken != null || at == end) {
            return false;
        }
        recordStart = at;
        if (end - at < RECORD_HEADER_LENGTH) {
            return fail("record header of " + (end - at) + " bytes must have " + RECORD_HEADER_LENGTH);
        }
        int length = Bytes.getInt(buffer, at);
        long next = at + ((long) length + ALIGNMENT - 1 & -ALIGNMENT);
        if (length < RECORD_HEADER_LENGTH || next > end) {
            return fail("record length=" + length + " must be from " + RECORD_HEADER_LENGTH
                    + " and, aligned, at most the " + (end - at) + " bytes of the block");
        }
        recordLength = length;
        type = Bytes.getInt(buffer, at + Integer.BYTES);
        at = (int) next;
        return stripCheck() && checkType();
    }

    private boolean stripCheck() {
        checked = type > 0 && (type & CHECKED) != 0;
        if (checked) {
            type -= CHECKED;
            recordLength -= CHECK_LENGTH;
            if (recordLength < RECORD_HEADER_LENGTH) {
                return fail("length=" + (recordLength + CHECK_LENGTH) + " of a checked record must be at least "
                        + (RECORD_HEADER_LENGTH + CHECK_LENGTH));
            }
        }
        return true;
    }

    private boolean checkType() {
        int payload = payloadOffset();
        int length = payloadLength();
        switch (type) {
            case TYPE_LOG_BATCH:
                if (length < BATCH_HEADER_LENGTH) {
                    return fail("batch length=" + length + " must be at least " + BATCH_HEADER_LENGTH);
                }
                if (buffer[payload + BATCH_VERSION_OFFSET] != VERSION) {
                    return fail("batch version=" + buffer[payload + BATCH_VERSION_OFFSET] + " must be " + VERSION);
                }
                if (slot() >= SLOT_COUNT) {
                    return fail("batch slot=" + slot() + " must be below " + SLOT_COUNT);
                }
                if (entryCount() < 1 || entryCount() > length / ENTRY_HEADER_LENGTH) {
                    return fail(
                            "batch entryCount=" + entryCount() + " must be from 1 to what fits its length=" + length);
                }
                return true;
            case TYPE_HEARTBEAT:
                return Heartbeat.isValid(buffer, payload, length)
                        || fail("heartbeat of length=" + length + " must have version " + VERSION + " and "
                                + HEARTBEAT_LENGTH + " bytes");
            case TYPE_DROPPED:
                return DropReport.isValid(buffer, payload, length)
                        || fail("drop report of length=" + length + " must have version " + VERSION + ", at most "
                                + DropReport.MAX_ITEMS + " items in its length and no negative count");
            case TYPE_PADDING:
                return true;
            default:
                return fail("record type=" + type + " must be one of 1, 2, 3, -1");
        }
    }

    /** Moves to the next entry that is a log record: those of each LOG_BATCH, and one for each DROPPED. */
    public boolean nextEntry() {
        while (entriesLeft == 0) {
            if (!nextRecord()) {
                return false;
            }
            if (type == TYPE_LOG_BATCH) {
                startEntries();
            } else if (type == TYPE_DROPPED) {
                renderDrops();
                return true;
            }
        }
        return nextInBatch();
    }

    /**
     * After {@link #nextRecord}, instead of {@link #nextEntry}: checks all entries of that record at once. Then
     * {@link #newestTimestampNs} and {@link #highestSeverity} tell of them.
     *
     * @return false when one breaks the rules; {@link #broken} says how
     */
    public boolean checkEntries() {
        newestTimestampNs = Long.MIN_VALUE;
        highestSeverity = 0;
        if (type == TYPE_DROPPED) {
            renderDrops();
            meet();
        } else if (type == TYPE_LOG_BATCH) {
            startEntries();
            while (entriesLeft > 0) {
                if (!nextInBatch()) {
                    return false;
                }
                meet();
            }
        }
        return true;
    }

    private void meet() {
        newestTimestampNs = Math.max(newestTimestampNs, entry.timestampNs());
        highestSeverity = Math.max(highestSeverity, entry.severity());
    }

    private void startEntries() {
        entriesLeft = entryCount();
        entryAt = payloadOffset() + BATCH_HEADER_LENGTH;
        index = -1;
    }

    private void renderDrops() {
        index = 0;
        drops.render(buffer, payloadOffset(), entry);
    }

    private boolean nextInBatch() {
        entriesLeft--;
        index++;
        int recordEnd = recordStart + recordLength;
        if (!entry.wrap(buffer, entryAt, recordEnd)) {
            return fail("entry=" + index + " of the batch must have a length that fits, severity 0 to "
                    + Level.MAX_SEVERITY + ", ascending tags and valid sections");
        }
        entryAt += entry.length();
        if (entriesLeft == 0 && entryAt != recordEnd) {
            return fail("bytes behind the last entry=" + (recordEnd - entryAt) + " must be none");
        }
        return true;
    }

    private boolean fail(String what) {
        broken = what + " at position " + position();
        entriesLeft = 0;
        return false;
    }

    /** What broke the rules, and where; null when nothing did. */
    public String broken() {
        return broken;
    }

    /** The entry that {@link #nextEntry} moved to. */
    public EntryDecoder entry() {
        return entry;
    }

    /** Place of the entry in its batch. */
    public int index() {
        return index;
    }

    /** Of the entries that {@link #checkEntries} checked; {@link Long#MIN_VALUE} when there are none. */
    public long newestTimestampNs() {
        return newestTimestampNs;
    }

    /** Of the entries that {@link #checkEntries} checked; 0 when there are none. */
    public int highestSeverity() {
        return highestSeverity;
    }

    /** Type id of the record, without the bit {@link MessageDescriptor#CHECKED}. */
    public int type() {
        return type;
    }

    /** Whether the record carries its position and a CRC32C behind the message. */
    public boolean isChecked() {
        return checked;
    }

    /** Ring position of the record. */
    public long position() {
        return basePosition + (recordStart - base);
    }

    /** Offset of the record's header in the block. */
    public int recordOffset() {
        return recordStart;
    }

    /** Of the record with its header and its padding to the next one. */
    public int alignedLength() {
        return at - recordStart;
    }

    /** Offset just behind the record and its padding. */
    public int nextOffset() {
        return at;
    }

    public int payloadOffset() {
        return recordStart + RECORD_HEADER_LENGTH;
    }

    /** Of the message alone, without a check. */
    public int payloadLength() {
        return recordLength - RECORD_HEADER_LENGTH;
    }

    /** Of a LOG_BATCH: the writing slot, below {@link MessageDescriptor#SLOT_COUNT}. */
    public int slot() {
        return Bytes.getUnsignedShort(buffer, payloadOffset() + BATCH_SLOT_OFFSET);
    }

    /** Of a LOG_BATCH: entries in it, as it claims. */
    public int entryCount() {
        return Bytes.getInt(buffer, payloadOffset() + BATCH_ENTRY_COUNT_OFFSET);
    }

    /** Of a LOG_BATCH: the slot's sequence number of the first entry. */
    public long firstSequence() {
        return Bytes.getLong(buffer, payloadOffset() + BATCH_FIRST_SEQUENCE_OFFSET);
    }
}
