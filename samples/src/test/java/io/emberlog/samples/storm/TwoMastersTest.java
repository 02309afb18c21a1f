package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Masters that meet, and one that is started again and again, while workers log. Alone: {@code .ci/storm TwoMastersTest 50 42}.
 */
class TwoMastersTest {
    private static final int ANOTHER_MASTER = 3;
    private static final int DONE = 0;
    /** By SIGTERM before its start was over. */
    private static final int TERMINATED = 128 + 15;

    private static final long MOST_MESSAGES = 10_000_000;
    private static final long PAUSE_NS = 500_000;
    private static final int APART_MS = 700;
    private static final int LIFE_MS = 1_500;

    @Test
    void ofTwoMastersThatStartOneIsRefusedHoweverTheStartsInterleaveAndNothingIsLost() throws IOException {
        StormRun.run(Fault.TWO_MASTERS, "", 1, TwoMastersTest::meet);
    }

    private static void meet(StormRun run) throws Exception {
        Random random = new Random(run.seed);
        Master settings = new Master(run.children, run.directory, settings(run));
        Path own = run.directory.config();
        Path otherState = variant(
                run, "other-state", run.directory.state(), run.directory.root().resolve("state2"));
        Path otherRings = variant(
                run, "other-rings", run.directory.rings(), run.directory.root().resolve("rings2"));
        Process worker = producer(run, "w0");
        for (int meeting = 0; meeting < run.count; meeting++) {
            // the same, the same channel with another state, and another channel with the same state, in turn
            Path other = List.of(own, otherState, otherRings).get(meeting % 3);
            boolean ownFirst = other == otherState || random.nextBoolean();
            int apartMs = meeting % 2 == 0 ? 0 : random.nextInt(APART_MS);
            Process first = master(run, ownFirst ? own : other);
            if (other == otherState) { // would take the worker's records elsewhere if it came first
                Waiting.until("the first one to hold the channel", StormRun.LIMIT, () -> holds(run, first));
            } else {
                pass(worker, apartMs);
            }
            Process second = master(run, ownFirst ? other : own);
            Waiting.until(
                    "one of two masters to be refused", StormRun.LIMIT, () -> !first.isAlive() || !second.isAlive());
            Process refused = first.isAlive() ? second : first;
            Process stays = first.isAlive() ? first : second;
            assertThat(refused.exitValue()).as("the refused one's exit code").isEqualTo(ANOTHER_MASTER);
            long issued = run.issued("w0");
            Waiting.until("the worker to go on", StormRun.LIMIT, () -> run.issued("w0") > issued + 200);
            assertThat(stays.isAlive()).as("the other one stays").isTrue();
            run.madeOne();
            StormRun.say("meeting " + meeting + ", " + other.getFileName() + ", " + apartMs + " ms apart: the "
                    + (refused == first ? "first" : "second") + " is refused");
            if (random.nextBoolean()) {
                Children.kill(stays);
            } else {
                stays.destroy();
                assertThat(stays.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(stays.exitValue())
                        .as("exit code of the one that stayed")
                        .isIn(DONE, TERMINATED);
            }
        }
        String said = Files.readString(run.directory.said().resolve("master.txt"));
        assertThat(said.lines().filter(line -> line.contains("another master runs in ")))
                .as("what the refused ones say")
                .hasSize(run.count);
        settings.start();
        run.end(worker);
        settings.awaitRingsGone(StormRun.LIMIT);
        assertThat(settings.stop(StormRun.LIMIT)).isEqualTo(DONE);
        assertThat(run.judge().sum("acknowledged")).isPositive();
    }

    @Test
    void aMasterThatIsStartedAgainAndAgainLosesNothingAndLeavesNoHeapOfFiles() throws IOException {
        StormRun.run(Fault.MASTER_LOOP, "", 1, TwoMastersTest::loop);
    }

    /** As a supervisor does: the next one is started at once, even while the last one is still ending. */
    private static void loop(StormRun run) throws Exception {
        Random random = new Random(run.seed);
        Master master = new Master(run.children, run.directory, settings(run));
        Process[] workers = {producer(run, "w0"), producer(run, "w1")};
        Process ending = null;
        boolean killed = false;
        int refused = 0;
        int made = 0;
        for (int start = 0; made + (ending == null ? 0 : 1) < run.count; start++) {
            Process life = master(run, run.directory.config());
            pass(workers[0], random.nextInt(LIFE_MS));
            while (!life.isAlive()) {
                assertThat(life.exitValue()).as("why it ended by itself").isEqualTo(ANOTHER_MASTER);
                refused++;
                life = master(run, run.directory.config());
                pass(workers[0], LIFE_MS);
            }
            if (ending != null) {
                made += isMade(run, ending, killed) ? 1 : 0;
            }
            Process now = life;
            ending = now;
            killed = Math.floorMod(start + run.seed, 3) == 0;
            if (killed) {
                // in the midst of what it writes, most of it behind its last checkpoint
                long written = size(run.directory.output());
                Waiting.until(
                        "a line of a master, or its end",
                        StormRun.LIMIT,
                        () -> size(run.directory.output()) != written || !now.isAlive());
                now.destroyForcibly();
            } else {
                now.destroy();
            }
        }
        isMade(run, ending, killed);
        StormRun.say(run.count + " lives of a master, " + refused + " starts refused while another one was ending");
        master.start();
        for (Process worker : workers) {
            run.end(worker);
        }
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).isEqualTo(DONE);
        assertThat(StormRun.dead(run.judge())).as("nobody died").isEmpty();
        try (var files = Files.walk(run.directory.state())) {
            long count = files.filter(Files::isRegularFile).count();
            assertThat(count).as("files in the state directory").isLessThanOrEqualTo(20);
        }
    }

