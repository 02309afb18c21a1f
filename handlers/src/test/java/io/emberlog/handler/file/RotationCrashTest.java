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
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The crash tables with rotation by time, dated names and compression: by row, and at every step whatever it is. */
class RotationCrashTest {
    private static final Path LOG = Path.of("/var/log/current.log");
    private static final long STEP_NS = TimeUnit.MINUTES.toNanos(5);

    /** Some twelve in an hour, which are more than one file by size. */
    private static final List<LogRecord> RECORDS = IntStream.range(0, 50)
            .mapToObj(
                    i -> Records.at(Records.TIME_NS + i * STEP_NS, i, "record number " + i + " " + "x".repeat(i % 23)))
            .toList();

    private static final String EXPECTED = lines(RECORDS);

    /** Each combination's every third step, another third for each fault; the series of faults below finds the rest. */
    private static final int STRIDE = 3;

    private enum Way {
        NUMBERED(RotatedName.NUMBERED, "hourly", Long.MAX_VALUE, null),
        DATED("app-{date}.log", "hourly", 600, null),
        COMPRESSED(RotatedName.NUMBERED, "hourly", 800, new GzipCompression()),
        DATED_AND_COMPRESSED("app-{date}.log", "2 h", 700, new GzipCompression());

        final FileSettings settings;

        Way(String name, String rotate, long maxSize, FileCompression compression) {
            settings = settings(name, rotate, maxSize, Long.MAX_VALUE, compression, List.of());
        }
    }

    static FileSettings settings(
            String name,
            String rotate,
            long maxSize,
            long keepFiles,
            FileCompression compression,
            List<String> command) {
        RotationSettings rotation = new RotationSettings(
                maxSize,
                RotationSchedule.of(rotate, ZoneOffset.UTC),
                RotatedName.of(name),
                keepFiles,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                0,
                compression,
                command,
                TimeUnit.SECONDS.toNanos(10));
        return new FileSettings(LOG, "human", ZoneOffset.UTC, true, 300, true, 100_000_000L, true, rotation, 64, 1000);
    }

    private final MemoryFileOps ops = new MemoryFileOps(1);
    private final ModelCaller caller = caller(ops);

    @ParameterizedTest
    @CsvSource({
        "NUMBERED, 4",
        "DATED, 8",
        "COMPRESSED, 5",
        "DATED_AND_COMPRESSED, 6",
    })
    void withoutFaultsFilesHoldWhatTheirNamesSay(Way way, int files) throws IOException {
        caller.run(handler(ops, way), RECORDS);
        RotatedOutput output = new RotatedOutput(ops, LOG);
        assertThat(output.all()).isEqualTo(EXPECTED);
        output.assertTidy();
        assertThat(ops.files()).hasSizeGreaterThan(files);
        for (String content : output.perFile()) {
            long hours = content.lines()
                    .map(line -> line.substring(0, 13))
                    .distinct()
                    .count();
            assertThat(hours).as(content).isLessThanOrEqualTo(way == Way.DATED_AND_COMPRESSED ? 3 : 1);
        }
        if (way.settings.rotation().compression() != null) {
            assertThat(ops.files())
                    .filteredOn(file -> !file.equals(LOG))
                    .allMatch(file -> file.toString().endsWith(".gz"));
        }
        assertThat(caller.reports()).isEmpty();
    }

