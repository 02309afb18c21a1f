package io.emberlog.samples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Everything at once, drawn from a seed. Alone: {@code .ci/storm SoakTest 120 42}, for two hours. */
class SoakTest {
    private static final int STOPPED = 0;
    private static final int STOPPED_IN_START = 128 + 15;
    private static final int WORKERS = 4;
    private static final int THREADS = 2;
    private static final long MOST_MESSAGES = 10_000_000;
    private static final long PAUSE_NS = 4_000_000;
    private static final Duration SHORT = Duration.ofSeconds(20);
    private static final int MOST_PAUSE_MS = 1_500;
    private static final int LONGEST_STOP_MS = 4_000;
    private static final String[] LEVELS = {"TRACE", "DEBUG", "INFO"};

    private enum Event {
        KILL_WORKER,
        END_WORKER,
        KILL_MASTER,
        STOP_MASTER,
        PAUSE_WORKER,
        PAUSE_MASTER,
        RELOAD,
        LEVEL
    }

    private StormRun run;
    private Random random;
    private Master master;
    private String configuration;
    private final List<String> names = new ArrayList<>();
    private final Map<String, Process> workers = new HashMap<>();
    private final Set<String> killed = new HashSet<>();
    private final Map<Integer, Integer> stops = new HashMap<>();
    private int born;

    @Test
    void nothingAcknowledgedIsLostDoubledOrAlteredInAStormOfEverythingAtOnce() throws IOException {
        StormRun.runWhole(Fault.SOAK, "", 1, this::storm);
    }

    private void storm(StormRun given) throws Exception {
        run = given;
        random = new Random(run.seed);
        boolean minutes = Boolean.getBoolean("emberlog.lab.long") || Long.getLong("emberlog.lab.count") != null;
        Duration length = minutes ? Duration.ofMinutes(run.count) : SHORT;
        master = new Master(run.children, run.directory, settings());
        configuration = Files.readString(run.directory.config());
        configuration = configuration.substring(0, configuration.indexOf("[master]"));
        master.start();
        for (int i = 0; i < WORKERS; i++) {
            beget();
        }
        long started = System.nanoTime();
        long made = 0;
        Map<Event, Integer> events = new HashMap<>();
        while (System.nanoTime() - started < length.toNanos()) {
            Event event = Event.values()[random.nextInt(Event.values().length)];
            assertThat(master.isAlive()).as("the master lives before " + event).isTrue();
            make(event);
            events.merge(event, 1, Integer::sum);
            assertThat(master.isAlive()).as("the master lives after " + event).isTrue();
            pass(random.nextInt(MOST_PAUSE_MS));
            long passed = Duration.ofNanos(System.nanoTime() - started).toMinutes();
            for (; made < passed; made++) {
                run.madeOne();
            }
        }
        StormRun.say("soak of " + length + ": " + events);
        for (String name : names) {
            run.end(workers.get(name));
        }
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        StormRun.say("masters that were told to stop ended with " + stops);
        Judgement judgement = run.judge();
        assertThat(judgement.sum("acknowledged")).isPositive();
        killed.retainAll(StormRun.callers(judgement));
        assertThat(StormRun.dead(judgement))
                .as("each death is told, and no other")
                .containsExactlyInAnyOrderElementsOf(killed);
    }

    private void make(Event event) throws Exception {
        String name = names.get(random.nextInt(names.size()));
        switch (event) {
            case KILL_WORKER -> {
                Children.kill(workers.get(name));
                killed.add(name);
                names.remove(name);
                beget();
            }
            case END_WORKER -> {
                run.end(workers.get(name));
                names.remove(name);
                beget();
            }
            case KILL_MASTER -> {
                master.kill();
                master.start();
            }
            case STOP_MASTER -> {
                int code = master.stop(StormRun.LIMIT);
                assertThat(code).as("the master's exit code").isIn(STOPPED, STOPPED_IN_START);
                stops.merge(code, 1, Integer::sum);
                master.start();
            }
            case PAUSE_WORKER -> pause(workers.get(name).pid());
            case PAUSE_MASTER -> pause(master.pid());
            case RELOAD -> {
                Files.writeString(run.directory.config(), configuration + String.join("\n", settings()));
                if (ready()) {
                    master.hangUp();
                }
            }
            case LEVEL -> {
                String level = LEVELS[random.nextInt(LEVELS.length)];
                Process command = run.children.start(run.directory.saying(
                        "level",
                        Jvm.emberlog(
                                "level",
                                "set",
                                "--channel",
                                run.directory.rings().toString(),
                                "com.acme=" + level)));
                assertThat(command.waitFor()).as("exit code of level set").isZero();
            }
        }
    }

    /** A signal that comes before the JVM handles it would end the master. */
    private boolean ready() throws IOException {
        return Files.exists(run.directory.output())
                && Files.readString(run.directory.rings().resolve("master.lock"))
                        .contains("pid=" + master.pid() + "\n");
    }

    private void beget() throws IOException {
        String name = String.format("w%05d", born++);
        boolean batched = random.nextInt(4) == 0;
        List<String> environment = new ArrayList<>(List.of(
                "EMBERLOG_RING_SIZE=" + (1 << random.nextInt(4)) + "M",
                "EMBERLOG_OVERFLOW=" + (random.nextBoolean() ? "drop" : "block:2s")));
        if (batched) {
            environment.add("EMBERLOG_FLUSH_INTERVAL=200ms");
            environment.add("EMBERLOG_BATCH_BYTES=8K");
        }
        if (random.nextInt(4) == 0) {
            environment.add("EMBERLOG_RING_CHECKS=on");
        }
        workers.put(name, run.producer(name, THREADS, MOST_MESSAGES, PAUSE_NS, environment.toArray(new String[0])));
        names.add(name);
        // its first call first, so that its death is one that must be told
        Waiting.until(name + " to log", StormRun.LIMIT, () -> run.issued(name) > 0);
    }

    private void pause(long pid) throws Exception {
        signal("STOP", pid);
        try {
            pass(random.nextInt(LONGEST_STOP_MS));
        } finally {
            signal("CONT", pid);
        }
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + pid).start().waitFor())
                .isZero();
    }

    /** Lets a drawn span of time pass. */
    private void pass(int ms) throws InterruptedException {
        assertThat(workers.get(names.get(0)).waitFor(ms, TimeUnit.MILLISECONDS)).isFalse();
    }

    private String[] settings() {
        return new String[] {
            "[master]",
            "stop_deadline = \"60 s\"",
            "drain_budget = \"" + (16 << random.nextInt(6)) + " KiB\"",
            "reorder_window = \"" + random.nextInt(3) * 20 + " ms\"",
            Master.jsonHandler(
                    run.directory,
                    "max_size = \"" + (1 + random.nextInt(4)) + " MiB\"",
                    "keep_files = 0",
                    "buffer = \"" + (4 << random.nextInt(5)) + " KiB\"",
                    "flush_interval = \"" + (1 + random.nextInt(50)) + " ms\"")
        };
    }
}
