package io.emberlog.master.drain;

import io.emberlog.heartbeat.DeathReport;
import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalRecovery;
import io.emberlog.master.journal.RecoveredState;
import io.emberlog.master.journal.RingEnd;
import io.emberlog.message.Level;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingBlock;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
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
 * S1  sealing a dead owner's ring                  a sealed ring, E at its last end   salvages from E on
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

    private static final int MAX_SOURCES = 32;
    private static final int SOURCE_ROOM = 1200;
    private static final int EVENT_ROOM = 96 * 1024;
    private static final int STATE_ROOM = 256 * 1024;
    /** Two copies of the shortest record and its segment's head: what merging may add is bounded by half. */
    private static final int MERGE_OVERHEAD_DIVISOR = 2;

    private static final long STATE_INTERVAL_BYTES = 64L << 20;
    private static final long REOPEN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long MAX_REOPEN_INTERVAL_NS = TimeUnit.SECONDS.toNanos(3);
    private static final int MAX_REMEMBERED_ENDED = 1_000;
    private static final int SCANS_TO_FIND_ALL = 1_000;
    private static final long NONE = -1;

    private final Journal journal;
    private final JournalListener journalListener;
    private final LivenessMonitor liveness;
    private final MasterEvents events;
    private final RingReaper reaper;
    private final SyncAgent sync;
    private final JournaledListener onJournaled;
    private final LongSupplier nanoTime;
    private final LongSupplier epochNs;
    private final int budget;

    private final JournalDocumentWriter writer = new JournalDocumentWriter();
    private final BlockMerger merger = new BlockMerger(writer);
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final List<RingSession> sessions = new ArrayList<>();
    private final Map<UUID, RingEnd> ended = new LinkedHashMap<>();
    private final Map<UUID, RingEnd> recovered;
    private final List<RingBlock> blocks = new ArrayList<>();
    private final List<RingSession> takenFrom = new ArrayList<>();
    private final List<RingSession> endedHere = new ArrayList<>();

    private long nextSequence;
    private int pendingLength;
    private int pendingRecords;
    private int firstInTurn;
    private long bytesSinceState = STATE_INTERVAL_BYTES;
    private long segmentOfState = -1;
    private long reopenAtNs;
    private long reopenDelayNs = REOPEN_INTERVAL_NS / 2;
    private boolean withState;
    /** Index of the pending document when it is in the journal and not yet {@link #committed}; else {@link #NONE}. */
    private long appendedIndex = NONE;
    /** The journal has failed, and nobody has looked yet whether it holds the pending document. */
    private boolean inDoubt;

    private boolean outOfSpace;
    private long scans;
    private volatile long recordsJournaled;
    private volatile long passes;

    /**
     * @param recovered what the journal knows; from {@link JournalRecovery}
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
        this.journalListener = journalListener;
        this.liveness = liveness;
        this.events = events;
        this.reaper = reaper;
        this.sync = sync;
        this.onJournaled = onJournaled;
        this.nanoTime = nanoTime;
        this.epochNs = epochNs;
        this.budget = budget;
        this.nextSequence = recovered.nextSequence();
        this.recovered = new HashMap<>(recovered.rings());
        recovered.rings().forEach((uuid, end) -> {
            if (end.ended()) {
                remember(uuid, end);
            }
        });
    }

    /**
     * The channel directory was listed: these ring files are new. All that one listing shows come in one call, none twice, so
     * that a successor is not begun while its predecessor is still on its way here. Any thread.
     */
    public void found(List<RingFile> files) {
        commands.add(() -> {
            files.forEach(this::add);
            scans++;
            if (scans == SCANS_TO_FIND_ALL) {
                recovered.clear(); // of those nothing is left but their names
            }
        });
    }

    /** Two witnesses say that the owner of this ring is gone. Any thread. */
    public void ownerDead(UUID ring, DeathReport report, long detectedAfterNs) {
        commands.add(() -> {
            for (RingSession session : sessions) {
                if (session.identity.ringUuid().equals(ring)) {
                    session.ownerDead(report, detectedAfterNs, nanoTime.getAsLong());
                }
            }
        });
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
        if (pendingLength > 0 || !commands.isEmpty() || events.hasWaiting()) {
            return false;
        }
        for (RingSession session : sessions) {
            if (session.phase() == RingSession.Phase.DRAINING && session.drain().hasMore()
                    || session.phase() == RingSession.Phase.SALVAGING) {
                return false;
            }
        }
        return true;
    }

    /**
     * One pass over all rings and at most one document.
     *
     * @return what was done; 0 when there was nothing to do or nothing can be done now
     */
    public int doWork() {
        passes++;
        // Not work by themselves: a listing comes every second, mostly of nothing, and must not keep this thread awake.
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
        if (pendingLength > 0) {
            return append() ? 1 : 0;
        }
        if (!hasSpace()) {
            return 0;
        }
        try {
            return pass();
        } catch (Throwable t) {
            takeAgain();
            throw t;
        }
    }

    /**
     * A pass failed between taking and appending, in a way that nobody foresaw. What was taken is still in the rings, and
     * would be lost if the next pass went on behind it: every ring starts anew where the journal has it.
     */
    private void takeAgain() {
        if (pendingLength > 0) {
            return; // the document is whole: it is appended first
        }
        for (RingSession session : endedHere) {
            if (!sessions.contains(session)) {
                sessions.add(session);
            }
        }
        for (int i = 0; i < sessions.size(); i++) {
            sessions.set(i, sessions.get(i).anew());
        }
        takenFrom.clear();
        endedHere.clear();
    }

    private int pass() {
        writer.begin(nextSequence, epochNs.getAsLong());
        boolean state = addState();
        takeBlocks();
        if (takenFrom.isEmpty() && endedHere.isEmpty() && !events.hasWaiting() && !state) {
            return 0;
        }
        pendingRecords = merger.merge(blocks, takenFrom) + addEvents();
        pendingLength = writer.finish(pendingRecords);
        append();
        return 1;
    }

    private boolean hasSpace() {
        if (!journal.isFailed() && !journal.hasSpace()) {
            if (!outOfSpace) {
                outOfSpace = true;
                report(Level.ERROR, "journal: too little free space on its disk; draining waits", new Object[0]);
            }
            return false;
        }
        if (outOfSpace) {
            outOfSpace = false;
            report(Level.NOTICE, "journal: free space is back; draining goes on", new Object[0]);
        }
        return true;
    }

    // --- finding rings ---------------------------------------------------------------------------------------------

    private void add(RingFile file) {
        UUID uuid = file.identity().ringUuid();
        RingEnd known = recovered.remove(uuid);
        boolean salvaged = ended.containsKey(uuid) || known != null && known.ended();
        try {
            salvaged |= file.header().state() == RingDescriptor.STATE_SALVAGED;
            RingFile.settle();
        } catch (InternalError cut) {
            // a file cut while in use: the session meets the same and sets it aside
        }
        if (salvaged) {
            liveness.remove(uuid);
            reaper.ended(file);
            return;
        }
        RingSession session = new RingSession(file, known, scans);
        sessions.add(session);
        sync.add(session.sync());
    }

    private boolean mayStart(RingSession session) {
        if (session.predecessor == null || ended.containsKey(session.predecessor)) {
            return true;
        }
        for (RingSession other : sessions) {
            if (other != session && other.identity.ringUuid().equals(session.predecessor)) {
                return false;
            }
        }
        // A listing that ran while files were made may show the younger one only; the next one shows both. If it does
        // not:
        // the predecessor was ended before what the journal still holds, or its file was taken away.
        return scans >= session.foundInScan + 2;
    }

    // --- taking ----------------------------------------------------------------------------------------------------

    private void takeBlocks() {
        takenFrom.clear();
        endedHere.clear();
        int count = sessions.size();
        for (int i = 0; i < count && takenFrom.size() < MAX_SOURCES; i++) {
            RingSession session = sessions.get((firstInTurn + i) % count);
            int room = (writer.remaining() - EVENT_ROOM - merger.worstLength(blocks, takenFrom.size()) - SOURCE_ROOM);
            if (room < RingDescriptor.MAX_RECORD_LENGTH / MERGE_OVERHEAD_DIVISOR) {
                break;
            }
            try {
                take(session, room);
            } catch (RingBrokenException | InternalError e) {
                quarantine(session, e);
            }
        }
        firstInTurn = count == 0 ? 0 : (firstInTurn + 1) % count;
        sessions.removeAll(endedHere);
    }

    private void take(RingSession session, int room) throws RingBrokenException {
        session.check();
        if (session.phase() == RingSession.Phase.WAITING) {
            if (!mayStart(session) || session.inSealGrace(nanoTime.getAsLong())) {
                return;
            }
            session.start(session.predecessor == null ? null : ended.get(session.predecessor));
        }
        RingBlock block = block(takenFrom.size());
        if (session.phase() == RingSession.Phase.DRAINING) {
            int mergeable = room / 3 * 2;
            int taken = session.drain()
                    .take(
                            block,
                            Math.min(budget, mergeable),
                            room - 64,
                            (sent, next, bye) -> heartbeat(session, sent, next, bye));
            if (taken > 0) {
                takenFrom.add(session);
                return;
            }
            if (!session.turnToSalvage(nanoTime.getAsLong())) {
                return;
            }
        }
        if (room < RingDescriptor.MAX_RECORD_LENGTH + 64) {
            return; // the next document has room for any record
        }
        if (session.salvage()
                .next(
                        block,
                        Math.min(budget, room / 3 * 2),
                        (sent, next, bye) -> heartbeat(session, sent, next, bye))) {
            takenFrom.add(session);
        } else {
            end(session);
        }
    }

    private void heartbeat(RingSession session, long sentEpochNs, long nextCheckInEpochNs, boolean goodbye) {
        if (goodbye) {
            session.saidGoodbye();
        }
        liveness.onHeartbeat(session.identity.ringUuid(), sentEpochNs, nextCheckInEpochNs, goodbye);
    }

    private RingBlock block(int i) {
        while (blocks.size() <= i) {
            blocks.add(new RingBlock());
        }
        return blocks.get(i);
    }

    // --- ending ----------------------------------------------------------------------------------------------------

    private void end(RingSession session) {
        RingDrops drops = RingDrops.of(session.file.header());
        session.ended();
        RingEnd end = session.end();
        if (!writer.addEnded(
                session.identity.ringUuid(), end.endPosition(), session.torn(), session.holes(), end.lastSequences())) {
            throw new IllegalStateException("no room for an ENDED mark in remaining=" + writer.remaining());
        }
        endedHere.add(session);
        WorkerEvents.ended(events, session, drops);
    }

    private void quarantine(RingSession session, Throwable cause) {
        Path from = session.file.path();
        Path to = from.resolveSibling(from.getFileName() + ChannelDirectory.QUARANTINE_SUFFIX);
        String kept;
        try {
            session.file.seal();
        } catch (InternalError e) {
            // cut while in use: its owner finds out by its own fault and replaces it
        }
        try {
            Files.move(from, to);
            kept = to.toString();
        } catch (IOException e) {
            kept = from + " (" + e + ")";
        }
        session.ended();
        RingEnd end = session.end();
        writer.addEnded(
                session.identity.ringUuid(), end.endPosition(), session.torn(), session.holes(), end.lastSequences());
        endedHere.add(session);
        WorkerEvents.quarantined(events, session.identity, cause.getMessage(), kept);
    }

    // --- appending -------------------------------------------------------------------------------------------------

    private int addEvents() {
        int count = events.encode(writer.remainingForSegment() - SOURCE_ROOM);
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
            if (appendedIndex == NONE) {
                appendedIndex = toJournal();
            }
            committed(appendedIndex);
            reopenDelayNs = REOPEN_INTERVAL_NS / 2;
            return true;
        } catch (JournalException e) {
            // no space: looked at again soon. A device that refuses: each try writes again what it has not taken.
            reopenDelayNs = e.reason() == JournalException.Reason.NO_SPACE
                    ? REOPEN_INTERVAL_NS
                    : Math.min(MAX_REOPEN_INTERVAL_NS, 2 * reopenDelayNs);
            reopenAtNs = now + reopenDelayNs;
            if (!outOfSpace) {
                outOfSpace = true;
                report(Level.ERROR, "journal: cannot be written, draining waits: {}", new Object[] {e.getMessage()});
            }
            return false;
        }
    }

    /**
     * Whatever is thrown in here or by {@link #committed}, the document is tried again and must not get in twice: it is appended
     * only after a recovery has said that it is not there, and never again once it is.
     */
    private long toJournal() throws JournalException {
        inDoubt |= journal.isFailed();
        if (inDoubt) {
            if (journal.isFailed()) {
                journal.reopen();
            }
            boolean there = isThere(JournalRecovery.recover(journal.directory(), journalListener));
            inDoubt = false;
            if (there) {
                return journal.lastIndex();
            }
        }
        return journal.append(writer.array(), pendingLength);
    }

    /** Whether the document whose append failed is in the journal all the same. */
    private boolean isThere(RecoveredState state) {
        if (pendingRecords > 0) {
            return state.nextSequence() == nextSequence + pendingRecords;
        }
        for (int i = 0; i < takenFrom.size(); i++) {
            RingEnd end = state.rings().get(takenFrom.get(i).identity.ringUuid());
            return end != null && end.endPosition() == blocks.get(i).endPosition();
        }
        return false;
    }

    private void committed(long index) {
        int severity = events.highestSeverity();
        for (int i = 0; i < takenFrom.size(); i++) {
            severity = Math.max(severity, blocks.get(i).highestSeverity());
            try {
                takenFrom.get(i).journaled(blocks.get(i));
            } catch (InternalError e) {
                // a file cut while in use: the next take of this ring faults, too, and quarantines it
            }
        }
        for (RingSession session : endedHere) {
            remember(session.identity.ringUuid(), session.end());
            liveness.remove(session.identity.ringUuid());
            sync.remove(session.sync());
            if (Files.exists(session.file.path())) {
                reaper.ended(session.file);
            }
        }
        takenFrom.clear();
        endedHere.clear();
        events.taken();
        nextSequence += pendingRecords;
        recordsJournaled += pendingRecords;
        bytesSinceState = withState ? 0 : bytesSinceState + pendingLength;
        long segment = index >>> Integer.SIZE;
        if (segment != segmentOfState && !withState) {
            bytesSinceState = STATE_INTERVAL_BYTES; // the second document of a segment says where everything stands
        }
        segmentOfState = segment;
        pendingLength = 0;
        appendedIndex = NONE;
        onJournaled.onJournaled(index, nextSequence);
        sync.journaled(severity);
    }

    /** From time to time the journal says where everything stands, so that recovery need not read far back. */
    private boolean addState() {
        withState = false;
        if (bytesSinceState < STATE_INTERVAL_BYTES) {
            return false;
        }
        Map<UUID, RingEnd> all = new HashMap<>(recovered);
        all.putAll(ended);
        for (RingSession session : sessions) {
            if (session.isKnown()) {
                all.put(session.identity.ringUuid(), session.end());
            }
        }
        withState = writer.addState(nextSequence, all);
        return withState;
    }

    private void remember(UUID uuid, RingEnd end) {
        ended.put(uuid, new RingEnd(end.endPosition(), true, end.lastSequences()));
        if (ended.size() > MAX_REMEMBERED_ENDED) {
            ended.remove(ended.keySet().iterator().next());
        }
    }

    private void report(Level level, String template, Object[] args) {
        events.add(level, MasterEvents.MASTER_LOGGER, template, args);
    }
}
