package io.emberlog.master.sim;

import io.emberlog.heartbeat.LockProbe;
import io.emberlog.message.DropReason;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.SteppedRing;
import io.emberlog.worker.SimulatedWorker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A worker process: some application threads and the housekeeper. */
final class SimWorker extends SimProcess {
    private static final int[] SEVERITIES = {5, 9, 9, 9, 13, 17};

    private final ChannelDirectory channel;
    private final Oracle oracle;
    private final RingSpec spec;
    private final SimulatedWorker worker;
    private final boolean oneHome;
    private final boolean[] busy;
    /** Whose lock each ring's is: who holds it. */
    private final Map<UUID, SimWorker> owners;
    /** Rings whose lock this process has lost without knowing it. */
    private final Set<UUID> lost = new HashSet<>();

    private final List<UUID> rings = new ArrayList<>();
    private long refused;
    private long unfinished;
    boolean saidGoodbye;

    SimWorker(World world, String name, ChannelDirectory channel, Oracle oracle, Map<UUID, SimWorker> owners) {
        super(world, name);
        this.channel = channel;
        this.oracle = oracle;
        this.owners = owners;
        boolean batching = world.random.nextInt(3) == 0;
        spec = new RingSpec(64 * 1024, batching ? 4096 : 0, world.random.nextInt(5) == 0);
        oneHome = world.random.nextInt(4) == 0;
        busy = new boolean[2 + world.random.nextInt(4)];
        worker = new SimulatedWorker(
                channel.path(),
                name,
                new SimulatedWorker.Shape(
                        batching,
                        Duration.ofMillis(200),
                        Duration.ofMillis(world.random.nextBoolean() ? 300 : 0),
                        Duration.ofMillis(batching ? 20 : 0),
                        Duration.ofMillis(world.random.nextBoolean() ? 20 : 0)),
                this::create,
                () -> world.nowNs,
                world::wallNs,
                this::idle);
    }

    private RingFile create(UUID predecessor) throws IOException {
        world.step(this, 1, true);
        if (world.diskRefuses && world.chance(2)) {
            throw new IOException("no space left on the simulated device");
        }
        UUID uuid = world.newUuid();
        WorkerIdentity identity =
                new WorkerIdentity(uuid, name, 1_000, 0, "this boot", "this machine", "", "host", "sim", "");
        owners.put(uuid, this);
        rings.add(uuid);
        RingFile file = RingFile.create(channel, spec, identity, predecessor, world.wallNs());
        world.step(this, 1, true);
        return SteppedRing.through(file, new SteppedRing.Observer() {
            @Override
            public int before(int length) {
                return world.step(SimWorker.this, length, true);
            }

            @Override
            public void after() {
                check();
            }
        });
    }

    private void idle(int attempt) {
        check();
        world.nowNs += 5 * World.MS;
        if (!busy[0] && (world.calm || world.random.nextBoolean())) {
            housekeep();
        } else {
            world.others(this);
        }
        check();
    }

    @Override
    boolean mayFault() {
        return true;
    }

    /** A turn of an application thread, if one is free: one log call. */
    void log() {
        int thread = 1 + world.random.nextInt(busy.length - 1);
        if (busy[thread]) {
            return;
        }
        busy[thread] = true;
        world.run(this, 10 + thread, () -> call(thread));
        busy[thread] = false;
    }

    private void call(int thread) {
        List<Oracle.Issued> records = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = world.chance(6) ? 1 + world.random.nextInt(4) : 1; i > 0; i--) {
            int length = world.random.nextInt(world.chance(12) ? 1_500 : 60);
            records.add(oracle.issue(name + "." + thread, length));
            texts.add(records.get(records.size() - 1).text);
        }
        int severity = SEVERITIES[world.random.nextInt(SEVERITIES.length)];
        DropReason reason;
        try {
            reason = worker.log(oneHome ? 1 : thread, thread, world.wallNs(), severity, texts);
        } finally {
            unfinished += dead ? records.size() : 0;
        }
        if (!dead) {
            oracle.answered(records, reason);
            refused += reason == null ? 0 : records.size();
            world.note(reason == null ? 100 : reason.code());
        }
    }

    /** A turn of the housekeeper. */
    void housekeep() {
        if (busy[0]) {
            return;
        }
        busy[0] = true;
        world.run(this, 10, () -> worker.housekeep(world.nowNs));
        busy[0] = false;
    }

    /** The end of an orderly exit; its threads may still log until it is {@link #kill}ed. */
    void sayGoodbye() {
        if (busy[0] || saidGoodbye) {
            return;
        }
        busy[0] = true; // for good: its housekeeper has ended
        saidGoodbye = true;
        world.run(this, 9, worker::goodbye);
    }

    /** The application lost the locks of its rings, as by reading its own channel directory. */
    void loseLocks() {
        lost.addAll(rings);
    }

    LockProbe probe(UUID ring) {
        return dead || lost.contains(ring) ? LockProbe.FREE : LockProbe.HELD;
    }

    /** A process that the storm has left is ready to end once no thread is in the middle of something. */
    void balance() {
        long counted = worker.dropped();
        if (counted < refused || counted > refused + unfinished) {
            oracle.found(name + " refused " + refused + " records (and did not finish " + unfinished + ") and counts "
                    + counted);
        }
    }
}
