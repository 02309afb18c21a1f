package io.emberlog.ring;

import io.emberlog.message.MessageDescriptor;

/**
 * The staging area of one writing slot, version 1, little-endian: where the worker collects entries until they go into
 * the ring as one LOG_BATCH. There are {@link MessageDescriptor#SLOT_COUNT} of them behind the ring
 * ({@link RingDescriptor}), each a whole number of pages.
 *
 * <pre>
 *  byte 0             8                           24                                    staging length
 *       +-------------+---------------------------+---------+---------+-- ... --+--------+
 *       | commit word | header of the LOG_BATCH   | entry 0 | entry 1 |         | free   |
 *       +-------------+---------------------------+---------+---------+-- ... --+--------+
 *
 *  commit word   0: nothing is staged. Else
 *                  bits  0-31  committed bytes from byte 8 on: the header and whole entries
 *                  bits 32-63  in a ring whose records are checked: CRC32C of those bytes, the entry count taken as 0;
 *                              else: the low half of the slot sequence of entry 0
 *  header        as in {@link MessageDescriptor}; its entry count is written when the batch goes into the ring, and whoever
 *                reads an area counts for himself
 * </pre>
 *
 * The owner of the slot writes every byte; the commit word with release, after the bytes that it covers. The master reads
 * the area of a sealed ring only.
 */
final class StagingDescriptor {
    static final int COMMIT_WORD_OFFSET = 0;
    static final int BATCH_OFFSET = COMMIT_WORD_OFFSET + Long.BYTES;
    static final int ENTRIES_OFFSET = BATCH_OFFSET + MessageDescriptor.BATCH_HEADER_LENGTH;

    static final long NOTHING = 0;

    private StagingDescriptor() {}

    static long commitWord(int length, int check) {
        return (long) check << Integer.SIZE | length;
    }

    static int length(long commitWord) {
        return (int) commitWord;
    }

    static int check(long commitWord) {
        return (int) (commitWord >>> Integer.SIZE);
    }
}
