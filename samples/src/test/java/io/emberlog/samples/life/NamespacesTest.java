package io.emberlog.samples.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.samples.process.GrowingFile;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.Namespaces;
import io.emberlog.samples.storm.StormRun;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Two workers and a master, each alone in a PID and mount namespace, as in containers that share a volume and nothing else:
 * every one of them is process 1, so that no pid means anything to another.
 */
class NamespacesTest {
    /** Longer than a heartbeat word may stand still for a death where processes cannot be compared: three seconds. */
    private static final long STOPPED_MS = 5_000;

    private static final long QUIET_MS = 5_000;
    private static final long PAUSE_NS = 500_000;

    @Test
    void workersAndMasterThatAreAllProcessOneAreTakenForNoneOfTheOthers() throws Exception {
        Namespaces.need();
        StormRun.run("life-namespaces", run -> {
            Master master =
                    new Master(run.children, run.directory, Master.jsonHandler(run.directory)).under(Namespaces.ALONE);
            Process masterOne = master.start();
            Process stopped = run.producer(Namespaces.ALONE, "stopped", 2, 1_000_000, PAUSE_NS);
            Process steady = run.producer(Namespaces.ALONE, "steady", 2, 1_000_000, PAUSE_NS);
            awaitOutput(run, "worker steady (pid 1) found");
            awaitOutput(run, "worker stopped (pid 1) found");

            signal("STOP", stopped);
            awaitOutput(run, "worker stopped (pid 1) lives, but its heartbeat stands still");
            pass(steady, STOPPED_MS);
            signal("CONT", stopped);
            awaitOutput(run, "worker stopped (pid 1) is alive again");
            pass(steady, QUIET_MS);
            assertThat(said(run, "died")).as("nobody is taken for dead").isZero();

            Namespaces.processOne(stopped).destroyForcibly();
            awaitOutput(run, "worker stopped (pid 1) died: ");
            Namespaces.processOne(masterOne).destroyForcibly();
            masterOne.waitFor();
            Process masterTwo = master.start();
            long issued = run.issued("steady");
            Waiting.until("calls with the next master", StormRun.LIMIT, () -> run.issued("steady") > issued + 1_000);
            run.end(steady);
            master.awaitRingsGone(StormRun.LIMIT);
            Namespaces.processOne(masterTwo).destroy();
            assertThat(masterTwo.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(masterTwo.exitValue()).as("a drained master's exit code").isZero();

            Judgement judgement = run.judge();
            assertThat(StormRun.dead(judgement)).containsExactly("stopped");
        });
    }

    private static void signal(String name, Process unshare) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(
                                "sh",
                                "-c",
                                "kill -" + name + " "
                                        + Namespaces.processOne(unshare).pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    private static void awaitOutput(StormRun run, String text) {
        Waiting.until("the output to hold: " + text, StormRun.LIMIT, () -> said(run, text) > 0);
    }

    /** Lines of the master about workers that hold the text. */
    private static long said(StormRun run, String text) throws IOException {
        if (Files.notExists(run.directory.output())) {
            return 0;
        }
        try (var lines = GrowingFile.lines(run.directory.output())) {
            return lines.filter(line -> line.contains("emberlog.worker") && line.contains(text))
                    .count();
        }
    }

    /** Lets a span of time pass, in which nothing is to happen. */
    private static void pass(Process living, long ms) throws InterruptedException {
        assertThat(living.waitFor(ms, TimeUnit.MILLISECONDS)).isFalse();
    }
}
