package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.judge.Json;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.ClassPaths;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The wall clock is set by an hour, a day, ten years, back and forth, while workers log and one is killed under each setting.
 * Alone: {@code .ci/storm ClockStormTest 50 42}.
 */
class ClockStormTest {
    private static final int WORKERS = 2;
    private static final int THREADS = 2;
    private static final long MOST_MESSAGES = 10_000_000;
    private static final long PAUSE_NS = 1_000_000;
    /** Of one that is killed soon; also on a machine that is slow to do so. */
    private static final long VICTIMS_MESSAGES = 20_000;

    /** Each of the three clocks gets a third of the steps. */
    private static final double SHARE = 0.34;

    private static final long CALLS_PER_STEP = 600;
    private static final Duration[] SPANS = {Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(3_652)};

    /** Whose clock is set. */
    private enum Whose {
        WORKERS,
        MASTER,
        BOTH
    }

    @AfterEach
    void removeWhatTheDeadLeft() throws IOException {
        FakeClock.removeWhatTheDeadLeft();
    }

    @Test
    void aJvmUnderTheFakeClockSeesItsStepsAndItsMonotonicClockAndItsParksDoNot() throws IOException {
        StormRun.run("clock-probe", run -> {
            FakeClock clock = FakeClock.of(run.directory);
            Process probe = run.children.start(clock.way()
                    .apply(Jvm.java(
                            ClassPaths.join(ClassPaths.of(ClockProbe.class)), List.of(), ClockProbe.class.getName())));
            BufferedReader answers = probe.inputReader(StandardCharsets.US_ASCII);
            for (Duration offset : List.of(Duration.ZERO, SPANS[0], SPANS[2].negated(), SPANS[1], SPANS[2])) {
                clock.set(offset);
                Waiting.until("both wall clocks to be off by " + offset, StormRun.LIMIT, () -> {
                    probe.getOutputStream().write('\n');
                    probe.getOutputStream().flush();
                    String[] clocks = answers.readLine().split(" ");
                    assertThat(Duration.ofNanos(Long.parseLong(clocks[2]) - System.nanoTime()))
                            .as("the monotonic clock, which is the same in all processes")
                            .isCloseTo(Duration.ZERO, Duration.ofSeconds(30));
                    assertThat(Long.parseLong(clocks[3]))
                            .as("a park, in ns")
                            .isBetween(ClockProbe.PARK_NS / 2, ClockProbe.PARK_NS * 100);
                    return isOffBy(offset, clocks[0]) && isOffBy(offset, clocks[1]);
                });
            }
        });
    }

    private static boolean isOffBy(Duration offset, String epochMs) {
        Duration off = Duration.ofMillis(Long.parseLong(epochMs) - System.currentTimeMillis());
        return off.minus(offset).abs().compareTo(Duration.ofSeconds(30)) < 0;
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLostOrOutOfOrderAndNobodyIsTakenForDeadWhileTheWallClockIsSetBackAndForth(Whose whose)
            throws IOException {
        StormRun.run(Fault.CLOCK_STEP, whose.name(), SHARE, run -> storm(run, whose));
    }

    private static void storm(StormRun run, Whose whose) throws Exception {
        FakeClock clock = FakeClock.of(run.directory);
        UnaryOperator<ProcessBuilder> workersWay = whose == Whose.MASTER ? UnaryOperator.identity() : clock.way();
        Master master = new Master(run.children, run.directory, settings(run));
        if (whose != Whose.WORKERS) {
            master.under(clock.way());
        }
        master.start();
        List<Process> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            workers.add(run.producer(workersWay, "w" + i, THREADS, MOST_MESSAGES, PAUSE_NS, environment()));
        }
        Waiting.until(
                "the first record",
                StormRun.LIMIT,
                () -> Files.exists(run.directory.output()) && Files.size(run.directory.output()) > 0);
        Random random = new Random(run.seed);
        TreeSet<String> segments = new TreeSet<>();
        List<String> victims = new ArrayList<>();
        for (int step = 0; step < run.count; step++) {
            clock.set(next(clock, whose, step, random));
            StormRun.say("clock " + step + " of " + whose + " is off by " + clock.offset());
            String name = "victim" + step;
            Process victim = run.producer(workersWay, name, THREADS, VICTIMS_MESSAGES, 20_000, environment());
            long before = run.issued("w0");
            awaitCalls(run, name, 1 + random.nextInt(2_000));
            awaitCalls(run, "w0", before + CALLS_PER_STEP);
            clock.awaitShown();
            Children.kill(victim);
            victims.add(name);
            Waiting.until(
                    "the ring of " + name + " to be gone",
                    StormRun.LIMIT,
                    () -> run.directory.ringFiles().stream()
                            .noneMatch(ring -> ring.getFileName().toString().startsWith(name)));
            TreeSet<String> now = segments(run);
            assertThat(now.containsAll(segments))
                    .as("journal files that were there: " + segments + ", now: " + now)
                    .isTrue();
            if (!segments.isEmpty()) {
                String newest = segments.last();
                now.removeAll(segments);
                assertThat(now)
                        .as("new journal files come behind those before")
                        .allMatch(segment -> segment.compareTo(newest) > 0);
            }
            segments.addAll(now);
            run.madeOne();
        }
        for (Process worker : workers) {
            run.end(worker);
        }
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();

        Judgement judgement = run.judge();
        assertThat(judgement.sum("acknowledged")).isPositive();
        assertThat(StormRun.dead(judgement)).as("deaths told").containsExactlyElementsOf(victims);
        long bytes = OutputFiles.of(run.directory.output()).stream()
                .mapToLong(file -> file.toFile().length())
                .sum();
        assertThat(segments(run).size())
                .as("journal files for " + bytes + " bytes of output")
                .isLessThanOrEqualTo((int) (bytes >> 20) + 2);
        readTimes(run, whose, clock);
    }

