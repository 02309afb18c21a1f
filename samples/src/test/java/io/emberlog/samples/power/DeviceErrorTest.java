package io.emberlog.samples.power;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.samples.judge.AcknowledgementFile;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.GrowingFile;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Strace;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.producer.Producer;
import io.emberlog.samples.producer.ProducerSettings;
import io.emberlog.samples.storm.StormRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A device that refuses to take the journal: {@code strace} fails {@code fsync} with EIO in the threads of a real master that
 * force it, while workers log and ask for synced.
 *
 * <p>Alone: {@code mvn verify -pl samples -am -Dtest=DeviceErrorTest -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class DeviceErrorTest {
    private static final int THREADS = 2;
    private static final long MOST_MESSAGES = 1_000_000;
    private static final long PAUSE_NS = 500_000;
    private static final long SYNC_PAUSE_NS = 1_000_000;
    private static final int SOME = 100;
    private static final String REFUSED = "CRITICAL journal: the device refused to take documents";
    private static final String TROUBLE = "does not take documents";

    /** Calls that fail, of each of these threads, from the moment at which the tracer is there. The drain's opens the journal again. */
    enum Failing {
        ONCE(":when=1", "emberlog-sync"),
        THREE_TIMES(":when=1..3", "emberlog-sync", "emberlog-drain"),
        UNTIL_IT_IS_MENDED("", "emberlog-sync", "emberlog-drain", "emberlog-keeper");

        private final String when;
        private final String[] threads;

        Failing(String when, String... threads) {
            this.when = when;
            this.threads = threads;
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsCalledSyncedThatTheDeviceRefusedAndNothingIsLostOrDoubled(Failing failing) throws Exception {
        Strace.assumeThere();
        StormRun.run("device-error-" + failing, run -> {
            Master master = new Master(
                    run.children,
                    run.directory,
                    "sync = \"50 ms\"",
                    "min_free = 0",
                    "[master]",
                    "stop_deadline = \"60 s\"",
                    Master.jsonHandler(run.directory));
            master.start();
            Process worker = producer(run, "w");
            await(master, "some to be synced", () -> synced(run, "w") >= SOME);
            Strace tracer = Strace.attach(
                    run.children,
                    run.directory,
                    master.pid(),
                    "fsync,fdatasync",
                    "error=EIO" + failing.when,
                    null,
                    failing.threads);
            await(master, "stderr to tell of it", () -> said(run).contains(REFUSED));
            if (failing == Failing.UNTIL_IT_IS_MENDED) {
                long syncedThen = synced(run, "w");
                long acknowledgedThen = run.account("w").acknowledged();
                await(master, "more to be logged", () -> run.account("w").acknowledged() >= acknowledgedThen + SOME);
                assertThat(synced(run, "w"))
                        .as("synced while the device refuses")
                        .isEqualTo(syncedThen);
                assertThat(stat(run)).contains(TROUBLE);
            }
            if (failing != Failing.UNTIL_IT_IS_MENDED) {
                awaitSyncedAnew(run, master);
            }
            tracer.mend();
            awaitSyncedAnew(run, master);
            assertThat(stat(run)).doesNotContain(TROUBLE);

            run.end(worker);
            master.awaitRingsGone(StormRun.LIMIT);
            assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
            run.judge();
            assertThat(events(run)).anyMatch(line -> line.contains("the device refused to take documents"));
            assertThat(events(run))
                    .as("nothing was lost")
                    .noneMatch(line -> line.contains("after a force that failed"));
        });
    }

    private static Process producer(StormRun run, String name) throws IOException {
        ProducerSettings settings = new ProducerSettings(
                name,
                run.directory.rings(),
                run.directory.acksOf(name),
                run.seed,
                THREADS,
                MOST_MESSAGES,
                PAUSE_NS,
                SYNC_PAUSE_NS);
        ProcessBuilder builder = Jvm.worker(Producer.class, settings.arguments());
        builder.environment().put("EMBERLOG_OVERFLOW", "block:5s");
        return run.children.start(run.directory.saying("workers", builder));
    }

    private static void awaitSyncedAnew(StormRun run, Master master) throws IOException {
        long acknowledgedNow = run.account("w").acknowledged();
        await(master, "what is logged now to be synced", () -> synced(run, "w") >= acknowledgedNow);
    }

    private static void await(Master master, String what, Waiting.Condition condition) {
        Waiting.until(what, StormRun.LIMIT, () -> {
            assertThat(master.isAlive())
                    .as("the master lives while awaiting " + what)
                    .isTrue();
            return condition.holds();
        });
    }

    private static long synced(StormRun run, String worker) throws IOException {
        AcknowledgementFile account = run.account(worker);
        long synced = 0;
        for (int i = 0; account != null && i < THREADS; i++) {
            synced += account.synced(i);
        }
        return synced;
    }

    private static String said(StormRun run) throws IOException {
        return GrowingFile.text(run.directory.said().resolve("master.txt"));
    }

    private static String stat(StormRun run) throws IOException, InterruptedException {
        Process stat = run.children.start(Jvm.emberlog(
                        "stat",
                        "--sample",
                        "10ms",
                        "--config",
                        run.directory.config().toString())
                .redirectErrorStream(true));
        String text = new String(stat.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(stat.waitFor()).as(text).isZero();
        return text;
    }

    private static List<String> events(StormRun run) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path part : OutputFiles.of(run.directory.output())) {
            try (Stream<String> all = GrowingFile.lines(part)) {
                all.filter(line -> line.contains("\"emberlog.master\"")).forEach(lines::add);
            }
        }
        return lines;
    }
}
