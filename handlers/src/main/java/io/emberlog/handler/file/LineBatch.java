package io.emberlog.handler.file;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.WorkerIdentity;
import java.util.Arrays;

/**
 * Copies of records, and the lines that are made of them. Belongs to one thread at a time; {@link LineMaker} hands it over. Makes no
 * garbage once grown.
 */
final class LineBatch {
    private static final int FIRST_RECORDS = 256;

    /** Times its capacity: lines that took more room than that leave it again. */
    private static final int MOST_ROOM = 16;

    private final EntryDecoder entry = new EntryDecoder();
    private final LogRecord record = new LogRecord();
    private final byte[] bytes;
    private Utf8Buffer lines = new Utf8Buffer(1024);
    private int length;
    private int count;
    private long sinceNs;
    private int[] offsets = new int[FIRST_RECORDS];
    private int[] indexes = new int[FIRST_RECORDS];
    private long[] positions = new long[FIRST_RECORDS];
    private long[] sequences = new long[FIRST_RECORDS];
    private WorkerIdentity[] workers = new WorkerIdentity[FIRST_RECORDS];

    /** @param capacity bytes of records, as they are in the journal */
    LineBatch(int capacity) {
        bytes = new byte[capacity];
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean hasRoomFor(LogRecord next) {
        return bytes.length - length >= next.entry().length();
    }

    /**
     * A copy of one that it {@link #hasRoomFor}.
     *
     * @param nowNs on the context's clock
     */
    void add(LogRecord next, long nowNs) {
        if (count == offsets.length) {
            grow();
        }
        if (count == 0) {
            sinceNs = nowNs;
        }
        EntryDecoder source = next.entry();
        System.arraycopy(source.buffer(), source.offset(), bytes, length, source.length());
        offsets[count] = length;
        indexes[count] = next.index();
        positions[count] = next.position();
        sequences[count] = next.sequence();
        workers[count] = next.worker();
        length += source.length();
        count++;
    }

    private void grow() {
        int more = 2 * offsets.length;
        int[] moreOffsets = Arrays.copyOf(offsets, more);
        int[] moreIndexes = Arrays.copyOf(indexes, more);
        long[] morePositions = Arrays.copyOf(positions, more);
        long[] moreSequences = Arrays.copyOf(sequences, more);
        workers = Arrays.copyOf(workers, more);
        indexes = moreIndexes;
        positions = morePositions;
        sequences = moreSequences;
        offsets = moreOffsets; // last, for its length is looked at: a full heap leaves the batch as it was
    }

    /** Makes the lines of all of them. */
    void make(Format format) {
        lines.clear();
        for (int i = 0; i < count; i++) {
            entry.wrapCopy(bytes, offsets[i]);
            record.wrap(workers[i], positions[i], indexes[i], sequences[i], entry);
            format.format(record, lines);
        }
    }

    /** When the first record came; while it is not empty. */
    long sinceNs() {
        return sinceNs;
    }

    /** How many times as long as their records the lines are. */
    double growth() {
        return (double) lines.length() / length;
    }

    /** What {@link #make} made, valid until {@link #clear}. */
    Utf8Buffer lines() {
        return lines;
    }

    /** Empty again. */
    void clear() {
        count = 0;
        length = 0;
        lines.clear();
        if (lines.bytes().length > MOST_ROOM * bytes.length) {
            lines = new Utf8Buffer(1024);
        }
    }
}
