package io.emberlog.samples.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.disk.FaultyIo.Action;
import io.emberlog.samples.disk.FaultyIo.Kind;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.RunDirectory;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.StormRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The k-th file call fails, once or until the disk is mended, in a master at work, in one that starts or stops, and in a worker
 * that makes its ring: EIO, ENOSPC, and writes and reads that do half of what they were asked for. Alone: {@code .ci/storm
 * IoErrorTest 500 42}.
 */
class IoErrorTest {
    private static final int THREADS = 2;
    private static final long MOST_MESSAGES = 2_000_000;
    private static final long PAUSE_NS = 300_000;
    private static final long SYNC_PAUSE_NS = 20_000_000;
    private static final String WORKER = "steady";
    private static final String CONTROL = "faulty-io";
    private static final String PLANT = "planted";
    private static final Pattern PLANTED = Pattern.compile("^quarantined: ring file \\S+/" + PLANT);

    /** Calls of one kind in a start or a stop of which each is made to fail; there are fewer. */
    private static final int MOST_CALLS = 400;

    private static final int EXIT_CANNOT_START = 4;
    /** After a call has failed, a start that is to end because of it has ended. */
    private static final Duration STARTED = Duration.ofSeconds(2);

    /** Bytes of output behind which a start is over. */
    private static final long WELL_UNDER_WAY = 200_000;

    private static final long PER_ROUND = 60;
    private static final Duration NOT_REACHED = Duration.ofSeconds(3);

    /** Where a master at work makes calls, which kinds, and how many of them a fault may be away. */
    private enum Place {
        JOURNAL(
                "state/journal",
                12,
                Kind.OPEN,
                Kind.CREATE,
                Kind.READ,
                Kind.WRITE,
                Kind.FORCE,
                Kind.RENAME,
                Kind.MAP,
                Kind.LIST),
        CHECKPOINTS("state/checkpoints", 6, Kind.OPEN, Kind.CREATE, Kind.WRITE, Kind.FORCE, Kind.RENAME),
        OUTPUT("log", 12, Kind.OPEN, Kind.CREATE, Kind.WRITE, Kind.FORCE, Kind.RENAME, Kind.UNLINK, Kind.LIST),
        RINGS("rings", 2, Kind.OPEN, Kind.RENAME, Kind.UNLINK, Kind.MAP, Kind.LIST);

        private final String path;
        private final int mostAway;
        private final Set<Kind> kinds;

        Place(String path, int mostAway, Kind... kinds) {
            this.path = path;
            this.mostAway = mostAway;
            this.kinds = EnumSet.copyOf(List.of(kinds));
        }

        Path in(StormRun run) {
            return run.directory.disk().resolve(path);
        }
    }

    /** One call of a start, of a stop, or of the making of a ring. */
    private record Call(Kind kind, long k) {}

    @FunctionalInterface
    private interface Step {
        void take() throws Exception;
    }

    private StormRun run;
    private FaultyIo io;
    private Master master;
    private Flow flow;
    private Random random;

    @Test
    void nothingIsLostOrDoubledWhateverCallFailsInAMasterAtWorkWhichGoesOnByItself() throws IOException {
        storm("at work", 0.5, given -> {
            begin(given);
            master.start();
            Process worker = steadyWorker();
            flow.awaitAll("the start");
            for (int i = 0; i < run.count; i++) {
                failAtWork(i);
            }
            end(worker);
        });
    }

