package io.emberlog.ring;

import static io.emberlog.message.RingBlockReader.ALIGNMENT;
import static io.emberlog.message.RingBlockReader.RECORD_HEADER_LENGTH;

import io.emberlog.message.MessageDescriptor;

/**
 * Reads everything readable out of a ring that nobody writes any more: sealed and its owner dead, or looked at by a
 * tool. Changes nothing in the file, so that it can be repeated after a crash of the master, with the same counts. One
 * thread. Bytes are not trusted, as in {@link RingDrain}.
 *
 * <p>A positive length is a record. A negative one was claimed and not committed: skipped as <em>torn</em>, unless it is
 * padding. Zero was claimed and not even sized: skipped to the next word that is not zero, as a <em>hole</em>; the space
 * in front of the tail is zero wherever nothing was written, since the drain zeroes what it releases.
 *
 * <p>Behind the ring's own records come the batches that were still staged ({@link StagingArea}), one record a slot, at
 * positions behind the real tail. One whose numbers were taken before is left out and takes no position, so that a
 * salvage that goes on where another was cut short gives each of the rest the position that it would have had.
 *
 * <pre>
 * id  the master dies after                     the next start sees                   and does
 * G1  appending the last of the ring's own      E at the real tail                    takes all that is staged
 *     records
 * G2  appending some of the staged batches      E behind the real tail                takes those whose numbers the
 *                                                                                     journal does not have, from E on
 * G3  appending the last staged batch           as G2                                 takes nothing, and ends the ring
 * </pre>
 */
public final class RingSalvage implements RingReadout {
    /** One who writes and unwrites a length while it is looked at must not keep this going for ever. */
    private static final int MAX_CAME_BACK = 1_000;

    /** Bytes of damage that one {@link #prepare} goes over: a ring may be all hole, and as large as its user likes. */
    static final int STEP = 64 * 1024;

    private final RingWords words;
    private final int capacity;
    private final int maxRecordLength;
    private final SlotSequences sequences;
    private final RecordCheck check;
    private final long tail;
    private final StagingReader staging;
    /** Where records are taken from on; before that, damage is only counted. */
    private final long from;

    private long at;
    /** Bytes of zeros known behind {@code at}. */
    private int zeros;
    /** What {@link #prepare} found: bytes of the committed record at {@code at}; 0 when it has found nothing yet. */
    private int found;

    private boolean prepared;
    private long torn;
    private long holes;
    private int cameBack;

    private RingSalvage(RingFile file, long countFrom, long from, long tail, SlotSequences sequences) {
        this.words = file.words();
        this.capacity = file.capacity();
        this.maxRecordLength = RingPositions.maxRecordLength(capacity);
        this.sequences = sequences;
        this.check = file.newCheck();
        this.at = countFrom;
        this.from = from;
        this.tail = tail;
        this.staging = new StagingReader(file);
    }

    /**
     * Starts behind what the journal has. The damage in what it has since the ring was last released is counted, too.
     *
     * @param journaledEnd the journal's last end for this ring; negative when the journal does not know it
     * @throws RingBrokenException when the positions break the rules
     */
    public static RingSalvage start(RingFile file, long journaledEnd, SlotSequences sequences)
            throws RingBrokenException {
        try {
            RingPositions positions = RingPositions.check(file, journaledEnd);
            if (journaledEnd < 0) {
                sequences.raiseTo(file.header());
            }
            return new RingSalvage(file, positions.journaled(), positions.end(), positions.tail(), sequences);
        } finally {
            RingWords.settle();
        }
    }

    /**
     * Starts at the journaled position that the header names, without a journal to compare with.
     *
     * @throws RingBrokenException when the positions break the rules
     */
    public static RingSalvage inspect(RingFile file) throws RingBrokenException {
        try {
            RingPositions positions = RingPositions.check(file, -1);
            SlotSequences sequences = new SlotSequences();
            sequences.raiseTo(file.header());
            return new RingSalvage(file, positions.journaled(), positions.journaled(), positions.tail(), sequences);
        } finally {
            RingWords.settle();
        }
    }

    /** Goes over damage, at most {@link #STEP} bytes of it, or over one staged batch that was taken before. */
    @Override
    public boolean prepare() throws RingBrokenException {
        try {
            int left = STEP;
            while (!prepared && left > 0) {
                long before = at + zeros;
                if (at < from && at >= tail) {
                    at = from; // E of a salvage that was cut short: behind the tail
                } else if (at >= tail) {
                    prepared = staging.seek(sequences);
                    return prepared;
                } else {
                    findRecord();
                }
                left -= (int) Math.max(ALIGNMENT, at + zeros - before);
            }
            return prepared;
        } finally {
            RingWords.settle();
        }
    }

