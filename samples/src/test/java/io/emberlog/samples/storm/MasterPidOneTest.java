package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * A master in a PID namespace of its own is process 1 there, and so is the next one: to it the lock of the journal looks like
 * its own. Alone: {@code .ci/storm MasterPidOneTest 50 42}, for 50 kills with seed 42.
 */
class MasterPidOneTest {
    private static final int WORKERS = 4;
    private static final int THREADS = 2;
    private static final long MOST_MESSAGES = 4_000_000;
    private static final long PAUSE_NS = 300_000;
    private static final int LATEST_KILL_MS = 1_000;

    @Test
    void nothingAcknowledgedIsLostDoubledOrAlteredWhenAMasterThatIsProcessOneIsKilledWhileItAppends()
            throws IOException, InterruptedException {
        Namespaces.need();
        StormRun.run(Fault.MASTER_PID_1, "", 1, MasterPidOneTest::storm);
    }

    private static void storm(StormRun run) throws Exception {
        Master master = new Master(
                        run.children,
                        run.directory,
                        Master.jsonHandler(run.directory, "max_size = \"4 MiB\"", "keep_files = 0"))
                .under(Namespaces.ALONE);
        List<Process> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            UnaryOperator<ProcessBuilder> way = i % 2 == 0 ? UnaryOperator.identity() : Namespaces.ALONE;
            StormVariant variant = i < 2 ? StormVariant.PLAIN : StormVariant.BATCHED;
            workers.add(run.producer(
                    way, "w" + i, THREADS, MOST_MESSAGES, PAUSE_NS, variant.environment("EMBERLOG_RING_SIZE=16M")));
        }
        Random random = new Random(run.seed);
        for (int kill = 0; kill < run.count; kill++) {
            Process started = master.start();
            long written = Files.exists(run.directory.output()) ? lastSequence(run) : -1;
            Waiting.until("the master to write", StormRun.LIMIT, () -> {
                assertThat(started.isAlive()).as("the master lives").isTrue();
                return Files.exists(run.directory.output()) && lastSequence(run) != written;
            });
            LockSupport.parkNanos(random.nextInt(LATEST_KILL_MS) * 1_000_000L);
            Namespaces.processOne(started).destroyForcibly();
            assertThat(started.waitFor()).as("exit code of unshare").isIn(Namespaces.KILLED);
            run.madeOne();
        }
        Process last = master.start();
        for (Process worker : workers) {
            run.end(worker);
        }
        master.awaitRingsGone(StormRun.LIMIT);
        Namespaces.processOne(last).destroy();
        assertThat(last.waitFor(StormRun.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(last.exitValue()).as("the master's exit code").isZero();
        Judgement judgement = run.judge();
        assertThat(StormRun.dead(judgement)).isEmpty();
        assertThat(judgement.sum("acknowledged")).isPositive();
    }

    /** Of any kind: a change of the output. */
    private static long lastSequence(StormRun run) throws IOException {
        return Files.getLastModifiedTime(run.directory.output()).to(TimeUnit.NANOSECONDS);
    }
}
