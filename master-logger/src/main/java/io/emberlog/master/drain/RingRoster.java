package io.emberlog.master.drain;

import io.emberlog.heartbeat.DeathReport;
import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.RecoveredState;
import io.emberlog.master.journal.RingEnd;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Which rings there are: those at work, those that the journal knows and whose files have not shown up, and those that are
 * ended. The drain thread only.
 */
final class RingRoster {
    /** Of listings that showed all there is. */
    private static final int SCANS_TO_FIND_ALL = 1_000;

    private final LivenessMonitor liveness;
    private final RingReaper reaper;
    private final SyncAgent sync;
    private List<RingSession> sessions = new ArrayList<>();
    private final EndedRings ended;
    private final Map<UUID, RingEnd> recovered;
    private long scans;
    private long wholeScans;

    RingRoster(RecoveredState recovered, LivenessMonitor liveness, RingReaper reaper, SyncAgent sync) {
        this.liveness = liveness;
        this.reaper = reaper;
        this.sync = sync;
        this.ended = new EndedRings(reaper::hasFile);
        this.recovered = new HashMap<>(recovered.rings());
        recovered.rings().forEach((uuid, end) -> {
            if (end.ended()) {
                ended.add(uuid, end);
            }
        });
    }

    /** Rings at work, in the order in which they were found; not to be changed. */
    List<RingSession> sessions() {
        return sessions;
    }

    /**
     * One listing of the directory, with the rings that it showed for the first time.
     *
     * @param whole false where files may be there that could not be listed or opened this time
     */
    void found(List<RingFile> files, boolean whole) {
        files.forEach(this::add);
        scans++;
        wholeScans += whole ? 1 : 0;
        if (whole && wholeScans == SCANS_TO_FIND_ALL) {
            recovered.clear(); // of those nothing is left but their names
        }
    }

    /** Again, where the last try met a full heap. */
    private void add(RingFile file) {
        UUID uuid = file.identity().ringUuid();
        if (sessions.stream().anyMatch(session -> session.file == file)) {
            return;
        }
        RingEnd known = recovered.get(uuid);
        if (isSalvaged(file) || ended.contains(uuid) || known != null && known.ended()) {
            liveness.remove(uuid);
            if (isEvidence(file, known)) {
                reaper.evidence(file);
            } else {
                reaper.ended(file, !sync.beganWithLoss() && new RingSync(file).isWhole());
            }
            if (known != null && known.ended()) {
                ended.add(uuid, known); // it has a file: not to be forgotten before that
            }
        } else {
            RingSession session = new RingSession(file, known, scans, liveness.bootedSince(file.identity()));
            sync.add(session.sync(), known == null ? 0 : known.endPosition());
            sessions.add(session);
        }
        recovered.remove(uuid);
    }

    private static boolean isSalvaged(RingFile file) {
        try {
            boolean salvaged = file.header().state() == RingDescriptor.STATE_SALVAGED;
            RingFile.settle();
            return salvaged;
        } catch (InternalError cut) {
            return false; // a file cut while in use: the session meets the same and sets it aside
        }
    }

    /** A ring that ended in front of its end was set aside, and the last master died before it could rename it. */
    private boolean isEvidence(RingFile file, RingEnd known) {
        if (known == null || !known.ended() || liveness.bootedSince(file.identity())) {
            return false;
        }
        try {
            boolean more = file.header().state() != RingDescriptor.STATE_SALVAGED && file.tail() > known.endPosition();
            RingFile.settle();
            return more;
        } catch (InternalError cut) {
            return true;
        }
    }

    void ownerDead(UUID ring, DeathReport report, long detectedAfterNs, long nowNs) {
        for (RingSession session : sessions) {
            if (session.identity.ringUuid().equals(ring)) {
                session.ownerDead(report, detectedAfterNs, nowNs);
            }
        }
    }

