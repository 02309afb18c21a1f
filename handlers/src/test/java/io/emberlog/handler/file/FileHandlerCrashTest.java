package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The crash table of {@link FileHandler}: by row, and at every step whatever it is. */
class FileHandlerCrashTest {
    private static final Path LOG = Path.of("/var/log/app.log");
    private static final List<LogRecord> RECORDS = IntStream.range(0, 60)
            .mapToObj(i -> Records.plain(i, "record number " + i + " " + "x".repeat(i % 23)))
            .toList();
    private static final String EXPECTED = lines(RECORDS);

    private final MemoryFileOps ops = new MemoryFileOps(1);
    private final ModelCaller caller = caller(ops);

    @ParameterizedTest
    @EnumSource(Fault.class)
    void everyLineIsThereOnceWhateverStepFails(Fault fault) throws IOException {
        int step = 0;
        boolean fired = true;
        for (; fired; step++) {
            MemoryFileOps disk = new MemoryFileOps(step);
            ModelCaller life = caller(disk);
            disk.arm(fault, step);
            runAndRevive(disk, life, settings(1500, Long.MAX_VALUE));
            fired = disk.fired();
            assertThat(all(disk)).as("%s at step %d", fault, step).isEqualTo(EXPECTED);
            if (fault != Fault.POWER_CUT) {
                assertThat(disk.bytesCut())
                        .as("bytes cut, %s at step %d", fault, step)
                        .isZero();
            }
            disk.restartAfterPowerCut(true);
            assertThat(all(disk))
                    .as("%s at step %d, then power cut", fault, step)
                    .isEqualTo(EXPECTED);
        }
        assertThat(step).as("steps of one run").isGreaterThan(150);
    }

    /** F14 by logrotate, whose directory is on the disk; the power fails behind the next checkpoint. */
    @Test
    void linesInAFileThatWasReplacedAreOnTheDeviceBeforeACheckpointGoesOnWithoutIt() throws IOException {
        Path away = LOG.resolveSibling("app.log-2026");
        ModelCaller rare = new ModelCaller(1_000, 1) {
            @Override
            protected void between(int taken) {
                if (taken == RECORDS.size() / 2) {
                    ops.move(LOG, away);
                    ops.put(LOG, "");
                    try {
                        ops.forceDirectory(LOG.getParent());
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }
            }
        };
        FileSettings settings = settings(Long.MAX_VALUE, Long.MAX_VALUE);
        rare.run(handler(ops, settings), RECORDS);
        ops.restartAfterPowerCut(true);
        rare.run(handler(ops, settings), RECORDS);
        String left = ops.content(away) + ops.content(LOG);
        for (String line : EXPECTED.split("\n")) {
            assertThat(left).contains(line);
        }
    }

    /** With old files deleted on the way: what is kept is the end of what there was, and no file too many stays. */
    @ParameterizedTest
    @EnumSource(Fault.class)
    void theLastLinesAreThereOnceInTheFilesToBeKeptWhateverStepFails(Fault fault) throws IOException {
        int step = 0;
        boolean fired = true;
        for (; fired; step++) {
            MemoryFileOps disk = new MemoryFileOps(step);
            ModelCaller life = caller(disk);
            disk.arm(fault, step);
            runAndRevive(disk, life, settings(600, 2));
            fired = disk.fired();
            assertThat(EXPECTED).as("%s at step %d", fault, step).endsWith(all(disk));
            assertThat(all(disk).length()).as("%s at step %d", fault, step).isGreaterThan(2 * 500);
            assertThat(disk.files())
                    .as("%s at step %d", fault, step)
                    .hasSizeBetween(3, disk.fault() == fault && fired ? 4 : 3);
        }
        assertThat(step).as("steps of one run").isGreaterThan(150);
    }

    @Test
    void everyLineIsThereOnceAfterAnySeriesOfFaults() throws IOException {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            MemoryFileOps disk = new MemoryFileOps(seed);
            ModelCaller life = caller(disk);
            for (int round = 0; round < 6; round++) {
                Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                disk.arm(fault, random.nextInt(80));
                try {
                    life.run(handler(disk, settings(900 + 100 * random.nextInt(10), Long.MAX_VALUE)), RECORDS);
                } catch (Killed e) {
                    revive(disk, fault);
                }
            }
            disk.restart();
            life.run(handler(disk, settings(1500, Long.MAX_VALUE)), RECORDS);
            assertThat(all(disk)).as("seed %d", seed).isEqualTo(EXPECTED);
            disk.restartAfterPowerCut(true);
            assertThat(all(disk)).as("seed %d, then power cut", seed).isEqualTo(EXPECTED);
        }
    }