    private void findRecord() throws RingBrokenException {
        int committed = zeros > 0 ? 0 : committed(at < from ? (int) Math.min(STEP, from - at) : 1);
        if (at < from) {
            if (committed == 0) {
                skipDamage();
            }
            at = Math.min(at + committed, from);
        } else if (committed == 0) {
            skipDamage();
        } else {
            found = committed;
            prepared = true;
        }
    }

    /**
     * One staged batch at a time, whatever the budget. Calls {@link #prepare} as often as it takes where the caller has
     * not.
     *
     * @throws RingBrokenException at a record that breaks the rules; what lies behind it cannot be found
     */
    @Override
    public boolean next(RingBlock into, int budget, RingBlock.HeartbeatListener heartbeats) throws RingBrokenException {
        while (!prepared) {
            prepare();
        }
        try {
            boolean more = found > 0 ? load(into, budget, heartbeats) : staging.load(into, at, sequences);
            if (more) {
                at = into.endPosition();
                found = 0;
                prepared = false;
            }
            return more;
        } finally {
            RingWords.settle();
        }
    }

    private boolean load(RingBlock into, int budget, RingBlock.HeartbeatListener heartbeats)
            throws RingBrokenException {
        // a committed length stays: where it is gone by now, the copy of its bytes breaks the rules
        int bytes = Math.max(found, committed(budget));
        into.load(words, (int) at & capacity - 1, bytes, at, check, sequences, heartbeats);
        return true;
    }

    /** @return bytes of committed records from here to the wrap, the tail or the budget */
    private int committed(int budget) throws RingBrokenException {
        int index = (int) at & capacity - 1;
        long room = Math.min(capacity - index, tail - at);
        int bytes = 0;
        while (bytes < room) {
            int length = words.getIntVolatile(index + bytes);
            if (length <= 0) {
                break;
            }
            long aligned = RingPositions.align(length);
            if (length < RECORD_HEADER_LENGTH || length > maxRecordLength || aligned > room - bytes) {
                if (bytes == 0) {
                    throw RingPositions.badLength("record", length, at, room, maxRecordLength);
                }
                break;
            }
            if (bytes > 0 && bytes + aligned > budget) {
                break;
            }
            bytes += (int) aligned;
        }
        return bytes;
    }

    /**
     * A thread of a process that was wrongly taken for dead, or stayed away for long while its ring was replaced, may come back
     * and write what it had claimed. It stores the length first: so whoever sees bytes inside a hole finds the length by
     * looking again, and never takes payload for a record.
     */
    private void skipDamage() throws RingBrokenException {
        int index = (int) at & capacity - 1;
        long room = Math.min(capacity - index, tail - at);
        int length = words.getIntVolatile(index);
        if (length == 0 || zeros > 0) {
            long until = Math.min(room, (long) zeros + STEP);
            while (zeros < until && (zeros == 0 || words.getIntVolatile(index + zeros) == 0)) {
                zeros += ALIGNMENT;
            }
            if (zeros == until && until < room) {
                return; // goes on from there
            }
            length = words.getIntVolatile(index);
        }
        if (length > 0 && cameBack++ < MAX_CAME_BACK) {
            zeros = 0;
            return; // committed by now
        }
        if (length < 0) {
            // not negated: the smallest int has no counterpart
            if (length > -RECORD_HEADER_LENGTH || length < -maxRecordLength || RingPositions.align(-length) > room) {
                throw RingPositions.badLength("claimed (negative)", length, at, room, maxRecordLength);
            }
            if (words.getInt(index + Integer.BYTES) != MessageDescriptor.TYPE_PADDING) {
                torn++;
            }
            zeros = 0;
            at += RingPositions.align(-length);
            return;
        }
        holes++;
        at += Math.max(zeros, ALIGNMENT);
        zeros = 0;
        // a hole that reaches the wrap goes on at the ring's start: a dead wrap leaves two, counted as one
        if (at < tail && ((int) at & capacity - 1) == 0 && words.getIntVolatile(0) == 0) {
            holes--;
        }
    }

    /** Behind the tail once staged batches were taken. */
    @Override
    public long position() {
        return Math.max(at, from);
    }

    /** The ring's real end. */
    public long tail() {
        return tail;
    }

    @Override
    public long torn() {
        return torn + staging.torn();
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
