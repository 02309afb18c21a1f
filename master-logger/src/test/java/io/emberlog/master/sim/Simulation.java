package io.emberlog.master.sim;

import io.emberlog.ring.ChannelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * One run: some workers and a master through a storm of some thousand turns, then calm, until everything is delivered.
 * Everything that happens follows from the seed.
 */
final class Simulation {
    /** What came of it. */
    record Outcome(
            long seed, long trace, long issued, long acknowledged, long steps, int masters, List<String> findings) {}

    private static final int MOST_WORKERS = 3;
    private static final int CALM_ROUNDS = 3_000;

    private final long seed;
    private final World world;
    private final String directory;
    private final SimMaster.Machine machine = new SimMaster.Machine();
    private final Oracle oracle = new Oracle();
    private final List<SimWorker> workers = new ArrayList<>();
    private int turns;
    private SimMaster master;
    private int masters;
    private int workersLeft;

    private Simulation(long seed, Path directory) throws IOException {
        this.seed = seed;
        this.directory = directory.toString();
        SplittableRandom random = new SplittableRandom(seed);
        world = new World(random, this::anything);
        turns = 400 + random.nextInt(1_600);
        workersLeft = 2 + random.nextInt(5);
        machine.channel = ChannelDirectory.open(directory.resolve("channel"));
        machine.state = Files.createDirectories(directory.resolve("state"));
        machine.oracle = oracle;
        machine.syncInterval = random.nextInt(4) == 0 ? Duration.ZERO : Duration.ofMillis(10);
        machine.window = random.nextInt(4) == 0 ? Duration.ofMillis(30) : Duration.ZERO;
        machine.budget = random.nextInt(3) == 0 ? 256 * 1024 : 2_048;
        machine.maxFileSize = random.nextInt(3) == 0 ? Long.MAX_VALUE : 8_000 + random.nextInt(60_000);
        machine.retains = random.nextBoolean();
    }

