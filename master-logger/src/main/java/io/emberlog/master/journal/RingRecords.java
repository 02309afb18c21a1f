package io.emberlog.master.journal;

import static io.emberlog.master.journal.JournalDocumentDescriptor.INT;
import static io.emberlog.master.journal.JournalDocumentDescriptor.LONG;
import static io.emberlog.master.journal.JournalDocumentDescriptor.SHORT;

import java.util.Map;

/**
 * Walks the ring records of a segment as far as recovery needs them: the last sequence per slot.
 *
 * <pre>
 *  record     0 i32 length (header included) | 4 i32 type | 8 payload         aligned to 8
 *             the type of a record that carries a check, CRC and position behind its payload, has the bit 0x40000000
 *  LOG_BATCH  0 u8 version | 1 u8 flags | 2 u16 slot | 4 i32 entryCount | 8 i64 firstSequence | 16 entries
 * </pre>
 */
final class RingRecords {
    private static final int RECORD_HEADER = 2 * Integer.BYTES;
    private static final int ALIGNMENT = 8;
    private static final int LOG_BATCH = 1;
    private static final int CHECKED_LOG_BATCH = LOG_BATCH | 0x4000_0000;
    private static final int BATCH_HEADER = 16;
    private static final int SLOT_OFFSET = 2;
    private static final int ENTRY_COUNT_OFFSET = 4;
    private static final int FIRST_SEQUENCE_OFFSET = 8;

    private RingRecords() {}

    /**
     * Bounded by the segment whatever the bytes say.
     *
     * @param lastSequences raised for each slot seen
     * @return where the walk stopped: {@code offset + length}, or at a record that is not one
     */
    static int lastSequences(byte[] array, int offset, int length, Map<Integer, Long> lastSequences) {
        int end = offset + length;
        int at = offset;
        while (end - at >= RECORD_HEADER) {
            int recordLength = (int) INT.get(array, at);
            if (recordLength < RECORD_HEADER || recordLength > end - at) {
                return at;
            }
            int type = (int) INT.get(array, at + Integer.BYTES);
            if ((type == LOG_BATCH || type == CHECKED_LOG_BATCH) && recordLength >= RECORD_HEADER + BATCH_HEADER) {
                int batch = at + RECORD_HEADER;
                int slot = Short.toUnsignedInt((short) SHORT.get(array, batch + SLOT_OFFSET));
                int entryCount = (int) INT.get(array, batch + ENTRY_COUNT_OFFSET);
                long firstSequence = (long) LONG.get(array, batch + FIRST_SEQUENCE_OFFSET);
                lastSequences.merge(slot, firstSequence + entryCount - 1, Math::max);
            }
            at += recordLength + ALIGNMENT - 1 & -ALIGNMENT;
        }
        return Math.min(at, end);
    }
}
