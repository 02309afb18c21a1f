package io.emberlog.master.drain;

import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.ring.RingBlock;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Takes validated blocks out of the rings, as many as one document holds, each ring in turn and none more than its budget;
 * starts rings that waited, turns to salvage, and ends what is empty or broken. The drain thread only.
 */
final class BlockTaker {
    private static final int MAX_SOURCES = 32;
    private static final int SOURCE_ROOM = 1200;
    private static final int EVENT_ROOM = 96 * 1024;
    /** Two copies of the shortest record and its segment's head: what merging may add is bounded by half. */
    private static final int MERGE_OVERHEAD_DIVISOR = 2;

    private final RingRoster roster;
    private final RingEndings endings;
    private final JournalDocumentWriter writer;
    private final BlockMerger merger;
    private final LivenessMonitor liveness;
    private final LongSupplier nanoTime;
    private final int budget;
    private final List<RingBlock> blocks = new ArrayList<>();
    private final List<RingSession> takenFrom = new ArrayList<>();
    private int firstInTurn;

    BlockTaker(
            RingRoster roster,
            RingEndings endings,
            JournalDocumentWriter writer,
            LivenessMonitor liveness,
            LongSupplier nanoTime,
            int budget) {
        this.roster = roster;
        this.endings = endings;
        this.writer = writer;
        this.merger = new BlockMerger(writer);
        this.liveness = liveness;
        this.nanoTime = nanoTime;
        this.budget = budget;
    }

    /** Rings that a block was taken from for the document being made. */
    List<RingSession> takenFrom() {
        return takenFrom;
    }

    /** Where the block of the {@code i}-th of {@link #takenFrom} ends. */
    long endPosition(int i) {
        return blocks.get(i).endPosition();
    }

    /** Of the log records taken for the document being made; 0 when there are none. */
    int highestSeverity() {
        int highest = 0;
        for (int i = 0; i < takenFrom.size(); i++) {
            highest = Math.max(highest, blocks.get(i).highestSeverity());
        }
        return highest;
    }

    void clear() {
        takenFrom.clear();
    }

    /** Goes over all rings, once. */
    void take() {
        takenFrom.clear();
        List<RingSession> sessions = roster.sessions();
        int count = sessions.size();
        for (int i = 0; i < count && takenFrom.size() < MAX_SOURCES; i++) {
            RingSession session = sessions.get((firstInTurn + i) % count);
            int room = writer.remaining() - EVENT_ROOM - merger.worstLength(blocks, takenFrom.size()) - SOURCE_ROOM;
            if (room < RingDescriptor.MAX_RECORD_LENGTH / MERGE_OVERHEAD_DIVISOR) {
                break;
            }
            try {
                take(session, room);
            } catch (RingBrokenException | InternalError e) {
                endings.quarantine(session, e);
            }
        }
        firstInTurn = count == 0 ? 0 : (firstInTurn + 1) % count;
        roster.remove(endings.sessions());
    }

    private void take(RingSession session, int room) throws RingBrokenException {
        session.check();
        if (session.phase() == RingSession.Phase.WAITING && !roster.start(session, nanoTime.getAsLong())) {
            return;
        }
        RingBlock block = block(takenFrom.size());
        RingBlock.HeartbeatListener heartbeats = (sent, next, bye) -> heartbeat(session, sent, next, bye);
        int mergeable = Math.min(budget, room / 3 * 2);
        if (session.phase() == RingSession.Phase.DRAINING) {
            if (session.drain().take(block, mergeable, room - 64, heartbeats) > 0) {
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
        if (session.salvage().next(block, mergeable, heartbeats)) {
            takenFrom.add(session);
        } else {
            endings.end(session);
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

    /**
     * Puts what was taken into the document.
     *
     * @return log records in it
     */
    int addTaken() {
        return merger.merge(blocks, takenFrom);
    }

    /** What was taken is in the journal. */
    void committed() {
        for (int i = 0; i < takenFrom.size(); i++) {
            try {
                takenFrom.get(i).journaled(blocks.get(i));
            } catch (InternalError e) {
                // a file cut while in use: the next take of this ring faults, too, and quarantines it
            }
        }
        takenFrom.clear();
    }
}
