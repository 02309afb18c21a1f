package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Alone: {@code .ci/storm MasterStormTest 250 42}, for 250 kills with seed 42. */
class MasterStormTest {
    private static final int WORKERS = 3;
    private static final int THREADS = 2;
    private static final long MOST_MESSAGES = 1_000_000;
    private static final long PAUSE_NS = 1_000_000;
    private static final int STARTUP_MS = 1_500;
    private static final int DRAIN_MS = 500;

    private static final int MAX_SIZE = 512 * 1024;
    /** Less room than this, and the next lines go to another file. */
    private static final int ROOM = 8 * 1024;

    /** What a master lets pass between seal and salvage, and more. */
    private static final int SALVAGE_MS = 150;

    private static final int AT_ONCE_MS = 4;
    private static final long LOOK_NS = 10_000;

    /**
     * What the master is doing when it is killed, as far as that shows from outside. Half of the kills in a rotation, a checkpoint
     * and a salvage come at the first sign that it begins, or milliseconds later; the others, and those in a roll, when it is seen to
     * be done. What they met shows in what they left, and is told at the end. Kills within each call: {@code HaltTest}.
     */
    private enum Moment {
        STARTUP,
        DRAIN,
        ROLL,
        ROTATION,
        CHECKPOINT,
        SALVAGE
    }

    private final Map<String, Integer> met = new TreeMap<>();
    private final Process[] workers = new Process[WORKERS];
    private StormVariant variant;
    private StormRun run;
    private Master master;

    @ParameterizedTest
    @MethodSource("io.emberlog.samples.storm.StormVariant#chosen")
    void nothingAcknowledgedIsLostDoubledOrAlteredWhenTheMasterIsKilledWhileWorkersLog(StormVariant given)
            throws IOException {
        variant = given;
        StormRun.run(Fault.MASTER_KILL, variant.name(), StormVariant.SHARE, this::storm);
    }

    private void storm(StormRun given) throws Exception {
        run = given;
        met.clear();
        List<String> settings = new ArrayList<>(List.of("segment_size = \"1 MiB\""));
        settings.addAll(List.of(variant.settings(Master.jsonHandler(
                run.directory,
                "max_size = " + MAX_SIZE,
                "keep_files = 0",
                "buffer = \"4 KiB\"", // so that it fills, and a second thread makes lines
                "flush_interval = \"20 ms\""))));
        master = new Master(run.children, run.directory, settings.toArray(new String[0]));
        for (int i = 0; i < WORKERS; i++) {
            workers[i] = run.producer(
                    "w" + i, THREADS, MOST_MESSAGES, PAUSE_NS, variant.environment("EMBERLOG_RING_SIZE=16M"));
        }
        Random random = new Random(run.seed);
        Moment[] moments = Moment.values();
        int kills = run.count;
        for (int kill = 0; kill < kills; kill++) {
            // each moment in turn, so that none is missed; where within it is drawn
            killAt(kill, moments[kill % moments.length], random);
        }

        master.start();
        for (Process worker : workers) {
            run.end(worker);
        }
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        Judgement judgement = run.judge();
        StormRun.say("the kills met " + met);
        assertThat(StormRun.dead(judgement))
                .as("each death is told, in spite of the master's own")
                .contains(victims(kills));
        assertThat(judgement.sum("acknowledged")).isPositive();
        if (variant == StormVariant.COMPRESSED || variant == StormVariant.TOGETHER) {
            assertThat(OutputFiles.of(run.directory.output()))
                    .anyMatch(file -> file.toString().endsWith(".gz"));
        }
    }

