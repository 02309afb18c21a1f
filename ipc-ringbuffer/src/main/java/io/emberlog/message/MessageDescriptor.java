package io.emberlog.message;

/**
 * The messages in a ring: type ids and layouts, little-endian. The worker writes every byte, the master only reads,
 * and trusts none.
 *
 * <pre>
 * LOG_BATCH (type 1), version 1
 *  byte 0         1       2        4            8                16
 *       +---------+-------+--------+------------+----------------+---------+-- ... --+
 *       | version | flags | slot   | entryCount | firstSequence  | entry 0 |         |
 *       +---------+-------+--------+------------+----------------+---------+-- ... --+
 *
 * entry
 *  byte 0             4          5       6      8             16         24
 *       +-------------+----------+-------+------+-------------+----------+-------- ... ---------+
 *       | entryLength | severity | flags | zero | timestampNs | threadId | sections, tags ascend |
 *       +-------------+----------+-------+------+-------------+----------+-------- ... ---------+
 *   entryLength counts itself and everything up to the next entry. No padding between entries.
 *
 * section       i32 (length &lt;&lt; 8 | tag), then length bytes
 * value         u8 type, then nothing, i64, f64, f32, or i32 length and UTF-8 bytes
 *
 * ARGS          u8 count, values
 * FIELDS, MDC   u16 count, then a STRING value as key and a value, count times
 * CALLER        four values: file, path (STRING or NULL), line (LONG), function (STRING or NULL)
 * EXCEPTION     u16 nodes, each: u8 kind (0 root, 1 cause, 2 suppressed, 3 circular), u8 depth, u16 frames,
 *               i32 framesInCommon, value class, value message (STRING or NULL), frames x { i32 length, bytes };
 *               the nodes stand in the order in which a stack trace is printed
 * ORIGINAL_LENGTH  i64 bytes of UTF-8 that the first cut text had
 * BYTES         the payload; all others: UTF-8 text
 *
 * HEARTBEAT (type 2), version 1
 *  byte 0         4       8               16                     24
 *       +---------+-------+---------------+----------------------+
 *       | version | flags | sentEpochNs   | nextCheckInEpochNs   |     flags: 1 = goodbye
 *       +---------+-------+---------------+----------------------+
 *
 * DROPPED (type 3), version 1
 *  byte 0         1      2   4      8             16          24
 *       +---------+------+---+------+-------------+-----------+------------------------------------+
 *       | version | zero | n | zero | fromEpochNs | toEpochNs | n x { u8 reason, u8 severity,      |
 *       +---------+------+---+------+-------------+-----------+  6 zero bytes, i64 count, i64 total }
 *   count: since the last report; total: over the life of the ring, so that a lost report loses no count
 * </pre>
 *
 * A record of any type in a ring of checked records (see {@code io.emberlog.ring.RingDescriptor}); the type has the bit
 * {@link #CHECKED} set, and the record's length counts the check
 *  byte 0         4         8            length - 12   length - 4   length
 *       +---------+---------+--- ... ----+-------------+------------+
 *       | length  | type    | the message| i64 position| i32 CRC32C |     no padding in front of the check
 *       +---------+---------+--- ... ----+-------------+------------+
 *   position: of the record in its ring. CRC32C: of the message, the type as it stands (4 bytes), and the position xor
 *   both halves of the ring's uuid (8 bytes). Padding (type -1) has no check.
 *
 * A change of any offset or meaning changes the version byte and the golden dumps in {@code src/test/resources}.
 */
public final class MessageDescriptor {
    public static final int TYPE_PADDING = -1;
    public static final int TYPE_LOG_BATCH = 1;
    public static final int TYPE_HEARTBEAT = 2;
    public static final int TYPE_DROPPED = 3;

    /** Bit of a record's type: a check follows the message. */
    public static final int CHECKED = 0x4000_0000;

    /** Bytes of a check: position and CRC32C. */
    public static final int CHECK_LENGTH = Long.BYTES + Integer.BYTES;

    public static final int VERSION = 1;

    /** Writing slots of one ring; a slot number is below this. */
    public static final int SLOT_COUNT = 64;

