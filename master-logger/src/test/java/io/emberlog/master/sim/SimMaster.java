package io.emberlog.master.sim;

import io.emberlog.handler.file.SimulatedDisk;
import io.emberlog.heartbeat.CrashForensics;
import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.heartbeat.LivenessConfig;
import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.heartbeat.LockProbe;
import io.emberlog.heartbeat.ProcessProbe;
import io.emberlog.heartbeat.Transition;
import io.emberlog.heartbeat.WatchedWorker;
import io.emberlog.heartbeat.WorkerState;
import io.emberlog.master.config.IdleMode;
import io.emberlog.master.drain.Alarm;
import io.emberlog.master.drain.DrainAgent;
import io.emberlog.master.drain.MasterEvents;
import io.emberlog.master.drain.RingReaper;
import io.emberlog.master.drain.SyncAgent;
import io.emberlog.master.drain.WorkerEvents;
import io.emberlog.master.fanout.FanOutConfig;
import io.emberlog.master.fanout.ReportSink;
import io.emberlog.master.fanout.SimulatedAgent;
import io.emberlog.master.fanout.SyncedJournal;
import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalRecovery;
import io.emberlog.master.journal.JournalRetention;
import io.emberlog.master.journal.RecoveredState;
import io.emberlog.master.journal.SimulatedJournal;
import io.emberlog.message.Level;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.SteppedRing;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A master process, wired as MasterLogger does it, on simulated clocks and without threads. */
final class SimMaster extends SimProcess {
    static final Path OUT = Path.of("/simulated/out.json");

    /** Short, so that a run sees many deaths. */
    private static final LivenessConfig LIVENESS =
            new LivenessConfig(100 * World.MS, 5 * World.MS, 20 * World.MS, 2 * World.MS);

    /** What outlives it. */
    static final class Machine {
        io.emberlog.ring.ChannelDirectory channel;
        Path state;
        final SimulatedDisk disk = new SimulatedDisk();
        final SimulatedAgent.Checkpoints checkpoints = new SimulatedAgent.Checkpoints();
        final List<Oracle.Delivery> peer = new ArrayList<>();
        final Map<UUID, SimWorker> owners = new java.util.HashMap<>();
        Oracle oracle;

        /** Of the configuration, the same for every master of a run. */
        Duration syncInterval;

        Duration window;
        int budget;
        long maxFileSize;
        boolean retains;
    }

    private final Machine machine;
    private final Journal journal;
    private final JournalRetention retention;
    private final MasterEvents events;
    private final RingReaper reaper;
    private final SyncAgent sync;
    private final LivenessMonitor liveness;
    private final DrainAgent drain;
    private final SimulatedAgent file;
    private final SimulatedAgent peer;
    private final Set<Path> known = new HashSet<>();
    private static final int MOST_HIDDEN = 6;

    /** How often each file was passed over. */
    private final Map<Path, Integer> hidden = new HashMap<>();

    private final boolean[] busy = new boolean[6];
    private int syncWaits;
    private boolean buried;