    /** Begins to read a ring that waits, once its predecessor is ended; true when it has begun. */
    boolean start(RingSession session, long nowNs) throws RingBrokenException {
        if (!mayStart(session) || session.inSealGrace(nowNs) || session.waitsForDeath()) {
            return false;
        }
        session.start(session.predecessor == null ? null : ended.get(session.predecessor));
        return true;
    }

    /** Whether it is known what became of the owner of a ring in which nothing is left. */
    boolean mayEnd(RingSession session) {
        return !session.awaitsJudgement() || hasSuccessor(session);
    }

    /** Nothing can be done for this ring before the owner is found dead or its successor is found. */
    boolean onlyAwaitsJudgement(RingSession session) {
        return session.isJournaledToTheEnd() && !mayEnd(session);
    }

    /** Its owner went on in another ring, whatever was thought of it, and whatever became of it since. */
    boolean hasSuccessor(RingSession session) {
        for (RingSession other : sessions) {
            if (session.identity.ringUuid().equals(other.predecessor)) {
                return true;
            }
        }
        return false;
    }

    private boolean mayStart(RingSession session) {
        if (session.predecessor == null || ended.contains(session.predecessor)) {
            return true;
        }
        for (RingSession other : sessions) {
            if (other != session && other.identity.ringUuid().equals(session.predecessor)) {
                return false;
            }
        }
        // A listing that ran while files were made may show the younger one only; the next one shows both. If it does
        // not:
        // the predecessor was ended before what the journal still holds, or its file was taken away. One that is there
        // and
        // could not be opened yet is waited for: its records come first.
        return scans >= session.foundInScan + 2 && !session.hasPredecessorFile(scans);
    }

    /** False where a ring needs the drain awake. */
    boolean mayRest() {
        for (RingSession session : sessions) {
            if (!session.mayRest()) {
                return false;
            }
        }
        return true;
    }

    /** Tells the workers that the drain rests. */
    void rest() {
        tellRest(true);
    }

    /** The drain looks by itself again. */
    void rise() {
        tellRest(false);
    }

    private void tellRest(boolean rests) {
        for (RingSession session : sessions) {
            try {
                session.tellRest(rests);
                RingFile.settle();
            } catch (InternalError cut) {
                // a file cut while in use: the next visit meets the same and sets it aside
            }
        }
    }

    /** The ring is not at work any more, though the journal does not say so yet. */
    void remove(Collection<RingSession> gone) {
        if (!gone.isEmpty()) {
            sessions.removeAll(gone);
        }
    }

    /** The journal says that this ring is ended. */
    void ended(RingSession session) {
        if (session.isSetAside()) {
            reaper.evidence(session.file);
        } else {
            reaper.ended(session.file, session.sync().isWhole());
        }
        ended.add(session.identity.ringUuid(), session.end());
        liveness.remove(session.identity.ringUuid());
        sync.remove(session.sync());
    }

    /** Every ring starts anew where the journal has it, also those given back by {@link #remove}: all of them, or none. */
    void startAnew(Collection<RingSession> removed) {
        List<RingSession> anew = new ArrayList<>(sessions.size() + removed.size());
        for (RingSession session : sessions) {
            anew.add(session.anew());
        }
        for (RingSession session : removed) {
            if (!sessions.contains(session)) {
                anew.add(session.anew());
            }
        }
        sessions = anew;
    }

    /**
     * How far the journal holds every ring that has a file, or may have one; and of those that are ended and gone as many
     * as there is room for, the newest.
     *
     * @param room bytes of a STATE; exceeded where the first alone need more
     */
    Map<UUID, RingEnd> ends(int room) {
        Map<UUID, RingEnd> all = new HashMap<>(recovered);
        for (RingSession session : sessions) {
            if (session.isKnown()) {
                all.put(session.identity.ringUuid(), session.end());
            }
        }
        long needed = 0;
        for (RingEnd end : all.values()) {
            needed += JournalDocumentWriter.stateLength(end);
        }
        ended.addTo(all, room - needed);
        return all;
    }
}
