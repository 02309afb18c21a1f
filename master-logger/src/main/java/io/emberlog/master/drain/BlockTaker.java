package io.emberlog.master.drain;

import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.ring.RingBlock;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Takes validated blocks out of the rings, each user and each ring in turn and none more than its budget; starts rings that waited, turns to
 * salvage, and ends what is empty or broken once nothing of it is held any more. The drain thread only.
 *
 * <p>Of many rings most are quiet most of the time, and a visit costs some 300 ns, an error of a cut file that may have to be
 * waited for in it. So a pass looks at all of them, at some nanoseconds each, and visits those that stir; the others it visits every
 * {@link #VISIT_NS}, since what was not looked at may be wrong as well.
 */
final class BlockTaker {
    /** Most bytes taken by one pass: about a document. */
    private static final int MAX_TAKEN = 1 << 20;
    /** Left for the marks of rings that end, the largest record and the master's own ones. */
    private static final int MIN_ROOM = RingDescriptor.MAX_RECORD_LENGTH + 128 * 1024;

    /** For a tail that breaks the rules, or a file that was cut where a look does not come. */
    private static final long VISIT_NS = TimeUnit.SECONDS.toNanos(1);

    private final RingRoster roster;
    private final RingEndings endings;
    private final JournalDocumentWriter writer;
    private final ReorderWindow window;
    private final LivenessMonitor liveness;
    private final LongSupplier nanoTime;
    private final LongSupplier epochNs;
    private final HeldRecords.Pool pool;
    private final UserTurns turns = new UserTurns();
    private long passNs;
    private long visitAllAtNs;
    private int entriesTaken;
    private boolean leftSome;

    BlockTaker(
            RingRoster roster,
            RingEndings endings,
            JournalDocumentWriter writer,
            ReorderWindow window,
            HeldRecords.Pool pool,
            LivenessMonitor liveness,
            LongSupplier nanoTime,
            LongSupplier epochNs) {
        this.roster = roster;
        this.endings = endings;
        this.writer = writer;
        this.window = window;
        this.pool = pool;
        this.liveness = liveness;
        this.nanoTime = nanoTime;
        this.epochNs = epochNs;
        this.visitAllAtNs = nanoTime.getAsLong();
    }

    /**
     * Goes over all rings, once.
     *
     * @param nowNs the monotonic clock
     * @return bytes taken
     */
    int take(long nowNs) {
        passNs = nowNs;
        entriesTaken = 0;
        leftSome = false;
        List<RingSession> sessions = roster.sessions();
        int holding = 0;
        for (RingSession session : sessions) {
            holding += session.held().isEmpty() ? 0 : 1;
        }
        int count = chooseVisits(sessions);
        int taken = 0;
        int visited = 0;
        while (visited < count && taken < MAX_TAKEN && writer.remaining() >= MIN_ROOM) {
            if (window.ns() == 0 && holding >= MergePlan.MAX_SOURCES) {
                break; // as many as go into the document at once
            }
            RingSession session = turns.at(visited++);
            boolean held = !session.held().isEmpty();
            taken += takeOrEnd(session);
            holding += held || session.held().isEmpty() ? 0 : 1;
        }
        turns.end(visited);
        leftSome |= visited < count;
        roster.remove(endings.sessions());
        return taken;
    }

    /** Log records that the last {@link #take} took. */
    int entriesTaken() {
        return entriesTaken;
    }

    /**
     * Whether the last {@link #take} took all that it could and there is more: a ring's turn has not come, or behind what has no
     * log record (heartbeats, the padding at a ring's end) something follows.
     */
    boolean leftSome() {
        return leftSome;
    }

    /** @return how many rings this pass visits */
    private int chooseVisits(List<RingSession> sessions) {
        if (passNs - visitAllAtNs < 0) {
            try {
                int stirring = turns.begin(sessions, RingSession::stirs);
                RingFile.settle();
                return stirring;
            } catch (InternalError cut) {
                // of one of these files; a visit settles by itself
            }
        }
        visitAllAtNs = passNs + VISIT_NS;
        return turns.begin(sessions, session -> true);
    }

    private int takeOrEnd(RingSession session) {
        if (session.broken() == null) {
            try {
                return take(session);
            } catch (RingBrokenException | InternalError e) {
                session.broken(e);
            }
        }
        if (session.held().isEmpty()) {
            endings.quarantine(session, session.broken());
        }
        return 0;
    }

    private int take(RingSession session) throws RingBrokenException {
        session.check();
        if (session.phase() == RingSession.Phase.WAITING && !roster.start(session, passNs)) {
            return 0;
        }
        int left = 2 * window.share(session, roster.sessions().size())
                - session.held().bytes();
        if (left <= 0) {
            return 0;
        }
        RingBlock block = pool.take();
        boolean taken = false;
        try {
            taken = load(session, block, Math.min(window.budget(), left));
            return taken ? hold(session, block) : 0;
        } finally {
            if (!taken) {
                pool.giveBack(block);
            }
        }
    }

    private boolean load(RingSession session, RingBlock block, int most) throws RingBrokenException {
        RingBlock.HeartbeatListener heartbeats = (sent, next, bye) -> heartbeat(session, sent, next, bye);
        if (session.phase() == RingSession.Phase.DRAINING) {
            if (session.drain().take(block, most, heartbeats) > 0) {
                return true;
            }
            if (!session.turnToSalvage(passNs)) {
                return false;
            }
        }
        if (!session.salvage().prepare()) {
            return false; // goes on in the next pass
        }
        if (session.salvage().next(block, most, heartbeats)) {
            return true;
        }
        session.readToTheEnd();
        if (session.held().isEmpty() && roster.mayEnd(session)) {
            endings.end(session, roster.hasSuccessor(session));
        }
        return false;
    }

    private int hold(RingSession session, RingBlock block) {
        int length = block.length();
        entriesTaken += block.entryCount();
        if (block.entryCount() == 0) {
            leftSome |= session.stirs();
            RingFile.settle();
        }
        if (window.ns() == 0) {
            session.held().add(block, passNs, 0, pool);
        } else {
            // both clocks after the bytes: an honest timestamp is never from the future, a hold never shorter than the
            // window
            block.capTimestamps(epochNs.getAsLong());
            session.held().add(block, nanoTime.getAsLong(), window.ns(), pool);
        }
        return length;
    }

    private void heartbeat(RingSession session, long sentEpochNs, long nextCheckInEpochNs, boolean goodbye) {
        if (goodbye) {
            session.saidGoodbye();
        }
        liveness.onHeartbeat(session.identity.ringUuid(), sentEpochNs, nextCheckInEpochNs, goodbye);
    }
}
