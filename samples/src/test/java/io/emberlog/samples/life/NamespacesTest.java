package io.emberlog.samples.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.StormRun;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
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

    /** In front of a command: it becomes process 1 and sees no other. */
    private static final List<String> ALONE =
            List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--");

    private static final UnaryOperator<ProcessBuilder> CONTAINED = builder -> {
        List<String> command = new ArrayList<>(ALONE);
        command.addAll(builder.command());
        return builder.command(command);
    };

    @Test
    void workersAndMasterThatAreAllProcessOneAreTakenForNoneOfTheOthers() throws Exception {
        needsNamespaces();
        StormRun.run("life-namespaces", run -> {
            Master master = new Master(run.children, run.directory, Master.jsonHandler(run.directory)).under(CONTAINED);
            Process masterOne = master.start();
            Process stopped = run.producer(CONTAINED, "stopped", 2, 1_000_000, PAUSE_NS);
            Process steady = run.producer(CONTAINED, "steady", 2, 1_000_000, PAUSE_NS);
            awaitOutput(run, "worker steady (pid 1) found");
            awaitOutput(run, "worker stopped (pid 1) found");

            signal("STOP", stopped);
            awaitOutput(run, "worker stopped (pid 1) lives, but its heartbeat stands still");
            pass(steady, STOPPED_MS);
            signal("CONT", stopped);
            awaitOutput(run, "worker stopped (pid 1) is alive again");
            pass(steady, QUIET_MS);
            assertThat(said(run, "died")).as("nobody is taken for dead").isZero();

            jvm(stopped).destroyForcibly();
            awaitOutput(run, "worker stopped (pid 1) died: ");
            jvm(masterOne).destroyForcibly();
            masterOne.waitFor();
            Process masterTwo = master.start();
            long issued = run.issued("steady");
            Waiting.until("calls with the next master", StormRun.LIMIT, () -> run.issued("steady") > issued + 1_000);
            run.end(steady);
            master.awaitRingsGone(StormRun.LIMIT);
            jvm(masterTwo).destroy();
            assertThat(masterTwo.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(masterTwo.exitValue()).as("a drained master's exit code").isZero();

            Judgement judgement = run.judge();
            assertThat(StormRun.dead(judgement)).containsExactly("stopped");
        });
    }

    private static void needsNamespaces() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(ALONE);
        command.add("true");
        boolean can = new ProcessBuilder(command).start().waitFor() == 0;
        if (!can && "true".equals(System.getenv("CI"))) {
            Assertions.fail("needs util-linux's unshare and the right to make namespaces");
        }
        Assumptions.assumeTrue(can, "skipped: needs util-linux's unshare and the right to make namespaces");
    }

    /** The JVM within, as it is seen from here. */
    private static ProcessHandle jvm(Process unshare) {
        return unshare.descendants().findFirst().orElseThrow();
    }

    private static void signal(String name, Process unshare) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(
                                "sh", "-c", "kill -" + name + " " + jvm(unshare).pid())
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
        try (var lines = Files.lines(run.directory.output())) {
            return lines.filter(line -> line.contains("emberlog.worker") && line.contains(text))
                    .count();
        }
    }

    /** Lets a span of time pass, in which nothing is to happen. */
    private static void pass(Process living, long ms) throws InterruptedException {
        assertThat(living.waitFor(ms, TimeUnit.MILLISECONDS)).isFalse();
    }
}
