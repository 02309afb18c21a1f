package io.emberlog.ring;

import static io.emberlog.message.MessageDescriptor.CHECKED;
import static io.emberlog.message.MessageDescriptor.CHECK_LENGTH;
import static io.emberlog.message.MessageDescriptor.TYPE_DROPPED;
import static io.emberlog.message.MessageDescriptor.TYPE_LOG_BATCH;
import static io.emberlog.message.MessageDescriptor.TYPE_PADDING;
import static io.emberlog.message.RingBlockReader.ALIGNMENT;
import static io.emberlog.message.RingBlockReader.RECORD_HEADER_LENGTH;

import java.util.Arrays;

/**
 * Reads a ring of checked records whose machine lost its power: any subset of its pages may be as it was at the end, the
 * others as they were at some time before. So head and tail mean nothing. Every multiple of 8 in the ring is looked at, and
 * what is a record there (length, type, a position that falls on that very place, a CRC32C that fits) is taken if it
 * stands behind what the journal has, in the order of the positions. Whatever lies between two records taken is counted
 * as one hole; what was lost behind the last one, nobody can know.
 *
 * <p>Behind them come the batches that were still staged, as in {@link RingSalvage}; one whose CRC32C does not fit counts as
 * torn.
 *
 * <p>Nothing inside a record that passed is looked at, so that a message which holds the bytes of a record is not taken for
 * one. One thread. Bytes are not trusted, as in {@link RingDrain}: checksums are computed over {@link #MAX_CHECKED_LAPS}
 * times the ring at most, and more than {@link #maxPieces} pieces that do not follow on each other are taken for
 * forgery.
 *
 * <p>Crash table, with E the journal's last end for this ring:
 *
 * <pre>
 * id  the master dies after                        the next start sees              and does
 * Y1  storing where the resync began               E as before                      the same resync
 * Y2  appending a block of it to the journal       E behind that block              takes what stands behind E; counts
 *                                                                                   holes from where the first began
 * Y3  appending a staged batch                     E behind the last record         takes the staged batches whose numbers
 *                                                                                   the journal does not have
 * </pre>
 */
public final class RingResync implements RingReadout {
    /** A step of {@link #prepare}. */
    private static final int STEP = 4 << 20;

    private static final int MAX_CHECKED_LAPS = 8;
    private static final int LEAST_LENGTH = RECORD_HEADER_LENGTH + CHECK_LENGTH;
    /** Positions are bytes written over a ring's life; from here on they would overflow. */
    private static final long MAX_POSITION = Long.MAX_VALUE - RingDescriptor.MAX_CAPACITY;

    private final RingWords words;
    private final int capacity;
    private final int maxRecordLength;
    private final RecordCheck check;
    private final SlotSequences sequences;
    private final StagingReader staging;
    private final long from;
    private final long countedFrom;
    private byte[] copy = new byte[4096];
    private long toCheck;
    private int scanned;

    /** Runs of records that follow on each other in the ring, none across its wrap; by position once all are found. */
    private long[] starts = new long[16];

    private long[] ends = new long[16];
    private int runs;
    private boolean prepared;

    private int run;
    private long at;
    private long holes;

    private RingResync(RingFile file, long journaledEnd, SlotSequences sequences) throws RingBrokenException {
        if (!file.spec().checked()) {
            throw new RingBrokenException("flags=0: the records of this ring carry no position and no CRC32C, so"
                    + " that after a reboot nobody can tell which are whole; rings on a disk need flag=1"
                    + " (EMBERLOG_RING_CHECKS=on)");
        }
        this.words = file.words();
        this.capacity = file.capacity();
        this.maxRecordLength = RingPositions.maxRecordLength(capacity);
        this.check = file.newCheck();
        this.sequences = sequences;
        this.staging = new StagingReader(file);
        if (journaledEnd < 0) {
            sequences.raiseTo(file.header());
        }
        this.toCheck = (long) MAX_CHECKED_LAPS * capacity;
        this.from = journaledEnd < 0 ? file.header().journaledPosition() : journaledEnd;
        if (from < 0 || from > MAX_POSITION || from % ALIGNMENT != 0) {
            throw new RingBrokenException(
                    "journaledPosition=" + from + " must be a multiple of " + ALIGNMENT + " from 0 to " + MAX_POSITION);
        }
        long began = file.header().resyncedFrom();
        this.countedFrom = began < 0 || began > from || began % ALIGNMENT != 0 ? from : began;
        this.at = from;
    }

    /**
     * Starts behind what the journal has.
     *
     * @param journaledEnd the journal's last end for this ring; negative when the journal does not know it: then the header
     *     is taken at its word
     * @throws RingBrokenException for a ring without checks
     */
    public static RingResync start(RingFile file, long journaledEnd, SlotSequences sequences)
            throws RingBrokenException {
        try {
            RingResync resync = new RingResync(file, journaledEnd, sequences);
            file.header().resyncedFrom(resync.countedFrom);
            return resync;
        } finally {
            RingWords.settle();
        }
    }

    /** As {@link #start}, for a tool: changes nothing in the file. */
    public static RingResync inspect(RingFile file, long journaledEnd, SlotSequences sequences)
            throws RingBrokenException {
        try {
            return new RingResync(file, journaledEnd, sequences);
        } finally {
            RingWords.settle();
        }
    }