    @Test
    void aMasterThatCannotStartSaysSoWithCodeFourAndOneThatStartsOrStopsLosesNothing() throws IOException {
        storm("at start and stop", 0.3, given -> {
            begin(given);
            Process worker = steadyWorker();
            startAndFlow("the first start");
            master.kill();
            List<Call> atStart = callsOf(run.directory.disk(), () -> {
                long bytes = flow.bytes();
                master.start();
                flow.await("a start that is counted", () -> flow.bytes() > bytes);
            });
            flow.awaitAll("a start that is counted");
            List<Call> atStop = callsOf(
                    run.directory.disk(),
                    () -> assertThat(master.stop(StormRun.LIMIT)).isZero());
            startAndFlow("the start after that");
            StormRun.say(atStart.size() + " calls of a start and " + atStop.size() + " of a stop to choose from");
            Collections.shuffle(atStart, random);
            Collections.shuffle(atStop, random);
            for (int i = 0; i < run.count; i++) {
                int times = random.nextInt(3) == 0 ? FaultyIo.FOR_EVER : 1;
                if (i % 4 == 3) {
                    Call call = atStop.get(i / 4 % atStop.size());
                    failAtStop(call, action(call.kind(), random.nextInt(3)), times);
                } else {
                    Call call = atStart.get((i - i / 4) % atStart.size());
                    failAtStart(call, action(call.kind(), random.nextInt(3)), times);
                }
            }
            if (!master.isAlive()) {
                startAndFlow("the last start");
            }
            end(worker);
        });
    }

    @Test
    void aWorkerWhoseRingCannotBeMadeRunsOnAndLeavesNothingBehind() throws IOException {
        storm("ring creation", 0.2, given -> {
            begin(given);
            master.under(builder -> builder);
            master.start();
            List<Call> calls = callsOf(run.directory.rings(), () -> run.end(ringMaker("counted")));
            Collections.shuffle(calls, random);
            StormRun.say(calls.size() + " calls to choose from");
            for (int i = 0; i < run.count; i++) {
                Call call = calls.get(i % calls.size());
                Action action = action(call.kind(), i / calls.size());
                io.arm(Set.of(call.kind()), run.directory.rings(), action, call.k(), 1 - random.nextInt(2));
                String name = "maker" + i;
                Process worker = ringMaker(name);
                Waiting.until(name + " to have made its calls", StormRun.LIMIT, () -> {
                    assertThat(worker.isAlive()).as(name + " lives").isTrue();
                    return run.account(name) != null && run.account(name).ended(0);
                });
                if (io.failed() > 0) {
                    run.madeOne();
                }
                StormRun.say(
                        name + ": " + action + " at " + call + (io.failed() > 0 ? ", " + io.last() : ", not reached")
                                + "; acknowledged " + run.account(name).acknowledged() + " of "
                                + run.account(name).issued());
                io.heal();
                run.end(worker);
            }
            master.awaitRingsGone(StormRun.LIMIT);
            assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
            try (Stream<Path> left = Files.list(run.directory.rings())) {
                assertThat(left.map(file -> file.getFileName().toString()))
                        .as("files of rings, made or not")
                        .noneMatch(name -> name.startsWith("maker"));
            }
            run.judge();
        });
    }

    @Test
    void noCallThatFailsIsTakenForDamageOrForTheEndOfTheJournal() throws IOException {
        storm("reading the journal", 0.1, given -> {
            begin(given);
            master.start();
            Process worker = steadyWorker();
            flow.awaitAll("the start");
            int segments = segments();
            flow.await("another segment", () -> segments() > segments);
            end(worker);
            ProcessBuilder builder = io.way()
                    .apply(Jvm.java(
                            System.getProperty("java.class.path"),
                            Jvm.masterFlags(),
                            ReadFaults.class.getName(),
                            run.directory.root().resolve(CONTROL).toString(),
                            run.directory.state().resolve("journal").toString()));
            Process reads = run.children.start(run.directory.saying("reads", builder));
            Waiting.until("all faults to be made", StormRun.LIMIT, () -> !reads.isAlive());
            String said = Files.readString(run.directory.said().resolve("reads.txt"));
            assertThat(reads.exitValue()).as(said).isZero();
            String last = said.strip().substring(said.strip().lastIndexOf('\n') + 1);
            StormRun.say(last);
            run.made(Long.parseLong(last.substring(0, last.indexOf(' '))));
        });
    }

    private int segments() throws IOException {
        try (Stream<Path> files = Files.list(run.directory.state().resolve("journal"))) {
            return (int) files.filter(file -> file.toString().endsWith(".cq4")).count();
        }
    }

