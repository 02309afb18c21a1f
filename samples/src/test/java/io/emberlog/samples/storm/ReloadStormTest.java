package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.judge.Json;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A master that is told another configuration again and again while workers log. What counts is a configuration that the master
 * has answered: that it is in force, or why not. Every second one is told right behind another, which may never be read. Alone:
 * {@code .ci/storm ReloadStormTest 1000 42}.
 */
class ReloadStormTest {
    private static final int WORKERS = 2;
    private static final int THREADS = 2;
    private static final long MOST_MESSAGES = 10_000_000;
    private static final long PAUSE_NS = 1_000_000;
    private static final int CALLS_AFTER = 500;
    private static final int WARN = 13;
    private static final int INFO = 9;
    private static final String SECOND = "second";

    private StormRun run;
    private Random random;
    private Master master;
    private String head;
    private int told;
    private long eventsRead;

    @Test
    void nothingAcknowledgedIsLostDoubledOrAlteredByAHundredReloadsUnderLoad() throws IOException {
        StormRun.run(Fault.RELOAD, "", 1, this::storm);
    }

    private void storm(StormRun given) throws Exception {
        run = given;
        random = new Random(run.seed);
        told = 0;
        eventsRead = 0;
        master = new Master(run.children, run.directory, settings(random.nextBoolean(), anyLevel()));
        String text = Files.readString(run.directory.config());
        head = text.substring(0, text.indexOf("[master]"));
        master.start();
        List<Process> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            workers.add(run.producer("w" + i, THREADS, MOST_MESSAGES, PAUSE_NS, "EMBERLOG_RING_SIZE=16M"));
        }
        Waiting.until(
                "the first record",
                StormRun.LIMIT,
                () -> Files.exists(run.directory.output()) && Files.size(run.directory.output()) > 0);
        int unawaited = 0;
        for (int reload = 1; reload <= run.count; reload++) {
            if (random.nextBoolean()) {
                tell(random.nextBoolean(), anyLevel(), false);
                unawaited++;
            }
            reload(random.nextBoolean(), anyLevel(), random.nextInt(10) == 0);
            run.madeOne();
        }
        // from its answer on the second handler is there, and takes all levels
        reload(true, "info", false);
        for (int i = 0; i < WORKERS; i++) {
            String name = "w" + i;
            long issued = run.issued(name);
            Waiting.until(name + " to log on", StormRun.LIMIT, () -> run.issued(name) > issued + CALLS_AFTER);
        }
        for (Process worker : workers) {
            run.end(worker);
        }
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        Judgement judgement = run.judge();
        assertThat(judgement.sum("acknowledged")).isPositive();
        assertThat(judgement.sum("dropped")).isZero();
        StormRun.say(run.count + " answered reloads, and " + unawaited + " signals that nobody awaited");
        judgeSecond();
    }

    /** Tells a configuration and waits until the master has told that it is in force, or that it is refused. */
    private void reload(boolean withSecond, String level, boolean broken) throws Exception {
        tell(withSecond, level, broken);
        String answer = broken ? unknownKey() : inForce();
        boolean[] found = new boolean[1];
        Waiting.until("the master's answer to configuration " + told, StormRun.LIMIT, () -> {
            assertThat(master.isAlive()).as("the master lives").isTrue();
            eventsRead = OutputFiles.lines(events(), eventsRead, (line, length) -> {
                Map<String, Object> record = Json.parse(line, length);
                found[0] |= "emberlog.master".equals(record.get("logger"))
                        && record.get("message").toString().contains(answer);
            });
            return found[0];
        });
    }

    /** Each has a number that no other has, and is there as a whole. */
    private void tell(boolean withSecond, String level, boolean broken) throws Exception {
        told++;
        String text = head + String.join("\n", settings(withSecond, level)) + "\n";
        Path next = Files.writeString(
                run.directory.root().resolve("next.toml"), broken ? text + unknownKey() + " = 1\n" : text);
        Files.move(next, run.directory.config(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        master.hangUp();
    }

    private String anyLevel() {
        return random.nextBoolean() ? "warn" : "info";
    }

    /** Never a whole number of seconds: it is told as it is written. */
    private String grace() {
        return (60_001 + 2 * told) + " ms";
    }

    /** What a record says of the last configuration told. */
    private String inForce() {
        return " -> \"" + grace() + "\"";
    }

    private String unknownKey() {
        return "max_sise_" + told + "_";
    }

    /** Everything that a reload may change, but the path, since the judge reads one. */
    private String[] settings(boolean withSecond, String level) {
        List<String> lines = new ArrayList<>(List.of(
                "[master]",
                "stop_deadline = \"" + (60 + random.nextInt(3)) + " s\"",
                "drain_budget = \"" + (4 << random.nextInt(8)) + " KiB\"",
                "hung_after = \"" + (30 + random.nextInt(3)) + " s\"",
                "heartbeat_grace = \"" + grace() + "\"",
                Master.jsonHandler(
                        run.directory,
                        "max_size = \"" + (1 + random.nextInt(4)) + " MiB\"",
                        "keep_files = 0",
                        "buffer = \"" + (4 << random.nextInt(5)) + " KiB\"",
                        "flush_interval = \"" + (1 + random.nextInt(50)) + " ms\"")));
        lines.addAll(handler("events", events(), "notice"));
        lines.add("flush_interval = \"5 ms\"");
        if (withSecond) {
            lines.addAll(handler(SECOND, second(), level));
            lines.add("max_size = \"" + (1 + random.nextInt(4)) + " MiB\"");
            lines.add("keep_files = 0");
        }
        return lines.toArray(new String[0]);
    }

    private static List<String> handler(String name, Path path, String level) {
        return List.of(
                "[[handlers]]",
                "name = \"" + name + "\"",
                "type = \"file\"",
                "format = \"json\"",
                "path = \"" + path + "\"",
                "min_level = \"" + level + "\"");
    }

    /**
     * A handler that is gone keeps its checkpoint, and goes on there when its name comes back. So the second one's lines are those
     * of the output, which the judge found right, in their order and once each; what it may lack are records below WARN from
     * before the last answer, which told that it takes them, and what was said of it alone.
     */
    private void judgeSecond() throws IOException {
        TreeMap<Long, Map<String, Object>> whole = records(run.directory.output());
        long[] answered = {-1};
        whole.forEach((number, record) -> {
            if (record.get("message").toString().contains(inForce())) {
                answered[0] = number;
            }
        });
        assertThat(answered[0]).as("number of the last answer").isPositive();
        TreeMap<Long, Map<String, Object>> taken = records(second());
        taken.forEach((number, record) ->
                assertThat(record).as("record " + number + " of " + second()).isEqualTo(whole.get(number)));
        List<Object> lacking = new ArrayList<>();
        whole.forEach((number, record) -> {
            boolean wanted = severity(record) >= (number > answered[0] ? INFO : WARN)
                    && !("emberlog.handler." + SECOND).equals(record.get("logger"));
            if (wanted && !taken.containsKey(number)) {
                lacking.add(record);
            }
        });
        assertThat(lacking.stream().limit(5))
                .as(lacking.size() + " records that are not in " + second() + ", the last answer being " + answered[0])
                .isEmpty();
        assertThat(taken.tailMap(answered[0], false)).hasSizeGreaterThan(CALLS_AFTER);
        StormRun.say("the second handler has " + taken.size() + " of " + whole.size() + " records");
    }

    private static long severity(Map<String, Object> record) {
        return (Long) record.get("severity");
    }

    /** By their numbers, which grow from line to line; every line is whole. */
    private static TreeMap<Long, Map<String, Object>> records(Path output) throws IOException {
        TreeMap<Long, Map<String, Object>> records = new TreeMap<>();
        for (Path file : OutputFiles.of(output)) {
            long whole = OutputFiles.lines(file, 0, (line, length) -> {
                Map<String, Object> record = Json.parse(line, length);
                Long number = (Long) record.get("seq");
                assertThat(records.isEmpty() ? -1 : records.lastKey())
                        .as("number in front of record " + number + " of " + file)
                        .isLessThan(number);
                records.put(number, record);
            });
            assertThat(whole).as("end of the last whole line of " + file).isEqualTo(Files.size(file));
        }
        return records;
    }

    /** In a file of their own, so that nobody reads all that the workers log for each of them. */
    private Path events() {
        return run.directory.root().resolve("events.json");
    }

    private Path second() {
        return run.directory.root().resolve("second.json");
    }
}
