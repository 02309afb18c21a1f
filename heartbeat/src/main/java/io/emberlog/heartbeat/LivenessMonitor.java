package io.emberlog.heartbeat;

import io.emberlog.message.WorkerIdentity;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Watches the workers of a channel and reports what becomes of them. {@link #doWork()} belongs to one thread, the
 * master's liveness thread, which steps it every 20 to 100 ms; everything else may be called from any thread, never
 * blocks, and takes effect in the next step. Ring and lock file are touched, and the listener is called, on the
 * stepping thread only.
 *
 * <p>A state is derived in every step, the first row that holds wins:
 *
 * <pre>
 *   DEAD      two witnesses: lock FREE and process GONE,
 *             or, where processes cannot be compared, lock FREE and word unmoved for three intervals,
 *             or, where somebody removed the lock file, process GONE and word unmoved for three intervals;
 *             never for our own JVM, never on a foreign machine, never with a lock that is HELD or UNKNOWN
 *   STOPPED   the last message was a goodbye, or there was none yet and the header said so at the first look
 *   HUNG      word unmoved for two intervals and proved alive (lock HELD or process ALIVE; a foreign machine's
 *             worker needs no proof); then until the word moves; never for our own JVM
 *   LATE      the announced check-in and the grace have passed; never for our own JVM
 *   ALIVE     a message came or the word moved since the worker was added
 *   STARTING  otherwise
 * </pre>
 *
 * <p>which gives these transitions:
 *
 * <pre>
 *   from      on                                                         to
 *   --------  ---------------------------------------------------------  --------
 *   STARTING  word moves, or a heartbeat                                 ALIVE
 *   STARTING  word unmoved for two intervals, proved alive               HUNG
 *   ALIVE     check-in + grace missed                                    LATE
 *   ALIVE     word unmoved for two intervals, proved alive               HUNG
 *   LATE      heartbeat                                                  ALIVE
 *   LATE      word unmoved for two intervals, proved alive               HUNG
 *   HUNG      word moves                                                 ALIVE, or LATE if a check-in was missed
 *   any       goodbye                                                    STOPPED
 *   STOPPED   heartbeat that is no goodbye                               ALIVE
 *   STOPPED   two witnesses                                              DEAD, in order
 *   any       two witnesses                                              DEAD
 *   DEAD      anything                                                   DEAD
 * </pre>
 *
 * <p><b>Cost.</b> While a word moves it is the only thing looked at, one load per step. Once it stands still for two
 * word periods the worker is probed once per probe interval, in turns spread over that interval. A crash is therefore
 * reported within {@code 2 * wordPeriodNs + probeIntervalNs} and a step: 800 ms by default.
 *
 * <p><b>Clock.</b> The monitor's clock is {@code nanoTime} without the monitor's own pauses: a gap between two steps
 * counts for half an interval at most. A master that was stopped, or a machine that was suspended with all its workers,
 * finds nobody late, hung or dead on waking. Wall clocks are never compared: a check-in is due the announced <em>span</em>
 * after the message was received.
 */
public final class LivenessMonitor {

    /** Consecutive multiples of the golden ratio spread evenly, however many workers there are. */
    private static final double GOLDEN = 0.6180339887498949;

    private static final long REFRESH_NS = TimeUnit.SECONDS.toNanos(10);

    private volatile LivenessConfig config;
    private final LongSupplier nanoTime;
    private final ProcessProbe processes;
    private final CrashForensics forensics;
    private final LivenessListener listener;

    private final Map<UUID, Watch> watches = new ConcurrentHashMap<>();
    private final AtomicLong added = new AtomicLong();

    private long lastStepNs;
    private long clockNs;
    private long refreshedNs;

    /** @param nanoTime monotonic, for example {@code System::nanoTime} */
    public LivenessMonitor(
            LivenessConfig config,
            LongSupplier nanoTime,
            ProcessProbe processes,
            CrashForensics forensics,
            LivenessListener listener) {
        this.config = config;
        this.nanoTime = nanoTime;
        this.processes = processes;
        this.forensics = forensics;
        this.listener = listener;
        this.lastStepNs = nanoTime.getAsLong();
    }

    /** Starts watching, in STARTING; no transition is reported for that. */
    public void add(WatchedWorker worker) {
        UUID uuid = worker.identity().ringUuid();
        double turn = added.getAndIncrement() * GOLDEN % 1.0;
        Watch watch = new Watch(worker, processes.host(), (long) (turn * config.probeIntervalNs()));
        if (watches.putIfAbsent(uuid, watch) != null) {
            throw new IllegalStateException("ringUuid=" + uuid + " is watched already: remove it first");
        }
    }

    /** By which workers are judged now. */
    public LivenessConfig config() {
        return config;
    }

    /** Judges every worker by these spans from the next step on. */
    public void configure(LivenessConfig spans) {
        config = spans;
    }

    /** Stops watching, reporting nothing; false if it was not watched. A step under way may still report it. */
    public boolean remove(UUID ringUuid) {
        return watches.remove(ringUuid) != null;
    }

    /**
     * A heartbeat message was drained from the ring. Unknown rings are ignored.
     *
     * @param sentEpochNs the worker's wall clock; only the span up to {@code nextCheckInEpochNs} is used
     * @param nextCheckInEpochNs not after {@code sentEpochNs}: a sign of life that announces nothing
     */
    public void onHeartbeat(UUID ringUuid, long sentEpochNs, long nextCheckInEpochNs, boolean goodbye) {
        Watch watch = watches.get(ringUuid);
        if (watch != null) {
            watch.announce(Announcement.of(sentEpochNs, nextCheckInEpochNs, goodbye));
        }
    }

    /** Whether this machine was booted since that worker started; false where the two cannot be compared. */
    public boolean bootedSince(WorkerIdentity worker) {
        return processes.host().bootedSince(worker);
    }

    /** As of the last step; empty if not watched. */
    public Optional<WorkerState> state(UUID ringUuid) {
        return Optional.ofNullable(watches.get(ringUuid)).map(Watch::state);
    }

    /**
     * Looks at every worker once.
     *
     * @return transitions reported
     * @throws RuntimeException the first one that the listener threw, the others suppressed in it; every worker was
     *     looked at
     */
    public int doWork() {
        advanceClock();
        int transitions = 0;
        RuntimeException failure = null;
        for (Watch watch : watches.values()) {
            try {
                transitions += step(watch);
            } catch (RuntimeException e) {
                failure = suppressed(failure, e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return transitions;
    }

    private void advanceClock() {
        long nowNs = nanoTime.getAsLong();
        clockNs += Math.max(0, Math.min(nowNs - lastStepNs, config.longestStepNs()));
        lastStepNs = nowNs;
        if (clockNs - refreshedNs >= REFRESH_NS) {
            refreshedNs = clockNs;
            forensics.refresh();
        }
    }

    private int step(Watch watch) {
        WorkerState from = watch.told();
        WorkerState to = watch.step(clockNs, config, processes, forensics);
        if (from == to) {
            return 0;
        }
        try {
            Optional<DeathReport> death = to == WorkerState.DEAD
                    ? Optional.of(
                            forensics.report(watch.caseFile(), watch.saidGoodbye(), watch.sinceWordMoved(clockNs)))
                    : Optional.empty();
            listener.onTransition(new Transition(watch.identity(), from, to, watch.detectedAfterNs(clockNs), death));
        } catch (RuntimeException e) {
            watch.tell(to);
            throw e;
        } // an Error leaves it untold: a death that nobody hears of would keep what lies in the ring from everybody
        watch.tell(to);
        return 1;
    }

    private static RuntimeException suppressed(RuntimeException first, RuntimeException next) {
        if (first == null) {
            return next;
        }
        if (first != next) {
            first.addSuppressed(next);
        }
        return first;
    }
}
