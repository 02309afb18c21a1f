package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Alone: {@code .ci/storm MasterStormTest 250 42}, for 250 kills with seed 42. */
class MasterStormTest {
    private static final int WORKERS = 3;
    private static final int THREADS = 2;
    private static final long MOST_MESSAGES = 1_000_000;
    private static final long PAUSE_NS = 1_000_000;
    private static final int STARTUP_MS = 1_500;
    private static final int DRAIN_MS = 500;

    /** What the master is doing when it is killed, as far as that shows from outside. */
    private enum Moment {
        STARTUP,
        DRAIN,
        ROTATION,
        CHECKPOINT,
        SALVAGE
    }

    private final Process[] workers = new Process[WORKERS];
    private StormVariant variant;
    private StormRun run;
    private Master master;

    @ParameterizedTest
    @EnumSource
    void nothingAcknowledgedIsLostDoubledOrAlteredWhenTheMasterIsKilledWhileWorkersLog(StormVariant given)
            throws IOException {
        variant = given;
        StormRun.run(Fault.MASTER_KILL, variant.name(), variant.share(), this::storm);
    }

    private void storm(StormRun given) throws Exception {
        run = given;
        master = new Master(
                run.children,
                run.directory,
                variant.settings(Master.jsonHandler(
                        run.directory, "max_size = \"512 KiB\"", "keep_files = 0", "flush_interval = \"20 ms\"")));
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
        assertThat(StormRun.dead(judgement))
                .as("each death is told, in spite of the master's own")
                .contains(victims(kills));
        assertThat(judgement.sum("acknowledged")).isPositive();
    }

    private void killAt(int kill, Moment moment, Random random) throws Exception {
        if (moment == Moment.SALVAGE) {
            killVictim(kill, random);
        }
        long written = written();
        master.start();
        int delayMs = random.nextInt(moment == Moment.STARTUP ? STARTUP_MS : DRAIN_MS);
        if (moment == Moment.STARTUP) {
            pass(delayMs);
        } else {
            await("the master to write", () -> written() > written);
            switch (moment) {
                case ROTATION -> {
                    int files = OutputFiles.of(run.directory.output()).size();
                    await(
                            "a rotation",
                            () -> OutputFiles.of(run.directory.output()).size() > files);
                }
                case CHECKPOINT -> {
                    long changed = lastChange(run.directory.state());
                    await("a checkpoint", () -> lastChange(run.directory.state()) != changed);
                }
                case SALVAGE -> {
                    int rings = run.directory.ringFiles().size();
                    await(
                            "a ring to be salvaged",
                            () -> run.directory.ringFiles().size() < rings);
                }
                default -> pass(delayMs);
            }
        }
        master.kill();
        run.madeOne();
        StormRun.say("master " + kill + " killed at " + moment + (moment.ordinal() < 2 ? " + " + delayMs + " ms" : ""));
    }

    /** A worker that dies while no master runs: the next one begins with its salvage. */
    private void killVictim(int kill, Random random) throws IOException, InterruptedException {
        String name = "victim" + kill;
        Process victim = run.producer(name, THREADS, MOST_MESSAGES, 0, variant.environment("EMBERLOG_OVERFLOW=drop"));
        long calls = 1 + random.nextInt(20_000);
        Waiting.until(name + " to log", StormRun.LIMIT, 100_000, () -> run.issued(name) >= calls);
        Children.kill(victim);
    }

    private static String[] victims(int kills) {
        return Stream.iterate(Moment.SALVAGE.ordinal(), kill -> kill < kills, kill -> kill + Moment.values().length)
                .map(kill -> "victim" + kill)
                .toArray(String[]::new);
    }

    private void await(String what, Waiting.Condition condition) {
        Waiting.until(what, StormRun.LIMIT, 200_000, () -> {
            assertThat(master.isAlive())
                    .as("the master lives while awaiting " + what)
                    .isTrue();
            return condition.holds();
        });
    }

    /** Lets a drawn span of time pass: the moment of the kill, not a synchronisation. */
    private void pass(int ms) throws InterruptedException {
        workers[0].waitFor(ms, TimeUnit.MILLISECONDS);
    }

    private long written() throws IOException {
        long sum = 0;
        for (Path file : OutputFiles.of(run.directory.output())) {
            try {
                sum += Files.size(file);
            } catch (NoSuchFileException renamed) {
                return -1; // between two names: look again
            }
        }
        return sum;
    }

    /** Anything in the handlers' state, wherever the master keeps it: all of the state directory but the journal. */
    private static long lastChange(Path state) throws IOException {
        try (Stream<Path> files = Files.walk(state)) {
            List<Path> all = files.filter(file -> !file.toString().contains("journal"))
                    .filter(Files::isRegularFile)
                    .toList();
            long hash = 1;
            for (Path file : all) {
                hash = 31 * hash + Files.getLastModifiedTime(file).toMillis() + file.hashCode();
            }
            return hash;
        } catch (java.io.UncheckedIOException | NoSuchFileException e) {
            return -1; // replaced while we looked: a checkpoint it is
        }
    }
}
