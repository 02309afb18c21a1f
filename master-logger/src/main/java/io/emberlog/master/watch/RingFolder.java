package io.emberlog.master.watch;

import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.master.drain.MasterEvents;
import io.emberlog.master.drain.WorkerEvents;
import io.emberlog.message.Level;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.IoReason;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * One directory of rings: what is known there, and what has been said of it. The watch thread only.
 *
 * <p>What one look costs is bounded by {@link Limits}, whatever lies there, so that the owner of one folder cannot take the
 * watch thread from the others.
 */
final class RingFolder {
    /** A directory's time stamp may be as coarse as a clock tick: looked at anew this often even without a change. */
    private static final long FULL_SCAN_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    /** The same where its last change was long before the last look, and nothing waits to be tried again. */
    private static final long QUIET_SCAN_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

    private static final long LONG_BEFORE_MS = 2_000;

    /** A file that could not be opened is tried again. */
    private static final long RETRY_INTERVAL_NS = TimeUnit.SECONDS.toNanos(5);

    /** No worker takes as long to make its ring. */
    static final long DEBRIS_AGE_NS = TimeUnit.MINUTES.toNanos(2);

    /**
     * What one user gets.
     *
     * @param entries of its directory that one look reads
     * @param rings open at a time; further ones wait
     * @param opensPerSecond files opened, in the long run; as many as {@code rings} at once
     * @param complaints told in the life of the master; of further ones only that there are more
     */
    record Limits(int entries, int rings, int opensPerSecond, int complaints) {
        /** For the only user of a channel, whom nobody needs to be protected from. */
        static final Limits OWN_USER = new Limits(65_536, 65_536, 1_000_000, 1_000);

        /** For each of several. */
        static final Limits EACH_USER = new Limits(4_096, 512, 200, 50);
    }

    private final ChannelDirectory directory;
    private final RingGate gate;
    private final Limits limits;
    private final Predicate<WorkerIdentity> ownJvm;
    private final MasterEvents events;
    private final LivenessMonitor liveness;
    private final Set<Path> known = new HashSet<>();
    /** Those of them, and of those whose names are gone, that are at work: each costs a mapping and a look each time. */
    private final Set<UUID> opened = new HashSet<>();

    private final Map<Path, Long> retryAtNs = new HashMap<>();
    private final Map<Path, Long> debrisSinceNs = new HashMap<>();
    private final Set<String> complaints = new HashSet<>();
    private long fullScanAtNs;
    private long changed = Long.MIN_VALUE;
    private boolean whole;
    private double opensLeft;
    private long opensAsOfNs;

    /** @param ownJvm tells the rings of this very JVM, which are never judged */
    RingFolder(
            ChannelDirectory directory,
            RingGate gate,
            Limits limits,
            Predicate<WorkerIdentity> ownJvm,
            MasterEvents events,
            LivenessMonitor liveness,
            long nowNs) {
        this.directory = directory;
        this.gate = gate;
        this.limits = limits;
        this.ownJvm = ownJvm;
        this.events = events;
        this.liveness = liveness;
        this.fullScanAtNs = nowNs;
        this.opensAsOfNs = nowNs;
        this.opensLeft = limits.rings();
    }

    Path path() {
        return directory.path();
    }

    /** The next {@link #scan} looks at the directory whatever its time stamp says. */
    void scanAnyway(long nowNs) {
        fullScanAtNs = nowNs;
    }

    /** Files that are not looked at again yet. */
    int waiting() {
        return retryAtNs.size();
    }

    /**
     * Adds the rings that are new to {@code found}.
     *
     * @return false where a ring may be there that was not listed, or not opened
     */
    boolean scan(long nowNs, List<RingFile> found) {
        try {
            long time = Files.getLastModifiedTime(directory.path(), LinkOption.NOFOLLOW_LINKS)
                    .to(TimeUnit.NANOSECONDS);
            if (time == changed && nowNs - fullScanAtNs < 0) {
                return whole;
            }
            changed = time;
            whole = false;
            fullScanAtNs = nowNs + FULL_SCAN_INTERVAL_NS;
            // Also of a directory that is never seen whole: names that its user renews would pile up here.
            retryAtNs.values().removeIf(at -> nowNs - at >= 0);
            ChannelDirectory.Listing listing = directory.rings(limits.entries());
            if (listing.whole()) {
                Set<Path> present = new HashSet<>(listing.files());
                known.retainAll(present);
                retryAtNs.keySet().retainAll(present);
            } else {
                complain("directory " + directory.path() + " has more than " + limits.entries()
                        + " entries; rings among the further ones are not found");
            }
            int before = found.size();
            boolean all = listing.whole();
            opened.removeIf(ring -> liveness.state(ring).isEmpty());
            refillOpens(nowNs);
            for (Path path : listing.files()) {
                if (!known.contains(path) && !retryAtNs.containsKey(path)) {
                    if (Math.max(known.size(), opened.size()) >= limits.rings()) {
                        all = false;
                        complain("directory " + directory.path() + " has more than " + limits.rings()
                                + " rings; further ones wait until these have ended");
                        break;
                    }
                    if (opensLeft < 1) {
                        all = false;
                        break; // the next looks go on
                    }
                    opensLeft--;
                    open(path, nowNs, found);
                }
            }
            if (found.size() > before || opensLeft < 1) {
                fullScanAtNs = nowNs; // what a successor waits for
            }
            whole = all && retryAtNs.isEmpty();
            if (whole && found.size() == before && isLongBefore(time)) {
                fullScanAtNs = nowNs + QUIET_SCAN_INTERVAL_NS;
            }
            return whole;
        } catch (IOException e) {
            complain("directory " + directory.path() + " cannot be read: " + IoReason.at(directory.path(), e));
            return false;
        }
    }

