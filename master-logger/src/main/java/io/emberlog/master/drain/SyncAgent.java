package io.emberlog.master.drain;

import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalException;
import io.emberlog.ring.RingFile;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * Brings what is journaled to the device, and tells the workers how far: by time, at once for records from a level on, and at once
 * for a worker that asks. One force covers all that was appended before it began, of all rings, whoever wanted it. {@link #doWork}:
 * the sync thread, which waits for the device so that no other need. The others: any thread.
 *
 * <p>Nothing is called synced that a force has not covered, and nothing that was appended while documents were lost
 * ({@link Journal#breaches}).
 */
public final class SyncAgent {
    /** As a level: no record is synced at once. */
    public static final int NO_LEVEL = Integer.MAX_VALUE;

    /** Behind a force that somebody waited for: more of them may want one soon. */
    private static final long WANTED_NS = 50_000_000L;

    private static final long WANTED_PARK_NS = 250_000L;

    /** Between looks whether a worker asks. */
    private static final long PARK_NS = 10_000_000L;

    /** The same once nothing was appended for {@link #QUIET_NS}: what a worker would ask for is synced by then, mostly. */
    private static final long QUIET_PARK_NS = 100_000_000L;

    /** The same where all is on the device and time brings what comes there: nobody has anything to ask for. */
    private static final long SYNCED_PARK_NS = 1_000_000_000L;

    private static final long QUIET_NS = 1_000_000_000L;

    private final Journal journal;
    private final long intervalNs;
    private final int level;
    private final LongSupplier nanoTime;
    private final Runnable wake;
    private final List<RingSync> rings = new CopyOnWriteArrayList<>();
    private volatile boolean asked;
    /** Documents; one writer, the drain thread. */
    private volatile long appended;

    private volatile boolean quiet;
    private long appendedSeen;
    private long appendedNs;
    private long syncedNs;
    private final boolean lossAtStart;
    /** Of the journal's breaches, those that every ring has been told of. */
    private volatile long toldBreaches;

    /**
     * @param interval zero when time alone asks for nothing
     * @param level severity from which a record is synced at once, or {@link #NO_LEVEL}
     * @param wake makes the sync thread call {@link #doWork} soon
     */
    public SyncAgent(Journal journal, Duration interval, int level, LongSupplier nanoTime, Runnable wake) {
        this.journal = journal;
        this.intervalNs = interval.toNanos();
        this.level = level;
        this.nanoTime = nanoTime;
        this.wake = wake;
        syncedNs = nanoTime.getAsLong();
        appendedNs = syncedNs;
        toldBreaches = journal.breaches();
        lossAtStart = toldBreaches > 0;
    }

    /**
     * The drain thread.
     *
     * @param recoveredEnd how far the journal had it when this master began; 0 when it did not know it
     */
    void add(RingSync ring, long recoveredEnd) {
        ring.recovered(recoveredEnd, lossAtStart);
        rings.add(ring);
    }

    /** Whether documents that an earlier master had not synced were gone when this one opened the journal. Any thread. */
    boolean beganWithLoss() {
        return lossAtStart;
    }

    /**
     * The drain thread, after the journal may have been opened again and before a ring hears of what was appended since: tells
     * them of a loss. What they journal from here on is not part of it.
     */
    void opened() {
        long breaches = journal.breaches();
        if (breaches != toldBreaches) {
            rings.forEach(RingSync::mayBeLost);
            toldBreaches = breaches;
        }
    }

    void remove(RingSync ring) {
        rings.remove(ring);
    }

    /**
     * The drain thread: a document was appended.
     *
     * @param severity of its most severe record; 0 when it has none but heartbeats, for which nobody waits
     */
    void journaled(int severity) {
        if (severity == 0) {
            return;
        }
        appended = appended + 1; // before the look at quiet: one of the two threads sees the other
        if (severity >= level) {
            request();
        } else if (quiet) {
            wake.run();
        }
    }

    /** What is appended now is to be synced now. */
    public void request() {
        if (!asked) {
            asked = true;
            wake.run();
        }
    }

    /** Whether everything appended so far has been forced, and all who asked have had their answer. */
    public boolean isAllSynced() {
        return !asked && journal.syncedIndex() >= journal.lastIndex();
    }

    /**
     * One step; the sync thread.
     *
     * @return whether somebody waited for it: then others may follow soon
     */
    public int doWork() {
        quiet = false;
        boolean wanted = asked | isAnyWanted();
        long now = nanoTime.getAsLong();
        boolean due = intervalNs > 0 && now - syncedNs >= intervalNs;
        if (!wanted && !due) {
            return 0;
        }
        return sync(now) && wanted ? 1 : 0;
    }

    /**
     * Until the next step; the sync thread.
     *
     * @param sinceWorkNs since a step that somebody waited for
     */
    public long parkNs(long sinceWorkNs) {
        if (sinceWorkNs < WANTED_NS) {
            return WANTED_PARK_NS;
        }
        long now = nanoTime.getAsLong();
        if (appended != appendedSeen) {
            appendedSeen = appended;
            appendedNs = now;
        }
        if (asked || now - appendedNs < QUIET_NS) {
            return PARK_NS;
        }
        quiet = true;
        if (appended != appendedSeen) {
            return PARK_NS;
        }
        return intervalNs > 0 && isAllSynced() ? SYNCED_PARK_NS : QUIET_PARK_NS;
    }

    /** Of many rings, mostly none: so they are settled together, and one by one only where one of the files was cut. */
    private boolean isAnyWanted() {
        try {
            boolean wanted = false;
            for (RingSync ring : rings) {
                wanted |= ring.seemsWanted();
            }
            RingFile.settle();
            return wanted;
        } catch (InternalError cut) {
            boolean wanted = false;
            for (RingSync ring : rings) {
                wanted |= ring.isWanted();
            }
            return wanted;
        }
    }

    private boolean sync(long now) {
        asked = false; // before anything is captured: who asks from here on is served by the next step
        long breaches = toldBreaches;
        rings.forEach(RingSync::capture);
        try {
            journal.sync();
        } catch (JournalException e) {
            asked = true; // told by the journal's listener; the drain opens it again, and then it is tried again
            return false;
        }
        if (journal.breaches() != breaches) {
            asked = true; // a loss that the rings do not know of yet: what was captured may be what is lost
            return false;
        }
        rings.forEach(RingSync::publish);
        syncedNs = now;
        return true;
    }
}
