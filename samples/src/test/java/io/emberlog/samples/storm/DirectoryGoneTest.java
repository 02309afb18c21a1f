package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The channel directory with rings, locks and all is removed under workers and a master at work; in between a worker dies
 * that had no time to notice, and the master is killed once the others have moved. Alone: {@code .ci/storm DirectoryGoneTest 50 42}.
 */
class DirectoryGoneTest {
    private static final int ANOTHER_MASTER = 3;
    private static final long MOST_MESSAGES = 10_000_000;
    private static final long PAUSE_NS = 500_000;
    /** At full speed it would write more than can be looked through. */
    private static final long VICTIMS_PAUSE_NS = 50_000;

    private static final List<String> SURVIVORS = List.of("w0", "w1");

    /** A worker makes at most four rings a minute. */
    private static final long BUDGET_NS = TimeUnit.SECONDS.toNanos(16);

    @Test
    void workersMoveToADirectoryMadeAnewAndNothingIsLostThatARunningMasterHadMapped() throws IOException {
        StormRun.run(Fault.DIRECTORY_GONE, "", 1, DirectoryGoneTest::storm);
    }

    private static void storm(StormRun run) throws Exception {
        Master master = new Master(
                run.children,
                run.directory,
                "[master]",
                "stop_deadline = \"60 s\"",
                Master.jsonHandler(run.directory, "keep_files = 0"));
        master.start();
        List<Process> survivors = new ArrayList<>();
        for (String name : SURVIVORS) {
            survivors.add(run.producer(name, 2, MOST_MESSAGES, PAUSE_NS, "EMBERLOG_OVERFLOW=block:60s"));
        }
        Random random = new Random(run.seed);
        List<String> victims = new ArrayList<>();
        for (int round = 0; round < run.count; round++) {
            long started = System.nanoTime();
            String name = "victim" + round;
            Process victim = run.producer(name, 2, MOST_MESSAGES, VICTIMS_PAUSE_NS, "EMBERLOG_OVERFLOW=drop");
            awaitSaid(run, "worker " + name + " (pid ", 1);
            for (String survivor : SURVIVORS) {
                awaitSaid(
                        run,
                        "worker " + survivor + " (pid "
                                + survivors.get(SURVIVORS.indexOf(survivor)).pid() + ") found",
                        1);
            }
            remove(run.directory.rings());
            Children.kill(victim);
            run.madeOne();
            victims.add(name);
            for (String survivor : SURVIVORS) {
                awaitSaid(
                        run,
                        "worker " + survivor + " (pid "
                                + survivors.get(SURVIVORS.indexOf(survivor)).pid() + ") replaced its ring",
                        round + 1);
            }
            awaitSaid(run, "worker " + name + " (pid " + victim.pid() + ") died: ", 1);
            long issued = run.issued("w0");
            Waiting.until("the survivors to go on", StormRun.LIMIT, () -> run.issued("w0") > issued + 500);
            if (round == 0) {
                Process second = run.children.start(run.directory.saying(
                        "second",
                        Jvm.emberlog(
                                "master", "--config", run.directory.config().toString())));
                assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(second.exitValue()).as("a second master's exit code").isEqualTo(ANOTHER_MASTER);
            }
            if (random.nextBoolean()) {
                master.kill();
                master.start();
            }
            StormRun.say("round " + round + ": directory removed, " + name + " killed");
            while (round + 1 < run.count && System.nanoTime() - started < BUDGET_NS) {
                assertThat(survivors.get(0).waitFor(100, TimeUnit.MILLISECONDS)).isFalse();
            }
        }
        for (Process survivor : survivors) {
            run.end(survivor);
        }
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        Judgement judgement = run.judge();
        assertThat(StormRun.dead(judgement)).containsExactlyInAnyOrderElementsOf(victims);
    }

    /** As {@code rm -rf} would, also while workers make files there. */
    private static void remove(Path directory) throws IOException {
        Waiting.until("the directory to be removed", StormRun.LIMIT, () -> {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.deleteIfExists(file);
                }
            }
            try {
                Files.delete(directory);
                return true;
            } catch (java.nio.file.DirectoryNotEmptyException more) {
                return false;
            }
        });
    }

    private static void awaitSaid(StormRun run, String text, int times) {
        Waiting.until(
                "the output to say " + times + " x " + text,
                StormRun.LIMIT,
                100_000_000,
                () -> Told.lines(run, text) >= times);
    }
}
