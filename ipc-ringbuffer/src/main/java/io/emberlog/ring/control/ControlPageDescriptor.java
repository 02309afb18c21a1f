package io.emberlog.ring.control;

import io.emberlog.ring.RingDescriptor;

/**
 * The control page, layout version 1, little-endian: a header page and the same content twice, an older and a newer one.
 *
 * <pre>
 *  byte 0             4096                 34816                65536
 *       +-------------+--------------------+--------------------+
 *       | header page | copy 0             | copy 1             |
 *       +-------------+--------------------+--------------------+
 *
 *  header page
 *     0  i64  magic "EMBRCTL1"
 *     8  i32  layout version
 *    12  i32  length of a copy, 30720
 *    16  zero up to 4096
 *
 *  copy
 *     0  i64  sequence: grows by one with each change of the page; 0 while the copy is being written, or never was
 *     8  i32  number of rules
 *    12  i32  length of all rules in bytes
 *    16  i32  CRC32C of bytes 0..16 and of the rules
 *    20  i32  zero
 *    24  rules, each
 *         0  i32  length of all of it, a multiple of 8
 *         4  u8   severity, 0-24
 *         5  u8   zero
 *         6  u16  length of the logger prefix, at most 256
 *         8  u16  length of the worker glob, at most 256
 *        10  u16  length of the level's name, 1-128
 *        12  i32  zero
 *        16  i64  id: the sequence under which the rule was set
 *        24  i64  set at, ns since the epoch
 *        32  i64  holds for, ns; 0 = until it is unset
 *        40  i64  set at, ns of the monotonic clock named by the clock id
 *        48  i64  clock id: boot and time namespace, hashed; 0 = unknown
 *        56  logger prefix, worker glob, level's name in UTF-8, zero up to the length
 * </pre>
 *
 * One writer at a time, whoever holds {@code control.lock}. It overwrites the older copy: sequence 0, the rest, and the
 * sequence last, with release. Readers poll both sequences, copy out and check; a copy that fails its CRC or its bounds
 * does not count.
 */
public final class ControlPageDescriptor {
    /** Name in the channel directory. */
    public static final String FILE_NAME = "control";

    static final String LOCK_NAME = FILE_NAME + ".lock";
    static final String TEMP_NAME = FILE_NAME + ".tmp";

    /** "EMBRCTL1" as bytes in the file. */
    static final long MAGIC = 0x314C5443_52424D45L;

    static final int LAYOUT_VERSION = 1;
    static final int FILE_LENGTH = 64 * 1024;
    static final int COPIES = 2;
    static final int COPY_LENGTH = (FILE_LENGTH - RingDescriptor.PAGE_LENGTH) / COPIES;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = MAGIC_OFFSET + Long.BYTES;
    static final int COPY_LENGTH_OFFSET = VERSION_OFFSET + Integer.BYTES;

    static final int SEQUENCE_OFFSET = 0;
    static final int COUNT_OFFSET = SEQUENCE_OFFSET + Long.BYTES;
    static final int RULES_LENGTH_OFFSET = COUNT_OFFSET + Integer.BYTES;
    static final int CRC_OFFSET = RULES_LENGTH_OFFSET + Integer.BYTES;
    static final int RULES_OFFSET = CRC_OFFSET + 2 * Integer.BYTES;

    static final int LENGTH_OFFSET = 0;
    static final int SEVERITY_OFFSET = LENGTH_OFFSET + Integer.BYTES;
    static final int LOGGER_LENGTH_OFFSET = SEVERITY_OFFSET + Short.BYTES;
    static final int WORKER_LENGTH_OFFSET = LOGGER_LENGTH_OFFSET + Short.BYTES;
    static final int NAME_LENGTH_OFFSET = WORKER_LENGTH_OFFSET + Short.BYTES;
    static final int ID_OFFSET = NAME_LENGTH_OFFSET + Short.BYTES + Integer.BYTES;
    static final int SET_EPOCH_OFFSET = ID_OFFSET + Long.BYTES;
    static final int FOR_OFFSET = SET_EPOCH_OFFSET + Long.BYTES;
    static final int SET_MONOTONIC_OFFSET = FOR_OFFSET + Long.BYTES;
    static final int CLOCK_ID_OFFSET = SET_MONOTONIC_OFFSET + Long.BYTES;
    static final int TEXTS_OFFSET = CLOCK_ID_OFFSET + Long.BYTES;

    static final int MAX_NAME_BYTES = 128;

    /** Sequences beyond it can only come of broken bytes. */
    static final long MAX_SEQUENCE = Long.MAX_VALUE / 2;

    private ControlPageDescriptor() {}

    static int copyOffset(int copy) {
        return RingDescriptor.PAGE_LENGTH + copy * COPY_LENGTH;
    }
}
