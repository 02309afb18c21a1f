package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.process.GrowingFile;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A master that is told another configuration again and again while workers log. Alone: {@code .ci/storm ReloadStormTest 1000 42}.
 */
class ReloadStormTest {
    private static final int WORKERS = 2;
    private static final int THREADS = 2;
    private static final long MOST_MESSAGES = 10_000_000;
    private static final long PAUSE_NS = 1_000_000;

    @Test
    void nothingAcknowledgedIsLostDoubledOrAlteredByAHundredReloadsUnderLoad() throws IOException {
        StormRun.run(Fault.RELOAD, "", 1, ReloadStormTest::storm);
    }

    private static void storm(StormRun run) throws Exception {
        Random random = new Random(run.seed);
        Master master = new Master(run.children, run.directory, settings(run, random));
        master.start();
        List<Process> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            workers.add(run.producer("w" + i, THREADS, MOST_MESSAGES, PAUSE_NS, "EMBERLOG_RING_SIZE=16M"));
        }
        Waiting.until(
                "the first record",
                StormRun.LIMIT,
                () -> Files.exists(run.directory.output()) && Files.size(run.directory.output()) > 0);
        int answered = 0;
        for (int reload = 1; reload <= run.count; reload++) {
            String text = Files.readString(run.directory.config());
            String head = text.substring(0, text.indexOf("[master]"));
            String next = head + String.join("\n", settings(run, random));
            boolean broken = random.nextInt(10) == 0;
            Files.writeString(run.directory.config(), broken ? next + "\nmax_sise = 1\n" : next);
            master.hangUp();
            run.madeOne();
            // one in two is told to reload again before it has answered
            if (random.nextBoolean() || reload == run.count) {
                int so = answered;
                Waiting.until("the master's answer to reload " + reload, StormRun.LIMIT, () -> answers(run) > so);
                answered = answers(run);
            }
            if (broken) {
                Files.writeString(run.directory.config(), next);
            }
        }
        master.hangUp();
        int before = answered;
        Waiting.until("the master's last answer", StormRun.LIMIT, () -> answers(run) > before);
        for (Process worker : workers) {
            run.end(worker);
        }
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        Judgement judgement = run.judge();
        assertThat(judgement.sum("acknowledged")).isPositive();
        assertThat(judgement.sum("dropped")).isZero();
        StormRun.say(answers(run) + " answers to " + run.count + " reloads");
        assertThat(count(run, "configuration: "))
                .as("reloads that changed something")
                .isPositive();
    }

    /** Everything that a reload may change, but the path, since the judge reads one. */
    private static String[] settings(StormRun run, Random random) {
        List<String> lines = new ArrayList<>(List.of(
                "[master]",
                "stop_deadline = \"" + (60 + random.nextInt(3)) + " s\"",
                "drain_budget = \"" + (4 << random.nextInt(8)) + " KiB\"",
                "hung_after = \"" + (30 + random.nextInt(3)) + " s\"",
                Master.jsonHandler(
                        run.directory,
                        "max_size = \"" + (1 + random.nextInt(4)) + " MiB\"",
                        "keep_files = 0",
                        "buffer = \"" + (4 << random.nextInt(5)) + " KiB\"",
                        "flush_interval = \"" + (1 + random.nextInt(50)) + " ms\"")));
        lines.add("[[handlers]]");
        lines.add("name = \"events\"");
        lines.add("type = \"file\"");
        lines.add("format = \"json\"");
        lines.add("path = \"" + events(run) + "\"");
        lines.add("min_level = \"notice\"");
        if (random.nextBoolean()) {
            lines.add("[[handlers]]");
            lines.add("name = \"second\"");
            lines.add("type = \"file\"");
            lines.add("path = \"" + run.directory.root().resolve("second.log") + "\"");
            lines.add("min_level = \"" + (random.nextBoolean() ? "warn" : "info") + "\"");
        }
        return lines.toArray(new String[0]);
    }

    private static int answers(StormRun run) throws IOException {
        return count(run, "configuration: ")
                + count(run, "configuration read again")
                + count(run, "configuration not reloaded");
    }

    /** In a file of their own, so that nobody reads all that the workers log for each of them. */
    private static int count(StormRun run, String what) throws IOException {
        String text = GrowingFile.text(events(run));
        return text.split(java.util.regex.Pattern.quote("\"message\":\"" + what), -1).length - 1;
    }

    private static Path events(StormRun run) {
        return run.directory.root().resolve("events.json");
    }
}