    @Test
    void datedNamesAreThoseOfTheFirstRecordWithANumberForEachFurtherFile() throws IOException {
        caller.run(handler(ops, Way.DATED), RECORDS.subList(0, 20));
        assertThat(ops.files())
                .extracting(file -> file.getFileName().toString())
                .contains("app-2026-01-15T10.log", "app-2026-01-15T11.log", "app-2026-01-15T11.log.1", "current.log");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void everyLineIsThereOnceWhateverStepFails(Way way) throws IOException {
        for (Fault fault : Fault.values()) {
            int step = (fault.ordinal() + way.ordinal()) % STRIDE;
            boolean fired = true;
            for (; fired; step += STRIDE) {
                MemoryFileOps disk = new MemoryFileOps(step);
                ModelCaller life = caller(disk);
                disk.arm(fault, step);
                runAndRevive(disk, life, way);
                fired = disk.fired();
                check(disk, life, way, fault + " at step " + step, fault != Fault.POWER_CUT);
            }
            assertThat(step).as("steps of one run").isGreaterThan(150);
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void everyLineIsThereOnceAfterAnySeriesOfFaults(Way way) throws IOException {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            MemoryFileOps disk = new MemoryFileOps(seed);
            ModelCaller life = caller(disk);
            for (int round = 0; round < 6; round++) {
                Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                disk.arm(fault, random.nextInt(120));
                try {
                    // the names may change between a crash and the next start
                    life.run(handler(disk, random.nextInt(3) == 0 ? Way.NUMBERED : way), RECORDS);
                } catch (Killed e) {
                    revive(disk, fault);
                }
            }
            disk.restart();
            life.run(handler(disk, way), RECORDS);
            List<String> lines =
                    new RotatedOutput(disk, LOG).all().lines().sorted().toList();
            assertThat(lines)
                    .as("seed %d", seed)
                    .isEqualTo(EXPECTED.lines().sorted().toList());
            disk.restartAfterPowerCut(true);
            assertThat(new RotatedOutput(disk, LOG).all().lines().sorted().toList())
                    .as("seed %d, then power cut", seed)
                    .isEqualTo(EXPECTED.lines().sorted().toList());
        }
    }

    private static void check(MemoryFileOps disk, ModelCaller life, Way way, String what, boolean cutsNothing)
            throws IOException {
        RotatedOutput output = new RotatedOutput(disk, LOG);
        assertThat(output.all()).as(what).isEqualTo(EXPECTED);
        if (cutsNothing) {
            assertThat(disk.bytesCut()).as("bytes cut, " + what).isZero();
        }
        disk.restart();
        life.run(handler(disk, way), RECORDS);
        assertThat(output.all()).as(what + ", next start").isEqualTo(EXPECTED);
        output.assertTidy();
        disk.restartAfterPowerCut(true);
        assertThat(output.all()).as(what + ", then power cut").isEqualTo(EXPECTED);
    }

    @Test
    @CrashRow("F22")
    void f22_diedBetweenTheDecisionToRotateByTimeAndItsIntent() throws IOException {
        boolean fired = true;
        for (int list = 0; fired; list++) {
            MemoryFileOps disk = new MemoryFileOps(list);
            ModelCaller life = caller(disk);
            disk.arm(Fault.KILL_AFTER, "list", list, null);
            runAndRevive(disk, life, Way.DATED);
            fired = disk.fired();
            check(disk, life, Way.DATED, "list " + list, true);
        }
    }

    @Test
    @CrashRow("F23")
    void f23_diedBeforeTheCheckpointThatReleasesTheRotatedFile() throws IOException {
        dieAndRevive(Fault.KILL_BEFORE, "store", 0, "rename");
        dieAndRevive(Fault.KILL_AFTER, "store", 0, "rename");
        MemoryFileOps disk = new MemoryFileOps(1);
        disk.arm(Fault.KILL_BEFORE, "store", 0, "rename");
        runUntilKilled(disk, caller(disk), Way.COMPRESSED);
        assertThat(disk.files())
                .as("what the checkpoint means is not compressed")
                .allMatch(file -> !file.toString().contains(".gz"));
    }

    @Test
    @CrashRow("F5")
    void f5_theNameOfTheIntentIsTakenThoughAnotherIsConfiguredNow() throws IOException {
        for (Fault fault : List.of(Fault.KILL_BEFORE, Fault.KILL_AFTER)) {
            MemoryFileOps disk = new MemoryFileOps(1);
            ModelCaller life = caller(disk);
            disk.arm(fault, "rename", 0, null);
            runUntilKilled(disk, life, Way.DATED);
            disk.restart();
            life.run(handler(disk, Way.NUMBERED), RECORDS);
            assertThat(disk.content(LOG.resolveSibling("app-2026-01-15T10.log")))
                    .startsWith(lines(RECORDS.subList(0, 2)));
            assertThat(life.reports()).isEmpty();
            List<String> lines =
                    new RotatedOutput(disk, LOG).all().lines().sorted().toList();
            assertThat(lines).isEqualTo(EXPECTED.lines().sorted().toList());
        }
    }

    @Test
    @CrashRow("F25")
    void f25_diedWhileTheCompressedFileWasWritten() throws IOException {
        dieAndRevive(Fault.KILL_HALF_WAY, "write", 0, "stat");
        dieAndRevive(Fault.KILL_AFTER, "create", 0, "stat");
    }

    @Test
    @CrashRow("F26")
    void f26_diedBeforeTheCompressedFileHadItsName() throws IOException {
        dieAndRevive(Fault.KILL_AFTER, "setModified", 0, null);
    }

    @Test
    @CrashRow("F27")
    void f27_diedBeforeThePlainFileWasDeleted() throws IOException {
        dieAndRevive(Fault.KILL_AFTER, "rename", 0, "setModified");
        dieAndRevive(Fault.KILL_BEFORE, "delete", 0, "setModified");
        dieAndRevive(Fault.KILL_AFTER, "delete", 0, "setModified");
    }

    @Test
    @CrashRow("F27")
    void f27_aCompressedFileThatHoldsSomethingElseCostsNothing() throws IOException {
        ops.put(LOG.resolveSibling("current.log.1"), "what we had\n");
        ops.put(LOG.resolveSibling("current.log.1.gz"), "no gzip at all");
        ops.put(LOG.resolveSibling("current.log.2"), "what we had\n");
        ops.put(LOG.resolveSibling("current.log.2.gz"), gzip("something else\n"));
        caller.run(handler(ops, Way.COMPRESSED), RECORDS);
        assertThat(ops.content(LOG.resolveSibling("current.log.1"))).isEqualTo("what we had\n");
        assertThat(ops.content(LOG.resolveSibling("current.log.2"))).isEqualTo("what we had\n");
        assertThat(caller.reports())
                .anyMatch(report -> report.contains("current.log.1 could not be compressed"))
                .anyMatch(report -> report.contains("current.log.2 and current.log.2.gz are both there and differ"));
    }

    private static byte[] gzip(String text) throws IOException {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        try (java.io.OutputStream out = new GzipCompression().compress(bytes)) {
            out.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    @CrashRow("F28")
    void f28_powerFailedAroundTheDeletionOfThePlainFile() throws IOException {
        dieAndRevive(Fault.POWER_CUT, "delete", 0, "setModified");
        dieAndRevive(Fault.POWER_CUT, "rename", 0, "setModified");
        dieAndRevive(Fault.POWER_CUT, "forceDirectory", 0, "setModified");
    }

    @ParameterizedTest
    @CsvSource({"write, stat", "force, stat", "rename, setModified"})
    @CrashRow("F29")
    void f29_compressionThatFailsKeepsThePlainFileAndIsTriedAgainAMinuteLater(String step, String after)
            throws IOException {
        failsAndIsMadeGood(step, after, "could not be compressed, stays as it is and is tried again");
    }

    @Test
    @CrashRow("F30")
    void f30_aPlainFileThatCannotBeDeletedIsDeletedAMinuteLater() throws IOException {
        failsAndIsMadeGood("delete", "setModified", "could not be compressed, stays as it is and is tried again");
    }

    private void failsAndIsMadeGood(String step, String after, String report) throws IOException {
        Path plain = LOG.resolveSibling("current.log.1");
        ModelCaller life = new ModelCaller(7, 3) {
            private int seen;

            @Override
            protected void between(int taken) {
                if (ops.fired() && seen == 0) {
                    assertThat(ops.content(plain)).isNotEmpty();
                    assertThat(ops.files()).noneMatch(file -> file.toString().endsWith(".tmp"));
                    advance(TimeUnit.SECONDS.toNanos(61));
                    seen++;
                } else if (seen == 1) {
                    assertThat(ops.files()).doesNotContain(plain);
                    seen++;
                }
            }

            @Override
            public long epochNs() {
                return epoch();
            }
        };
        ops.arm(Fault.FAIL_BEFORE, step, 0, after);
        life.run(handler(ops, Way.COMPRESSED, life::nanoTime), RECORDS);
        assertThat(new RotatedOutput(ops, LOG).all()).isEqualTo(EXPECTED);
        new RotatedOutput(ops, LOG).assertTidy();
        assertThat(ops.fired()).isTrue();
        assertThat(life.reports()).anyMatch(line -> line.contains(report));
    }

    private static void dieAndRevive(Fault fault, String step, int nth, String after) throws IOException {
        MemoryFileOps disk = new MemoryFileOps(1);
        ModelCaller life = caller(disk);
        disk.arm(fault, step, nth, after);
        runUntilKilled(disk, life, Way.COMPRESSED);
        revive(disk, fault);
        life.run(handler(disk, Way.COMPRESSED), RECORDS);
        check(disk, life, Way.COMPRESSED, fault + " at " + step, false);
    }

    private static void runAndRevive(MemoryFileOps disk, ModelCaller life, Way way) throws IOException {
        try {
            life.run(handler(disk, way), RECORDS);
        } catch (Killed e) {
            boolean fired = disk.fired();
            revive(disk, disk.fault());
            assertThat(fired).isTrue();
            life.run(handler(disk, way), RECORDS);
        }
    }

    private static void runUntilKilled(MemoryFileOps disk, ModelCaller life, Way way) throws IOException {
        try {
            life.run(handler(disk, way), RECORDS);
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

            @Override
            public long epochNs() {
                return epoch();
            }
        };
    }

    /** Long after all records. */
    private static long epoch() {
        return Records.TIME_NS + TimeUnit.DAYS.toNanos(100);
    }

    private static FileHandler handler(MemoryFileOps disk, Way way) {
        return new FileHandler(way.settings, disk, InlineBackground::new);
    }

    private static FileHandler handler(MemoryFileOps disk, Way way, LongSupplier clock) {
        return new FileHandler(way.settings, disk, () -> new InlineBackground(clock));
    }

    private static String lines(List<LogRecord> records) {
        Utf8Buffer lines = new Utf8Buffer(1024);
        HumanFormat format = new HumanFormat(ZoneOffset.UTC);
        records.forEach(record -> format.format(record, lines));
        return lines.toString();
    }
}
