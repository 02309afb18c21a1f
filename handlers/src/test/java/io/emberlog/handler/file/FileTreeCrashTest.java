package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.handler.file.MemoryFileOps.Fault;
import io.emberlog.handler.file.MemoryFileOps.Killed;
import io.emberlog.handler.format.HumanFormat;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The crash table of {@link FileTreeHandler}, and that of {@link OutputFile} over several files. */
class FileTreeCrashTest {
    private static final Path ROOT = Path.of("/var/log");
    private static final int WORKERS = 5;
    /** The fifth worker to log: its records go to the overflow. */
    private static final int LAST_TO_COME = 3;

    private static final int MAX_OPEN = 3;

    /** Every third step, another third for each fault; the series of faults below finds the rest. */
    private static final int STRIDE = 3;

    private static final int MAX_FILES = 4;

    private static final List<LogRecord> RECORDS = IntStream.range(0, 44)
            .mapToObj(i -> Records.of(
                    "w" + worker(i), "com.acme.Orders", 9, i, "record number " + i + " " + "x".repeat(i % 23)))
            .toList();
    private static final Map<String, String> EXPECTED = expected();

    private static int worker(int record) {
        return record < 16 ? record % 2 : record * 7 % 11 % WORKERS;
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void everyLineIsInItsFileOnceWhateverStepFails(Fault fault) throws IOException {
        int step = fault.ordinal() % STRIDE;
        boolean fired = true;
        for (; fired; step += STRIDE) {
            MemoryFileOps disk = new MemoryFileOps(step);
            ModelCaller life = caller(disk);
            disk.arm(fault, step);
            runAndRevive(disk, life);
            fired = disk.fired();
            assertThat(contents(disk)).as("%s at step %d", fault, step).isEqualTo(EXPECTED);
            if (fault != Fault.POWER_CUT) {
                assertThat(disk.bytesCut())
                        .as("bytes cut, %s at step %d", fault, step)
                        .isZero();
            }
            disk.restartAfterPowerCut(true);
            assertThat(contents(disk))
                    .as("%s at step %d, then power cut", fault, step)
                    .isEqualTo(EXPECTED);
        }
        assertThat(step).as("steps of one run").isGreaterThan(200);
    }

    @Test
    void everyLineIsInItsFileOnceAfterAnySeriesOfFaults() throws IOException {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            MemoryFileOps disk = new MemoryFileOps(seed);
            ModelCaller life = caller(disk);
            for (int round = 0; round < 6; round++) {
                Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                disk.arm(fault, random.nextInt(200));
                try {
                    life.run(handler(disk), RECORDS);
                } catch (Killed e) {
                    revive(disk, fault);
                }
            }
            disk.restart();
            life.run(handler(disk), RECORDS);
            assertThat(contents(disk)).as("seed %d", seed).isEqualTo(EXPECTED);
            disk.restartAfterPowerCut(true);
            assertThat(contents(disk)).as("seed %d, then power cut", seed).isEqualTo(EXPECTED);
        }
    }

    @Test
    @CrashRow("F17")
    void f17_diedBetweenTheCreationOfAFileAndTheCheckpointThatNamesIt() throws IOException {
        dieAndRevive(Fault.KILL_AFTER, "create", 2);
        dieAndRevive(Fault.KILL_BEFORE, "store", 4);
    }

    @Test
    @CrashRow("F18")
    void f18_diedBetweenTheWritesOfTwoFiles() throws IOException {
        dieAndRevive(Fault.KILL_AFTER, "write", 7);
        dieAndRevive(Fault.KILL_HALF_WAY, "write", 8);
    }

    @Test
    @CrashRow("F19")
    void f19_diedBetweenTheIntentOfARotationAndTheRename() throws IOException {
        dieAndRevive(Fault.KILL_BEFORE, "rename", 1);
        dieAndRevive(Fault.KILL_AFTER, "rename", 1);
    }

    @Test
    @CrashRow("F20")
    void f20_diedAfterAFileWasClosedToOpenAnother() throws IOException {
        dieAndRevive(Fault.KILL_AFTER, "close", 9);
        dieAndRevive(Fault.KILL_BEFORE, "open", 9);
    }