    SimMaster(World world, Machine machine) throws IOException, JournalException {
        super(world, "master");
        this.machine = machine;
        Alarm alarm = new Alarm(line -> {}, () -> world.nowNs);
        UUID uuid = world.newUuid();
        WorkerIdentity self =
                new WorkerIdentity(uuid, "master", 2_000, 0, "this boot", "this machine", "", "host", "master", "");
        events = new MasterEvents(self, world::wallNs, alarm);
        JournalListener listener = new JournalListener() {
            @Override
            public void onBroken(long index, String what) {
                machine.oracle.found("journal broken at " + Long.toHexString(index) + ": " + what);
            }

            @Override
            public void onGap(long expected, long found) {
                machine.oracle.found("journal gap: expected record " + expected + ", found " + found);
            }

            @Override
            public void onSyncFailed(long afterIndex, Throwable cause) {
                events.addUrgent(Level.CRITICAL, "journal: refused behind {}: {}", afterIndex, cause);
            }

            @Override
            public void onRetentionLoss(String handler, long first, long last, long maxSizeBytes) {
                machine.oracle.found("retention took records " + first + " to " + last + " from " + handler);
            }
        };
        journal = SimulatedJournal.open(
                config(0),
                () -> world.wallNs() / World.MS,
                () -> world.nowNs,
                listener,
                access(false, () -> world.journalRefuses));
        retention = new JournalRetention(journal);
        RecoveredState recovered = JournalRecovery.recover(journal);
        reaper = new RingReaper(journal, events);
        sync = new SyncAgent(journal, machine.syncInterval, 17, () -> world.nowNs, () -> {});
        ProcessProbe probe = new ProcessProbe(new HostIdentity("this boot", "this machine", "", false));
        liveness = new LivenessMonitor(
                LIVENESS, () -> world.nowNs, probe, new CrashForensics(probe, List.of()), this::onTransition);
        FanOutConfig config = new FanOutConfig(
                journal.directory(),
                machine.state,
                this::slowly,
                world::wallNs,
                Thread::new,
                (name, level, message, cause) -> events.add(level, ReportSink.loggerName(name), message, new Object[0]),
                machine.syncInterval.isZero()
                        ? SyncedJournal.NOT_AWAITED
                        : SyncedJournal.of(index -> index <= journal.syncedIndex(), this::syncNow),
                IdleMode.BACKOFF);
        SimulatedDisk.Access access = access(true, () -> world.diskRefuses);
        file = new SimulatedAgent(
                "file",
                machine.disk.handler(OUT, machine.maxFileSize, 4096, 20 * World.MS, true, access),
                config,
                machine.checkpoints,
                access,
                journal.lastIndex(),
                recovered.nextSequence());
        peer = new SimulatedAgent(
                "peer",
                new SimPeer(world, this, machine.peer),
                config,
                machine.checkpoints,
                access,
                journal.lastIndex(),
                recovered.nextSequence());
        drain = new DrainAgent(
                journal,
                listener,
                recovered,
                liveness,
                events,
                reaper,
                sync,
                (index, next) -> {
                    file.appended(index, next, world.wallNs());
                    peer.appended(index, next, world.wallNs());
                },
                () -> world.nowNs,
                world::wallNs,
                machine.budget);
        drain.reorderWindow(machine.window);
    }

    /** @param watermark free space below which draining waits */
    private JournalConfig config(long watermark) {
        return new JournalConfig(
                machine.state.resolve("journal"), 1 << 30, machine.retains ? 0 : 1, 256 << 10, 300_000, watermark);
    }

    /** @param mayRun whether others may run in the middle of it: not while a lock of Java's is held */
    private SimulatedDisk.Access access(boolean mayRun, java.util.function.BooleanSupplier refuses) {
        return new SimulatedDisk.Access() {
            @Override
            public int before(String operation, int length) throws IOException {
                int done = world.step(SimMaster.this, length, mayRun);
                if (!world.calm && refuses.getAsBoolean() && changes(operation) && world.chance(2)) {
                    if (done > 1 && world.chance(3)) {
                        return 1 + world.random.nextInt(done - 1);
                    }
                    throw new IOException("the simulated device refuses to " + operation);
                }
                return done;
            }

            @Override
            public void after() {
                check();
            }
        };
    }

    private static boolean changes(String operation) {
        return switch (operation) {
            case "size", "read", "key", "list", "open" -> false;
            default -> true;
        };
    }

    /** The device of the journal is full, by its free space. */
    void full(boolean isFull) {
        journal.configure(config(isFull ? Long.MAX_VALUE : 0));
    }

    private void onTransition(Transition transition) {
        if (transition.to() == WorkerState.DEAD) {
            world.note(3);
            drain.ownerDead(
                    transition.worker().ringUuid(),
                    transition.death().orElseThrow(),
                    transition.detectedAfterNs().orElse(-1));
        } else {
            WorkerEvents.changed(events, transition);
        }
    }

    /** Handlers take their time: their agents look at the clock to see how much. */
    private long slowly() {
        if (!world.calm && world.chance(3)) {
            world.nowNs += world.random.nextLong(15 * World.MS);
        }
        return world.nowNs;
    }

