package io.emberlog.master.drain;

import io.emberlog.heartbeat.DeathReport;
import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.RecoveredState;
import io.emberlog.master.journal.RingEnd;
import io.emberlog.message.Level;
import io.emberlog.ring.RingFile;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Moves committed records from the rings into the journal: takes a validated block of every ring, appends one document,
 * and only then gives the space back. {@link #doWork} belongs to the drain thread; {@link #found}, {@link #ownerDead} and
 * the counters may be called from any thread.
 *
 * <p>A document that the journal did not take is kept and tried again, and nothing more is taken meanwhile: the rings
 * absorb, then the workers' policies. Crash table of a round: {@link io.emberlog.ring.RingDrain}; of what follows the
 * last round of a ring: {@link RingReaper}. And of the turn from one to the other:
 *
 * <pre>
 * id  the master dies after                        the next start sees                and does
 * S1  sealing a dead owner's ring                  a sealed ring, E at its last end,  salvages from E on, and ends it when
 *                                                  marked as a dead owner's           it, too, finds the owner dead
 * S2  appending a block of its salvage             as S1                              as S1; counts damage again from
 *                                                                                     journaledPosition, once
 * S3  appending the ENDED mark                     as P1                              reaps it
 * </pre>
 */
public final class DrainAgent {
    /** Hears of every document in the journal, on the drain thread; must not block. */
    @FunctionalInterface
    public interface JournaledListener {
        /** @param nextSequence number behind the document's last record */
        void onJournaled(long documentIndex, long nextSequence);
    }

    private static final long STATE_INTERVAL_BYTES = 64L << 20;
    /** A STATE that does not fit is tried again after so much. */
    private static final long STATE_RETRY_BYTES = 4L << 20;
    /** Most that rings take in a STATE whose files are gone: records find room beside it. */
    private static final int STATE_ROOM = 256 * 1024;

    private static final long REOPEN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long MAX_REOPEN_INTERVAL_NS = TimeUnit.SECONDS.toNanos(3);
    private static final int EVENT_ROOM = 96 * 1024;

    private static final long ACTIVE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long ACTIVE_PARK_NS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long IDLE_PARK_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long REST_AFTER_NS = TimeUnit.SECONDS.toNanos(2);
    /** For heartbeats, for rings that their workers have closed, and should a wake-up get lost. */
    private static final long REST_PARK_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Journal journal;
    private final MasterEvents events;
    private final SyncAgent sync;
    private final JournaledListener onJournaled;
    private final LongSupplier nanoTime;
    private final LongSupplier epochNs;

    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final JournalDocumentWriter writer = new JournalDocumentWriter();
    private final PendingDocument pending;
    private final RingRoster roster;
    private final RingEndings endings;
    private final ReorderWindow window;
    private final MergePlan plan;
    private final BlockTaker taker;
    private final HeldRecords.Pool pool = new HeldRecords.Pool();

    private long nextSequence;
    private long bytesSinceState = STATE_INTERVAL_BYTES;
    private long segmentOfState = -1;
    private long reopenAtNs;
    private long reopenDelayNs = REOPEN_INTERVAL_NS / 2;
    private boolean withState;
    private boolean outOfSpace;
    /** A pass failed: what it took is taken again before anything else is. */
    private boolean takesAgain;

    /** Something is left that the last step would have taken with more room. */
    private boolean leftSome;

    private volatile long recordsJournaled;
    private volatile long passes;
    private volatile boolean resting;
    private Runnable wake = () -> {};
    private BooleanSupplier canBeWoken = () -> false;

    /**
     * @param recovered what the journal knows; from {@link io.emberlog.master.journal.JournalRecovery}
     * @param budget most bytes taken from one ring for one document
     * @param onJournaled hears of every document
     */
    public DrainAgent(
            Journal journal,
            JournalListener journalListener,
            RecoveredState recovered,
            LivenessMonitor liveness,
            MasterEvents events,
            RingReaper reaper,
            SyncAgent sync,
            JournaledListener onJournaled,
            LongSupplier nanoTime,
            LongSupplier epochNs,
            int budget) {
        this.journal = journal;
        this.events = events;
        this.sync = sync;
        this.onJournaled = onJournaled;
        this.nanoTime = nanoTime;
        this.epochNs = epochNs;
        this.nextSequence = recovered.nextSequence();
        this.pending = new PendingDocument(journal, journalListener, writer);
        this.roster = new RingRoster(recovered, liveness, reaper, sync);
        this.endings = new RingEndings(writer, events);
        this.window = new ReorderWindow(budget);
        this.plan = new MergePlan(writer);
        this.taker = new BlockTaker(roster, endings, writer, window, pool, liveness, nanoTime, epochNs);
    }

    /**
     * The channel directory was listed: these ring files are new. All that one listing shows come in one call, none twice, so
     * that a successor is not begun while its predecessor is still on its way here. Any thread.
     *
     * @param whole false where files may be there that could not be listed or opened this time
     */
    public void found(List<RingFile> files, boolean whole) {
        commands.add(() -> {
            if (!files.isEmpty()) {
                rise(); // their workers have not been told
            }
            roster.found(files, whole);
        });
        if (!files.isEmpty()) {
            wake.run();
        }
    }

    /** As {@link #found(List, boolean)}, of a listing that showed all there is. */
    public void found(List<RingFile> files) {
        found(files, true);
    }

    /** Two witnesses say that the owner of this ring is gone. Any thread. */
    public void ownerDead(UUID ring, DeathReport report, long detectedAfterNs) {
        commands.add(() -> roster.ownerDead(ring, report, detectedAfterNs, nanoTime.getAsLong()));
        wake.run();
    }

    /**
     * The owner, a worker of this JVM, has said goodbye and the JVM is ending: no other master need come for the rest. What it
     * still tries to log is refused. Any thread.
     */
    public void ownerLeaves(UUID ring) {
        commands.add(() -> roster.ownerDead(ring, null, -1, nanoTime.getAsLong()));
        wake.run();
    }

    /**
     * How long records are held to be put in the order of their timestamps with those of other rings; 0, the default, holds
     * none. What is held when it is made shorter goes accordingly earlier. Any thread.
     */
    public void reorderWindow(Duration window) {
        long ns = window.toNanos();
        commands.add(() -> this.window.set(ns));
    }

    /** Most bytes taken from one ring for one document. Any thread. */
    public int budget() {
        return window.budget();
    }

    /** Most bytes taken from one ring for one document, from the next document on. Any thread. */
    public void budget(int bytes) {
        window.budget(bytes);
    }

    /**
     * Before the first step.
     *
     * @param toWake makes the drain thread call {@link #doWork} soon
     * @param hearsWorkers whether a worker that wakes the drain is heard
     */
    public void onWake(Runnable toWake, BooleanSupplier hearsWorkers) {
        wake = toWake;
        canBeWoken = hearsWorkers;
    }

    /**
     * Until the next step; the drain thread. Next to nothing while records come. Later 10 ms and no more: a worker that begins to
     * log as fast as it can fills a ring of the default size in 10 to 17 ms. Longer once every worker has been told that it is to
     * wake this thread.
     *
     * @param sinceWorkNs since a step that did something
     */
    public long parkNs(long sinceWorkNs) {
        if (leftSome) {
            return 0;
        }
        if (sinceWorkNs < REST_AFTER_NS || !canBeWoken.getAsBoolean() || !mayRest()) {
            rise();
            return sinceWorkNs < ACTIVE_NS ? ACTIVE_PARK_NS : IDLE_PARK_NS;
        }
        if (resting) {
            return REST_PARK_NS;
        }
        if (!commands.isEmpty() || events.hasWaiting()) {
            return IDLE_PARK_NS;
        }
        roster.rest();
        resting = true;
        return 0; // one more step at once, for what was put in before the workers were told
    }

    /** Whether nothing waits for this thread, and every worker would wake it. Also of a rest that has begun: a worker may have died in it. */
    private boolean mayRest() {
        return !pending.exists() && !takesAgain && !outOfSpace && roster.mayRest();
    }

    /** This thread looks by itself again. */
    private void rise() {
        if (resting) {
            resting = false;
            roster.rise();
        }
    }

    /** Whether workers have been told that the drain thread sleeps long. Any thread. */
    public boolean isResting() {
        return resting;
    }

    /** Calls of {@link #doWork} so far. Any thread. */
    public long passes() {
        return passes;
    }

    /** Log records appended since this master started. Any thread. */
    public long recordsJournaled() {
        return recordsJournaled;
    }

    /** True when every ring is drained as far as it is committed and nothing waits. The drain thread, or after its end. */
    public boolean isDrained() {
        if (takesAgain || pending.exists() || !commands.isEmpty() || events.hasWaiting()) {
            return false;
        }
        for (RingSession session : roster.sessions()) {
            if (!isDrained(session)) {
                return false;
            }
        }
        return true;
    }

    private boolean isDrained(RingSession session) {
        try {
            boolean more = session.phase() == RingSession.Phase.DRAINING
                    && session.drain().hasMore();
            RingFile.settle();
            return !more
                    && (session.phase() != RingSession.Phase.SALVAGING || roster.onlyAwaitsJudgement(session))
                    && session.held().isEmpty();
        } catch (InternalError cut) {
            return false; // a file cut while in use: the next pass meets the same and sets it aside
        }
    }

    /**
     * One pass over all rings and at most one document.
     *
     * @return 1 when others may follow soon; 0 when there was nothing but heartbeats, or nothing can be done now
     */
    public int doWork() {
        passes++;
        leftSome = false;
        // Not work by themselves: a listing comes every second, mostly of nothing, and must not keep this thread awake.
        for (Runnable command = commands.peek(); command != null; command = commands.peek()) {
            run(command);
        }
        if (pending.exists()) {
            return append() ? 1 : 0;
        }
        if (takesAgain) {
            takeAgain();
        }
        if (!hasSpace()) {
            return 0;
        }
        try {
            return pass();
        } catch (Throwable t) {
            leftSome = false; // what fails again is not tried again without a pause
            takesAgain = !pending.exists(); // else the document is whole: it is appended first
            throw t;
        }
    }

    /** One that met a full heap is run again: a ring that nobody told of would stay where it is. */
    private void run(Runnable command) {
        boolean again = false;
        try {
            command.run();
        } catch (OutOfMemoryError e) {
            again = true;
            throw e;
        } finally {
            if (!again) {
                commands.remove();
            }
        }
    }

    /**
     * A pass failed between taking and appending, in a way that nobody foresaw. What was taken is still in the rings, and
     * would be lost if the next pass went on behind it: every ring starts anew where the journal has it. Where this fails,
     * too, there is no pass before it has succeeded.
     */
    private void takeAgain() {
        roster.startAnew(endings.sessions());
        plan.begin(0, 0);
        endings.forget();
        takesAgain = false;
    }

    private int pass() {
        writer.begin(nextSequence, epochNs.getAsLong());
        withState = bytesSinceState >= STATE_INTERVAL_BYTES && addState();
        endings.clear();
        long now = nanoTime.getAsLong();
        taker.take(now);
        leftSome = taker.leftSome();
        plan.begin(writer.remaining() - EVENT_ROOM, window.budget());
        window.choose(roster.sessions(), now, plan);
        plan.plan();
        if (plan.isEmpty() && endings.sessions().isEmpty() && !events.hasWaiting() && !withState) {
            return taker.entriesTaken() > 0 ? 1 : 0;
        }
        // Heartbeats alone are no work: of a thousand workers one comes at any time, and must not keep this thread
        // awake.
        boolean busy = withState || !endings.sessions().isEmpty();
        int records = plan.write() + addEvents();
        pending.finish(records);
        append();
        return busy || records > 0 ? 1 : 0;
    }

    /** @return false when more rings with files are there than one document can name: recovery then reads further back */
    private boolean addState() {
        boolean added = writer.addState(nextSequence, roster.ends(STATE_ROOM));
        if (!added) {
            bytesSinceState = STATE_INTERVAL_BYTES - STATE_RETRY_BYTES;
        }
        return added;
    }

    private boolean hasSpace() {
        if (!journal.isFailed() && !journal.hasSpace()) {
            if (!outOfSpace) {
                outOfSpace = true;
                events.addUrgent(
                        Level.ERROR, "journal: too little free space for {}; draining waits", journal.shortage());
            }
            return false;
        }
        if (outOfSpace) {
            outOfSpace = false;
            events.addUrgent(Level.NOTICE, "journal: can be written again; draining goes on");
        }
        return true;
    }

    private int addEvents() {
        int count = events.encode(writer.remainingForSegment() - MergePlan.SOURCE_ROOM);
        if (count > 0) {
            int source = writer.addSource(events.identity(), events.position(), events.position() + events.length());
            if (source < 0 || !writer.addSegment(source, events.position(), events.block(), 0, events.length())) {
                throw new IllegalStateException("no room for " + events.length() + " bytes of the master's records");
            }
        }
        return count;
    }

    /** @return true when the document is in the journal */
    private boolean append() {
        long now = nanoTime.getAsLong();
        if (now - reopenAtNs < 0) {
            return false;
        }
        try {
            long index = pending.append(nextSequence, this::isThere);
            sync.opened();
            committed(index);
            reopenDelayNs = REOPEN_INTERVAL_NS / 2;
            return true;
        } catch (JournalException e) {
            sync.opened();
            // no space: looked at again soon. A device that refuses: each try writes again what it has not taken.
            reopenDelayNs = e.reason() == JournalException.Reason.NO_SPACE
                    ? REOPEN_INTERVAL_NS
                    : Math.min(MAX_REOPEN_INTERVAL_NS, 2 * reopenDelayNs);
            reopenAtNs = now + reopenDelayNs;
            if (!outOfSpace) {
                outOfSpace = true;
                events.addUrgent(Level.ERROR, "journal: cannot be written, draining waits: {}", e.getMessage());
            }
            return false;
        }
    }

    /** Whether the document in doubt, which has no records, is in the journal: a ring stands where only it takes it. */
    private boolean isThere(RecoveredState state) {
        if (plan.isEmpty()) {
            return false;
        }
        RingEnd end = state.rings().get(plan.rings().get(0).identity.ringUuid());
        return end != null && end.endPosition() == plan.endPosition(0);
    }

    private void committed(long index) {
        int severity = events.highestSeverity();
        for (int i = 0; i < plan.rings().size(); i++) {
            try {
                severity = Math.max(severity, plan.rings().get(i).journaled(plan.endPosition(i), pool));
            } catch (InternalError e) {
                // a file cut while in use: the next take of this ring faults, too, and quarantines it
            }
        }
        endings.sessions().forEach(roster::ended);
        endings.clear();
        events.taken();
        nextSequence += pending.records();
        recordsJournaled += pending.records();
        markState(index);
        pending.done();
        plan.begin(0, 0);
        onJournaled.onJournaled(index, nextSequence);
        sync.journaled(severity);
    }

    /** From time to time the journal says where everything stands, so that recovery need not read far back. */
    private void markState(long index) {
        bytesSinceState = withState ? 0 : bytesSinceState + pending.length();
        long segment = index >>> Integer.SIZE;
        if (segment != segmentOfState && !withState) {
            bytesSinceState = STATE_INTERVAL_BYTES; // the second document of a segment says where everything stands
        }
        segmentOfState = segment;
    }
}