    /** Room that an operator makes must not give a record that is in the overflow file already a file of its own. */
    @Test
    void filesRemovedBetweenACrashAndTheNextStartDoubleNothing() throws IOException {
        for (int write = 10; write < 30; write++) {
            MemoryFileOps disk = new MemoryFileOps(write);
            ModelCaller life = new ModelCaller(1000, 1) {
                @Override
                protected void storeStep() throws IOException {
                    disk.step("store");
                }
            };
            disk.arm(Fault.KILL_AFTER, "write", write, null);
            try {
                life.run(handler(disk), RECORDS);
            } catch (Killed e) {
                disk.restart();
            }
            Path removed = ROOT.resolve("w1.log");
            disk.remove(removed);
            life.advance(3_600_000_000_000L);
            life.run(handler(disk), RECORDS);
            List<String> lines = new ArrayList<>();
            contents(disk)
                    .values()
                    .forEach(content -> lines.addAll(content.lines().toList()));
            assertThat(lines).as("write %d", write).doesNotHaveDuplicates();
            assertThat(lines)
                    .as("write %d", write)
                    .containsAll(of(LAST_TO_COME).lines().toList());
        }
    }

    private void dieAndRevive(Fault fault, String step, int nth) throws IOException {
        MemoryFileOps disk = new MemoryFileOps(1);
        disk.arm(fault, step, nth, null);
        runAndRevive(disk, caller(disk));
        assertThat(disk.fired()).as("the step came").isTrue();
        assertThat(contents(disk)).isEqualTo(EXPECTED);
    }

    private static void runAndRevive(MemoryFileOps disk, ModelCaller life) throws IOException {
        try {
            life.run(handler(disk), RECORDS);
        } catch (Killed e) {
            boolean fired = disk.fired();
            revive(disk, disk.fault());
            assertThat(fired).isTrue();
            life.run(handler(disk), RECORDS);
        }
    }

    private static void revive(MemoryFileOps disk, Fault fault) {
        if (fault == Fault.POWER_CUT) {
            disk.restartAfterPowerCut(false);
        } else {
            disk.restart();
        }
    }

    private static ModelCaller caller(MemoryFileOps disk) {
        return new ModelCaller(17, 3) {
            @Override
            protected void storeStep() throws IOException {
                disk.step("store");
            }
        };
    }

    private static FileTreeHandler handler(MemoryFileOps disk) {
        return new FileTreeHandler(
                new FileSettings(
                        ROOT.resolve("{worker}.log"),
                        "human",
                        ZoneOffset.UTC,
                        true,
                        300,
                        true,
                        100_000_000L,
                        true,
                        RotationSettings.bySize(900, Long.MAX_VALUE),
                        MAX_OPEN,
                        MAX_FILES),
                disk,
                InlineBackground::new);
    }

    private static Map<String, String> expected() {
        Map<String, String> expected = new TreeMap<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            expected.put(worker == LAST_TO_COME ? "~overflow.log" : "w" + worker + ".log", of(worker));
        }
        return expected;
    }

    private static String of(int worker) {
        Utf8Buffer lines = new Utf8Buffer(1024);
        HumanFormat format = new HumanFormat(ZoneOffset.UTC);
        RECORDS.stream()
                .filter(record -> record.worker().name().equals("w" + worker))
                .forEach(record -> format.format(record, lines));
        return lines.toString();
    }

    /** By log: its rotated files by number, then the file itself. */
    private static Map<String, String> contents(MemoryFileOps disk) {
        List<Path> files = new ArrayList<>(disk.files());
        files.sort(Comparator.comparingLong(FileTreeCrashTest::number));
        Map<String, String> contents = new TreeMap<>();
        for (Path file : files) {
            String log = file.getFileName().toString().replaceAll("\\.[0-9]+$", "");
            contents.merge(log, disk.content(file), String::concat);
        }
        return contents;
    }

    private static long number(Path file) {
        String name = file.toString();
        return name.endsWith(".log") ? Long.MAX_VALUE : Long.parseLong(name.substring(name.lastIndexOf('.') + 1));
    }
}
