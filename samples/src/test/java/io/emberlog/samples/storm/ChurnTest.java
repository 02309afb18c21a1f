package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Workers that come and go, several at a time, and what is left of them in the master. Alone: {@code .ci/storm ChurnTest 500 42}. */
class ChurnTest {
    private static final int AT_ONCE = 4;
    private static final int THREADS = 2;
    private static final long MOST_MESSAGES = 200_000;
    private static final long PAUSE_NS = 50_000;
    private static final int LATEST_END = 3_000;
    private static final int WARM = 8;

    /** What the master keeps of a ring that is gone: header, trailer, and pages that the kernel maps around them. */
    private static final long KIB_PER_GONE_RING = 32;

    /** As many mappings as the master lets lie before it has the JVM free them, and those of workers at work. */
    private static final long MOST_MAPPINGS = 256 + 2 * AT_ONCE + 8;

    /** A heap that may grow is no leak; one that is full soon shows those. */
    private static final String HEAP = "-Xmx64m";

    private static final long SLACK_KIB = 64 * 1024;

    @Test
    void workersThatComeAndGoLeaveNeitherFilesNorDescriptorsNorMemoryInTheMaster() throws IOException {
        StormRun.runWhole(Fault.CHURN, "", 1, ChurnTest::storm);
    }

    private static void storm(StormRun run) throws Exception {
        Master master = new Master(
                run.children,
                run.directory,
                "[master]",
                "stop_deadline = \"60 s\"",
                Master.jsonHandler(run.directory, "max_size = \"64 MiB\"", "keep_files = 0"));
        master.under(builder -> {
            builder.command().add(1, HEAP);
            return builder;
        });
        master.start();
        ProcFs held = new ProcFs(master.pid());
        Set<String> killed = ConcurrentHashMap.newKeySet();
        many(run, killed, 0, Math.min(WARM, run.count / 2));
        awaitAllGone(run);
        long descriptors = held.descriptors();
        long anonymous = held.anonymousKib();

        many(run, killed, Math.min(WARM, run.count / 2), run.count);
        awaitAllGone(run);
        StormRun.say("master after " + run.count + " workers: descriptors " + descriptors + " -> " + held.descriptors()
                + ", RssAnon " + anonymous + " -> " + held.anonymousKib() + " KiB, mappings of rings "
                + held.ringMappings() + " with " + held.goneRingsKib() + " KiB");
        Waiting.until(
                "the master's descriptors to be as many as before",
                StormRun.LIMIT,
                () -> held.descriptors() <= descriptors + 4);
        Waiting.until("the mappings of rings to be few", StormRun.LIMIT, () -> held.ringMappings() <= MOST_MAPPINGS);
        Waiting.until(
                "the memory of rings that are gone to be given back",
                StormRun.LIMIT,
                () -> held.goneRingsKib() <= KIB_PER_GONE_RING * held.ringMappings());
        assertThat(held.anonymousKib()).as("RssAnon in KiB").isLessThanOrEqualTo(anonymous + SLACK_KIB);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        try (Stream<Path> files = Files.list(run.directory.rings())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("files in the channel directory")
                    .allMatch(name -> name.equals("master.lock") || name.startsWith("control"));
        }
        Judgement judgement = run.judge();
        killed.retainAll(StormRun.callers(judgement));
        assertThat(StormRun.dead(judgement)).doesNotHaveDuplicates().containsAll(killed);
    }

    /** Those of a run that was short enough die as often as they end by themselves. */
    private static void many(StormRun run, Set<String> killed, int from, int to) throws Exception {
        AtomicInteger next = new AtomicInteger(from);
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                done.add(pool.submit(() -> {
                    for (int at = next.getAndIncrement(); at < to; at = next.getAndIncrement()) {
                        one(run, killed, at);
                    }
                    return null;
                }));
            }
            for (Future<?> thread : done) {
                thread.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static void one(StormRun run, Set<String> killed, int at) throws Exception {
        Random random = new Random(run.seed * 31 + at);
        String name = String.format("w%04d", at);
        boolean batched = random.nextInt(4) == 0;
        long calls = 1 + random.nextInt(LATEST_END);
        Process worker = run.producer(
                name,
                THREADS,
                MOST_MESSAGES,
                PAUSE_NS,
                batched
                        ? new String[] {"EMBERLOG_FLUSH_INTERVAL=200ms", "EMBERLOG_BATCH_BYTES=8K"}
                        : new String[] {"EMBERLOG_OVERFLOW=block:10s"});
        if (random.nextInt(3) == 0) {
            Waiting.until(name + " to log", StormRun.LIMIT, () -> run.issued(name) >= calls);
            run.end(worker);
        } else {
            boolean early = random.nextInt(10) == 0;
            Waiting.until(name + " to log", StormRun.LIMIT, () -> early || run.issued(name) >= calls);
            Children.kill(worker);
            killed.add(name);
        }
        run.madeOne();
    }

    private static void awaitAllGone(StormRun run) {
        Waiting.until(
                "rings to be gone from " + run.directory.rings(),
                StormRun.LIMIT,
                () -> run.directory.ringFiles().isEmpty());
    }
}
