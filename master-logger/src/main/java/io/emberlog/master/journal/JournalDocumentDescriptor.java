package io.emberlog.master.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Layout of a journal document, version 1, little-endian, nothing aligned (a document is read from a heap array).
 *
 * <pre>
 *  byte 0         1        2               4              8                16                24
 *       +---------+--------+---------------+--------------+----------------+-----------------+
 *       | version | zero   | sectionCount  | recordCount  | firstSequence  | appendedEpochNs |
 *       +---------+--------+---------------+--------------+----------------+-----------------+
 *       | sections ...                                                                       |
 *       +-------------------------+----------------------------------------------------------+
 *       | crc32c of all before it |
 *       +-------------------------+
 *
 *  section  0 (length &lt;&lt; 8 | kind) | 4 body of length bytes          unknown kinds are skipped
 *
 *  SOURCE 1    0 uuid | 16 startPosition | 24 endPosition | 32 pid | 40 name, host, process, service: each (i32 length, UTF-8)
 *  SEGMENT 2   0 u16 source | 2 u16 zero | 4 i32 zero | 8 position | 16 ring records, byte for byte, each aligned to 8
 *  ENDED 3     0 uuid | 16 endPosition | 24 torn | 32 hole | 40 u16 n | 42 n x { u16 slot, i64 lastSequence }
 *  STATE 4     0 nextSequence | 8 i32 n | 12 n x { uuid, i64 endPosition, u8 ended, u16 m, m x { u16 slot, i64 lastSequence } }
 *
 *  uuid     0 i64 most significant bits | 8 i64 least significant bits
 * </pre>
 *
 * The drain writes every field; handlers, tools and recovery only read. A SEGMENT names a SOURCE that stands before it.
 * Records are numbered in the order in which they stand in the segments: {@code firstSequence}, then up.
 */
final class JournalDocumentDescriptor {
    static final byte VERSION = 1;

    static final int VERSION_OFFSET = 0;
    static final int ZERO_OFFSET = VERSION_OFFSET + Byte.BYTES;
    static final int SECTION_COUNT_OFFSET = ZERO_OFFSET + Byte.BYTES;
    static final int RECORD_COUNT_OFFSET = SECTION_COUNT_OFFSET + Short.BYTES;
    static final int FIRST_SEQUENCE_OFFSET = RECORD_COUNT_OFFSET + Integer.BYTES;
    static final int APPENDED_EPOCH_NS_OFFSET = FIRST_SEQUENCE_OFFSET + Long.BYTES;
    static final int HEADER_LENGTH = APPENDED_EPOCH_NS_OFFSET + Long.BYTES;
    static final int TRAILER_LENGTH = Integer.BYTES;

    static final int SECTION_HEADER_LENGTH = Integer.BYTES;
    static final int KIND_BITS = 8;
    static final int KIND_MASK = (1 << KIND_BITS) - 1;

    static final int UUID_LENGTH = 2 * Long.BYTES;

    static final int SOURCE = 1;
    static final int SOURCE_UUID_OFFSET = 0;
    static final int SOURCE_START_OFFSET = SOURCE_UUID_OFFSET + UUID_LENGTH;
    static final int SOURCE_END_OFFSET = SOURCE_START_OFFSET + Long.BYTES;
    static final int SOURCE_PID_OFFSET = SOURCE_END_OFFSET + Long.BYTES;
    static final int SOURCE_TEXTS_OFFSET = SOURCE_PID_OFFSET + Long.BYTES;
    static final int SOURCE_TEXT_COUNT = 4;

    static final int SEGMENT = 2;
    static final int SEGMENT_SOURCE_OFFSET = 0;
    static final int SEGMENT_ZERO_OFFSET = SEGMENT_SOURCE_OFFSET + Short.BYTES;
    static final int SEGMENT_POSITION_OFFSET = SEGMENT_ZERO_OFFSET + Short.BYTES + Integer.BYTES;
    static final int SEGMENT_RECORDS_OFFSET = SEGMENT_POSITION_OFFSET + Long.BYTES;

    static final int ENDED = 3;
    static final int ENDED_UUID_OFFSET = 0;
    static final int ENDED_POSITION_OFFSET = ENDED_UUID_OFFSET + UUID_LENGTH;
    static final int ENDED_TORN_OFFSET = ENDED_POSITION_OFFSET + Long.BYTES;
    static final int ENDED_HOLE_OFFSET = ENDED_TORN_OFFSET + Long.BYTES;
    static final int ENDED_COUNT_OFFSET = ENDED_HOLE_OFFSET + Long.BYTES;
    static final int ENDED_SLOTS_OFFSET = ENDED_COUNT_OFFSET + Short.BYTES;

    static final int STATE = 4;
    static final int STATE_NEXT_SEQUENCE_OFFSET = 0;
    static final int STATE_COUNT_OFFSET = STATE_NEXT_SEQUENCE_OFFSET + Long.BYTES;
    static final int STATE_RINGS_OFFSET = STATE_COUNT_OFFSET + Integer.BYTES;

    static final int STATE_RING_UUID_OFFSET = 0;
    static final int STATE_RING_END_OFFSET = STATE_RING_UUID_OFFSET + UUID_LENGTH;
    static final int STATE_RING_ENDED_OFFSET = STATE_RING_END_OFFSET + Long.BYTES;
    static final int STATE_RING_COUNT_OFFSET = STATE_RING_ENDED_OFFSET + Byte.BYTES;
    static final int STATE_RING_SLOTS_OFFSET = STATE_RING_COUNT_OFFSET + Short.BYTES;

    static final int SLOT_LENGTH = Short.BYTES + Long.BYTES;

    /** Records of one document; what the drain aims at. */
    static final int MAX_RECORDS_LENGTH = 1 << 20;

    /** The whole document: records, section headers, sources and trailer. */
    static final int MAX_DOCUMENT_LENGTH = MAX_RECORDS_LENGTH + (64 << 10);

    static final int MIN_DOCUMENT_LENGTH = HEADER_LENGTH + TRAILER_LENGTH;

    static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private JournalDocumentDescriptor() {}
}
