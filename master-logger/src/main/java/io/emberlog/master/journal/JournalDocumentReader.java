package io.emberlog.master.journal;

import static io.emberlog.master.journal.JournalDocumentDescriptor.*;

import io.emberlog.message.WorkerIdentity;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A view over one journal document on the heap. One thread at a time; reused for any number of documents.
 *
 * <p>{@link #wrap} checks the CRC32C and every bound before it lets anything be read, so the accessors cannot leave the
 * document; of garbage it only says what is wrong. Ring records inside a segment are not parsed here: their bytes were
 * validated by the drain, and whoever walks them must still respect the segment's bounds.
 */
public final class JournalDocumentReader {
    private static final byte[] NOTHING = {};

    private final CRC32C crc = new CRC32C();
    private final Bodies sources = new Bodies();
    private final Bodies segments = new Bodies();
    private final Bodies ended = new Bodies();
    private byte[] array = NOTHING;
    private int stateBody;
    private String problem = "empty";

    /**
     * @param document kept, not copied: must not change while this view is in use
     * @return true if the document is whole; otherwise {@link #problem} says why, and nothing else may be asked
     */
    public boolean wrap(byte[] document, int length) {
        clear();
        problem = check(document, length);
        if (problem != null) {
            clear();
            return false;
        }
        array = document;
        return true;
    }

    /** What the last {@link #wrap} found wrong, or null. */
    public String problem() {
        return problem;
    }

    /** Records in the document, numbered {@link #firstSequence()} and up. */
    public int recordCount() {
        return (int) INT.get(array, RECORD_COUNT_OFFSET);
    }

    public long firstSequence() {
        return (long) LONG.get(array, FIRST_SEQUENCE_OFFSET);
    }

    /** Wall clock of the master at append. */
    public long appendedEpochNs() {
        return (long) LONG.get(array, APPENDED_EPOCH_NS_OFFSET);
    }

    /** The array that was wrapped; offsets of segments are offsets in it. */
    public byte[] array() {
        return array;
    }

    public int sourceCount() {
        return sources.count;
    }

    public UUID sourceUuid(int source) {
        return uuid(array, sources.offset(source) + SOURCE_UUID_OFFSET);
    }

    /** Ring position at which this document starts to account for the source. */
    public long sourceStart(int source) {
        return (long) LONG.get(array, sources.offset(source) + SOURCE_START_OFFSET);
    }

    /** Ring position behind the last byte this document accounts for. */
    public long sourceEnd(int source) {
        return (long) LONG.get(array, sources.offset(source) + SOURCE_END_OFFSET);
    }

    /** Allocates; remember it by {@link #sourceUuid}. What a document does not hold is empty or 0. */
    public WorkerIdentity sourceIdentity(int source) {
        int body = sources.offset(source);
        String[] texts = new String[SOURCE_TEXT_COUNT];
        int offset = body + SOURCE_TEXTS_OFFSET;
        for (int i = 0; i < texts.length; i++) {
            int length = (int) INT.get(array, offset);
            texts[i] = new String(array, offset + Integer.BYTES, length, StandardCharsets.UTF_8);
            offset += Integer.BYTES + length;
        }
        long pid = (long) LONG.get(array, body + SOURCE_PID_OFFSET);
        return new WorkerIdentity(sourceUuid(source), texts[0], pid, 0, "", "", "", texts[1], texts[2], texts[3]);
    }

    public int segmentCount() {
        return segments.count;
    }

    /** Which source the segment came from. */
    public int segmentSource(int segment) {
        return Short.toUnsignedInt((short) SHORT.get(array, segments.offset(segment) + SEGMENT_SOURCE_OFFSET));
    }

    /** Ring position of the segment's first record. */
    public long segmentPosition(int segment) {
        return (long) LONG.get(array, segments.offset(segment) + SEGMENT_POSITION_OFFSET);
    }

    /** Where the ring records start in {@link #array()}. */
    public int segmentOffset(int segment) {
        return segments.offset(segment) + SEGMENT_RECORDS_OFFSET;
    }

    /** Bytes of ring records, a multiple of 8. */
    public int segmentLength(int segment) {
        return segments.length(segment) - SEGMENT_RECORDS_OFFSET;
    }

    public int endedCount() {
        return ended.count;
    }

    public UUID endedUuid(int index) {
        return uuid(array, ended.offset(index) + ENDED_UUID_OFFSET);
    }

    /** Regions claimed and never committed. */
    public long endedTorn(int index) {
        return (long) LONG.get(array, ended.offset(index) + ENDED_TORN_OFFSET);
    }

    /** Regions claimed and never sized. */
    public long endedHole(int index) {
        return (long) LONG.get(array, ended.offset(index) + ENDED_HOLE_OFFSET);
    }

    /** Final position and sequences of the ring; allocates. */
    public RingEnd ended(int index) {
        int body = ended.offset(index);
        long endPosition = (long) LONG.get(array, body + ENDED_POSITION_OFFSET);
        return new RingEnd(endPosition, true, slots(body + ENDED_COUNT_OFFSET));
    }

    public boolean hasState() {
        return stateBody >= 0;
    }

    /** The last STATE of the document, or null; allocates. */
    public RecoveredState state() {
        if (!hasState()) {
            return null;
        }
        Map<UUID, RingEnd> rings = new HashMap<>();
        int count = (int) INT.get(array, stateBody + STATE_COUNT_OFFSET);
        int offset = stateBody + STATE_RINGS_OFFSET;
        for (int i = 0; i < count; i++) {
            long endPosition = (long) LONG.get(array, offset + STATE_RING_END_OFFSET);
            boolean isEnded = array[offset + STATE_RING_ENDED_OFFSET] != 0;
            Map<Integer, Long> slots = slots(offset + STATE_RING_COUNT_OFFSET);
            rings.put(uuid(array, offset), new RingEnd(endPosition, isEnded, slots));
            offset += STATE_RING_SLOTS_OFFSET + SLOT_LENGTH * u16(array, offset + STATE_RING_COUNT_OFFSET);
        }
        return new RecoveredState((long) LONG.get(array, stateBody + STATE_NEXT_SEQUENCE_OFFSET), rings);
    }

    private void clear() {
        array = NOTHING;
        sources.clear();
        segments.clear();
        ended.clear();
        stateBody = -1;
    }

    private String check(byte[] document, int length) {
        if (length < MIN_DOCUMENT_LENGTH || length > MAX_DOCUMENT_LENGTH || length > document.length) {
            return "length=" + length;
        }
        int end = length - TRAILER_LENGTH;
        crc.reset();
        crc.update(document, 0, end);
        int expected = (int) INT.get(document, end);
        if ((int) crc.getValue() != expected) {
            return String.format("crc32c=%08x, document says %08x", (int) crc.getValue(), expected);
        }
        if (document[VERSION_OFFSET] != VERSION || document[ZERO_OFFSET] != 0) {
            return "version=" + document[VERSION_OFFSET] + " zero=" + document[ZERO_OFFSET];
        }
        int recordCount = (int) INT.get(document, RECORD_COUNT_OFFSET);
        long firstSequence = (long) LONG.get(document, FIRST_SEQUENCE_OFFSET);
        if (recordCount < 0 || firstSequence < 0 || firstSequence + recordCount < 0) {
            return "recordCount=" + recordCount + " firstSequence=" + firstSequence;
        }
        return checkSections(document, end);
    }

    private String checkSections(byte[] document, int end) {
        int offset = HEADER_LENGTH;
        for (int left = u16(document, SECTION_COUNT_OFFSET); left > 0; left--) {
            if (end - offset < SECTION_HEADER_LENGTH) {
                return "section header at " + offset + " beyond the end";
            }
            int header = (int) INT.get(document, offset);
            int bodyLength = header >>> KIND_BITS;
            int body = offset + SECTION_HEADER_LENGTH;
            if (bodyLength > end - body) {
                return "section at " + offset + " of length " + bodyLength + " beyond the end";
            }
            if (!checkSection(document, header & KIND_MASK, body, bodyLength)) {
                return "section at " + offset + " of kind " + (header & KIND_MASK) + " is malformed";
            }
            offset = body + bodyLength;
        }
        return offset == end ? null : "bytes at " + offset + " belong to no section";
    }

    private boolean checkSection(byte[] document, int kind, int body, int bodyLength) {
        switch (kind) {
            case SOURCE:
                sources.add(body, bodyLength);
                return isSource(document, body, bodyLength);
            case SEGMENT:
                segments.add(body, bodyLength);
                return bodyLength >= SEGMENT_RECORDS_OFFSET
                        && (bodyLength - SEGMENT_RECORDS_OFFSET & 7) == 0
                        && u16(document, body + SEGMENT_SOURCE_OFFSET) < sources.count
                        && (long) LONG.get(document, body + SEGMENT_POSITION_OFFSET) >= 0;
            case ENDED:
                ended.add(body, bodyLength);
                return bodyLength >= ENDED_SLOTS_OFFSET
                        && bodyLength == ENDED_SLOTS_OFFSET + SLOT_LENGTH * u16(document, body + ENDED_COUNT_OFFSET);
            case STATE:
                stateBody = body;
                return isState(document, body, bodyLength);
            default:
                return true;
        }
    }

    private static boolean isSource(byte[] document, int body, int bodyLength) {
        if (bodyLength < SOURCE_TEXTS_OFFSET) {
            return false;
        }
        long start = (long) LONG.get(document, body + SOURCE_START_OFFSET);
        long last = (long) LONG.get(document, body + SOURCE_END_OFFSET);
        int end = body + bodyLength;
        int offset = body + SOURCE_TEXTS_OFFSET;
        for (int i = 0; i < SOURCE_TEXT_COUNT; i++) {
            if (end - offset < Integer.BYTES) {
                return false;
            }
            int length = (int) INT.get(document, offset);
            offset += Integer.BYTES;
            if (length < 0 || length > end - offset) {
                return false;
            }
            offset += length;
        }
        return start >= 0 && last >= start && offset == end;
    }

    private static boolean isState(byte[] document, int body, int bodyLength) {
        if (bodyLength < STATE_RINGS_OFFSET || (long) LONG.get(document, body + STATE_NEXT_SEQUENCE_OFFSET) < 0) {
            return false;
        }
        int end = body + bodyLength;
        int offset = body + STATE_RINGS_OFFSET;
        int count = (int) INT.get(document, body + STATE_COUNT_OFFSET);
        if (count < 0) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (end - offset < STATE_RING_SLOTS_OFFSET) {
                return false;
            }
            int slotsLength = SLOT_LENGTH * u16(document, offset + STATE_RING_COUNT_OFFSET);
            offset += STATE_RING_SLOTS_OFFSET;
            if (slotsLength > end - offset) {
                return false;
            }
            offset += slotsLength;
        }
        return offset == end;
    }

    private Map<Integer, Long> slots(int countOffset) {
        Map<Integer, Long> slots = new HashMap<>();
        int count = u16(array, countOffset);
        int offset = countOffset + Short.BYTES;
        for (int i = 0; i < count; i++) {
            slots.put(u16(array, offset), (long) LONG.get(array, offset + Short.BYTES));
            offset += SLOT_LENGTH;
        }
        return slots;
    }

    private static int u16(byte[] array, int offset) {
        return Short.toUnsignedInt((short) SHORT.get(array, offset));
    }

    private static UUID uuid(byte[] array, int offset) {
        return new UUID((long) LONG.get(array, offset), (long) LONG.get(array, offset + Long.BYTES));
    }

    /** Offsets and lengths of the sections of one kind; grows to the largest document seen. */
    private static final class Bodies {
        private int[] offsets = new int[8];
        private int[] lengths = new int[8];
        private int count;

        void clear() {
            count = 0;
        }

        void add(int offset, int length) {
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, count * 2);
                lengths = Arrays.copyOf(lengths, count * 2);
            }
            offsets[count] = offset;
            lengths[count] = length;
            count++;
        }

        int offset(int index) {
            return offsets[Objects.checkIndex(index, count)];
        }

        int length(int index) {
            return lengths[Objects.checkIndex(index, count)];
        }
    }
}