    /** Then whatever comes next gets another time stamp. */
    private static boolean isLongBefore(long changeEpochNs) {
        return System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(changeEpochNs) > LONG_BEFORE_MS;
    }

    private void refillOpens(long nowNs) {
        double earned = (double) limits.opensPerSecond() * (nowNs - opensAsOfNs) / TimeUnit.SECONDS.toNanos(1);
        opensLeft = Math.min(limits.rings(), opensLeft + earned);
        opensAsOfNs = nowNs;
    }

    /** Into the list, and known as such, or neither: whatever is thrown on the way. */
    private void open(Path path, long nowNs, List<RingFile> found) {
        try {
            RingFile file = gate.ring(path);
            WorkerIdentity worker = file.identity();
            boolean watched = false;
            int before = found.size();
            try {
                liveness.add(new RingWatch(file, gate, ownJvm.test(worker)));
                watched = true;
                opened.add(worker.ringUuid());
                found.add(file);
                known.add(path);
            } catch (Throwable t) {
                if (watched) {
                    liveness.remove(worker.ringUuid());
                }
                while (found.size() > before) {
                    found.remove(before);
                }
                throw t;
            }
            retryAtNs.remove(path);
            WorkerEvents.started(events, worker);
        } catch (NoSuchFileException gone) {
            return;
        } catch (RingBrokenException e) {
            retryAtNs.put(path, nowNs + RETRY_INTERVAL_NS);
            setAside(path, e);
        } catch (IOException | IllegalStateException e) {
            retryAtNs.put(path, nowNs + RETRY_INTERVAL_NS);
            String why = e instanceof IOException ? IoReason.at(path, e) : e.getMessage();
            complain("ring file " + path + " cannot be opened: " + why);
        }
    }

    private void setAside(Path path, RingBrokenException why) {
        Path to = path.resolveSibling(path.getFileName() + ChannelDirectory.QUARANTINE_SUFFIX);
        try {
            Files.move(path, to);
            if (mayTell(to.toString())) {
                events.add(
                        Level.CRITICAL,
                        MasterEvents.WORKER_LOGGER,
                        "ring file {} set aside: {}",
                        new Object[] {to, why.getMessage()},
                        new MasterEvents.Field("event", "quarantined"),
                        new MasterEvents.Field("file", to.toString()));
            }
        } catch (IOException e) {
            complain("ring file " + path + " is broken (" + why.getMessage() + ") and cannot be set aside: " + e);
        }
    }

    /**
     * What died between making its lock file and naming its ring. Old is what has been lying there for so long by the
     * monotonic clock: were it the files' time stamps, a wall clock that is set would age those of a worker just starting.
     */
    void removeDebris(long nowNs) {
        try {
            List<Path> lying = directory.leftovers();
            debrisSinceNs.keySet().retainAll(lying);
            for (Path file : lying) {
                long sinceNs = debrisSinceNs.computeIfAbsent(file, first -> nowNs);
                if (nowNs - sinceNs >= DEBRIS_AGE_NS) {
                    directory.removeLeftover(file);
                }
            }
        } catch (IOException e) {
            complain("directory " + directory.path() + " cannot be cleaned: " + e);
        }
    }

    /** Each once, and only so many: one folder's complaints must not drown another's. */
    private void complain(String what) {
        if (mayTell(what)) {
            events.add(Level.ERROR, MasterEvents.MASTER_LOGGER, "{}", new Object[] {what});
        }
    }

    private boolean mayTell(String what) {
        if (complaints.size() > limits.complaints() || !complaints.add(what)) {
            return false;
        }
        if (complaints.size() > limits.complaints()) {
            events.add(
                    Level.ERROR,
                    MasterEvents.MASTER_LOGGER,
                    "directory {}: more complaints than {}; the further ones are not told",
                    new Object[] {directory.path(), limits.complaints()});
            return false;
        }
        return true;
    }
}
