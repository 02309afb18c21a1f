package io.emberlog.master.watch;

import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.heartbeat.Transition;
import io.emberlog.heartbeat.WorkerState;
import io.emberlog.master.drain.DrainAgent;
import io.emberlog.master.drain.MasterEvents;
import io.emberlog.master.drain.WorkerEvents;
import io.emberlog.message.Level;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Looks for new ring files, hands each to the drain once, and steps the liveness monitor. The watch thread only; {@link
 * #onTransition} is the monitor's listener and runs there, too.
 */
public final class WatchAgent {
    private static final long SCAN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(50);
    /** A directory's time stamp may be as coarse as a clock tick: looked at anew this often even without a change. */
    private static final long FULL_SCAN_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private static final Duration DEBRIS_AGE = Duration.ofMinutes(2);
    private static final long DEBRIS_INTERVAL_NS = TimeUnit.SECONDS.toNanos(30);

    private final ChannelDirectory directory;
    private final WorkerIdentity self;
    private final MasterEvents events;
    private final LongSupplier nanoTime;
    private final Set<UUID> own = ConcurrentHashMap.newKeySet();
    private final Map<Path, UUID> known = new HashMap<>();
    private final Set<String> complaints = new HashSet<>();
    private DrainAgent drain;
    private LivenessMonitor liveness;
    private long scanAtNs;
    private long fullScanAtNs;
    private long debrisAtNs;
    private long directoryTime = Long.MIN_VALUE;

    /** @param self this JVM, so that rings of its own are known and never judged */
    public WatchAgent(ChannelDirectory directory, WorkerIdentity self, MasterEvents events, LongSupplier nanoTime) {
        this.directory = directory;
        this.self = self;
        this.events = events;
        this.nanoTime = nanoTime;
        this.scanAtNs = nanoTime.getAsLong();
        this.fullScanAtNs = scanAtNs;
        this.debrisAtNs = scanAtNs;
    }

    /** Before the first step. */
    public void connect(DrainAgent toDrain, LivenessMonitor toLiveness) {
        drain = toDrain;
        liveness = toLiveness;
    }

    /** One step: new rings, liveness, debris. */
    public int doWork() {
        long now = nanoTime.getAsLong();
        int work = 0;
        if (now - scanAtNs >= 0) {
            scanAtNs = now + SCAN_INTERVAL_NS;
            work += scan(now);
        }
        work += liveness.doWork();
        if (now - debrisAtNs >= 0) {
            debrisAtNs = now + DEBRIS_INTERVAL_NS;
            removeDebris();
        }
        return work;
    }

    /** The monitor's listener. */
    public void onTransition(Transition transition) {
        if (transition.to() == WorkerState.DEAD) {
            drain.ownerDead(
                    transition.worker().ringUuid(),
                    transition.death().orElseThrow(),
                    transition.detectedAfterNs().orElse(-1));
        } else {
            WorkerEvents.changed(events, transition);
        }
    }

    /** Whether workers of this JVM are there that have not said goodbye. Any thread. */
    public boolean hasOwnWorkers() {
        return own.stream()
                .anyMatch(ring -> liveness.state(ring)
                        .filter(state -> state != WorkerState.STOPPED && state != WorkerState.DEAD)
                        .isPresent());
    }

    /** Tells the drain to finish the rings of this JVM's workers that have said goodbye, for the JVM is ending. Any thread. */
    public void endOwnRings() {
        own.stream()
                .filter(ring ->
                        liveness.state(ring).filter(WorkerState.STOPPED::equals).isPresent())
                .forEach(drain::ownerLeaves);
    }

    /** Whether rings of this JVM's workers are being drained. Any thread. */
    public boolean hasOwnRings() {
        return own.stream().anyMatch(ring -> liveness.state(ring).isPresent());
    }

    /** Looks at the directory at once, whatever its time stamp says: for the last look of an orderly stop. */
    public void scanNow() {
        fullScanAtNs = nanoTime.getAsLong();
        scan(fullScanAtNs);
    }

    private int scan(long now) {
        try {
            long time = Files.getLastModifiedTime(directory.path(), LinkOption.NOFOLLOW_LINKS)
                    .to(TimeUnit.NANOSECONDS);
            if (time == directoryTime && now - fullScanAtNs < 0) {
                return 0;
            }
            directoryTime = time;
            fullScanAtNs = now + FULL_SCAN_INTERVAL_NS;
            List<RingFile> found = new ArrayList<>();
            Set<Path> present = new HashSet<>();
            try {
                for (Path path : directory.rings()) {
                    present.add(path);
                    if (!known.containsKey(path)) {
                        open(path).ifPresent(found::add);
                    }
                }
                known.keySet().retainAll(present);
            } finally {
                drain.found(found); // whatever stopped the listing: those it opened are not opened again
            }
            if (!found.isEmpty()) {
                fullScanAtNs = now; // what a successor waits for
            }
            return found.size();
        } catch (IOException e) {
            complain("channel directory " + directory.path() + " cannot be read: " + e);
            return 0;
        }
    }

    private Optional<RingFile> open(Path path) {
        try {
            RingFile file = RingFile.open(path);
            WorkerIdentity worker = file.identity();
            known.put(path, worker.ringUuid());
            boolean ownJvm = isOwn(worker);
            if (ownJvm) {
                own.add(worker.ringUuid());
            }
            liveness.add(new RingWatch(file, ownJvm));
            WorkerEvents.started(events, worker);
            return Optional.of(file);
        } catch (java.nio.file.NoSuchFileException gone) {
            return Optional.empty();
        } catch (RingBrokenException e) {
            setAside(path, e);
        } catch (IOException | IllegalStateException e) {
            complain("ring file " + path + " cannot be opened: " + e.getMessage());
        }
        return Optional.empty();
    }

    private void setAside(Path path, RingBrokenException why) {
        Path to = path.resolveSibling(path.getFileName() + ChannelDirectory.QUARANTINE_SUFFIX);
        try {
            Files.move(path, to);
            events.add(
                    Level.CRITICAL,
                    MasterEvents.WORKER_LOGGER,
                    "ring file {} set aside: {}",
                    new Object[] {to, why.getMessage()},
                    new MasterEvents.Field("event", "quarantined"),
                    new MasterEvents.Field("file", to.toString()));
        } catch (IOException e) {
            complain("ring file " + path + " is broken (" + why.getMessage() + ") and cannot be set aside: " + e);
        }
    }

    private boolean isOwn(WorkerIdentity worker) {
        return worker.pid() == self.pid()
                && worker.startTimeTicks() == self.startTimeTicks()
                && worker.bootId().equals(self.bootId())
                && worker.pidNamespace().equals(self.pidNamespace());
    }

    /** What died between making its lock file and naming its ring. */
    private void removeDebris() {
        try {
            directory.removeLeftovers(Instant.now().minus(DEBRIS_AGE));
        } catch (IOException e) {
            complain("channel directory " + directory.path() + " cannot be cleaned: " + e);
        }
    }

    /** Each once. */
    private void complain(String what) {
        if (complaints.size() < 1_000 && complaints.add(what)) {
            events.add(Level.ERROR, MasterEvents.MASTER_LOGGER, "{}", new Object[] {what});
        }
    }
}
