package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.judge.AcknowledgementFile;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Workers that log at full speed while the master is let run for a small part of the time only, so that they log ten times
 * what it can take. Alone: {@code .ci/storm OverloadTest 600 42}, for ten minutes of each policy.
 */
class OverloadTest {
    private static final int WORKERS = 2;
    private static final int THREADS = 2;
    /** So many fit a mapped acknowledgement file; a long run starts new workers before they are used up. */
    private static final long MOST_MESSAGES = 40_000_000;

    private static final long SECONDS_PER_LIFE = 30;
    private static final int FIRST_WARN = 13;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long RUN_MS = 5;
    private static final long STOP_MS = 245;
    private static final String HEAP = "-Xmx96m";
    private static final long MOST_KIB = (96 + 192) * 1024;

    @ParameterizedTest
    @ValueSource(strings = {"drop", "block:100ms"})
    void theBooksBalanceAndMemoryStaysFlatThoughTenTimesAsMuchIsLoggedAsTheMasterCanTake(String overflow)
            throws IOException {
        StormRun.runWhole(Fault.OVERLOAD, overflow.replaceAll(":.*", ""), 0.5, run -> storm(run, overflow));
    }

    private static void storm(StormRun run, String overflow) throws Exception {
        Master master = new Master(
                        run.children,
                        run.directory,
                        "[master]",
                        "stop_deadline = \"60 s\"",
                        "hung_after = \"60 s\"",
                        Master.jsonHandler(run.directory, "max_size = \"256 MiB\"", "keep_files = 0"))
                .under(OverloadTest::withSmallHeap);
        Process process = master.start();
        List<Long> masterKib = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (long second = 0; second < run.count; second += SECONDS_PER_LIFE) {
            long seconds = Math.min(SECONDS_PER_LIFE, run.count - second);
            List<Process> workers = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                String name = "w" + second + "x" + i;
                names.add(name);
                workers.add(run.producer(
                        OverloadTest::withSmallHeap,
                        name,
                        THREADS,
                        MOST_MESSAGES,
                        0,
                        "EMBERLOG_RING_SIZE=1M",
                        "EMBERLOG_OVERFLOW=" + overflow));
            }
            String first = names.get(names.size() - 1);
            Waiting.until("the first call", StormRun.LIMIT, () -> run.issued(first) > 0);
            List<Long> lifeKib = new ArrayList<>();
            try {
                starve(run, overflow, names, process, workers, seconds, masterKib, lifeKib);
                for (Process worker : workers) {
                    run.end(worker); // while the master is stopped: it is given nothing that does not count
                }
            } finally {
                signal("CONT", process);
            }
            ProcFs.assertFlat("RssAnon of a worker", lifeKib);
        }
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        ProcFs.assertFlat("RssAnon of the master", masterKib);
        assertThat(Collections.max(masterKib))
                .as("RssAnon of the master in KiB")
                .isLessThanOrEqualTo(MOST_KIB);
        judge(run, overflow, names);
    }

    /** A heap that may grow is no leak; one that is full soon shows those. */
    private static ProcessBuilder withSmallHeap(ProcessBuilder builder) {
        builder.command().add(1, HEAP);
        return builder;
    }

    /** The master runs for a fiftieth of the time, and only when ten times as much was logged as it has been given; ends stopped. */
    private static void starve(
            StormRun run,
            String overflow,
            List<String> names,
            Process master,
            List<Process> workers,
            long seconds,
            List<Long> masterKib,
            List<Long> workerKib)
            throws Exception {
        ProcFs ofMaster = new ProcFs(master.pid());
        ProcFs ofWorker = new ProcFs(workers.get(0).pid());
        long end = System.nanoTime() + seconds * SECOND_NS;
        long counted = System.nanoTime();
        while (true) {
            signal("STOP", master);
            assertThat(workers.get(0).waitFor(STOP_MS, TimeUnit.MILLISECONDS)).isFalse();
            if (overflow.equals("drop")) {
                Waiting.until("ten times as many calls", StormRun.LIMIT, () -> isTenfold(run, names));
            }
            masterKib.add(ofMaster.anonymousKib());
            workerKib.add(ofWorker.anonymousKib());
            for (; System.nanoTime() - counted >= SECOND_NS; counted += SECOND_NS) {
                run.madeOne();
            }
            if (System.nanoTime() - end >= 0) {
                return;
            }
            signal("CONT", master);
            assertThat(workers.get(0).waitFor(RUN_MS, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    private static boolean isTenfold(StormRun run, List<String> names) throws IOException {
        long issued = 0;
        long taken = 0;
        for (String name : names) {
            AcknowledgementFile account = run.account(name);
            if (account == null) {
                return false;
            }
            issued += account.issued();
            taken += account.acknowledged();
        }
        return issued >= 10 * taken;
    }

    private static void signal(String name, Process process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    private static void judge(StormRun run, String overflow, List<String> names) throws Exception {
        Judgement judgement = run.judge();
        long issued = judgement.sum("issued");
        long delivered = judgement.sum("delivered");
        long dropped = judgement.sum("dropped");
        assertThat(issued).as("issued").isEqualTo(delivered + dropped + judgement.sum("refused"));
        assertThat(judgement.sum("reported")).as("drops told").isEqualTo(dropped);
        assertThat(dropped).as("drops").isPositive();
        if (overflow.equals("drop")) {
            assertThat(issued).as("ten times what was taken").isGreaterThanOrEqualTo(10 * delivered);
        }
        double warn = share(run, names, FIRST_WARN, 25);
        double info = share(run, names, 0, FIRST_WARN);
        StormRun.say(
                String.format("of WARN and above %.1f %% were taken, of the others %.1f %%", 100 * warn, 100 * info));
        assertThat(warn).as("part of WARN and above that found room").isGreaterThan(info);
    }

    /** What part of the calls with a severity in that range was acknowledged. */
    private static double share(StormRun run, List<String> names, int from, int to) throws IOException {
        long declined = 0;
        long acknowledged = 0;
        for (String name : names) {
            AcknowledgementFile account = run.account(name);
            for (int thread = 0; thread < account.threads(); thread++) {
                for (int severity = from; severity < to; severity++) {
                    declined += account.declined(thread, severity);
                }
                for (long entry = 0; entry < account.acknowledged(thread); entry++) {
                    int severity = account.severity(thread, entry);
                    acknowledged += severity >= from && severity < to ? 1 : 0;
                }
            }
        }
        return (double) acknowledged / Math.max(1, acknowledged + declined);
    }
}
