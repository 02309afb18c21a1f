package io.emberlog.samples.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.lab.Fault;
import io.emberlog.samples.disk.FaultyIo.Action;
import io.emberlog.samples.disk.FaultyIo.Kind;
import io.emberlog.samples.judge.OutputFiles;
import io.emberlog.samples.power.LoopDisk;
import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Judgement;
import io.emberlog.samples.process.Master;
import io.emberlog.samples.process.RunDirectory;
import io.emberlog.samples.process.Waiting;
import io.emberlog.samples.storm.StormRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The k-th call with which a real master changes a file is its last: for every k of its way from the start through a roll of the
 * journal, the salvage of a dead worker's ring and its removal, the setting aside of a broken one, rotations and checkpoints to its
 * stop; before the call, after it, and after half of it. What steps there are between two such calls is in memory, and in
 * {@code RingDrainCrashTest} and its neighbours. Alone: {@code .ci/storm HaltTest 500 42}.
 */
class HaltTest {
    /** Where all files are that a master changes. */
    private enum Disk {
        TMPFS,
        EXT4,
        XFS
    }

    private static final Set<Kind> CHANGES = EnumSet.of(Kind.CREATE, Kind.WRITE, Kind.FORCE, Kind.RENAME, Kind.UNLINK);
    private static final Action[] HALTS = {Action.KILL_BEFORE, Action.KILL_AFTER, Action.KILL_HALF_WAY};
    private static final int KILLED = 137;

    private static final String WORKER = "steady";
    private static final int DISK_MIB = 1024;
    private static final long PER_ROUND = 120;
    /** Of writes there are more, as long as workers log, and all alike. */
    private static final int MOST_OF_A_KIND = 200;

    private static final int BROKEN_RINGS = 4;
    private static final int KEPT_FILES = 2;
    private static final Pattern SEQUENCE = Pattern.compile("\"seq\":(\\d+)");

    /** The k-th call of a kind. */
    private record Step(Kind kind, int k) {}

    private StormRun run;
    private FaultyIo io;
    private Master master;
    private Flow flow;
    private Process nextVictim;
    private final List<String> victims = new ArrayList<>();
    /** Halts of the rounds before. */
    private int done;

    @ParameterizedTest
    @EnumSource
    void nothingIsLostOrDoubledAtWhicheverStepTheMasterIsStopped(Disk disk) throws IOException {
        switch (disk) {
            case TMPFS -> {
                Path mountPoint = Files.createTempDirectory("emberlog-halt-");
                try (SmallDisk small = SmallDisk.mount(mountPoint, DISK_MIB)) {
                    storm(disk, small.path());
                }
                Files.delete(mountPoint);
            }
            case EXT4 -> onLoop(disk, LoopDisk.Kind.EXT4);
            case XFS -> onLoop(disk, LoopDisk.Kind.XFS);
        }
    }

    private void onLoop(Disk disk, LoopDisk.Kind kind) throws IOException {
        try (LoopDisk loop = LoopDisk.create(kind, DISK_MIB)) {
            storm(disk, loop.path());
        }
    }

    private void storm(Disk disk, Path mountPoint) throws IOException {
        StormRun.run(
                Fault.HALT,
                disk.name(),
                1.0 / Disk.values().length,
                PER_ROUND,
                prefix -> RunDirectory.createApart(prefix, mountPoint.resolve("data")),
                this::storm);
    }

    private void storm(StormRun given) throws Exception {
        run = given;
        victims.clear();
        nextVictim = null;
        io = FaultyIo.create(run.directory.root().resolve("faulty-io"));
        master = new Master(
                        run.children,
                        run.directory,
                        "sync = \"100 ms\"",
                        "min_free = 0",
                        "segment_size = \"1 MiB\"",
                        "max_size = \"64 MiB\"",
                        "[master]",
                        "stop_deadline = \"20 s\"",
                        Master.jsonHandler(run.directory, "max_size = \"512 KiB\"", "keep_files = 0"),
                        """
                        [[handlers]]
                        name = "kept"
                        type = "file"
                        path = "%s"
                        format = "json"
                        max_size = "256 KiB"
                        keep_files = %d
                        """.formatted(kept(), KEPT_FILES))
                .under(io.way());
        flow = new Flow(run, master, WORKER);
        Process worker = run.producerThatSyncs(
                WORKER, 2, 1_000_000, 1_000_000, 50_000_000, "EMBERLOG_RING_SIZE=1M", "EMBERLOG_RING_CHECKS=off");
        Waiting.until("the worker to log", StormRun.LIMIT, () -> run.issued(WORKER) > 0);

        List<Step> steps = steps();
        for (int i = 0; i < run.count; i++) {
            int nth = done + i;
            Action halt = HALTS[(nth + nth / steps.size()) % HALTS.length];
            haltAt(steps.get(nth % steps.size()), halt, i % (run.count / BROKEN_RINGS + 1) == 0);
        }
        done += run.count;

        io.heal();
        master.start();
        flow.awaitAll("the last halt");
        run.end(worker);
        if (nextVictim != null) {
            Children.kill(nextVictim);
        }
        master.awaitRingsGone(StormRun.LIMIT);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        judge();
    }