    @Override
    public boolean prepare() throws RingBrokenException {
        if (prepared) {
            return true;
        }
        try {
            int until = Math.min(capacity, scanned + STEP);
            while (scanned < until) {
                scanned += look(scanned);
            }
        } finally {
            RingWords.settle();
        }
        if (scanned < capacity) {
            return false;
        }
        // runs do not overlap, so the ends sort as the starts do
        Arrays.sort(starts, 0, runs);
        Arrays.sort(ends, 0, runs);
        countHoles();
        copy = null;
        prepared = true;
        return true;
    }

    /** @return how far the next place to look at is */
    private int look(int index) throws RingBrokenException {
        int length = words.getInt(index);
        if (length < LEAST_LENGTH || length > maxRecordLength || RingPositions.align(length) > capacity - index) {
            return ALIGNMENT;
        }
        int type = words.getInt(index + Integer.BYTES);
        if (type < (CHECKED | TYPE_LOG_BATCH) || type > (CHECKED | TYPE_DROPPED)) {
            return ALIGNMENT;
        }
        long position = words.getLong(index + length - CHECK_LENGTH);
        if (position < 0 || position > MAX_POSITION || (position & capacity - 1) != index) {
            return ALIGNMENT;
        }
        toCheck -= length;
        if (toCheck < 0) {
            throw new RingBrokenException("records that look whole and are not: checksums over " + MAX_CHECKED_LAPS
                    + " times the capacity=" + capacity + " did not suffice");
        }
        if (copy.length < length) {
            copy = new byte[Math.min(maxRecordLength, 2 * length)];
        }
        words.getBytes(index, copy, 0, length);
        // the length on the heap may be another one by now
        if (io.emberlog.message.Bytes.getInt(copy, 0) != length || check.refusal(copy, 0, position) != null) {
            return ALIGNMENT;
        }
        int aligned = (int) RingPositions.align(length);
        if (position >= countedFrom) {
            add(position, position + aligned);
        }
        return aligned;
    }

    private void add(long start, long end) throws RingBrokenException {
        if (runs > 0 && ends[runs - 1] == start && start != from) {
            ends[runs - 1] = end;
            return;
        }
        if (runs == maxPieces()) {
            throw new RingBrokenException(
                    "pieces=" + runs + " that do not follow on each other; a power cut leaves fewer");
        }
        if (runs == starts.length) {
            starts = Arrays.copyOf(starts, 2 * runs);
            ends = Arrays.copyOf(ends, 2 * runs);
        }
        starts[runs] = start;
        ends[runs] = end;
        runs++;
    }

    /** Each page is of one time, and holds of that time the newest lap and the one before. */
    private int maxPieces() {
        return Math.max(1 << 16, 4 * (capacity / RingDescriptor.PAGE_LENGTH));
    }

    private void countHoles() {
        long expected = countedFrom;
        for (int i = 0; i < runs; i++) {
            if (starts[i] != expected && !isPadding(expected, starts[i])) {
                holes++;
            }
            expected = ends[i];
        }
        while (run < runs && ends[run] <= from) {
            run++;
        }
    }

    /** Whether a record that did not fit in front of the ring's wrap has left its padding there. */
    private boolean isPadding(long start, long end) {
        int index = (int) start & capacity - 1;
        return end - start == capacity - index
                && words.getInt(index) == end - start
                && words.getInt(index + Integer.BYTES) == TYPE_PADDING;
    }

    @Override
    public boolean next(RingBlock into, int budget, RingBlock.HeartbeatListener heartbeats) throws RingBrokenException {
        if (!prepared) {
            throw new IllegalStateException("prepare() has not returned true");
        }
        try {
            while (run < runs) {
                at = Math.max(at, starts[run]);
                if (at < ends[run]) {
                    int index = (int) at & capacity - 1;
                    into.load(words, index, bytes(index, budget), at, check, sequences, heartbeats);
                    at = into.endPosition();
                    return true;
                }
                run++;
            }
            if (staging.next(into, at, sequences)) {
                at = into.endPosition();
                return true;
            }
            return false;
        } finally {
            RingWords.settle();
        }
    }

    /** @return bytes of records from here to the end of the run or the budget */
    private int bytes(int index, int budget) throws RingBrokenException {
        long room = ends[run] - at;
        int bytes = 0;
        while (bytes < room) {
            int length = words.getInt(index + bytes);
            long aligned = RingPositions.align(length);
            if (length < LEAST_LENGTH || length > maxRecordLength || aligned > room - bytes) {
                throw RingPositions.badLength("record", length, at + bytes, room - bytes, maxRecordLength);
            }
            if (bytes > 0 && bytes + aligned > budget) {
                break;
            }
            bytes += (int) aligned;
        }
        return bytes;
    }

    @Override
    public long position() {
        return at;
    }

    /** Of staged batches only: in the ring, a claim that was never committed cannot be told from bytes that were lost. */
    @Override
    public long torn() {
        return staging.torn();
    }

    @Override
    public long holes() {
        return holes;
    }

    @Override
    public SlotSequences sequences() {
        return sequences;
    }
}