    /** @param directory made for the run, and deleted; the length of its name is part of what the run is */
    static Outcome run(long seed, Path directory) throws Exception {
        Simulation simulation = new Simulation(seed, directory);
        try {
            simulation.world.storm();
            simulation.calm();
            return simulation.judge();
        } finally {
            if (simulation.master != null) {
                simulation.master.bury();
            }
            delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** One turn of some thread of some process, or something that happens to one. */
    private boolean anything() {
        turns--;
        int draw = world.random.nextInt(100);
        if (draw < 46) {
            SimWorker worker = someWorker();
            if (worker != null) {
                worker.log();
            }
        } else if (draw < 55) {
            SimWorker worker = someWorker();
            if (worker != null) {
                worker.housekeep();
            }
        } else if (draw < 92) {
            masterTurn(draw);
        } else if (draw < 98) {
            world.nowNs += world.random.nextLong(world.chance(3) ? 500 * World.MS : 10 * World.MS);
        } else {
            event();
        }
        return turns > 0;
    }

    private void masterTurn(int draw) {
        if (master == null || master.dead) {
            if (world.chance(12)) {
                startMaster();
            }
            return;
        }
        if (draw < 69) {
            master.drain();
        } else if (draw < 74) {
            master.watch();
        } else if (draw < 78) {
            master.sync();
        } else if (draw < 80) {
            master.keep();
        } else if (draw < 87) {
            master.file();
        } else {
            master.peer();
        }
    }

    private SimWorker someWorker() {
        SimWorker worker = workers.isEmpty() ? null : workers.get(world.random.nextInt(workers.size()));
        return worker == null || !worker.mayRun() ? null : worker;
    }

    private void startMaster() {
        world.note(6);
        if (master != null) {
            master.bury();
        }
        boolean calm = world.calm;
        world.calm = true; // a death while it starts is one before or after it: nothing is stored in between
        try {
            master = new SimMaster(world, machine);
            masters++;
        } catch (Exception e) {
            throw new IllegalStateException("a master cannot start", e);
        } finally {
            world.calm = calm;
        }
    }

    private void event() {
        SimWorker worker = someWorker();
        switch (world.random.nextInt(16)) {
            case 0, 1, 2, 3 -> startWorker();
            case 4 -> {
                if (worker != null) {
                    worker.kill();
                }
            }
            case 5 -> {
                if (worker != null) {
                    worker.stopped = true;
                    if (world.random.nextBoolean()) {
                        worker.loseLocks();
                    }
                }
            }
            case 6, 7 -> workers.forEach(stopped -> stopped.stopped = false);
            case 8 -> {
                if (worker != null) {
                    worker.sayGoodbye();
                }
            }
            case 9 -> {
                if (master != null) {
                    master.kill();
                }
            }
            case 10 -> world.diskRefuses = !world.diskRefuses && world.chance(2);
            case 11 -> world.journalRefuses = !world.journalRefuses && world.chance(2);
            case 12 -> {
                world.peerRefuses = !world.peerRefuses;
                if (master != null && !master.dead) {
                    master.full(world.chance(3));
                }
            }
            case 13, 14 -> {
                if (worker != null) {
                    worker.loseLocks();
                    world.nowNs += 100 * World.MS; // its housekeeper is late, too
                }
            }
            default -> stepWallClock();
        }
    }

    private void startWorker() {
        long alive = workers.stream().filter(worker -> !worker.dead).count();
        if (alive < MOST_WORKERS && workersLeft > 0) {
            workersLeft--;
            SimWorker worker = new SimWorker(world, "w" + workers.size(), machine.channel, oracle, machine.owners);
            workers.add(worker);
            worker.housekeep();
        }
    }

    private void stepWallClock() {
        long[] spans = {60, 3_600, 86_400};
        long seconds = spans[world.random.nextInt(spans.length)];
        if (world.random.nextBoolean() || world.wallOffsetNs < 400_000_000_000_000_000L) {
            world.wallOffsetNs += seconds * 1_000_000_000L;
        } else {
            world.wallOffsetNs -= seconds * 1_000_000_000L;
        }
    }

    private void calm() {
        world.calm = true;
        world.diskRefuses = false;
        world.journalRefuses = false;
        world.peerRefuses = false;
        for (SimWorker worker : workers) {
            worker.stopped = false;
            if (!worker.dead) {
                if (world.random.nextInt(3) > 0) {
                    worker.log();
                    worker.sayGoodbye();
                }
                worker.kill();
            }
            worker.balance();
        }
        if (master == null || master.dead) {
            startMaster();
        }
        master.full(false);
        int rounds = 0;
        while (!atRest()) {
            round();
            if (++rounds == CALM_ROUNDS) {
                oracle.found("does not come to rest: rings=" + rings() + " " + master.status());
                return;
            }
        }
        master.requestStop();
        while (!master.isStopped()) {
            round();
            if (++rounds == CALM_ROUNDS) {
                oracle.found("handlers do not stop: " + master.status());
                return;
            }
        }
    }

    private boolean atRest() {
        return rings().isEmpty() && master.isDrained();
    }

    private List<Path> rings() {
        try (Stream<Path> files = Files.list(machine.channel.path())) {
            return files.filter(file -> !file.toString().endsWith(ChannelDirectory.LOCK_SUFFIX))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void round() {
        world.nowNs += 20 * World.MS;
        master.watch();
        master.drain();
        master.drain();
        master.syncAll();
        master.sync();
        master.keep();
        master.file();
        master.peer();
    }

    /** Messages name files, and the directory is another one each time; and what is free on its real disk. */
    private String everyRun(String text) {
        return text.replace(directory, "").replaceAll("\\d+ bytes are free", "");
    }

    private Outcome judge() {
        List<String> lines = Oracle.lines(machine.disk.contents(), SimMaster.OUT);
        oracle.judge(lines, machine.peer);
        lines.forEach(line -> world.note(everyRun(line).hashCode()));
        machine.peer.forEach(
                delivery -> world.note(everyRun(delivery.toString()).hashCode()));
        return new Outcome(
                seed,
                world.trace(),
                oracle.count(Oracle.Answer.ACKNOWLEDGED)
                        + oracle.count(Oracle.Answer.REFUSED)
                        + oracle.count(Oracle.Answer.UNFINISHED),
                oracle.count(Oracle.Answer.ACKNOWLEDGED),
                world.steps(),
                masters,
                oracle.findings());
    }
}