    @Test
    @CrashRow("F1")
    void f1_diedBeforeTheFirstCheckpointGoesOnBehindWhatWasThere() throws IOException {
        ops.put(LOG, "another's line\n");
        ops.arm(Fault.KILL_BEFORE, "store", 0, null);
        runAndRevive(ops, caller, settings(Long.MAX_VALUE, 7));
        assertThat(ops.content(LOG)).isEqualTo("another's line\n" + EXPECTED);
    }

    @Test
    @CrashRow("F2")
    void f2_diedAfterAWriteRegeneratesAndDoublesNothing() throws IOException {
        dieAndRevive(Fault.KILL_AFTER, "write", 3, null);
    }

    @Test
    @CrashRow("F3")
    void f3_diedInsideAWriteGoesOnInsideTheLine() throws IOException {
        dieAndRevive(Fault.KILL_HALF_WAY, "write", 3, null);
    }

    @Test
    @CrashRow("F4")
    void f4_diedBetweenForceAndStore() throws IOException {
        dieAndRevive(Fault.KILL_AFTER, "force", 2, null);
    }

    @Test
    @CrashRow("F5")
    void f5_diedBetweenIntentAndRename() throws IOException {
        dieAndRevive(Fault.KILL_BEFORE, "rename", 0, null);
    }

    @Test
    @CrashRow("F6")
    void f6_diedAfterTheRename() throws IOException {
        dieAndRevive(Fault.KILL_AFTER, "rename", 0, null);
        assertThat(ops.content(numbered(1))).isNotEmpty();
    }

    @Test
    @CrashRow("F7")
    void f7_diedAfterTheNewFileWasWritten() throws IOException {
        dieAndRevive(Fault.KILL_AFTER, "write", 0, "rename");
        assertThat(ops.bytesCut()).isZero();
    }

    @Test
    @CrashRow("F8")
    void f8_diedWhileOldFilesAreDeletedAndDeletesThemLater() throws IOException {
        ops.arm(Fault.KILL_BEFORE, "delete", 0, null);
        runAndRevive(ops, caller, settings(600, 2));
        assertThat(ops.fired()).isTrue();
        assertThat(ops.files()).hasSize(3);
        assertThat(EXPECTED).endsWith(all(ops));
    }

    @Test
    @CrashRow("F9")
    void f9_diedAtEveryStepOfTheRepair() throws IOException {
        for (String row : List.of("write", "rename")) {
            boolean fired = true;
            for (int step = 0; fired; step++) {
                MemoryFileOps disk = new MemoryFileOps(step);
                ModelCaller life = caller(disk);
                disk.arm(Fault.KILL_AFTER, row, 0, "list");
                runUntilKilled(disk, life);
                disk.restart();
                disk.arm(Fault.KILL_HALF_WAY, step);
                runAndRevive(disk, life, settings(1500, Long.MAX_VALUE));
                fired = disk.fired();
                assertThat(all(disk)).as("%s, then step %d", row, step).isEqualTo(EXPECTED);
            }
        }
    }

    @Test
    @CrashRow("F10")
    void f10_powerFailedAndWhatWasNotForcedIsWrittenAgain() throws IOException {
        dieAndRevive(Fault.POWER_CUT, "write", 7, null);
    }

    @Test
    @CrashRow("F11")
    void f11_fsyncFailedAndTheKernelForgotThePages() throws IOException {
        dieAndRevive(Fault.FAIL_BEFORE, "force", 3, null);
        ops.restartAfterPowerCut(true);
        assertThat(all(ops)).isEqualTo(EXPECTED);
    }

    @Test
    @CrashRow("F12")
    void f12_aWriteFailedHalfWayAndTheDiskStayedFullForAWhile() throws IOException {
        dieAndRevive(Fault.FAIL_HALF_WAY, "write", 2, null);
        MemoryFileOps full = new MemoryFileOps(2);
        full.arm(Fault.FAIL_FOR_FIVE_STEPS, "write", 2, null);
        caller(full).run(handler(full, settings(1500, Long.MAX_VALUE)), RECORDS);
        assertThat(all(full)).isEqualTo(EXPECTED);
    }

    @Test
    @CrashRow("F13")
    void f13_theRenameFailedAndTheFileGoesOn() throws IOException {
        dieAndRevive(Fault.FAIL_BEFORE, "rename", 0, null);
        assertThat(caller.reports()).anyMatch(report -> report.contains("could not be renamed to app.log.1"));
        assertThat(ops.files()).as("rotated later").hasSizeGreaterThan(1);
    }