    /** A handler's thread waits for the journal to be synced: others run meanwhile. */
    private void syncNow() {
        sync.request();
        world.nowNs += World.MS;
        if (++syncWaits % 100 == 0) {
            throw new IllegalStateException("the journal was not synced in time");
        }
        if (!busy[4]) {
            turn(4, sync::doWork);
        }
        if (!journal.isFailed()) {
            world.others(this);
        } else if (!busy[0]) {
            drain();
        }
        check();
    }

    private void turn(int thread, Runnable work) {
        if (busy[thread]) {
            return;
        }
        busy[thread] = true;
        world.run(this, 20 + thread, work);
        busy[thread] = false;
    }

    void drain() {
        turn(0, drain::doWork);
    }

    void watch() {
        turn(1, this::look);
    }

    void keep() {
        turn(2, () -> {
            reaper.doWork();
            try {
                journal.syncEnded();
                retention.enforce(Map.of("file", file.place(), "peer", peer.place()));
            } catch (JournalException e) {
                world.note(4); // the drain opens it again
            }
        });
    }

    void sync() {
        turn(4, sync::doWork);
    }

    void file() {
        turn(3, file::doWork);
    }

    void peer() {
        turn(5, peer::doWork);
    }

    private void look() {
        List<RingFile> found = new ArrayList<>();
        boolean whole = true;
        try {
            for (Path path : machine.channel.rings().stream().sorted().toList()) {
                if (known.contains(path)) {
                    continue;
                }
                // a listing that runs while files are made may miss one, and one that cannot be opened is tried again
                // later
                if (!world.calm && world.chance(2) && hidden.merge(path, 1, Integer::sum) <= MOST_HIDDEN) {
                    whole = false;
                    continue;
                }
                open(path, found);
            }
        } catch (IOException e) {
            machine.oracle.found("channel cannot be listed: " + e);
        } finally {
            drain.found(found, whole);
        }
        liveness.doWork();
    }

    private void open(Path path, List<RingFile> found) throws IOException {
        try {
            RingFile opened = RingFile.open(path);
            RingFile stepped = SteppedRing.through(opened, new SteppedRing.Observer() {
                @Override
                public int before(int length) {
                    return world.step(SimMaster.this, length, true);
                }

                @Override
                public void after() {
                    check();
                }
            });
            liveness.add(new Watched(stepped, machine.owners));
            known.add(path);
            WorkerEvents.started(events, stepped.identity());
            found.add(stepped);
        } catch (NoSuchFileException gone) {
            world.note(5);
        } catch (RingBrokenException e) {
            machine.oracle.found("ring " + path.getFileName() + " is broken: " + e.getMessage());
        }
    }

    private record Watched(RingFile file, Map<UUID, SimWorker> owners) implements WatchedWorker {
        @Override
        public WorkerIdentity identity() {
            return file.identity();
        }

        @Override
        public long heartbeatWord() {
            return file.header().heartbeatWord();
        }

        @Override
        public boolean saidGoodbye() {
            return file.header().saidGoodbye();
        }

        @Override
        public LockProbe probeLock() {
            return owners.get(file.identity().ringUuid()).probe(file.identity().ringUuid());
        }

        @Override
        public boolean ownJvm() {
            return false;
        }
    }

    boolean isDrained() {
        return drain.isDrained() && sync.isAllSynced();
    }

    void syncAll() {
        sync.request();
    }

    void requestStop() {
        file.requestStop();
        peer.requestStop();
    }

    boolean isStopped() {
        return file.isDone() && peer.isDone();
    }

    String status() {
        return "drained=" + drain.isDrained() + " synced=" + sync.isAllSynced() + " failed=" + journal.isFailed()
                + " full=" + !journal.hasSpace() + " " + file.status() + " " + peer.status();
    }

    /** Gives back what it held of the real machine's. */
    void bury() {
        if (!buried) {
            buried = true;
            dead = true;
            file.bury();
            peer.bury();
            journal.close();
        }
    }
}