    private static void storm(String variant, double share, StormRun.Storm storm) throws IOException {
        StormRun.run(
                Fault.IO_ERROR, variant, share, PER_ROUND, prefix -> RunDirectory.createApart(prefix, null), storm);
    }

    private void begin(StormRun given) throws Exception {
        run = given;
        random = new Random(run.seed);
        io = FaultyIo.create(run.directory.root().resolve(CONTROL));
        master = new Master(
                        run.children,
                        run.directory,
                        "sync = \"100 ms\"",
                        "min_free = 0",
                        "segment_size = \"1 MiB\"",
                        "[master]",
                        "stop_deadline = \"20 s\"",
                        Master.jsonHandler(
                                run.directory,
                                "max_size = \"256 KiB\"",
                                "keep_files = 0",
                                "flush_interval = \"20 ms\""),
                        OwnReports.handler(run))
                .under(io.way());
        flow = new Flow(run, master, WORKER);
    }

    private Process steadyWorker() throws IOException {
        return run.producerThatSyncs(WORKER, THREADS, MOST_MESSAGES, PAUSE_NS, SYNC_PAUSE_NS, "EMBERLOG_RING_SIZE=1M");
    }

    private Process ringMaker(String name) throws IOException {
        return run.producer(io.way(), name, 1, 500, 100_000, "EMBERLOG_RING_SIZE=256K", "EMBERLOG_FALLBACK=none");
    }

    private void end(Process worker) throws Exception {
        io.heal();
        run.end(worker);
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        OwnReports.judgeWithout(run, finding -> PLANTED.matcher(finding).find());
        StormRun.say("output went on after " + flow.longestMs() + " ms at most");
    }

    private void failAtWork(int number) throws Exception {
        boolean made = false;
        for (int attempt = 0; !made; attempt++) {
            assertThat(attempt).as("faults that were not reached in a row").isLessThan(50);
            Place place = Place.values()[random.nextInt(Place.values().length)];
            List<Kind> kinds = List.copyOf(place.kinds);
            Kind kind = kinds.get(random.nextInt(kinds.size()));
            Action action = action(kind, random.nextInt(3));
            int times = List.of(1, 1, 3, FaultyIo.FOR_EVER).get(random.nextInt(4));
            long k = 1 + random.nextInt(place.mostAway);
            made = failAtWork(number, place, kind, action, k, times);
        }
        run.madeOne();
    }

    private boolean failAtWork(int number, Place place, Kind kind, Action action, long k, int times) throws Exception {
        Process visitor = null;
        io.arm(Set.of(kind), place.in(run), action, k, times);
        if (place == Place.RINGS && kind == Kind.RENAME) {
            plant(number);
        } else if (place == Place.RINGS) { // a ring that is found, emptied and removed meanwhile
            String name = "visitor" + number + "-" + System.nanoTime();
            visitor = run.producer(name, 1, 100, 0, "EMBERLOG_RING_SIZE=128K");
            Waiting.until(name + " to log", StormRun.LIMIT, () -> run.issued(name) > 0);
            if (random.nextBoolean()) {
                Children.kill(visitor);
            } else {
                run.end(visitor);
            }
        }
        boolean reached = isReached(1);
        if (reached && times == FaultyIo.FOR_EVER) {
            isReached(1 + random.nextInt(5));
        }
        String last = reached ? io.last() : "";
        long failed = io.failed();
        io.heal();
        String what = action + (times == FaultyIo.FOR_EVER ? " for a while" : " " + times + " times") + " from " + kind
                + " " + k + " in " + place;
        long tookMs = flow.awaitAll(what);
        if (visitor != null) {
            flow.await(
                    "the visitor's ring to be gone after " + what,
                    () -> run.directory.ringFiles().size() <= 1);
        }
        flow.await(
                "all that is no ring to be set aside after " + what,
                () -> run.directory.ringFiles().stream()
                        .noneMatch(file -> file.getFileName().toString().startsWith(PLANT)));
        StormRun.say(what + (reached ? ": " + failed + " failed, " + last : ": not reached") + "; output after "
                + tookMs + " ms");
        return reached;
    }

