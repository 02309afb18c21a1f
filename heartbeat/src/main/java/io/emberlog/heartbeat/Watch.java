package io.emberlog.heartbeat;

import static io.emberlog.heartbeat.WorkerState.ALIVE;
import static io.emberlog.heartbeat.WorkerState.DEAD;
import static io.emberlog.heartbeat.WorkerState.HUNG;
import static io.emberlog.heartbeat.WorkerState.LATE;
import static io.emberlog.heartbeat.WorkerState.STARTING;
import static io.emberlog.heartbeat.WorkerState.STOPPED;

import io.emberlog.message.WorkerIdentity;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One worker's state, derived anew in every step from what was observed. Monitor's thread only, but for {@link
 * #announce} and {@link #state} (any thread). All instants are on the monitor's clock.
 */
final class Watch {

    private static final long NEVER = Long.MAX_VALUE;

    private final WatchedWorker worker;
    private final WorkerIdentity identity;
    private final HostIdentity.Reach reach;
    private final long probePhaseNs;

    /** The latest message not looked at yet; a flood of them costs one slot. */
    private final AtomicReference<Announcement> inbox = new AtomicReference<>();

    private volatile WorkerState state = STARTING;
    private WorkerState told = STARTING;
    private CaseFile caseFile;

    private boolean observed;
    private long word;
    private long unmovedSinceNs;
    private boolean sawWordMove;

    private boolean heardFrom;
    private boolean goodbye;
    private long checkInNs = NEVER;

    private long probeTurn;
    private boolean provedAlive;
    private boolean provedDead;

    Watch(WatchedWorker worker, HostIdentity host, long probePhaseNs) {
        this.worker = worker;
        this.identity = worker.identity();
        this.reach = host.reach(identity);
        this.probePhaseNs = probePhaseNs;
    }

    void announce(Announcement announcement) {
        inbox.set(announcement);
    }

    WorkerState state() {
        return state;
    }

    WorkerIdentity identity() {
        return identity;
    }

    CaseFile caseFile() {
        return caseFile;
    }

    boolean saidGoodbye() {
        return goodbye;
    }

    /** The state that was told last. */
    WorkerState told() {
        return told;
    }

    /** That state has been told. */
    void tell(WorkerState newState) {
        told = newState;
    }

    /** Brings the state up to date and returns it. */
    WorkerState step(long nowNs, LivenessConfig config, ProcessProbe processes, CrashForensics forensics) {
        if (state == DEAD) {
            return DEAD;
        }
        if (caseFile == null) {
            caseFile = forensics.open(identity, worker.ownerUid());
            goodbye = readGoodbye();
        }
        observeWord(nowNs);
        takeAnnouncement(nowNs);
        if (!worker.ownJvm()) {
            probeInTurn(nowNs, config, processes);
        }
        state = derive(nowNs, config);
        if (state == DEAD) {
            goodbye |= readGoodbye();
        }
        return state;
    }

    /** How long after its cause the present state was found, where that can be known. */
    OptionalLong detectedAfterNs(long nowNs) {
        return switch (state) {
            case LATE -> OptionalLong.of(nowNs - checkInNs);
            case HUNG, DEAD -> sinceWordMoved(nowNs);
            case STARTING, ALIVE, STOPPED -> OptionalLong.empty();
        };
    }

    OptionalLong sinceWordMoved(long nowNs) {
        return sawWordMove ? OptionalLong.of(nowNs - unmovedSinceNs) : OptionalLong.empty();
    }

    private void observeWord(long nowNs) {
        long seen = readWord();
        if (!observed) {
            observed = true;
            unmovedSinceNs = nowNs;
        } else if (seen != word) {
            unmovedSinceNs = nowNs;
            sawWordMove = true;
            provedAlive = false;
        }
        word = seen;
    }

    private long readWord() {
        try {
            return worker.heartbeatWord();
        } catch (RuntimeException | InternalError e) {
            return word; // a mapping its worker truncated: the drain quarantines the ring, to us the word stands still
        }
    }

    private boolean readGoodbye() {
        try {
            return worker.saidGoodbye();
        } catch (RuntimeException | InternalError e) {
            return false; // as above
        }
    }

    private void takeAnnouncement(long nowNs) {
        if (inbox.getPlain() == null) {
            return;
        }
        Announcement announcement = inbox.getAndSet(null);
        heardFrom = true;
        goodbye = announcement.goodbye();
        checkInNs = announcement.spanNs() == Announcement.NOTHING_PROMISED ? NEVER : nowNs + announcement.spanNs();
    }

    /** While the word moves, nothing is probed; once it stands still, one probe in each of this worker's turns. */
    private void probeInTurn(long nowNs, LivenessConfig config, ProcessProbe processes) {
        long unmovedNs = nowNs - unmovedSinceNs;
        long turn = Math.floorDiv(nowNs + probePhaseNs, config.probeIntervalNs());
        boolean myTurn = turn != probeTurn;
        probeTurn = turn;
        if (!myTurn || unmovedNs < config.quietNs()) {
            return;
        }
        LockProbe lock = probeLock();
        ProcessState process =
                lock == LockProbe.HELD ? ProcessState.UNKNOWN : processes.probe(identity, worker.ownerUid());
        provedAlive = lock == LockProbe.HELD || process == ProcessState.ALIVE;
        boolean silent = unmovedNs >= config.deadAfterNs();
        provedDead = switch (lock) {
            case FREE ->
                switch (process) {
                    case GONE -> true;
                    case UNKNOWN -> reach != HostIdentity.Reach.FOREIGN && silent;
                    case ALIVE -> false;
                };
            case MISSING -> process == ProcessState.GONE && silent;
            case HELD, UNKNOWN -> false;
        };
    }

    private LockProbe probeLock() {
        try {
            return worker.probeLock();
        } catch (RuntimeException | InternalError e) {
            return LockProbe.UNKNOWN; // no witness
        }
    }

    private WorkerState derive(long nowNs, LivenessConfig config) {
        if (provedDead) {
            return DEAD;
        }
        if (goodbye) {
            return STOPPED;
        }
        if (!worker.ownJvm()) {
            boolean running = provedAlive || state == HUNG || reach == HostIdentity.Reach.FOREIGN;
            if (running && nowNs - unmovedSinceNs >= config.hungAfterNs()) {
                return HUNG;
            }
            if (checkInNs != NEVER && nowNs - checkInNs > config.graceNs()) {
                return LATE;
            }
        }
        return heardFrom || sawWordMove ? ALIVE : STARTING;
    }
}
