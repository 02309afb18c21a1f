package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.process.ClassPaths;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Hostile processes beside honest ones, under a real master, with the tools that look at all of it running meanwhile. Alone:
 * {@code .ci/storm HostileStormTest 100 42}, for a hundred hostile rings with seed 42.
 */
class HostileStormTest {
    /** Of the faults of its kind: a ring that a process of its own rages in. */
    private static final double SHARE = 0.00002;

    private static final int RINGS_EACH = 10;
    private static final int HONEST = 2;
    private static final int THREADS = 2;
    private static final long MOST_MESSAGES = 2_000_000;
    private static final long PAUSE_NS = 200_000;

    @Test
    void honestWorkersLoseNothingBesideProcessesThatScribbleOverCutAndGrowTheirRings() throws IOException {
        StormRun.run(Fault.HOSTILE_RING, "processes", SHARE, this::storm);
    }

    private void storm(StormRun run) throws Exception {
        Master master =
                new Master(run.children, run.directory, StormVariant.PLAIN.settings(Master.jsonHandler(run.directory)));
        master.start();
        Process[] honest = new Process[HONEST];
        for (int i = 0; i < HONEST; i++) {
            honest[i] = run.producer("honest" + i, THREADS, MOST_MESSAGES, PAUSE_NS, "EMBERLOG_RING_SIZE=4M");
        }
        for (int i = 0; i < HONEST; i++) {
            String name = "honest" + i;
            Waiting.until(name + " to log", StormRun.LIMIT, () -> run.issued(name) > 0);
        }
        int left = run.count;
        for (int round = 0; left > 0; round++) {
            int rings = Math.min(left, RINGS_EACH);
            Process vandal = vandal(run, round, rings);
            look(run, round);
            assertThat(vandal.waitFor(StormRun.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("the hostile process ends")
                    .isTrue();
            assertThat(vandal.exitValue()).as("exit code of a hostile process").isZero();
            assertThat(master.isAlive()).as("the master lives").isTrue();
            for (int i = 0; i < rings; i++) {
                run.madeOne();
            }
            left -= rings;
        }
        for (Process each : honest) {
            run.end(each);
        }
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        judge(run);
    }

    /** As every storm's, but for what the hostile ones said: nobody promised them anything. */
    private static void judge(StormRun run) throws Exception {
        Judgement judgement = run.judgeWorkers();
        assertThat(judgement.count("sequence_breaks"))
                .as("numbers without a record: " + judgement.findings())
                .isZero();
        assertThat(judgement.findings())
                .allMatch(finding -> finding.startsWith("quarantined: ") || finding.startsWith("invented: "));
        assertThat(judgement.workers()).hasSize(HONEST);
        assertThat(judgement.sum("acknowledged")).isPositive();
        StormRun.say("acknowledged " + judgement.sum("acknowledged") + ", delivered " + judgement.sum("delivered"));
    }

    private static Process vandal(StormRun run, int round, int rings) throws IOException {
        String classPath = ClassPaths.worker() + ":" + ClassPaths.join(ClassPaths.of(Vandal.class));
        return run.children.start(run.directory.saying(
                "vandals",
                Jvm.java(
                        classPath,
                        List.of(),
                        Vandal.class.getName(),
                        run.directory.rings().toString(),
                        Long.toString(run.seed * 31 + round),
                        Integer.toString(rings))));
    }

    /** The tools find what they find, and say so. */
    private static void look(StormRun run, int round) throws Exception {
        String rings = run.directory.rings().toString();
        String[] words = round % 2 == 0
                ? new String[] {
                    "stat",
                    "--json",
                    "--channel",
                    rings,
                    "--state",
                    run.directory.state().toString()
                }
                : new String[] {"replay", "--verify", "--force", rings};
        Path said = run.directory.said().resolve("tool" + round + ".txt");
        Process tool =
                run.children.start(Jvm.emberlog(words).redirectErrorStream(true).redirectOutput(said.toFile()));
        assertThat(tool.waitFor(StormRun.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("%s ends", words[0])
                .isTrue();
        assertThat(tool.exitValue())
                .as("exit code of %s, which said: %s", words[0], Files.readString(said))
                .isIn(0, 1, 4);
    }
}
