package io.emberlog.master.drain;

import io.emberlog.heartbeat.DeathReport;
import io.emberlog.master.journal.RingEnd;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingDrain;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingReadout;
import io.emberlog.ring.RingResync;
import io.emberlog.ring.RingSalvage;
import io.emberlog.ring.SlotSequences;
import io.emberlog.ring.UserFolders;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * One ring on its way from found to ended. The drain thread only.
 *
 * <pre>
 *             predecessor ended            owner dead and 100 ms passed,
 *   WAITING ───────────────────▶ DRAINING ─────────────────────────────▶ SALVAGING ──▶ ENDED
 *                                   │      or its owner marked it SEALED      │
 *                                   └───────────── broken bytes ──────────────┴──────▶ ENDED, file set aside
 * </pre>
 *
 * A ring from before the machine's last boot waits until its owner is judged dead, and goes from WAITING to SALVAGING: what
 * of it can be believed after a power cut only {@link RingResync} knows.
 */
final class RingSession {
    enum Phase {
        WAITING,
        DRAINING,
        SALVAGING,
        ENDED
    }

    /**
     * Between sealing and salvaging the ring of an owner taken for dead: should it live after all, what it committed
     * before the seal is visible by then, and what it commits later it repeats in its successor.
     */
    static final long SEAL_GRACE_NS = 100_000_000L;

    private static final int ONE_USER = -1;

    final RingFile file;
    final WorkerIdentity identity;
    final UUID predecessor;
    /** Whose ring it is; one for all rings in one user's channel. */
    final int user;
    /** How many listings came before the one that showed this ring. */
    final long foundInScan;
    /** The machine was booted since the ring was made. */
    final boolean earlierBoot;

    private final SlotSequences sequences = new SlotSequences();
    /** As {@link #sequences}, of the records that are in the journal. */
    private final SlotSequences journaledSequences = new SlotSequences();

    private final HeldRecords held = new HeldRecords();
    private final long recoveredEnd;
    private final RingSync sync;
    private RingDrain drain;
    /** Its worker wakes a drain that rests. */
    private boolean wakes;

    private RingReadout salvage;
    private Phase phase = Phase.WAITING;
    private boolean sealed;
    private long sealedAtNs;
    private DeathReport death;
    private long detectedAfterNs = -1;
    private InternalError fault;
    private Throwable broken;
    private boolean goodbye;
    private boolean readToTheEnd;
    private boolean setAside;
    private long journaledEnd;
    private long takenAnewFrom;
    private long salvagedRecords;
    private long predecessorLookedAtIn = -1;
    private boolean predecessorHasFile;

    /**
     * @param recovered what the journal knows of this ring; null when nothing
     * @param earlierBoot the machine was booted since the ring was made
     */
    RingSession(RingFile file, RingEnd recovered, long foundInScan, boolean earlierBoot) {
        this(file, recovered == null ? -1 : recovered.endPosition(), foundInScan, earlierBoot, new RingSync(file));
        if (recovered != null) {
            recovered.lastSequences().forEach(sequences::last);
            journaledSequences.copyFrom(sequences);
        }
    }

    private RingSession(RingFile file, long recoveredEnd, long foundInScan, boolean earlierBoot, RingSync sync) {
        this.file = file;
        this.sync = sync;
        this.foundInScan = foundInScan;
        this.earlierBoot = earlierBoot;
        this.identity = file.identity();
        this.user = UserFolders.userOf(identity.ringUuid()).orElse(ONE_USER);
        this.predecessor = predecessorOf(file);
        this.recoveredEnd = recoveredEnd;
        this.journaledEnd = Math.max(0, recoveredEnd);
    }

    /** Null for a file that was cut meanwhile as well: {@link #check} throws what its mapping threw. */
    private UUID predecessorOf(RingFile file) {
        try {
            UUID before = file.header().predecessor();
            RingFile.settle();
            return before;
        } catch (InternalError cut) {
            fault = cut;
            return null;
        }
    }