    private static String[] settings(StormRun run) {
        return new String[] {
            "segment_size = \"1 MiB\"",
            "sync = \"200 ms\"",
            "[master]",
            "stop_deadline = \"60 s\"",
            "heartbeat_grace = \"60 s\"",
            "hung_after = \"60 s\"",
            "reorder_window = \"20 ms\"",
            Master.jsonHandler(run.directory, "max_size = \"2 MiB\"", "keep_files = 0")
        };
    }

    private static String[] environment() {
        return new String[] {"EMBERLOG_HEARTBEAT_INTERVAL=1s", "EMBERLOG_OVERFLOW=block:60s"};
    }

    /** An hour, a day and ten years in turn at first; forward and back as drawn, and never twice the same. */
    private static Duration next(FakeClock clock, Whose whose, int step, Random random) {
        int turn = (step + whose.ordinal()) % SPANS.length;
        Duration span = SPANS[step < SPANS.length ? turn : random.nextInt(SPANS.length)];
        Duration next = random.nextBoolean() ? span : span.negated();
        if (random.nextInt(4) == 0 && step >= SPANS.length) {
            next = Duration.ZERO;
        }
        return next.equals(clock.offset()) ? next.negated().plusHours(2) : next;
    }

    private static void awaitCalls(StormRun run, String worker, long calls) {
        Waiting.until(worker + " to make " + calls + " calls", StormRun.LIMIT, () -> run.issued(worker) >= calls);
    }

    private static TreeSet<String> segments(StormRun run) throws IOException {
        try (Stream<Path> files = Files.list(run.directory.state().resolve("journal"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".cq4"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Each record's time is one that the clock of its process showed, setting after setting; nobody was late or hung. */
    private static void readTimes(StormRun run, Whose whose, FakeClock clock) throws IOException {
        Map<String, Integer> settingOf = new HashMap<>();
        Set<Integer> shown = new TreeSet<>();
        List<String> wrong = new ArrayList<>();
        for (Path file : OutputFiles.of(run.directory.output())) {
            OutputFiles.lines(file, 0, (line, length) -> {
                Map<String, Object> record = Json.parse(line, length);
                Object event = Json.object(record.get("fields")).get("event");
                if ("late".equals(event) || "hung".equals(event)) {
                    wrong.add(record.toString());
                }
                String worker = record.get("worker") instanceof String name ? name : "";
                boolean producer = worker.startsWith("w") || worker.startsWith("victim");
                boolean stepped = whose == Whose.BOTH || producer == (whose == Whose.WORKERS);
                Instant time = Instant.parse(record.get("time").toString());
                String source = worker + " " + record.get("thread");
                if (!stepped) {
                    boolean now = Duration.between(time, Instant.now()).abs().compareTo(Duration.ofMinutes(50)) < 0;
                    if (!now) {
                        wrong.add("not the real time: " + record);
                    }
                    return;
                }
                int setting = clock.settingThatShowed(time, producer ? settingOf.getOrDefault(source, 0) : 0);
                if (setting < 0) {
                    wrong.add("never shown by the clock: " + record);
                } else {
                    settingOf.put(source, setting);
                    shown.add(setting);
                }
            });
        }
        assertThat(wrong.stream().limit(5)).as(wrong.size() + " records").isEmpty();
        assertThat(shown)
                .as("settings of the clock, the first and each step, that records show")
                .hasSize(run.count + 1);
    }
}
