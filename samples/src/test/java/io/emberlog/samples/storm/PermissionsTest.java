package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.disk.OwnReports;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A directory under a running master, who is no root, is closed to it and opened again. Alone: {@code .ci/storm PermissionsTest 50 42}.
 */
class PermissionsTest {
    private static final long MOST_MESSAGES = 10_000_000;
    private static final long PAUSE_NS = 300_000;
    private static final int[] MODES = {0, 0500, 0600};
    private static final int SHORTEST_MS = 500;
    private static final int DRAWN_MS = 1_500;

    @Test
    void nothingIsLostAndWorkGoesOnByItselfWhenADirectoryIsClosedToTheMasterAndOpenedAgain() throws IOException {
        StormRun.run(Fault.PERMISSIONS, "", 1, PermissionsTest::storm);
    }

    private static void storm(StormRun run) throws Exception {
        OtherUsers users = OtherUsers.one(run.directory);
        Files.createDirectory(events(run).getParent());
        Files.setAttribute(events(run).getParent(), "unix:uid", OtherUsers.MASTER);
        Master master = new Master(
                        run.children,
                        run.directory,
                        "segment_size = \"1 MiB\"",
                        "[master]",
                        "stop_deadline = \"60 s\"",
                        "hung_after = \"60 s\"",
                        Master.jsonHandler(
                                run.directory,
                                "max_size = \"512 KiB\"",
                                "keep_files = 0",
                                "flush_interval = \"20 ms\""),
                        """

                        [[handlers]]
                        name = "events"
                        type = "file"
                        path = "%s"
                        format = "json"
                        """.formatted(events(run)))
                .under(users.worker(OtherUsers.MASTER));
        master.start();
        Process[] workers = new Process[2];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = run.producer(
                    users.worker(OtherUsers.MASTER),
                    "w" + i,
                    2,
                    MOST_MESSAGES,
                    PAUSE_NS,
                    "EMBERLOG_RING_SIZE=32M",
                    "EMBERLOG_OVERFLOW=block:60s");
        }
        awaitOutput(run, master, 0);
        Path state = run.directory.state();
        Path[] closed = {
            run.directory.rings(), run.directory.log(), state.resolve("journal"), state.resolve("checkpoints"), state
        };
        Random random = new Random(run.seed);
        for (int round = 0; round < run.count; round++) {
            Path directory = closed[round % closed.length];
            int mode = MODES[random.nextInt(MODES.length)];
            int ms = SHORTEST_MS + random.nextInt(DRAWN_MS);
            Files.setAttribute(directory, "unix:mode", mode);
            assertThat(workers[0].waitFor(ms, TimeUnit.MILLISECONDS)).isFalse();
            Files.setAttribute(directory, "unix:mode", 0700);
            StormRun.say(String.format("%s had mode %03o for %d ms", directory, mode, ms));
            awaitOutput(run, master, written(run));
            run.madeOne();
        }
        for (Process worker : workers) {
            run.end(worker);
        }
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        judge(run);
    }

    /** As {@link StormRun#judge}; only that a handler is not told of its own failures, which another one writes down. */
    private static void judge(StormRun run) throws Exception {
        Judgement judgement = OwnReports.judgeWithout(run, events(run), finding -> false);
        StormRun.assertZero(judgement, "unfinished");
        assertThat(judgement.sum("acknowledged")).isPositive();
        assertThat(judgement.sum("issued")).isEqualTo(judgement.sum("delivered") + judgement.sum("dropped"));
        assertThat(StormRun.dead(judgement)).as("nobody died").isEmpty();
        StormRun.say("numbers that are missing for records about the handler itself, breaks: "
                + judgement.count("sequence_breaks"));
    }

    private static Path events(StormRun run) {
        return run.directory.disk().resolve("events").resolve("events.json");
    }

    /** More than what can have been on its way: it goes on. */
    private static void awaitOutput(StormRun run, Master master, long before) {
        Waiting.until("the output to grow", StormRun.LIMIT, () -> {
            assertThat(master.isAlive()).as("the master lives").isTrue();
            return written(run) > before + 1024 * 1024;
        });
    }

    private static long written(StormRun run) throws IOException {
        long sum = 0;
        for (Path file : OutputFiles.of(run.directory.output())) {
            try {
                sum += Files.size(file);
            } catch (NoSuchFileException renamed) {
                return 0; // between two names: look again
            }
        }
        return sum;
    }
}