    private void killAt(int kill, Moment moment, Random random) throws Exception {
        RingFile salvaged = moment == Moment.SALVAGE ? killVictim(kill, random) : null;
        long written = written();
        master.start();
        boolean atFirstSign = Math.floorMod(kill / Moment.values().length + kill + run.seed, 2) == 0;
        int delayMs = random.nextInt(moment == Moment.STARTUP ? STARTUP_MS : DRAIN_MS);
        if (moment == Moment.STARTUP) {
            pass(delayMs);
        } else if (moment == Moment.SALVAGE) {
            awaitSalvage(salvaged, atFirstSign);
        } else {
            await("the master to write", () -> written() > written);
            switch (moment) {
                case ROLL -> {
                    int segments = count(".cq4");
                    await("a roll", () -> count(".cq4") > segments);
                }
                case ROTATION -> awaitRotation(atFirstSign);
                case CHECKPOINT -> awaitCheckpoint(atFirstSign);
                default -> pass(delayMs);
            }
        }
        if (moment == Moment.SALVAGE && atFirstSign) {
            pass(random.nextInt(SALVAGE_MS));
        } else if (moment.ordinal() > Moment.DRAIN.ordinal() && random.nextBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(AT_ONCE_MS)));
        }
        master.kill();
        run.madeOne();
        met(moment, salvaged);
        StormRun.say("master " + kill + " killed at " + moment + (moment.ordinal() < 2 ? " + " + delayMs + " ms" : ""));
    }

    private void awaitRotation(boolean atFirstSign) throws IOException {
        Path output = run.directory.output();
        int files = OutputFiles.of(output).size();
        await(
                "a rotation",
                () -> atFirstSign && output.toFile().length() > MAX_SIZE - ROOM
                        || OutputFiles.of(output).size() > files);
    }

    private void awaitCheckpoint(boolean atFirstSign) {
        long changed = checkpoint().toFile().lastModified();
        await(
                "a checkpoint",
                () -> atFirstSign && Files.exists(halfCheckpoint())
                        || checkpoint().toFile().lastModified() != changed);
    }

    /** Its first sign is the seal. */
    private void awaitSalvage(RingFile ring, boolean atFirstSign) {
        await(
                "a ring to be salvaged",
                () -> atFirstSign && ring.header().state() == RingDescriptor.STATE_SEALED
                        || Files.notExists(ring.path()));
    }

    private void met(Moment moment, RingFile salvaged) throws IOException {
        String what = switch (moment) {
            case STARTUP, DRAIN, ROLL -> moment.toString();
            case ROTATION ->
                Files.exists(halfCheckpoint())
                        ? "a rotation's checkpoint, half made"
                        : Files.notExists(run.directory.output())
                                ? "a rotation, no new file yet"
                                : run.directory.output().toFile().length() > MAX_SIZE - ROOM
                                        ? "a rotation, the file is full"
                                        : "a rotation just done";
            case CHECKPOINT -> Files.exists(halfCheckpoint()) ? "a checkpoint, half made" : "a checkpoint just made";
            case SALVAGE -> Files.exists(salvaged.path()) ? "a sealed ring" : "a ring just removed";
        };
        met.merge(what, 1, Integer::sum);
    }

    private Path checkpoint() {
        return run.directory.state().resolve("checkpoints").resolve("out.ckpt");
    }

    private Path halfCheckpoint() {
        return checkpoint().resolveSibling("out.ckpt.tmp");
    }

    /** Files of the journal with that ending. */
    private int count(String suffix) {
        String[] names =
                run.directory.state().resolve("journal").toFile().list((directory, name) -> name.endsWith(suffix));
        return names == null ? 0 : names.length;
    }

    /** A worker that dies while no master runs: the next one begins with its salvage. */
    private RingFile killVictim(int kill, Random random) throws Exception {
        String name = "victim" + kill;
        Process victim = run.producer(name, THREADS, MOST_MESSAGES, 0, variant.environment("EMBERLOG_OVERFLOW=drop"));
        long calls = 1 + random.nextInt(20_000);
        Waiting.until(name + " to log", StormRun.LIMIT, 100_000, () -> run.issued(name) >= calls);
        Children.kill(victim);
        return Rings.of(run, name).orElseThrow();
    }

    private static String[] victims(int kills) {
        return Stream.iterate(Moment.SALVAGE.ordinal(), kill -> kill < kills, kill -> kill + Moment.values().length)
                .map(kill -> "victim" + kill)
                .toArray(String[]::new);
    }

    private void await(String what, Waiting.Condition condition) {
        Waiting.until(what, StormRun.LIMIT, LOOK_NS, () -> {
            assertThat(master.isAlive())
                    .as("the master lives while awaiting " + what)
                    .isTrue();
            return condition.holds();
        });
    }

    /** Lets a drawn span of time pass: the moment of the kill, not a synchronisation. */
    private void pass(int ms) throws InterruptedException {
        assertThat(workers[0].waitFor(ms, TimeUnit.MILLISECONDS)).isFalse();
    }

    /** Grows with every write and every rotation, also when a file is compressed. */
    private long written() throws IOException {
        Path output = run.directory.output();
        try {
            return ((long) OutputFiles.of(output).size() << 40) + Files.size(output);
        } catch (NoSuchFileException renamed) {
            return -1; // between two names: look again
        }
    }
}