    /** False of one that was refused after all, since its start met the end of the one before. */
    private static boolean isMade(StormRun run, Process ending, boolean killed) throws InterruptedException {
        assertThat(ending.waitFor(60, TimeUnit.SECONDS)).isTrue();
        if (ending.exitValue() == ANOTHER_MASTER) {
            return false;
        }
        if (killed) {
            assertThat(ending.exitValue())
                    .as("exit code of a master that was killed")
                    .isEqualTo(Children.KILLED);
        } else {
            assertThat(ending.exitValue())
                    .as("exit code of a master that was told to end")
                    .isIn(DONE, TERMINATED);
        }
        run.madeOne();
        return true;
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private static String[] settings(StormRun run) {
        return new String[] {"[master]", "stop_deadline = \"60 s\"", Master.jsonHandler(run.directory, "keep_files = 0")
        };
    }

    /** The configuration with one of its directories in another place. */
    private static Path variant(StormRun run, String name, Path from, Path to) throws IOException {
        Path file = run.directory.root().resolve(name + ".toml");
        Files.writeString(
                file,
                Files.readString(run.directory.config())
                        .replace("directory = \"" + from + "\"", "directory = \"" + to + "\""));
        return file;
    }

    private static boolean holds(StormRun run, Process master) throws IOException {
        Path lock = run.directory.rings().resolve("master.lock");
        return Files.exists(lock) && Files.readString(lock).contains("pid=" + master.pid() + "\n");
    }

    private static Process master(StormRun run, Path config) throws IOException {
        return run.children.start(
                run.directory.saying("master", Jvm.emberlog("master", "--config", config.toString())));
    }

    private static Process producer(StormRun run, String name) throws IOException {
        return run.producer(name, 2, MOST_MESSAGES, PAUSE_NS, "EMBERLOG_RING_SIZE=32M", "EMBERLOG_OVERFLOW=block:60s");
    }

    /** Lets a drawn span of time pass: the moment of the fault, not a synchronisation. */
    private static void pass(Process living, int ms) throws InterruptedException {
        if (ms > 0) {
            assertThat(living.waitFor(ms, TimeUnit.MILLISECONDS)).isFalse();
        }
    }
}
