package io.emberlog.ring;

import static io.emberlog.ring.RingDescriptor.*;

import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import java.util.UUID;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * The claim side of a ring. Any worker thread, without locks; the master's side is {@link RingDrain}.
 *
 * <p>Crash table of one {@link #offer} (the steps are those of Agrona's {@code write}):
 *
 * <pre>
 * id  the process dies after                        the drain then sees           and does
 * R1  reading head and tail                         nothing                       nothing; the record was never there
 * R2  moving the tail                               a zero length at that place   dead ring: skips to the next word
 *                                                                                 that is not zero, counts a hole
 * R3  moving the tail past the ring's end, with     zero lengths before the end   as R2; the wrap itself holds no
 *     padding claimed and not yet marked            and at the start              record
 * R4  storing the negative length                   a negative length             dead ring: skips it, counts it torn
 * R5  storing the payload, the type and, in a       as R4                         as R4
 *     checked ring, the check
 * R6  storing the positive length (committed)       the record                    delivers it, though offer never
 *                                                                                 returned: unfinished calls may arrive
 * R7  returning true                                the record                    delivers it
 * R8  closing the tail, before the state is SEALED  a tail beyond head+capacity   takes the real tail from the tail
 * </pre>
 *
 * While the owner lives the drain waits in front of such a place. It never repairs a living ring.
 */
public final class Ring {
    /** The record is in the ring: it survives the death of this process. */
    public static final int RINGED = 0;

    /** No room, or only the reserved share is left. */
    public static final int FULL = -1;

    /** The ring takes nothing more; the caller goes to the successor with the same record. */
    public static final int SEALED = -2;

    /**
     * End of the reserve that only {@link #offerLast} fills: a full ring must not swallow how its worker ended. Twice what
     * is needed, since the free space may lie on both sides of the wrap.
     */
    static final int LAST_WORDS = 512;

    private final RingHeader header;
    private final RingWords words;
    private final ManyToOneRingBuffer agrona;
    private final int capacity;
    private final int unreserved;
    private final int maxPayloadLength;
    /** Null in a ring whose records are not checked. */
    private final CheckPool checks;

    /** Somebody found the drain at rest when a record was in the ring. */
    private volatile boolean wakeWanted;

    Ring(RingHeader header, RingWords words, RingSpec spec, UUID uuid) {
        this.header = header;
        this.words = words;
        this.agrona = new ManyToOneRingBuffer(words);
        this.capacity = spec.capacity();
        this.unreserved = capacity - capacity / 8;
        this.maxPayloadLength = spec.maxPayloadLength();
        this.checks = spec.checked() ? new CheckPool(uuid) : null;
    }

    /**
     * Copies a message in and publishes it. Never blocks.
     *
     * <p>The state word is read once more after the write: a master that wrongly took this process for dead may have
     * sealed and emptied the ring before the record was committed, and only then is the word no longer OPEN. The
     * caller repeats such a record, with the same slot sequence, in the successor; the master drops the double.
     *
     * @param length at most {@link #maxPayloadLength}; the drain takes nothing longer
     * @param mayUseReserve whether the last eighth of the ring may be filled (WARN and above, heartbeats, drop reports),
     *     but for its very end
     * @return {@link #RINGED}, {@link #FULL} or {@link #SEALED}
     * @throws IllegalArgumentException for a length or type out of bounds; nothing was claimed
     * @throws RuntimeException or an Error when the mapping fails (a truncated file); the caller retires the ring. The {@code
     *     InternalError} of a file whose header was left comes later, out of whatever this thread does next
     */
    public int offer(int type, VarHandleBuffer source, int offset, int length, boolean mayUseReserve) {
        return offerUpTo(mayUseReserve ? capacity - LAST_WORDS : unreserved, type, source, offset, length);
    }

    /** As {@link #offer}, up to the last byte of the ring: for the goodbye, and one drop report in front of it. */
    public int offerLast(int type, VarHandleBuffer source, int offset, int length) {
        return offerUpTo(Integer.MAX_VALUE, type, source, offset, length); // Agrona knows where the end is
    }

    private int offerUpTo(int limit, int type, VarHandleBuffer source, int offset, int length) {
        if (length > maxPayloadLength) {
            throw new IllegalArgumentException("length=" + length + " must be at most " + maxPayloadLength);
        }
        long backlog = words.mostBacklog();
        if (backlog > limit - length) {
            backlog = words.backlogAnew();
        }
        if (backlog > limit - length) {
            boolean open = isOpen();
            settleIfCut(backlog);
            return open ? FULL : SEALED;
        }
        boolean written = checks == null
                ? agrona.write(type, source, offset, length)
                : writeChecked(type | MessageDescriptor.CHECKED, source, offset, length);
        long stateAndRest = header.stateAndRestVolatile();
        int state = (int) stateAndRest;
        if (state != STATE_OPEN) {
            header.settleIfNoState(state);
            return SEALED;
        }
        if (written) {
            header.settleIfCut();
            if (stateAndRest != STATE_OPEN && type != MessageDescriptor.TYPE_HEARTBEAT) {
                wakeWanted = true;
            }
            return RINGED;
        }
        backlog = words.backlog();
        settleIfCut(backlog);
        return backlog > capacity ? SEALED : FULL;
    }

    /** What was read of a cut file is anything; that of a ring whose tail is closed is {@link RingDescriptor#SEAL} too high. */
    private void settleIfCut(long backlog) {
        long open = backlog >= SEAL ? backlog - SEAL : backlog;
        if (open > capacity || open < 0) {
            RingWords.settle();
        }
        header.settleIfCut();
    }

    /**
     * Whether the drain rested when a record was put in (a heartbeat can wait), so that somebody is to wake it: {@link
     * #takeWakeWanted}. Any thread; one that logs, behind its own {@link #offer}.
     */
    public boolean isWakeWanted() {
        return wakeWanted;
    }

    /** As {@link #isWakeWanted}; where it is, the caller wakes the drain now, and what is put in from here on asks anew. One thread. */
    public boolean takeWakeWanted() {
        boolean wanted = wakeWanted;
        if (wanted) {
            wakeWanted = false;
        }
        return wanted;
    }

    private boolean writeChecked(int type, VarHandleBuffer source, int offset, int length) {
        RecordCheck check = checks.acquire();
        check.message(source, offset, length);
        int payload = agrona.tryClaim(type, length + MessageDescriptor.CHECK_LENGTH);
        if (payload == RingBuffer.INSUFFICIENT_CAPACITY) {
            checks.release(check);
            return false;
        }
        long position = claimedPosition(payload - RingBlockReader.RECORD_HEADER_LENGTH);
        words.putBytes(payload, source, offset, length);
        words.putLong(payload + length, position);
        words.putInt(payload + length + Long.BYTES, check.value(type, position));
        agrona.commit(payload);
        checks.release(check);
        return true;
    }

    /**
     * Where in the ring's life the record that this thread has claimed at that index stands. While it is not committed no
     * drain moves the head past it: head &lt;= position. {@link RingWords} lets no claim end beyond head + capacity, so
     * whatever was claimed since, position &lt; tail &lt;= position + capacity; and of the positions that fall on the index
     * only one lies there. A tail that was closed meanwhile is {@link RingDescriptor#SEAL} further, at least twice the
     * capacity, and the head, read after it and still not beyond the position, shows that.
     */
    private long claimedPosition(int index) {
        long tail = words.tailVolatile();
        if (tail - words.headVolatile() > capacity) {
            tail -= SEAL;
        }
        return tail - 1 - ((tail - 1 - index) & capacity - 1);
    }

    /** Bytes written and not yet drained; momentary. Far above the capacity when closed. */
    public long backlog() {
        return words.backlog();
    }

    /** Where the next record will be claimed; after closing this is {@link RingDescriptor#SEAL} too high. */
    public long tail() {
        return words.tailVolatile();
    }

    /** Usable bytes, a power of two. */
    public int capacity() {
        return capacity;
    }

    /** Longest message that {@link #offer} takes. */
    public int maxPayloadLength() {
        return maxPayloadLength;
    }

    /** False once closed or sealed, by this process or by the master. */
    public boolean isOpen() {
        return header.state() == STATE_OPEN && words.backlog() <= capacity;
    }

    /**
     * The first of the two steps that end a ring: no later claim succeeds, and {@link #offer} answers {@link #SEALED}.
     * Calls that have claimed before still commit and are acknowledged, since the state stays OPEN; only when none of
     * them is left may its owner take the second step, {@link RingFile#seal}, for the master may salvage a ring that
     * says SEALED at once. Safe to repeat and to race.
     *
     * @return the real tail
     */
    public long closeTail() {
        return words.closeTail();
    }
}
