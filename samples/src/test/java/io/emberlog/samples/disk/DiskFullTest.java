package io.emberlog.samples.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.judge.AcknowledgementFile;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.RunDirectory;
import io.emberlog.samples.storm.StormRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A disk is full for a while, again and again, under workers at full speed: a file system in memory that a file fills to its last
 * byte, or that is made as small as what is on it. The master lives on and goes on by itself when there is room again. How long
 * that took is printed. A cycle takes 60 s in the long run, else 2 s. Alone: {@code .ci/storm DiskFullTest 10 42}.
 */
class DiskFullTest {
    /** What the full disk holds. */
    enum Full {
        /** Journal and checkpoints; draining stops before the disk is full. */
        STATE_WITH_WATERMARK(64 + 96),
        /** The same; draining goes on until there is not a page left. */
        STATE(64 + 96),
        OUTPUT(2_048),
        RINGS(64);

        private final int mib;

        Full(int mib) {
            this.mib = mib;
        }

        private Path mountPoint(RunDirectory directory) {
            return switch (this) {
                case STATE_WITH_WATERMARK, STATE -> directory.state();
                case OUTPUT -> directory.log();
                case RINGS -> directory.rings();
            };
        }
    }

    private static final long CYCLE_NS = TimeUnit.SECONDS.toNanos(Boolean.getBoolean("emberlog.lab.long") ? 60 : 2);
    /** In the short run the cycles are shared out, in the long one each kind has all of them. */
    private static final double SHARE = Boolean.getBoolean("emberlog.lab.long") ? 1 : 1.0 / 3;

    private static final long PER_ROUND = 5;
    private static final String WORKER = "steady";
    private static final int BURST_THREADS = 3;
    private static final long BURST_MESSAGES = 100_000;

    private StormRun run;
    private Full full;
    private SmallDisk disk;
    private Master master;
    private Flow flow;
    private long longestMs;

    @ParameterizedTest
    @EnumSource
    void nothingIsLostOrDoubledWhileADiskIsFullAndTheMasterGoesOnByItself(Full given) throws IOException {
        full = given;
        StormRun.run(
                Fault.DISK_FULL, full.name(), SHARE, PER_ROUND, RunDirectory::createWithRingsInMemory, this::storm);
        StormRun.say(full + ": went on after " + longestMs + " ms at most");
    }

    private void storm(StormRun given) throws Exception {
        run = given;
        try (SmallDisk small = SmallDisk.mount(full.mountPoint(run.directory), full.mib)) {
            disk = small;
            try {
                cycles();
            } catch (Exception | AssertionError e) {
                small.keepIn(run.directory.root().resolve("of-the-full-disk"));
                throw e;
            }
        }
    }

    private void cycles() throws Exception {
        master = new Master(
                run.children,
                run.directory,
                "min_free = " + (full == Full.STATE_WITH_WATERMARK ? "\"16 MiB\"" : "0"),
                // with another disk full for a minute the journal keeps what waits; its own disk is small
                full == Full.OUTPUT ? "max_size = \"8 GiB\"" : "max_size = \"64 MiB\"",
                "segment_size = \"1 MiB\"",
                "sync = \"100 ms\"",
                "[master]",
                "stop_deadline = \"60 s\"",
                Master.jsonHandler(run.directory, "max_size = \"16 MiB\"", "keep_files = 0"),
                OwnReports.handler(run));
        master.start();
        flow = new Flow(run, master, WORKER);
        Process worker = run.producerThatSyncs(WORKER, 2, 2_000_000, 300_000, 20_000_000, "EMBERLOG_RING_SIZE=1M");
        flow.awaitAll("the start");
        for (int cycle = 0; cycle < run.count; cycle++) {
            cycle(cycle);
            run.madeOne();
        }
        run.end(worker);
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        OwnReports.judgeWithout(run, finding -> false);
    }

    private void cycle(int cycle) throws Exception {
        long endNs = System.nanoTime() + CYCLE_NS;
        String burst = "burst" + cycle;
        boolean shrinks = (cycle + run.seed) % 2 == 0;
        if (full == Full.RINGS) {
            fill(shrinks);
        }
        Process bursting = run.producer(
                burst, BURST_THREADS, BURST_MESSAGES, full == Full.RINGS ? 1_000_000 : 0, "EMBERLOG_FALLBACK=none");
        flow.await(burst + " to log", () -> run.issued(burst) > 1_000);
        if (full != Full.RINGS) {
            fill(shrinks);
        }
        String what = "cycle " + cycle + (shrinks ? ", disk made small" : ", disk filled");
        awaitFelt(what, burst);
        flow.await("the end of " + what, () -> System.nanoTime() - endNs >= 0);

        long acknowledgedThen = acknowledged(burst);
        long freed = System.nanoTime();
        disk.free();
        long tookMs;
        if (full == Full.RINGS) {
            flow.await("a ring for " + burst, () -> acknowledged(burst) > acknowledgedThen);
            tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - freed);
            flow.awaitAll(what);
        } else {
            tookMs = flow.awaitAll(what);
        }
        longestMs = Math.max(longestMs, tookMs);
        run.end(bursting);
        StormRun.say(full + ", " + what + ": went on after " + tookMs + " ms; " + burst + " acknowledged "
                + acknowledged(burst) + " of " + run.issued(burst));
    }

    private void fill(boolean shrinks) throws IOException {
        if (shrinks) {
            disk.shrink();
        } else {
            disk.fill();
        }
    }

    /** The full disk is in somebody's way: nothing comes out though much goes in, or nothing goes in. */
    private void awaitFelt(String what, String burst) {
        if (full == Full.RINGS) {
            flow.await("calls of " + burst + " that find no ring", () -> declined(burst) > 0);
            return;
        }
        long[] seen = {-1, System.nanoTime()};
        flow.await("the output to stand still in " + what, () -> {
            long bytes = flow.bytes();
            if (bytes != seen[0]) {
                seen[0] = bytes;
                seen[1] = System.nanoTime();
            }
            return System.nanoTime() - seen[1] > TimeUnit.MILLISECONDS.toNanos(500);
        });
    }

    private long acknowledged(String worker) throws IOException {
        AcknowledgementFile account = run.account(worker);
        return account == null ? 0 : account.acknowledged();
    }

    private long declined(String worker) throws IOException {
        AcknowledgementFile account = run.account(worker);
        long declined = 0;
        for (int thread = 0; account != null && thread < account.threads(); thread++) {
            declined += account.declined(thread);
        }
        return declined;
    }
}