    /** Goes the whole way once and counts; the kinds in turn, so that few halts are of all kinds, and the same order in all rounds. */
    private List<Step> steps() throws Exception {
        victim();
        brokenRing("counted");
        io.count(run.directory.disk());
        master.start();
        flow.awaitAll("the start");
        int files = OutputFiles.of(run.directory.output()).size();
        flow.await("a rotation", () -> OutputFiles.of(run.directory.output()).size() > files);
        flow.await(
                "the dead worker's ring to be gone",
                () -> run.directory.ringFiles().size() <= 2);
        assertThat(master.stop(StormRun.LIMIT)).as("the master's exit code").isZero();
        io.heal();
        Random random = new Random(run.seed - done / PER_ROUND);
        List<Step> steps = new ArrayList<>();
        for (int k = 1; k <= MOST_OF_A_KIND; k++) {
            for (Kind kind : CHANGES) {
                if (k <= io.calls(kind)) {
                    steps.add(new Step(kind, k));
                }
            }
        }
        Collections.shuffle(steps, random);
        Map<Kind, Integer> taken = new EnumMap<>(Kind.class);
        Map<Step, Integer> turn = new HashMap<>();
        steps.forEach(step -> turn.put(step, taken.merge(step.kind(), 1, Integer::sum)));
        steps.sort(Comparator.comparing(turn::get)); // stable: of each turn the kinds in an order of chance
        StormRun.say(steps.size() + " steps of one way");
        return steps;
    }

    private void haltAt(Step step, Action halt, boolean withBrokenRing) throws Exception {
        victim();
        if (withBrokenRing) {
            brokenRing("halt" + victims.size());
        }
        io.arm(Set.of(step.kind()), run.directory.disk(), halt, step.k(), 1);
        master.start();
        Waiting.until(halt + " at " + step, StormRun.LIMIT, () -> !master.isAlive());
        assertThat(master.exitCode()).as("exit code, " + halt + " at " + step).isEqualTo(KILLED);
        run.madeOne();
        StormRun.say(halt + " at " + step + ": " + io.last());
    }

    /** A worker that died, whose ring the next master is to salvage. The next one starts meanwhile. */
    private void victim() throws IOException, InterruptedException {
        Process victim = nextVictim == null ? startVictim() : nextVictim;
        String name = victims.get(victims.size() - 1);
        Waiting.until(name + " to log", StormRun.LIMIT, () -> run.issued(name) > 0);
        Children.kill(victim);
        nextVictim = startVictim();
    }

    private Process startVictim() throws IOException {
        String name = "victim" + victims.size();
        victims.add(name);
        return run.producer(name, 1, 10_000, 10_000, "EMBERLOG_RING_SIZE=128K", "EMBERLOG_RING_CHECKS=off");
    }

    private void brokenRing(String name) throws IOException {
        byte[] garbage = new byte[512];
        Arrays.fill(garbage, (byte) 'x');
        Files.write(run.directory.rings().resolve(name + ".ring"), garbage);
    }

    private Path kept() {
        return run.directory.log().resolve("kept.json");
    }

    private void judge() throws Exception {
        Judgement judgement = run.judgeApartFrom(finding -> finding.startsWith("quarantined: "));
        assertThat(StormRun.dead(judgement))
                .as("each death is told, in spite of the master's own")
                .containsAll(victims.subList(0, victims.size() - 1));
        List<Path> files = OutputFiles.of(kept());
        assertThat(files).as("files that are kept").hasSizeBetween(1, KEPT_FILES + 1);
        long last = -1;
        for (Path file : files) {
            for (String line : Files.readAllLines(file)) {
                Matcher sequence = SEQUENCE.matcher(line);
                assertThat(sequence.find()).as(line).isTrue();
                long number = Long.parseLong(sequence.group(1));
                assertThat(last < 0 || number == last + 1)
                        .as("record " + number + " behind " + last + " in " + file)
                        .isTrue();
                last = number;
            }
        }
    }
}
