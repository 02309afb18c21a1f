package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.producer.Trouble;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Workers that end in other ways than by SIGKILL, 4 threads at full speed, every second one staging. Alone: {@code .ci/storm
 * WorkerCrashTest 50 42}, for 50 deaths of each kind with seed 42.
 */
class WorkerCrashTest {
    private static final int AT_ONCE = 3;
    private static final int THREADS = 4;
    private static final long MOST_MESSAGES = 1_000_000;
    private static final int LATEST_CALL = 10_000;
    private static final long MEMORY_BYTES = 256L << 20;
    private static final String[] FLAGS = {"-Xmx48m", "-XX:MaxDirectMemorySize=4g", "-XX:-CreateCoredumpOnCrash"};

    private enum Death {
        /** As a crash in native code: the JVM writes its report and aborts, or exits where it writes no core. */
        SEGV(Trouble.NONE, Set.of(1, 128 + 6), "crashed: SIGSEGV"),
        ABRT(Trouble.NONE, Set.of(128 + 6), "ended without goodbye"),
        HALT(Trouble.HALT, Set.of(7), "ended without goodbye"),
        OOM(Trouble.MEMORY, Set.of(Children.KILLED), "killed by the kernel's OOM killer");

        final Trouble trouble;
        final Set<Integer> exitCodes;
        final String reason;

        Death(Trouble trouble, Set<Integer> exitCodes, String reason) {
            this.trouble = trouble;
            this.exitCodes = exitCodes;
            this.reason = reason;
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingAcknowledgedIsLostDoubledOrAlteredWhenWorkersDieBy(Death death) throws IOException {
        StormRun.run(Fault.WORKER_CRASH, death.name(), 1.0 / Death.values().length, run -> storm(run, death));
    }

    private static void storm(StormRun run, Death death) throws Exception {
        Master master = new Master(run.children, run.directory, Master.jsonHandler(run.directory));
        master.start();
        try (MemoryLimit limit = death == Death.OOM ? MemoryLimit.of(MEMORY_BYTES) : null) {
            // one at a time under the limit: the killer takes whom it likes
            Crowd.of(limit == null ? AT_ONCE : 1, run.count, number -> {
                String name = String.format("w%04d", number);
                StormVariant variant = number % 2 == 0 ? StormVariant.PLAIN : StormVariant.BATCHED;
                Process worker = new Troubled(run, death.trouble)
                        .flags(FLAGS)
                        .under(limit == null ? builder -> builder : limit::within)
                        .start(name, THREADS, MOST_MESSAGES, 0, variant.environment("EMBERLOG_OVERFLOW=block:5s"));
                long calls = 1 + new Random(run.seed * 31 + number).nextInt(LATEST_CALL);
                Waiting.until(name + " to make " + calls + " calls", StormRun.LIMIT, 100_000, () -> {
                    assertThat(worker.isAlive()).as(name + " lives").isTrue();
                    return run.issued(name) >= calls;
                });
                Rings.awaitKnown(run, name);
                if (death.trouble == Trouble.NONE) {
                    Signals.send(death.name(), worker.pid());
                } else {
                    Troubled.go(run, name);
                }
                Waiting.until(name + " to die", StormRun.LIMIT, () -> !worker.isAlive());
                assertThat(worker.exitValue()).as("exit code of " + name).isIn(death.exitCodes);
                run.madeOne();
            });
            // before the limit goes: its cgroup is what counts the kills
            master.awaitRingsGone(StormRun.LIMIT);
        }
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        Judgement judgement = run.judge();
        assertThat(StormRun.dead(judgement))
                .as("each death is told once")
                .hasSize(run.count)
                .doesNotHaveDuplicates();
        for (Map<String, Object> told : judgement.deaths()) {
            // a master so slow that it never saw the heart move had no look at the process either, and cannot know
            if (told.get("detected_after_ms") != null) {
                assertThat(told.get("reason").toString())
                        .as("reason of " + told)
                        .startsWith(death.reason);
            }
        }
    }
}
