package io.emberlog.samples.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.samples.judge.AcknowledgementFile;
import io.emberlog.samples.process.GrowingFile;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.StormRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Workers and masters come and go in any order; the books balance. */
class WorkerLifeTest {

    @Test
    void workersThatStartedAndEndedBeforeAnyMasterAreDeliveredWhole() throws IOException {
        StormRun.run("life-before", run -> {
            Process first = run.producer("first", 2, 3_000, 0);
            Process second = run.producer("second", 1, 3_000, 0);
            awaitAllCallsMade(run, "first", "second");
            run.end(first);
            run.end(second);
            assertSilent(run);

            Master master = masterOf(run);
            master.start();
            Judgement judgement = finish(run, master);
            assertThat(judgement.sum("delivered")).isEqualTo(9_000);
            assertThat(judgement.sum("dropped")).isZero();
        });
    }

    @Test
    void workersOutliveTheirMasterAndLogWhileItIsDown() throws IOException {
        StormRun.run("life-outlive", run -> {
            Process worker = run.producer("worker", 2, 1_000_000, 300_000);
            Master master = masterOf(run);
            master.start();
            Waiting.until(
                    "the first lines to be written",
                    StormRun.LIMIT,
                    () -> Files.exists(run.directory.output()) && Files.size(run.directory.output()) > 0);
            assertThat(master.stop(StormRun.LIMIT)).isZero();

            long without = run.issued("worker");
            Waiting.until("lines without a master", StormRun.LIMIT, () -> run.issued("worker") > without + 2_000);
            assertThat(worker.isAlive()).isTrue();

            master.start();
            long with = run.issued("worker");
            Waiting.until("lines with the next master", StormRun.LIMIT, () -> run.issued("worker") > with + 2_000);
            run.end(worker);
            Judgement judgement = finish(run, master);
            assertThat(judgement.sum("dropped")).isZero();
            assertThat(judgement.sum("delivered")).isEqualTo(judgement.sum("issued"));
            assertSilent(run);
        });
    }

    @Test
    void whatIsBeyondTheRingsCapacityWhileNoMasterRunsIsCountedByLevelAndReportedInBand() throws IOException {
        StormRun.run("life-capacity", run -> {
            Process worker = run.producer("worker", 2, 20_000, 0, "EMBERLOG_RING_SIZE=128K");
            awaitAllCallsMade(run, "worker");
            Master master = masterOf(run);
            master.start();
            Waiting.until("the output to tell of drops", StormRun.LIMIT, () -> tellsOfDrops(run.directory.output()));
            run.end(worker);
            Judgement judgement = finish(run, master);
            assertDropsAreTold(judgement);
            assertThat(reportedDrops(run.directory.output()))
                    .as("the worker's own reports")
                    .isEqualTo(judgement.sum("dropped"));
        });
    }

    @Test
    void dropsAreToldByLevelAlsoOfAWorkerThatEndedBeforeAnyMasterMadeRoomForItsReports() throws IOException {
        StormRun.run("life-full", run -> {
            Process worker = run.producer("worker", 2, 20_000, 0, "EMBERLOG_RING_SIZE=128K");
            awaitAllCallsMade(run, "worker");
            run.end(worker);
            Master master = masterOf(run);
            master.start();
            assertDropsAreTold(finish(run, master));
        });
    }

    private static void assertDropsAreTold(Judgement judgement) {
        assertThat(judgement.sum("dropped")).isPositive();
        assertThat(judgement.sum("reported"))
                .as("the judge compared them level by level")
                .isEqualTo(judgement.sum("dropped"));
        assertThat(judgement.sum("delivered")).isPositive().isEqualTo(judgement.sum("acknowledged"));
        assertThat(judgement.sum("issued"))
                .isEqualTo(judgement.sum("delivered") + judgement.sum("dropped") + judgement.sum("refused"));
    }

    private static Master masterOf(StormRun run) throws IOException {
        return new Master(run.children, run.directory, Master.jsonHandler(run.directory));
    }

    private static Judgement finish(StormRun run, Master master) throws IOException, InterruptedException {
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        return run.judge();
    }

    private static void awaitAllCallsMade(StormRun run, String... workers) {
        for (String worker : List.of(workers)) {
            Waiting.until(worker + " to have made all its calls", StormRun.LIMIT, () -> {
                AcknowledgementFile account = run.account(worker);
                if (account == null) {
                    return false;
                }
                boolean ended = true;
                for (int thread = 0; thread < account.threads(); thread++) {
                    ended &= account.ended(thread);
                }
                return ended;
            });
        }
    }

    private static boolean tellsOfDrops(Path output) throws IOException {
        return Files.exists(output) && GrowingFile.text(output).contains("\"message\":\"dropped ");
    }

    private static long reportedDrops(Path output) throws IOException {
        return Pattern.compile("\"message\":\"dropped (\\d+) records")
                .matcher(GrowingFile.text(output))
                .results()
                .mapToLong(report -> Long.parseLong(report.group(1)))
                .sum();
    }

    /** Workers say nothing on stdout or stderr. */
    private static void assertSilent(StormRun run) throws IOException {
        assertThat(run.directory.said().resolve("workers.txt")).isEmptyFile();
    }
}