    @Test
    @CrashRow("F13")
    void f13_diedWithTheRenameFailed() throws IOException {
        boolean fired = true;
        for (int step = 0; fired; step++) {
            MemoryFileOps disk = new MemoryFileOps(step);
            ModelCaller life = new ModelCaller(7, 3) {
                @Override
                protected void storeStep() throws IOException {
                    disk.step("store");
                }

                @Override
                protected void store(byte[] state, int position) {
                    if (FileState.decode(state).orElseThrow().rotation().isIntended()
                            && disk.content(numbered(1)) == null) {
                        disk.put(numbered(1), "in the way\n");
                    }
                }
            };
            disk.arm(Fault.KILL_HALF_WAY, step);
            try {
                life.run(handler(disk, settings(1500, Long.MAX_VALUE)), RECORDS);
            } catch (Killed e) {
                // the operator clears the way before the next start: now the rename would work
                disk.remove(numbered(1));
                disk.restart();
                life.run(handler(disk, settings(1500, Long.MAX_VALUE)), RECORDS);
            }
            fired = disk.fired();
            if ("in the way\n".equals(disk.content(numbered(1)))) {
                disk.remove(numbered(1));
            }
            assertThat(disk.bytesCut()).as("step %d", step).isZero();
            assertThat(all(disk)).as("step %d", step).isEqualTo(EXPECTED);
        }
    }

    @Test
    @CrashRow("F14")
    void f14_renamedByAnotherWhileRunningTheOldFileGetsWhatWasBuffered() throws IOException {
        ModelCaller meddling = meddlingAt(30, () -> ops.move(LOG, Path.of("/var/log/app.log-2026")));
        meddling.run(handler(ops, settings(Long.MAX_VALUE, 7)), RECORDS);
        assertThat(ops.content(Path.of("/var/log/app.log-2026")) + ops.content(LOG))
                .isEqualTo(EXPECTED);
        assertThat(meddling.reports()).anyMatch(report -> report.contains("was removed or renamed"));
    }

    @Test
    @CrashRow("F14")
    void f14_replacedByAnotherWhileRunningTheNewFileIsContinued() throws IOException {
        ModelCaller meddling = meddlingAt(30, () -> {
            ops.move(LOG, Path.of("/var/log/app.log-2026"));
            ops.put(LOG, "by logrotate\n");
        });
        meddling.run(handler(ops, settings(1 << 20, 7)), RECORDS);
        assertThat(ops.content(LOG)).startsWith("by logrotate\n");
        assertThat(ops.content(Path.of("/var/log/app.log-2026"))
                        + ops.content(LOG).substring("by logrotate\n".length()))
                .isEqualTo(EXPECTED);
    }

    @Test
    @CrashRow("F14")
    void f14_replacedJustBeforeARotationTheStrangerIsNotRenamed() throws IOException {
        Path away = Path.of("/var/log/app.log-2026");
        ModelCaller meddling = new ModelCaller(1000, 1) {
            @Override
            protected void between(int taken) {
                if (taken == 10) {
                    ops.move(LOG, away);
                    ops.put(LOG, "by logrotate\n");
                }
            }
        };
        meddling.run(handler(ops, settings(1000, 7)), RECORDS.subList(0, 14));
        assertThat(ops.files()).containsExactly(LOG, away);
        assertThat(ops.content(away) + ops.content(LOG).substring("by logrotate\n".length()))
                .isEqualTo(lines(RECORDS.subList(0, 14)));
        assertThat(meddling.reports()).singleElement().asString().contains("was replaced by another file");
    }

    @Test
    @CrashRow("F14")
    void f14_replacedWhileDownIsContinuedAndEveryLineSinceIsThere() throws IOException {
        ops.arm(Fault.KILL_AFTER, "write", 10, null);
        runUntilKilled(ops, caller);
        ops.restart();
        ops.remove(LOG);
        ops.put(LOG, "restored from a backup, no line end");
        caller.run(handler(ops, settings(Long.MAX_VALUE, 7)), RECORDS);
        assertThat(ops.content(LOG)).startsWith("restored from a backup, no line end\n");
        assertThat(EXPECTED)
                .endsWith(ops.content(LOG).substring(ops.content(LOG).indexOf('\n') + 1));
        assertThat(caller.reports()).anyMatch(report -> report.contains("is not the file of the last checkpoint"));
    }

