package io.emberlog.worker;

import io.emberlog.ring.IoReason;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The rings of one worker, one after the other. Log calls read {@link #current} and condemn a ring that failed; the
 * housekeeper alone creates, replaces and seals.
 *
 * <p>Crash table of replacing a ring (by {@link #maintain}) and of repeating a record that met a sealed one (by
 * {@link RingWriter}):
 *
 * <pre>
 * id  the process dies after                    the next start sees               what the master does
 * W1  a write threw, nothing replaced yet       one OPEN ring, maybe with a       salvages it as in Ring's table
 *                                               claim that was never finished
 * W2  creating the successor                    two rings; the second is empty    salvages the first, then the second
 *                                               and names the first
 * W3  publishing the successor; records are     both OPEN with records            as W2: the second only once the first
 *     in both                                                                     is salvaged, so threads keep order
 * W4  closing the predecessor's tail            as W3, and a tail beyond          as W3; the real tail from the tail
 *                                               head+capacity
 * W5  no call is in flight any more; sealing    SEALED with its real tail, and    as W3
 *     the predecessor                           the successor
 * W6  a record was committed in a ring that     the record there, and nowhere     delivers it once; its call never
 *     the master had sealed, not yet repeated   else                              returned
 * W7  repeating it in the successor             the record in both rings with     delivers it once, by that number
 *                                               one slot and sequence number
 * </pre>
 */
final class RingChain {
    /** Rings that may be made within {@link #BUDGET_NS}; a disk or mapping that fails for ever must not eat the machine. */
    static final int BUDGET = 4;

    static final long BUDGET_NS = 60_000_000_000L;

    /** A directory that cannot be written to is not asked more often than this; when it can, records find a ring within that. */
    static final long RETRY_NS = 3_000_000_000L;

    /** Attempts at one ring that an interrupt may end: an application that interrupts without end must not hold this thread. */
    private static final int MOST_INTERRUPTS = 100;

    /** How long a log call that met a sealed ring waits for the next one. */
    private static final long SUCCESSOR_WAIT_NS = 1_000_000_000L;

    /** A position that only a ring that was salvaged to its end has reached. */
    static final long WHOLE = Long.MAX_VALUE;

    private final WorkerRing.Creator creator;
    private final EpochClock clock;
    private final Reporter reporter;
    private final Pauses pauses;
    private final AtomicReference<WorkerRing[]> past = new AtomicReference<>(new WorkerRing[0]);
    /** When the last rings were made. */
    private final long[] madeNs = new long[BUDGET];

    private volatile WorkerRing current;
    private volatile boolean tried;
    private volatile boolean over;
    volatile Thread housekeeper;
    private boolean failedLast;
    private long failedNs;
    private UUID last;
    private volatile int made;

    /** Tells the user what went wrong. */
    interface Reporter {
        /** No ring can be made, or not now: records have nowhere to go. */
        void noRing(String why);
    }

    RingChain(WorkerRing.Creator creator, EpochClock clock, Reporter reporter) {
        this(creator, clock, reporter, Pauses.REAL);
    }

    RingChain(WorkerRing.Creator creator, EpochClock clock, Reporter reporter, Pauses pauses) {
        this.pauses = pauses;
        this.creator = creator;
        this.clock = clock;
        this.reporter = reporter;
    }

    /** Null while there is none. */
    WorkerRing current() {
        return current;
    }

    /** False until the first ring was made or could not be made. */
    boolean isSettled() {
        return tried;
    }

    /** Rings made so far. */
    int made() {
        return made;
    }

    /** No ring will be made any more: nobody is to wait for one. */
    void end() {
        over = true;
    }

    void wakeHousekeeper() {
        LockSupport.unpark(housekeeper);
    }

    /**
     * Waits, within bounds, until that ring is no longer the current one.
     *
     * @return the next one; null when there is none, or none in time
     */
    WorkerRing awaitSuccessor(WorkerRing sealed) {
        if (over) {
            return null;
        }
        sealed.condemned = true;
        wakeHousekeeper();
        long start = pauses.nanoTime();
        for (int attempt = 0; current == sealed; attempt++) {
            if (pauses.nanoTime() - start > SUCCESSOR_WAIT_NS) {
                return null;
            }
            pauses.idle(attempt);
        }
        return current;
    }

    /**
     * Housekeeper: makes the first ring, replaces one that failed or was sealed.
     *
     * @param slots those that may be in the middle of a write into the ring that goes
     * @return true when there is a new ring
     */
    boolean maintain(long nowNs, SlotTable slots) {
        WorkerRing old = current;
        if (old != null && !old.condemned && isOpen(old)) {
            return false;
        }
        if (!mayMake(nowNs)) {
            if (old != null) {
                reporter.noRing("more than " + BUDGET + " rings within a minute; waiting before the next");
                retire(old, null, pastWith(old), slots);
            }
            return false;
        }
        WorkerRing[] pastThen = pastWith(old);
        WorkerRing next = null;
        try {
            next = make(nowNs);
        } catch (IOException e) {
            reporter.noRing(IoReason.of(e));
        } catch (RuntimeException | Error e) {
            reporter.noRing(e.getMessage() == null ? e.toString() : e.getMessage());
        }
        retire(old, next, pastThen, slots);
        tried = true;
        return next != null;
    }

    /**
     * Housekeeper: somebody removed the file of the current ring, and the next master would not find it. Goes on in a new
     * one, if one can be made; until then in the old one, which a master that has it open still reads.
     *
     * @return true when there is a new ring
     */
    boolean moveOn(long nowNs, SlotTable slots) {
        if (!mayMake(nowNs)) {
            return false;
        }
        WorkerRing[] pastThen = pastWith(current);
        WorkerRing next;
        try {
            next = make(nowNs);
        } catch (IOException | RuntimeException | Error e) {
            return false; // the ring is as good as before: nothing to tell anybody
        }
        retire(current, next, pastThen, slots);
        return true;
    }

    /** The next ring. Success and failure count for {@link #mayMake}. */
    private WorkerRing make(long nowNs) throws IOException {
        RingWriter.settle(); // the old ring's fault, which may be why a new one is made, must not end that one's making
        try {
            WorkerRing next = create();
            last = next.uuid();
            madeNs[made % BUDGET] = nowNs;
            made = made + 1; // one writer
            failedLast = false;
            return next;
        } catch (IOException | RuntimeException | Error e) {
            failedLast = true;
            failedNs = nowNs;
            throw e;
        }
    }

    /**
     * An interrupt closes the file that is being made. It is nobody's business here, and so costs another attempt, not the
     * ring: without one, records would have nowhere to go until {@link #RETRY_NS} has passed.
     */
    private WorkerRing create() throws IOException {
        for (int interrupts = 1; ; interrupts++) {
            Thread.interrupted();
            try {
                return creator.create(last, clock.epochNs());
            } catch (IOException e) {
                if (interrupts == MOST_INTERRUPTS || !(e.getCause() instanceof ClosedByInterruptException)) {
                    throw e;
                }
            }
        }
    }

    private boolean mayMake(long nowNs) {
        if (failedLast && nowNs - failedNs < RETRY_NS) {
            return false;
        }
        return made < BUDGET || nowNs - madeNs[made % BUDGET] >= BUDGET_NS;
    }

    /**
     * Publishes first and seals last: no call finds no ring, and a call in flight finishes in the old one before that
     * says SEALED, since from then on the master may salvage it. A call that stays away for longer finds SEALED when it
     * comes back, and repeats its record.
     */
    private void retire(WorkerRing old, WorkerRing next, WorkerRing[] pastThen, SlotTable slots) {
        past.set(pastThen);
        current = next;
        if (old == null) {
            return;
        }
        try {
            old.closeTail();
            slots.awaitEachFreeOnce();
            old.seal();
        } catch (RuntimeException | Error mappingFailed) {
            return; // its file is broken; the master sees that too, and sets it aside with a report
        }
    }

    private static boolean isOpen(WorkerRing ring) {
        try {
            return ring.isOpen();
        } catch (RuntimeException | Error mappingFailed) {
            return false; // as good as sealed: it goes
        }
    }

    /**
     * What {@link #isSafe} has to look at once that ring is past, without those that are on the device whole. Before a ring is
     * made: where the heap is full for this, the ring that was just made would be in nobody's hands.
     */
    private WorkerRing[] pastWith(WorkerRing old) {
        WorkerRing[] rings = past.get();
        if (old == null) {
            return rings;
        }
        int kept = 0;
        WorkerRing[] next = new WorkerRing[rings.length + 1];
        for (WorkerRing ring : rings) {
            if (!isWholeSafe(ring, true)) {
                next[kept++] = ring;
            }
        }
        next[kept++] = old;
        return Arrays.copyOf(next, kept);
    }

    /**
     * Whether that ring up to that place, and all rings before it, are in the journal.
     *
     * @param synced whether they must be on the journal's device, too
     */
    boolean isSafe(WorkerRing ring, long position, boolean synced) {
        for (WorkerRing before : past.get()) {
            if (before == ring) {
                break;
            }
            if (!isWholeSafe(before, synced)) {
                return false;
            }
        }
        return isSafeTo(ring, position, synced);
    }

    private static boolean isWholeSafe(WorkerRing ring, boolean synced) {
        try {
            // what stayed staged comes out behind the ring's own records, at the end of its salvage
            return isSafeTo(ring, ring.staged() > 0 ? WHOLE : ring.tail(), synced);
        } catch (RuntimeException | Error mappingFailed) {
            return false; // nobody can know
        }
    }

    private static boolean isSafeTo(WorkerRing ring, long position, boolean synced) {
        return synced ? ring.isSyncedTo(position) : ring.isJournaledTo(position);
    }

    /** Asks the master to sync that ring that far. Those before it are synced as their salvage ends, unasked. */
    void requestSync(WorkerRing ring, long position) {
        ring.requestSync(position);
    }
}
