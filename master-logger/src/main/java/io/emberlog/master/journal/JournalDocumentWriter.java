package io.emberlog.master.journal;

import static io.emberlog.master.journal.JournalDocumentDescriptor.*;

import io.emberlog.message.WorkerIdentity;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Builds one journal document after the other in the same array. For the drain's thread only.
 *
 * <p>Order: {@link #begin}, any {@code add...}, {@link #finish}; then {@link #array} holds the document until the next
 * {@code begin}. An {@code add} that would exceed {@link #MAX_LENGTH} changes nothing and says so by its return value: finish,
 * append, and begin another document.
 */
public final class JournalDocumentWriter {
    /** Largest document, trailer included: 1 MiB of records and 64 KiB for everything around them. */
    public static final int MAX_LENGTH = MAX_DOCUMENT_LENGTH;

    private static final int MAX_U16 = 0xFFFF;

    private final CRC32C crc = new CRC32C();
    private byte[] array = new byte[64 << 10];
    private int length;
    private int sectionCount;
    private int sourceCount;
    private boolean open;

    /**
     * @param firstSequence global number of the first record that will stand in the document
     * @param epochNs wall clock at append, for people; nothing is decided by it
     */
    public void begin(long firstSequence, long epochNs) {
        open = true;
        sectionCount = 0;
        sourceCount = 0;
        length = HEADER_LENGTH;
        array[VERSION_OFFSET] = VERSION;
        array[ZERO_OFFSET] = 0;
        LONG.set(array, FIRST_SEQUENCE_OFFSET, firstSequence);
        LONG.set(array, APPENDED_EPOCH_NS_OFFSET, epochNs);
    }

    /** Bytes that the body of one more section may have. */
    public int remaining() {
        return MAX_LENGTH - TRAILER_LENGTH - SECTION_HEADER_LENGTH - length;
    }

    /** Bytes of ring records that one more SEGMENT may hold. */
    public int remainingForSegment() {
        return Math.max(0, remaining() - SEGMENT_RECORDS_OFFSET);
    }

    /**
     * Only uuid, pid, name, host, process and service of the identity are stored.
     *
     * @param endPosition ring position behind the last byte this document accounts for, so that recovery starts there
     * @return the number by which {@link #addSegment} names this source, or -1 if it does not fit
     */
    public int addSource(WorkerIdentity identity, long startPosition, long endPosition) {
        if (startPosition < 0 || endPosition < startPosition) {
            throw new IllegalArgumentException(
                    "startPosition=" + startPosition + " endPosition=" + endPosition + ": must be 0 <= start <= end");
        }
        byte[][] texts = {
            utf8(identity.name()), utf8(identity.host()), utf8(identity.process()), utf8(identity.service())
        };
        int bodyLength = SOURCE_TEXTS_OFFSET;
        for (byte[] text : texts) {
            bodyLength += Integer.BYTES + text.length;
        }
        int body = sourceCount <= MAX_U16 ? beginSection(SOURCE, bodyLength) : -1;
        if (body < 0) {
            return -1;
        }
        putUuid(body + SOURCE_UUID_OFFSET, identity.ringUuid());
        LONG.set(array, body + SOURCE_START_OFFSET, startPosition);
        LONG.set(array, body + SOURCE_END_OFFSET, endPosition);
        LONG.set(array, body + SOURCE_PID_OFFSET, identity.pid());
        int offset = body + SOURCE_TEXTS_OFFSET;
        for (byte[] text : texts) {
            INT.set(array, offset, text.length);
            System.arraycopy(text, 0, array, offset + Integer.BYTES, text.length);
            offset += Integer.BYTES + text.length;
        }
        return sourceCount++;
    }

    /**
     * Copies whole ring records.
     *
     * @param source what {@link #addSource} returned in this document
     * @param position ring position of the first of the records
     * @param recordsLength a multiple of 8, the ring's record alignment
     * @return false if it does not fit
     */
    public boolean addSegment(int source, long position, byte[] records, int offset, int recordsLength) {
        Objects.checkIndex(source, sourceCount);
        Objects.checkFromIndexSize(offset, recordsLength, records.length);
        if ((recordsLength & 7) != 0 || position < 0) {
            throw new IllegalArgumentException(
                    "position=" + position + " recordsLength=" + recordsLength + ": must be >= 0 and a multiple of 8");
        }
        int body = beginSection(SEGMENT, SEGMENT_RECORDS_OFFSET + (long) recordsLength);
        if (body < 0) {
            return false;
        }
        SHORT.set(array, body + SEGMENT_SOURCE_OFFSET, (short) source);
        SHORT.set(array, body + SEGMENT_ZERO_OFFSET, (short) 0);
        INT.set(array, body + SEGMENT_ZERO_OFFSET + Short.BYTES, 0);
        LONG.set(array, body + SEGMENT_POSITION_OFFSET, position);
        System.arraycopy(records, offset, array, body + SEGMENT_RECORDS_OFFSET, recordsLength);
        return true;
    }

    /**
     * Says that a ring is finished and will never be read again.
     *
     * @param torn regions claimed and never committed
     * @param hole regions claimed and never sized
     * @return false if it does not fit
     */
    public boolean addEnded(UUID ring, long endPosition, long torn, long hole, Map<Integer, Long> lastSequences) {
        int body = beginSection(ENDED, ENDED_SLOTS_OFFSET + (long) SLOT_LENGTH * lastSequences.size());
        if (body < 0) {
            return false;
        }
        putUuid(body + ENDED_UUID_OFFSET, ring);
        LONG.set(array, body + ENDED_POSITION_OFFSET, endPosition);
        LONG.set(array, body + ENDED_TORN_OFFSET, torn);
        LONG.set(array, body + ENDED_HOLE_OFFSET, hole);
        putSlots(body + ENDED_COUNT_OFFSET, lastSequences);
        return true;
    }

    /**
     * Everything recovery needs of the documents before this one.
     *
     * @param nextSequence global number of the first record behind this section
     * @return false if it does not fit (about 1,600 rings with all 64 slots in use)
     */
    public boolean addState(long nextSequence, Map<UUID, RingEnd> rings) {
        long bodyLength = STATE_RINGS_OFFSET;
        for (RingEnd ring : rings.values()) {
            bodyLength += stateLength(ring);
        }
        int body = beginSection(STATE, bodyLength);
        if (body < 0) {
            return false;
        }
        LONG.set(array, body + STATE_NEXT_SEQUENCE_OFFSET, nextSequence);
        INT.set(array, body + STATE_COUNT_OFFSET, rings.size());
        int offset = body + STATE_RINGS_OFFSET;
        for (Map.Entry<UUID, RingEnd> entry : rings.entrySet()) {
            RingEnd ring = entry.getValue();
            putUuid(offset + STATE_RING_UUID_OFFSET, entry.getKey());
            LONG.set(array, offset + STATE_RING_END_OFFSET, ring.endPosition());
            array[offset + STATE_RING_ENDED_OFFSET] = (byte) (ring.ended() ? 1 : 0);
            offset = putSlots(offset + STATE_RING_COUNT_OFFSET, ring.lastSequences());
        }
        return true;
    }

    /** Bytes that one ring takes in a STATE. */
    public static int stateLength(RingEnd ring) {
        return STATE_RING_SLOTS_OFFSET + SLOT_LENGTH * ring.lastSequences().size();
    }

    /**
     * Closes the document with its CRC32C.
     *
     * @param recordCount entries of LOG_BATCHes and DROPPED messages in the segments
     * @return its length in {@link #array}
     */
    public int finish(int recordCount) {
        if (!open || recordCount < 0) {
            throw new IllegalStateException("open=" + open + " recordCount=" + recordCount + ": begin first");
        }
        open = false;
        SHORT.set(array, SECTION_COUNT_OFFSET, (short) sectionCount);
        INT.set(array, RECORD_COUNT_OFFSET, recordCount);
        crc.reset();
        crc.update(array, 0, length);
        INT.set(array, length, (int) crc.getValue());
        length += TRAILER_LENGTH;
        return length;
    }

    /** The document; belongs to this writer and is replaced when it grows, so ask after {@link #finish}. */
    public byte[] array() {
        return array;
    }

    private int beginSection(int kind, long bodyLength) {
        if (!open) {
            throw new IllegalStateException("begin first");
        }
        if (bodyLength > remaining() || sectionCount == MAX_U16) {
            return -1;
        }
        int body = length + SECTION_HEADER_LENGTH;
        int end = body + (int) bodyLength;
        if (end + TRAILER_LENGTH > array.length) {
            array = Arrays.copyOf(array, Math.min(MAX_LENGTH, Math.max(end + TRAILER_LENGTH, array.length * 2)));
        }
        INT.set(array, length, (int) bodyLength << KIND_BITS | kind);
        length = end;
        sectionCount++;
        return body;
    }

    private void putUuid(int offset, UUID uuid) {
        LONG.set(array, offset, uuid.getMostSignificantBits());
        LONG.set(array, offset + Long.BYTES, uuid.getLeastSignificantBits());
    }

    private int putSlots(int countOffset, Map<Integer, Long> lastSequences) {
        SHORT.set(array, countOffset, (short) lastSequences.size());
        int offset = countOffset + Short.BYTES;
        for (Map.Entry<Integer, Long> slot : lastSequences.entrySet()) {
            SHORT.set(array, offset, slot.getKey().shortValue());
            LONG.set(array, offset + Short.BYTES, slot.getValue());
            offset += SLOT_LENGTH;
        }
        return offset;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