    /** The same ring, to be started where the journal has it; what was taken and not journaled is taken again. */
    RingSession anew() {
        RingSession again = new RingSession(
                file, drain == null && salvage == null ? recoveredEnd : takenAnewFrom, foundInScan, earlierBoot, sync);
        again.sequences.copyFrom(journaledSequences);
        again.journaledSequences.copyFrom(journaledSequences);
        again.sealed = sealed;
        again.sealedAtNs = sealedAtNs;
        again.death = death;
        again.detectedAfterNs = detectedAfterNs;
        again.fault = fault == null ? again.fault : fault;
        again.goodbye = goodbye;
        again.salvagedRecords = salvagedRecords;
        return again;
    }

    Phase phase() {
        return phase;
    }

    /**
     * Whether the ring that came before this one still has a file beside it.
     *
     * @param scan of the directory's listings; looked at once for each
     */
    boolean hasPredecessorFile(long scan) {
        if (predecessorLookedAtIn != scan) {
            predecessorLookedAtIn = scan;
            predecessorHasFile = looksForPredecessor();
        }
        return predecessorHasFile;
    }

    private boolean looksForPredecessor() {
        String itsFiles = "*" + predecessor + ChannelDirectory.RING_SUFFIX;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(file.path().getParent(), itsFiles)) {
            return files.iterator().hasNext();
        } catch (NoSuchFileException | NotDirectoryException gone) {
            return false;
        } catch (IOException | DirectoryIteratorException unknown) {
            return true; // looked at again in the next listing
        }
    }

    /**
     * Begins to read.
     *
     * @param before where the predecessor's slots ended; null when there is no predecessor or nothing is known of it
     */
    void start(RingEnd before) throws RingBrokenException {
        if (before != null) {
            before.lastSequences().forEach((slot, last) -> sequences.last(slot, Math.max(sequences.last(slot), last)));
        }
        if (earlierBoot) {
            salvage = RingResync.start(file, recoveredEnd, sequences);
            journaledEnd = salvage.position();
            phase = Phase.SALVAGING;
        } else if (isOpen()) {
            drain = new RingDrain(file, recoveredEnd, sequences);
            wakes = file.header().wakesDrain();
            journaledEnd = drain.takenPosition();
            phase = Phase.DRAINING;
        } else {
            salvage = RingSalvage.start(file, recoveredEnd, sequences);
            journaledEnd = salvage.position();
            phase = Phase.SALVAGING;
        }
        takenAnewFrom = journaledEnd;
        journaledSequences.copyFrom(sequences);
        sync.journaled(journaledEnd);
    }

    /** Two witnesses say that the owner is gone: nothing may be claimed any more. */
    void ownerDead(DeathReport report, long foundAfterNs, long nowNs) {
        death = report;
        detectedAfterNs = foundAfterNs;
        if (phase != Phase.ENDED) {
            try {
                if (report != null) {
                    file.header().judgeDead();
                }
                file.seal();
            } catch (InternalError cut) {
                fault = cut;
            } finally {
                sealed = true; // also where a full heap let nobody see that it is
                sealedAtNs = nowNs;
            }
        }
    }

    /** @throws InternalError that its mapping threw where nobody could act on it */
    void check() {
        if (fault != null) {
            throw fault;
        }
    }

    /**
     * Whether a visit may find something to do; else one now and then is enough. Not settled: see {@link RingDrain#stirs}.
     */
    boolean stirs() {
        return phase != Phase.DRAINING || sealed || fault != null || broken != null || drain.stirs();
    }

    /** Whether nothing has to be done here until somebody puts a record in, and whoever does wakes the drain. */
    boolean mayRest() {
        return phase == Phase.DRAINING && !sealed && fault == null && broken == null && held.isEmpty() && wakes;
    }

    /** Tells the worker that the drain rests, or not any more. Not settled. */
    void tellRest(boolean rests) {
        if (phase == Phase.DRAINING && wakes) {
            file.header().drainRests(rests);
        }
    }

    /** Turns to salvaging when the ring is closed for good and everything committed before was journaled. */
    boolean turnToSalvage(long nowNs) throws RingBrokenException {
        boolean closedByOwner = !sealed && !isOpen();
        boolean graceOver = sealed && !inSealGrace(nowNs);
        if (phase != Phase.DRAINING || !closedByOwner && !graceOver) {
            return false;
        }
        salvage = RingSalvage.start(file, drain.takenPosition(), sequences);
        phase = Phase.SALVAGING;
        return true;
    }

    /** Sealed just now: see {@link #SEAL_GRACE_NS}. */
    boolean inSealGrace(long nowNs) {
        return sealed && nowNs - sealedAtNs < SEAL_GRACE_NS;
    }

    /** From before the last boot, and nobody has said yet that its owner is dead; who sealed it writes no more either. */
    boolean waitsForDeath() {
        return earlierBoot && !sealed && isOpen();
    }

    /**
     * An earlier master sealed it for its owner's death and died before it told that. The death is found anew within a second;
     * until then, unless a successor shows that the judgement was wrong, what is read of the ring is not its end.
     */
    boolean awaitsJudgement() {
        boolean judged = !sealed && file.header().isJudgedDead();
        RingFile.settle();
        return judged;
    }

    /** Salvage found nothing more. */
    void readToTheEnd() {
        readToTheEnd = true;
    }

    /** All of it is in the journal, whether it may end or not. */
    boolean isJournaledToTheEnd() {
        return phase == Phase.ENDED || readToTheEnd && held.isEmpty();
    }

    private boolean isOpen() {
        int state = file.header().state();
        RingFile.settle();
        return state == RingDescriptor.STATE_OPEN;
    }

    RingDrain drain() {
        return drain;
    }

    RingReadout salvage() {
        return salvage;
    }

    /** What was taken and is not in the journal yet. */
    HeldRecords held() {
        return held;
    }

    /** Nothing more can be taken, and why; the ring ends when nothing of it is held any more. */
    void broken(Throwable cause) {
        broken = cause;
    }

    /** Null while the ring keeps the rules. */
    Throwable broken() {
        return broken;
    }

    /** One for the whole life of the ring here. */
    RingSync sync() {
        return sync;
    }

    /**
     * Everything held in front of this ring position is in the journal.
     *
     * @return highest severity of it; 0 when it holds no log record
     */
    int journaled(long endPosition, HeldRecords.Pool pool) {
        int records = held.release(endPosition, journaledSequences, pool);
        int severity = held.releasedSeverity();
        journaledEnd = endPosition;
        takenAnewFrom = endPosition;
        if (phase == Phase.DRAINING) {
            drain.release(endPosition, journaledSequences);
        } else {
            salvagedRecords += records;
        }
        sync.journaled(endPosition);
        return severity;
    }

    void ended() {
        phase = Phase.ENDED;
        if (salvage != null) {
            journaledEnd = salvage.position();
        }
    }

    /** Ended as evidence: what is left in its file stays there. */
    void setAside() {
        setAside = true;
        ended();
    }

    boolean isSetAside() {
        return setAside;
    }

    void saidGoodbye() {
        goodbye = true;
    }

    /** Null while the owner is not known to be dead. */
    DeathReport death() {
        return death == null || !goodbye ? death : death.withGoodbye();
    }

    /** -1 where it is not known. */
    long detectedAfterNs() {
        return detectedAfterNs;
    }

    boolean goodbye() {
        return goodbye;
    }

    long torn() {
        return salvage == null ? 0 : salvage.torn();
    }

    long holes() {
        return salvage == null ? 0 : salvage.holes();
    }

    /** Log records that its salvage brought into the journal, as far as this master did it. */
    long salvagedRecords() {
        return salvagedRecords;
    }

    /** False before the first look at a ring that the journal does not know: where it stands is in its header alone. */
    boolean isKnown() {
        return recoveredEnd >= 0 || phase != Phase.WAITING;
    }

    long journaledEnd() {
        return journaledEnd;
    }

    /** As of the last document. */
    RingEnd end() {
        Map<Integer, Long> last = new HashMap<>();
        for (int slot = 0; slot < MessageDescriptor.SLOT_COUNT; slot++) {
            if (journaledSequences.last(slot) > 0) {
                last.put(slot, journaledSequences.last(slot));
            }
        }
        return new RingEnd(journaledEnd, phase == Phase.ENDED, last);
    }
}