    @Test
    @CrashRow("F15")
    void f15_cutWhileRunningGoesOnAtItsEnd() throws IOException {
        ModelCaller meddling = meddlingAt(30, () -> ops.cut(LOG, 0));
        meddling.run(handler(ops, settings(Long.MAX_VALUE, 7)), RECORDS);
        assertThat(ops.content(LOG)).isNotEmpty().doesNotContain("\0");
        assertThat(EXPECTED).endsWith(ops.content(LOG));
        assertThat(meddling.reports()).anyMatch(report -> report.contains("by somebody else"));
    }

    @Test
    @CrashRow("F15")
    void f15_cutWhileDownGoesOnAtItsEnd() throws IOException {
        caller.run(handler(ops, settings(Long.MAX_VALUE, 7)), RECORDS.subList(0, 20));
        ops.cut(LOG, 10);
        caller.run(handler(ops, settings(Long.MAX_VALUE, 7)), RECORDS);
        assertThat(ops.content(LOG)).isEqualTo(EXPECTED.substring(0, 10) + '\n' + lines(RECORDS.subList(20, 60)));
    }

    /** With nothing in the buffer, at a checkpoint and at a rotation: then no write has looked at its size. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @CrashRow("F15")
    void f15_cutWhileItIsQuietStopsNeitherCheckpointsNorRotations(boolean rotates) throws IOException {
        FileHandler handler = handler(ops, settings(rotates ? 420 : Long.MAX_VALUE, 7));
        ModelCaller meddling = new ModelCaller(1_000, 1_000) {
            @Override
            protected void between(int taken) throws IOException {
                if (taken == 5) {
                    handler.flush();
                    ops.cut(LOG, 0);
                    if (!rotates) {
                        requestCheckpoint();
                    }
                }
            }
        };
        meddling.run(handler, RECORDS.subList(0, 7));
        assertThat(all(ops)).isEqualTo(lines(RECORDS.subList(5, 7)));
        assertThat(meddling.reports()).anyMatch(report -> report.contains("by somebody else"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"KILL_AFTER", "KILL_HALF_WAY"})
    @CrashRow("F21")
    void f21_linesOfRecordsThatAreGoneFromTheJournalStay(Fault fault) throws IOException {
        for (int first = 2; first < RECORDS.size(); first++) {
            MemoryFileOps disk = new MemoryFileOps(first);
            ModelCaller rare = new ModelCaller(1000, 3);
            rare.run(handler(disk, settings(Long.MAX_VALUE, 7)), RECORDS.subList(0, 2));
            disk.arm(fault, "write", 8, null);
            assertThatThrownBy(() -> rare.run(handler(disk, settings(Long.MAX_VALUE, 7)), RECORDS))
                    .isInstanceOf(Killed.class);
            disk.restart();
            String before = disk.content(LOG);
            boolean half = !before.endsWith("\n");
            long whole = before.lines().count() - (half ? 1 : 0);
            rare.loseRecords();
            List<LogRecord> left = new ArrayList<>(RECORDS.subList(0, 2)); // behind a checkpoint
            left.addAll(RECORDS.subList(first, RECORDS.size()));
            rare.run(handler(disk, settings(Long.MAX_VALUE, 7)), left);
            String kept = first <= whole ? lines(RECORDS.subList(0, first)) : before + (half ? "\n" : "");
            assertThat(disk.content(LOG))
                    .as("first=%d whole=%d", first, whole)
                    .isEqualTo(kept + lines(RECORDS.subList(first, RECORDS.size())));
        }
    }

    @Test
    @CrashRow("F16")
    void f16_anotherProgramsLinesStayWhileWeRun() throws IOException {
        ModelCaller meddling = meddlingAt(30, () -> ops.append(LOG, "half a line of another"));
        meddling.run(handler(ops, settings(Long.MAX_VALUE, 7)), RECORDS);
        assertThat(ops.content(LOG)).contains("half a line of another\n");
        assertThat(ops.content(LOG).replace("half a line of another\n", "")).isEqualTo(EXPECTED);
        assertThat(meddling.reports()).anyMatch(report -> report.contains("by somebody else"));
    }

    @Test
    void aSmallerMaxSizeAfterACrashRotatesEarlierAndDoublesNothing() throws IOException {
        for (int write = 0; write < 12; write++) {
            MemoryFileOps disk = new MemoryFileOps(write);
            ModelCaller life = caller(disk);
            disk.arm(Fault.KILL_AFTER, "write", write, null);
            runUntilKilled(disk, life);
            disk.restart();
            life.run(handler(disk, settings(300, Long.MAX_VALUE)), RECORDS);
            assertThat(all(disk)).isEqualTo(EXPECTED);
        }
    }

    @Test
    void aTailOfOtherLinesIsCutFromTheFirstDifference() throws IOException {
        List<LogRecord> others = new ArrayList<>(RECORDS.subList(0, 3));
        others.add(Records.plain(3, "another record than before"));
        ModelCaller rare = new ModelCaller(1000, 3);
        ops.arm(Fault.KILL_AFTER, "write", 4, null);
        assertThatThrownBy(() -> rare.run(handler(ops, settings(Long.MAX_VALUE, 7)), RECORDS))
                .isInstanceOf(Killed.class);
        ops.restart();
        rare.run(handler(ops, settings(Long.MAX_VALUE, 7)), RECORDS.subList(0, 2));
        assertThat(EXPECTED).startsWith(ops.content(LOG));
        assertThat(ops.bytesCut()).as("nothing contradicts the tail yet").isZero();
        rare.run(handler(ops, settings(Long.MAX_VALUE, 7)), others);
        assertThat(ops.content(LOG)).isEqualTo(lines(others));
        assertThat(ops.bytesCut()).isPositive();
    }

    private interface Meddling {
        void happen() throws IOException;
    }

    private ModelCaller meddlingAt(int record, Meddling meddling) {
        return new ModelCaller(7, 3) {
            @Override
            protected void between(int taken) throws IOException {
                if (taken == record) {
                    meddling.happen();
                    advance(2_000_000_000L);
                }
            }
        };
    }

    private void dieAndRevive(Fault fault, String step, int nth, String after) throws IOException {
        ops.arm(fault, step, nth, after);
        runAndRevive(ops, caller, settings(1500, Long.MAX_VALUE));
        assertThat(ops.fired()).as("the step came").isTrue();
        assertThat(all(ops)).isEqualTo(EXPECTED);
    }

    private static void runAndRevive(MemoryFileOps disk, ModelCaller life, FileSettings settings) throws IOException {
        try {
            life.run(handler(disk, settings), RECORDS);
        } catch (Killed e) {
            boolean fired = disk.fired();
            revive(disk, disk.fault());
            assertThat(fired).isTrue();
            life.run(handler(disk, settings), RECORDS);
        }
    }

    private static void runUntilKilled(MemoryFileOps disk, ModelCaller life) throws IOException {
        try {
            life.run(handler(disk, settings(1500, Long.MAX_VALUE)), RECORDS);
        } catch (Killed e) {
            return;
        }
        throw new AssertionError("the step did not come");
    }

    private static void revive(MemoryFileOps disk, Fault fault) {
        if (fault == Fault.POWER_CUT) {
            disk.restartAfterPowerCut(false);
        } else {
            disk.restart();
        }
    }

    private static ModelCaller caller(MemoryFileOps disk) {
        return new ModelCaller(7, 3) {
            @Override
            protected void storeStep() throws IOException {
                disk.step("store");
            }
        };
    }

    private static FileHandler handler(MemoryFileOps disk, FileSettings settings) {
        return new FileHandler(settings, disk, InlineBackground::new);
    }

    static FileSettings settings(long maxSize, long keepFiles) {
        return new FileSettings(
                LOG,
                "human",
                ZoneOffset.UTC,
                true,
                300,
                true,
                100_000_000L,
                true,
                RotationSettings.bySize(maxSize, keepFiles),
                64,
                1000);
    }

    private static Path numbered(int number) {
        return LOG.resolveSibling("app.log." + number);
    }

    /** The rotated files by number, then the file itself. */
    private static String all(MemoryFileOps disk) {
        List<Path> files = new ArrayList<>(disk.files());
        files.sort(Comparator.comparingLong(FileHandlerCrashTest::order));
        StringBuilder content = new StringBuilder();
        files.forEach(file -> content.append(disk.content(file)));
        return content.toString();
    }

    private static long order(Path file) {
        String name = file.toString();
        return file.equals(LOG) ? Long.MAX_VALUE : Long.parseLong(name.substring(name.lastIndexOf('.') + 1));
    }

    private static String lines(List<LogRecord> records) {
        Utf8Buffer lines = new Utf8Buffer(1024);
        HumanFormat format = new HumanFormat(ZoneOffset.UTC);
        records.forEach(record -> format.format(record, lines));
        return lines.toString();
    }
}