    /** Files that are no rings, which the master renames; as many as a fault may be away. */
    private void plant(int number) throws IOException {
        byte[] garbage = new byte[512];
        Arrays.fill(garbage, (byte) 'x');
        for (int i = 0; i < Place.RINGS.mostAway; i++) {
            String name = PLANT + number + "-" + System.nanoTime();
            Path file = Files.write(run.directory.rings().resolve(name + ".part"), garbage);
            Files.move(file, file.resolveSibling(name + ".ring"));
        }
    }

    private boolean isReached(long times) {
        long started = System.nanoTime();
        flow.await("a call to fail", () -> io.failed() >= times || System.nanoTime() - started > NOT_REACHED.toNanos());
        return io.failed() >= times;
    }

    /** Every file call that is made meanwhile below that directory, the first of each kind first. */
    private List<Call> callsOf(Path directory, Step what) throws Exception {
        io.count(directory);
        what.take();
        io.heal();
        List<Call> calls = new ArrayList<>();
        for (long k = 1; k <= MOST_CALLS; k++) {
            for (Kind kind : Kind.values()) {
                if (k <= io.calls(kind)) {
                    calls.add(new Call(kind, k));
                }
            }
        }
        return calls;
    }

    private void startAndFlow(String what) throws IOException {
        io.heal();
        master.start();
        flow.awaitAll(what);
    }

    private void failAtStart(Call call, Action action, int times) throws Exception {
        if (master.isAlive()) {
            master.kill();
        }
        long saidBefore = Files.size(said());
        long bytes = flow.bytes();
        io.arm(Set.of(call.kind()), run.directory.disk(), action, call.k(), times);
        master.start();
        long[] failedNs = new long[1];
        Waiting.until("an end, or a start, with " + action + " at " + call, StormRun.LIMIT, () -> {
            if (io.failed() > 0 && failedNs[0] == 0) {
                failedNs[0] = System.nanoTime();
            }
            boolean late = failedNs[0] != 0 && System.nanoTime() - failedNs[0] > STARTED.toNanos();
            return !master.isAlive() || late || io.failed() == 0 && flow.bytes() > bytes + WELL_UNDER_WAY;
        });
        String last = io.failed() > 0 ? io.last() : "not reached";
        if (io.failed() > 0) {
            run.madeOne();
        }
        io.heal();
        Waiting.until(
                "an end, or output, after " + action + " at " + call + ", " + last,
                StormRun.LIMIT,
                () -> !master.isAlive() || flow.bytes() > bytes);
        String outcome = "goes on";
        if (!master.isAlive()) {
            outcome = Files.readString(said()).substring((int) saidBefore).strip();
            assertThat(master.exitCode())
                    .as(action + " at " + call + " (" + last + "): " + outcome)
                    .isEqualTo(EXIT_CANNOT_START);
            assertThat(outcome).as(last).startsWith("emberlog: ").doesNotContain("\tat ");
            master.start();
        }
        flow.awaitAll(action + " at " + call + ", " + last);
        StormRun.say(action + (times == 1 ? " once" : " for a while") + " at " + call + " of a start, " + last + ": "
                + outcome);
    }

    private void failAtStop(Call call, Action action, int times) throws Exception {
        io.arm(Set.of(call.kind()), run.directory.disk(), action, call.k(), times);
        int code = master.stop(StormRun.LIMIT);
        String last = io.failed() > 0 ? io.last() : "not reached";
        if (io.failed() > 0) {
            run.madeOne();
        }
        String what = action + (times == 1 ? " once" : " for a while") + " at " + call + " of a stop, " + last;
        assertThat(code).as("exit code, " + what).isBetween(0, 1);
        startAndFlow(what);
        StormRun.say(what + ": exit code " + code);
    }

    private Path said() {
        return run.directory.said().resolve("master.txt");
    }

    private static Action action(Kind kind, int turn) {
        List<Action> some = kind == Kind.READ || kind == Kind.WRITE
                ? List.of(Action.EIO, Action.ENOSPC, Action.HALF)
                : List.of(Action.EIO, Action.ENOSPC);
        return some.get(turn % some.size());
    }
}
