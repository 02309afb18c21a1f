package io.emberlog.master.watch;

import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.heartbeat.Transition;
import io.emberlog.heartbeat.WorkerState;
import io.emberlog.master.drain.DrainAgent;
import io.emberlog.master.drain.MasterEvents;
import io.emberlog.master.drain.WorkerEvents;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.control.Clock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * Looks for new ring files, in the channel directory or in a folder per user, hands each to the drain once, and steps the liveness monitor. The watch thread only; {@link
 * #onTransition} is the monitor's listener and runs there, too.
 */
public final class WatchAgent {
    private static final long SCAN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long DEBRIS_INTERVAL_NS = TimeUnit.SECONDS.toNanos(30);

    private final ChannelDirectory directory;
    private final WorkerIdentity self;
    private final MasterEvents events;
    private final LongSupplier nanoTime;
    private final boolean perUser;
    private final Set<UUID> own = ConcurrentHashMap.newKeySet();
    private final LevelEvents levels;
    private LongFunction<Collection<RingFolder>> folders;
    private List<RingFile> found = new ArrayList<>();
    private final Set<Path> heard = new LinkedHashSet<>();
    private DrainAgent drain;
    private LivenessMonitor liveness;
    private RingTouches touches;
    private long scanAtNs;
    private long debrisAtNs;

    /**
     * @param perUser whether rings lie in a folder per user and not in the directory itself
     * @param self this JVM, so that rings of its own are known and never judged
     */
    public WatchAgent(
            ChannelDirectory directory,
            boolean perUser,
            WorkerIdentity self,
            MasterEvents events,
            LongSupplier nanoTime) {
        this.directory = directory;
        this.perUser = perUser;
        this.self = self;
        this.events = events;
        this.nanoTime = nanoTime;
        this.levels = new LevelEvents(directory.path(), events, Clock.ofThisProcess());
        this.scanAtNs = nanoTime.getAsLong();
        this.debrisAtNs = scanAtNs;
    }

    /** Before the first step. */
    public void connect(DrainAgent toDrain, LivenessMonitor toLiveness, RingTouches toTouches) {
        drain = toDrain;
        liveness = toLiveness;
        touches = toTouches;
        long now = nanoTime.getAsLong();
        if (perUser) {
            UserFolderSet users = new UserFolderSet(
                    directory.path(),
                    folder -> folder(
                            ChannelDirectory.ofUser(folder),
                            RingGate.of(folder.uid()),
                            RingFolder.Limits.EACH_USER,
                            nanoTime.getAsLong()),
                    events,
                    now);
            folders = users::folders;
        } else {
            List<RingFolder> only = List.of(folder(directory, RingGate.OWN_USER, RingFolder.Limits.OWN_USER, now));
            folders = at -> only;
        }
    }

    private RingFolder folder(ChannelDirectory place, RingGate gate, RingFolder.Limits limits, long nowNs) {
        boolean mayBeOwn = gate.owner() == -1 || gate.owner() == ChannelDirectory.selfUid();
        return new RingFolder(
                place, gate, limits, mayBeOwn ? this::noteIfOwn : never -> false, events, liveness, nowNs);
    }

    /** One step: new rings, liveness, debris. */
    public int doWork() {
        long now = nanoTime.getAsLong();
        int work = 0;
        if (now - scanAtNs >= 0) {
            scanAtNs = now + SCAN_INTERVAL_NS;
            work += scan(now);
            levels.look();
        }
        work += liveness.doWork();
        if (now - debrisAtNs >= 0) {
            debrisAtNs = now + DEBRIS_INTERVAL_NS;
            folders.apply(now).forEach(folder -> folder.removeDebris(now));
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
        long now = nanoTime.getAsLong();
        folders.apply(now).forEach(folder -> folder.scanAnyway(now));
        scan(now);
    }

    private int scan(long now) {
        List<RingFile> next = new ArrayList<>();
        boolean whole = false;
        int count = 0;
        try {
            boolean all = true;
            Collection<RingFolder> places = folders.apply(now);
            hearTouches(places); // before they are listed: of no ring that is found there a touch is missed
            for (RingFolder folder : places) {
                all &= folder.scan(now, found);
            }
            whole = all;
        } finally {
            // whatever stopped the listing: those it opened are not opened again, and wait here until they are handed
            // over
            count = found.size();
            drain.found(found, whole);
            found = next;
        }
        return count;
    }

    private void hearTouches(Collection<RingFolder> places) {
        heard.clear();
        heard.add(directory.path()); // where none is, for the probe's sake
        for (RingFolder folder : places) {
            heard.add(folder.path());
        }
        touches.hear(heard);
    }

    private boolean noteIfOwn(WorkerIdentity worker) {
        boolean ownJvm = isOwn(worker);
        if (ownJvm) {
            own.add(worker.ringUuid());
        }
        return ownJvm;
    }

    /**
     * By what the ring says of its process, and never asked of another user's folder: there it is a claim that would keep a
     * dead ring from being judged. It may err towards true only, since probing the lock of a ring of this JVM would drop it;
     * nor can the JVM be asked, since its worker may be of another class loader.
     */
    private boolean isOwn(WorkerIdentity worker) {
        return worker.pid() == self.pid()
                && worker.startTimeTicks() == self.startTimeTicks()
                && worker.bootId().equals(self.bootId())
                && worker.pidNamespace().equals(self.pidNamespace());
    }
}