    static final int BATCH_VERSION_OFFSET = 0;
    static final int BATCH_FLAGS_OFFSET = BATCH_VERSION_OFFSET + 1;
    static final int BATCH_SLOT_OFFSET = BATCH_FLAGS_OFFSET + 1;
    static final int BATCH_ENTRY_COUNT_OFFSET = BATCH_SLOT_OFFSET + Short.BYTES;
    static final int BATCH_FIRST_SEQUENCE_OFFSET = BATCH_ENTRY_COUNT_OFFSET + Integer.BYTES;
    public static final int BATCH_HEADER_LENGTH = BATCH_FIRST_SEQUENCE_OFFSET + Long.BYTES;

    static final int ENTRY_LENGTH_OFFSET = 0;
    static final int ENTRY_SEVERITY_OFFSET = ENTRY_LENGTH_OFFSET + Integer.BYTES;
    static final int ENTRY_FLAGS_OFFSET = ENTRY_SEVERITY_OFFSET + 1;
    static final int ENTRY_ZERO_OFFSET = ENTRY_FLAGS_OFFSET + 1;
    static final int ENTRY_TIMESTAMP_OFFSET = ENTRY_ZERO_OFFSET + Short.BYTES;
    static final int ENTRY_THREAD_ID_OFFSET = ENTRY_TIMESTAMP_OFFSET + Long.BYTES;
    public static final int ENTRY_HEADER_LENGTH = ENTRY_THREAD_ID_OFFSET + Long.BYTES;

    public static final int SECTION_HEADER_LENGTH = Integer.BYTES;

    /** Section tags. */
    public static final int LOGGER = 1;

    public static final int THREAD_NAME = 2;
    public static final int TEMPLATE = 3;
    public static final int ARGS = 4;
    public static final int LEVEL_NAME = 5;
    public static final int MARKER = 6;
    public static final int FIELDS = 7;
    public static final int MDC = 8;
    public static final int TRACE_ID = 9;
    public static final int SPAN_ID = 10;
    public static final int EXCEPTION = 11;
    public static final int CALLER = 12;
    public static final int BYTES = 13;
    public static final int MODULE = 14;
    public static final int ORIGINAL_LENGTH = 15;
    static final int TAG_COUNT = 16;

    /** Value types. */
    public static final int NULL = 0;

    public static final int FALSE = 1;
    public static final int TRUE = 2;
    public static final int LONG = 3;
    public static final int DOUBLE = 4;
    public static final int FLOAT = 5;
    public static final int STRING = 6;

    /** Kinds of node in an exception. */
    public static final int ROOT = 0;

    public static final int CAUSE = 1;
    public static final int SUPPRESSED = 2;
    public static final int CIRCULAR = 3;

    static final int HEARTBEAT_VERSION_OFFSET = 0;
    static final int HEARTBEAT_FLAGS_OFFSET = HEARTBEAT_VERSION_OFFSET + Integer.BYTES;
    static final int HEARTBEAT_SENT_OFFSET = HEARTBEAT_FLAGS_OFFSET + Integer.BYTES;
    static final int HEARTBEAT_NEXT_OFFSET = HEARTBEAT_SENT_OFFSET + Long.BYTES;
    public static final int HEARTBEAT_LENGTH = HEARTBEAT_NEXT_OFFSET + Long.BYTES;
    static final int HEARTBEAT_GOODBYE = 1;

    static final int DROPPED_VERSION_OFFSET = 0;
    static final int DROPPED_ZERO_OFFSET = DROPPED_VERSION_OFFSET + 1;
    static final int DROPPED_COUNT_OFFSET = DROPPED_ZERO_OFFSET + 1;
    static final int DROPPED_ZERO2_OFFSET = DROPPED_COUNT_OFFSET + Short.BYTES;
    static final int DROPPED_FROM_OFFSET = DROPPED_ZERO2_OFFSET + Integer.BYTES;
    static final int DROPPED_TO_OFFSET = DROPPED_FROM_OFFSET + Long.BYTES;
    static final int DROPPED_HEADER_LENGTH = DROPPED_TO_OFFSET + Long.BYTES;
    static final int DROPPED_ITEM_LENGTH = 24;

    private MessageDescriptor() {}
}
