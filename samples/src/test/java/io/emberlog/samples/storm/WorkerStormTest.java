package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Alone: {@code .ci/storm WorkerStormTest 1000 42}, for a thousand kills with seed 42. */
class WorkerStormTest {
    private static final int AT_ONCE = 3;
    private static final int THREADS = 4;
    private static final long MOST_MESSAGES = 100_000;
    private static final double LATEST_KILL = 60_000;
    private static final int STARTUP_MS = 700;
    private static final String SURVIVOR = "survivor";

    private static final String[] RING_SIZES = {"256K", "1M", "8M"};
    private static final String[] OVERFLOWS = {"drop", "block:2s", "drop,warn=block:100ms"};

    @ParameterizedTest
    @MethodSource("io.emberlog.samples.storm.StormVariant#chosen")
    void nothingAcknowledgedIsLostDoubledOrAlteredWhenWorkersAreKilledAtFullSpeed(StormVariant variant)
            throws IOException {
        StormRun.run(Fault.WORKER_KILL, variant.name(), StormVariant.SHARE, run -> storm(run, variant));
    }

    private static void storm(StormRun run, StormVariant variant) throws Exception {
        Master master = new Master(
                run.children,
                run.directory,
                variant.settings(Master.jsonHandler(run.directory, "max_size = \"64 MiB\"", "keep_files = 0")));
        master.start();
        Process survivor = run.producer(SURVIVOR, 1, MOST_MESSAGES, 2_000_000, variant.environment());

        int kills = run.count;
        AtomicInteger next = new AtomicInteger();
        ExecutorService killers = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                done.add(killers.submit(() -> {
                    for (int kill = next.getAndIncrement(); kill < kills; kill = next.getAndIncrement()) {
                        killOne(run, variant, kill);
                    }
                    return null;
                }));
            }
            for (Future<?> killer : done) {
                killer.get();
            }
        } finally {
            killers.shutdownNow();
        }

        run.end(survivor);
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        Judgement judgement = run.judge();

        Set<String> killedInACall = new HashSet<>(StormRun.callers(judgement));
        killedInACall.remove(SURVIVOR);
        assertThat(StormRun.dead(judgement))
                .as("each death is told once")
                .doesNotHaveDuplicates()
                .containsAll(killedInACall)
                .doesNotContain(SURVIVOR);
        assertThat(judgement.sum("acknowledged")).isPositive();
    }

    /** One in ten at a moment of its start; the others after a number of calls, as often 10 to 100 as 1000 to 10000. */
    private static void killOne(StormRun run, StormVariant variant, int kill) throws IOException, InterruptedException {
        Random random = new Random(run.seed * 31 + kill);
        String name = String.format("w%04d", kill);
        String ringSize = RING_SIZES[random.nextInt(RING_SIZES.length)];
        String overflow = OVERFLOWS[random.nextInt(OVERFLOWS.length)];
        boolean atStart = random.nextInt(10) == 0;
        int startMs = random.nextInt(STARTUP_MS);
        long calls = (long) Math.exp(random.nextDouble() * Math.log(LATEST_KILL));

        Process worker = run.producer(
                name,
                THREADS,
                MOST_MESSAGES,
                0,
                variant.environment("EMBERLOG_RING_SIZE=" + ringSize, "EMBERLOG_OVERFLOW=" + overflow));
        if (atStart) {
            worker.waitFor(startMs, TimeUnit.MILLISECONDS);
        } else {
            Waiting.until(name + " to make " + calls + " calls", StormRun.LIMIT, 100_000, () -> {
                assertThat(worker.isAlive()).as(name + " lives").isTrue();
                return run.issued(name) >= calls;
            });
        }
        Children.kill(worker);
        run.madeOne();
        StormRun.say(name + " (ring " + ringSize + ", " + overflow + ") killed "
                + (atStart ? startMs + " ms after its start" : "after " + calls + " calls") + ", having made "
                + run.issued(name));
    }
}
