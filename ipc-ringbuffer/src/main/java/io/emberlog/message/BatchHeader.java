package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;

/** Writer and reader of the header of a LOG_BATCH, for those who have its entries ready. */
public final class BatchHeader {
    public static final int ENTRY_COUNT_OFFSET = BATCH_ENTRY_COUNT_OFFSET;

    private BatchHeader() {}

    public static void encode(byte[] buffer, int offset, int slot, int entryCount, long firstSequence) {
        buffer[offset + BATCH_VERSION_OFFSET] = VERSION;
        buffer[offset + BATCH_FLAGS_OFFSET] = 0;
        Bytes.putShort(buffer, offset + BATCH_SLOT_OFFSET, slot);
        entryCount(buffer, offset, entryCount);
        Bytes.putLong(buffer, offset + BATCH_FIRST_SEQUENCE_OFFSET, firstSequence);
    }

    public static void entryCount(byte[] buffer, int offset, int entryCount) {
        Bytes.putInt(buffer, offset + BATCH_ENTRY_COUNT_OFFSET, entryCount);
    }

    public static int slot(byte[] buffer, int offset) {
        return Bytes.getUnsignedShort(buffer, offset + BATCH_SLOT_OFFSET);
    }

    public static long firstSequence(byte[] buffer, int offset) {
        return Bytes.getLong(buffer, offset + BATCH_FIRST_SEQUENCE_OFFSET);
    }

    /**
     * Counts the entries of a batch by their lengths.
     *
     * @param length bytes of the batch, with this header
     * @return -1 when the lengths do not add up to that
     */
    public static int countEntries(byte[] buffer, int offset, int length) {
        int count = 0;
        int at = BATCH_HEADER_LENGTH;
        while (at < length) {
            if (length - at < ENTRY_HEADER_LENGTH) {
                return -1;
            }
            int entryLength = Bytes.getInt(buffer, offset + at + ENTRY_LENGTH_OFFSET);
            if (entryLength < ENTRY_HEADER_LENGTH || entryLength > length - at) {
                return -1;
            }
            at += entryLength;
            count++;
        }
        return count;
    }
}
