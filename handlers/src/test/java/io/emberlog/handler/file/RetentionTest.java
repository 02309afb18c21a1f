package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.handler.SteppedCaller;
import io.emberlog.handler.file.MemoryFileOps.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {
    private static final Path LOG = Path.of("/var/log/app.log");
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);
    private static final long NOW_MS = Records.TIME_NS / 1_000_000;

    private final MemoryFileOps ops = new MemoryFileOps(1);
    private long wallStepNs;
    private final ModelCaller caller = new ModelCaller(100, 3) {
        @Override
        public long epochNs() {
            return Records.TIME_NS + TimeUnit.HOURS.toNanos(1) + nanoTime() + wallStepNs;
        }

        @Override
        protected void between(int taken) {
            betweenRecords();
        }
    };

    private void betweenRecords() {
        caller.advance(TimeUnit.SECONDS.toNanos(11));
    }

    private static FileSettings settings(
            Path path, String name, long keep, long maxAgeMs, long maxTotalSize, long minFreeSpace) {
        RotationSettings rotation = new RotationSettings(
                400,
                RotationSchedule.of("daily", ZoneOffset.UTC),
                RotatedName.of(name),
                keep,
                maxAgeMs,
                maxTotalSize,
                minFreeSpace,
                null,
                List.of(),
                0);
        return new FileSettings(path, "human", ZoneOffset.UTC, true, 300, true, 100_000_000L, true, rotation, 64, 1000);
    }

    private static List<LogRecord> records(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Records.plain(i, "record number " + i))
                .toList();
    }

    private void run(FileSettings settings, int count) throws IOException {
        caller.run(new FileHandler(settings, ops, InlineBackground::new), records(count));
    }

    private void old(String name, int size, long ageDays) {
        ops.put(LOG.resolveSibling(name), "x".repeat(size));
        ops.modified(LOG.resolveSibling(name), NOW_MS - ageDays * DAY_MS);
    }

    private List<String> names() {
        return ops.files().stream().map(file -> file.getFileName().toString()).toList();
    }

    @Test
    void compressedFilesCountAsOneAndTheNewestAreKept() throws IOException {
        old("app.log.1.gz", 10, 9);
        old("app.log.2", 10, 8);
        old("app.log.2.zst", 10, 8);
        old("app.log.9.lz4", 10, 7);
        old("app.log.10.gz", 10, 6);
        old("app.log.x", 10, 100);
        run(settings(LOG, RotatedName.NUMBERED, 2, Long.MAX_VALUE, Long.MAX_VALUE, 0), 3);
        assertThat(names()).containsExactlyInAnyOrder("app.log", "app.log.9.lz4", "app.log.10.gz", "app.log.x");
    }

    @Test
    void oldFilesGoByTheTimeOfTheirLastWrite() throws IOException {
        old("app.log.1.gz", 10, 9);
        old("app.log.2", 10, 8);
        old("app.log.3", 10, 2);
        run(settings(LOG, RotatedName.NUMBERED, Long.MAX_VALUE, 3 * DAY_MS, Long.MAX_VALUE, 0), 3);
        assertThat(names()).containsExactlyInAnyOrder("app.log", "app.log.3");
    }

    @Test
    void aWallClockThatWasSetAMomentAgoCostsNoFile() throws IOException {
        old("app.log.1", 10, 2);
        FileSettings settings = settings(LOG, RotatedName.NUMBERED, Long.MAX_VALUE, 3 * DAY_MS, Long.MAX_VALUE, 0);
        ModelCaller stepped = new ModelCaller(100, 3) {
            @Override
            public long epochNs() {
                return Records.TIME_NS + nanoTime() + wallStepNs;
            }

            @Override
            protected void between(int taken) {
                if (taken == 3) {
                    wallStepNs = TimeUnit.DAYS.toNanos(3650);
                }
                if (taken == 10) {
                    assertThat(names()).contains("app.log.1");
                }
                advance(TimeUnit.SECONDS.toNanos(taken < 10 ? 11 : 300));
            }
        };
        List<LogRecord> records = records(14);
        stepped.run(new FileHandler(settings, ops, InlineBackground::new), records.subList(0, 10));
        assertThat(names()).contains("app.log.1");
        stepped.run(new FileHandler(settings, ops, InlineBackground::new), records);
        assertThat(names()).as("it stays as it was set").doesNotContain("app.log.1");
    }

    @Test
    void theOldestGoWhenAllHaveTooManyBytesAndThatIsTold() throws IOException {
        old("app.log.1", 1000, 9);
        old("app.log.2", 1000, 8);
        old("app.log.3", 1000, 7);
        run(settings(LOG, RotatedName.NUMBERED, Long.MAX_VALUE, Long.MAX_VALUE, 2100, 0), 3);
        assertThat(names()).containsExactlyInAnyOrder("app.log", "app.log.2", "app.log.3");
        assertThat(caller.reports()).singleElement().asString().contains("deleted app.log.1", "max_total_size=2100");
    }

    @Test
    void theOldestGoAlsoWhileNothingCanBeWritten() throws Exception {
        old("app.log.1", 1000, 9);
        FileSettings settings =
                settings(LOG, RotatedName.NUMBERED, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 3500);
        SteppedCaller stepped = new SteppedCaller();
        stepped.open(new FileHandler(settings, ops, InlineBackground::new));
        stepped.handle(Records.plain(0, "the disk is full"));
        ops.capacity(4000);
        ops.arm(MemoryFileOps.Fault.FAIL_BEFORE, "write", 0, null);
        stepped.skip(SteppedCaller.SECOND_NS);
        stepped.tick();
        assertThat(stepped.failures()).hasSize(1);
        assertThat(names()).containsExactly("app.log");
    }

    @Test
    void theOldestGoWhileTheDiskHasTooLittleSpaceAndNeverTheFileThatIsWritten() throws IOException {
        old("app.log.1", 1000, 9);
        old("app.log.2", 1000, 8);
        old("other", 5000, 8);
        ops.capacity(10_000);
        run(settings(LOG, RotatedName.NUMBERED, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 3500), 3);
        assertThat(names()).containsExactlyInAnyOrder("app.log", "app.log.2", "other");
        assertThat(caller.reports()).singleElement().asString().contains("deleted app.log.1", "min_free_space=3500");
        ops.capacity(6000);
        run(settings(LOG, RotatedName.NUMBERED, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 3500), 4);
        assertThat(names()).containsExactlyInAnyOrder("app.log", "other");
        assertThat(caller.reports())
                .filteredOn(report -> report.contains("no rotated file left"))
                .hasSize(1);
        assertThat(ops.content(LOG).lines()).hasSize(4);
    }

    @Test
    void filesOfAClockThatWasYearsAheadAreTheOldest() throws IOException {
        old("app-2036-01-15.log", 10, 0);
        old("app-2036-01-15.log.1.gz", 10, 0);
        old("app-2026-01-13.log", 10, 2);
        old("app-2026-01-14.log", 10, 1);
        run(settings(LOG, "app-{date}.log", 3, Long.MAX_VALUE, Long.MAX_VALUE, 0), 12);
        assertThat(names())
                .containsExactlyInAnyOrder(
                        "app.log", "app-2026-01-14.log", "app-2026-01-15.log", "app-2026-01-15.log.1");
    }

    @Test
    void aNameThatWasGivenAwayIsNotUsedAgain() throws IOException {
        FileSettings settings = settings(LOG, "app-{date}.log", Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 0);
        run(settings, 6);
        assertThat(names()).contains("app-2026-01-15.log");
        ops.files().stream().filter(file -> !file.equals(LOG)).forEach(ops::remove);
        run(settings, 16);
        assertThat(names()).contains("app-2026-01-15.log.2").doesNotContain("app-2026-01-15.log");
    }

    @Test
    void whatCannotBeDeletedIsToldAndDeletedLater() throws IOException {
        old("app.log.1", 10, 9);
        old("app.log.2", 10, 8);
        ops.arm(Fault.FAIL_BEFORE, "delete", 0, null);
        run(settings(LOG, RotatedName.NUMBERED, 1, Long.MAX_VALUE, Long.MAX_VALUE, 0), 3);
        assertThat(caller.reports()).singleElement().asString().contains("old files could not be deleted");
        assertThat(names()).containsExactlyInAnyOrder("app.log", "app.log.2");
    }

    @Test
    void oneThatCannotBeDeletedKeepsNoOther() throws IOException {
        for (int i = 1; i <= 5; i++) {
            old("app.log." + i, 1000, 9 - i);
        }
        ops.protect(LOG.resolveSibling("app.log.1"));
        run(settings(LOG, RotatedName.NUMBERED, 3, Long.MAX_VALUE, Long.MAX_VALUE, 0), 3);
        assertThat(names()).containsExactlyInAnyOrder("app.log", "app.log.1", "app.log.3", "app.log.4", "app.log.5");
        run(settings(LOG, RotatedName.NUMBERED, Long.MAX_VALUE, Long.MAX_VALUE, 2500, 0), 4);
        assertThat(names()).containsExactlyInAnyOrder("app.log", "app.log.1", "app.log.5");
        assertThat(caller.reports())
                .filteredOn(report -> report.contains("old files could not be deleted"))
                .isNotEmpty();
    }

    /** They have the names of rotated files, and bytes, and cannot be deleted. */
    @Test
    void whatIsNoFileOfOursIsNeitherCountedNorTouched(@TempDir Path directory) throws IOException {
        Path log = directory.resolve("app.log");
        Path folder = Files.createDirectory(directory.resolve("app.log.1"));
        Files.writeString(folder.resolve("precious"), "x".repeat(10_000));
        Path link = directory.resolve("app.log.2");
        Files.createSymbolicLink(link, Path.of("x".repeat(3_000))); // so long is what it has on disk
        FileSettings bySize = settings(log, RotatedName.NUMBERED, Long.MAX_VALUE, Long.MAX_VALUE, 2_500, 0);
        caller.run(new FileHandler(bySize, new DiskFileOps(), InlineBackground::new), records(30));
        List<String> ours = rotatedFiles(directory);
        long bytes = 0;
        for (String name : ours) {
            bytes += Files.size(directory.resolve(name));
        }
        assertThat(bytes).isBetween(1_800L, 2_500L);
        assertThat(folder.resolve("precious")).exists();
        assertThat(link).isSymbolicLink();
        assertThat(caller.reports()).noneMatch(report -> report.contains("could not be deleted"));

        Files.createDirectory(directory.resolve("app.log.500"));
        Files.createDirectory(directory.resolve("app.log.500.gz.tmp"));
        FileSettings byNumber = settings(log, RotatedName.NUMBERED, 3, 1, Long.MAX_VALUE, Long.MAX_VALUE);
        caller.run(new FileHandler(byNumber, new DiskFileOps(), InlineBackground::new), records(60));
        assertThat(rotatedFiles(directory)).hasSizeLessThanOrEqualTo(3).allMatch(name -> name.startsWith("app.log.50"));
        assertThat(directory.resolve("app.log.500")).isDirectory();
        assertThat(caller.reports())
                .noneMatch(report ->
                        report.contains("could not be deleted") || report.contains("could not be compressed"));
    }

    @Test
    void aDirectoryCountsAsNoneOfThoseThatAreKept(@TempDir Path directory) throws IOException {
        Path log = directory.resolve("app.log");
        FileSettings three = settings(log, RotatedName.NUMBERED, 3, Long.MAX_VALUE, Long.MAX_VALUE, 0);
        caller.run(new FileHandler(three, new DiskFileOps(), InlineBackground::new), records(30));
        Files.createDirectory(directory.resolve("app.log.500"));
        caller.run(new FileHandler(three, new DiskFileOps(), InlineBackground::new), records(40));
        assertThat(rotatedFiles(directory)).hasSize(3).contains("app.log.501");
    }

    private static List<String> rotatedFiles(Path directory) throws IOException {
        try (var all = Files.list(directory)) {
            return all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("app.log"))
                    .toList();
        }
    }

    @Test
    void aDirectoryIsNoRotatedFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("app.log.1");
        Files.createDirectory(file);
        assertThatThrownBy(() -> new DiskFileOps().delete(file)).hasMessageContaining("is a directory");
        assertThat(file).isDirectory();
    }

    @Test
    void theFilesOfATreeAreBoundedEachByNumberAndTogetherByBytes() throws IOException {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            records.add(Records.of("w" + i % 4, "com.acme.Orders", 9, i, "record number " + i));
        }
        Path tree = LOG.resolveSibling("{worker}.log");
        FileTreeHandler handler = new FileTreeHandler(
                settings(tree, RotatedName.NUMBERED, 3, Long.MAX_VALUE, 2000, 0), ops, InlineBackground::new);
        caller.run(handler, records);
        long rotated = ops.files().stream()
                .filter(file -> !file.toString().endsWith(".log"))
                .mapToLong(file -> ops.content(file).length())
                .sum();
        assertThat(rotated).isBetween(1000L, 2000L);
        assertThat(ops.files())
                .filteredOn(file -> file.toString().endsWith(".log"))
                .hasSize(4);
        caller.run(
                new FileTreeHandler(
                        settings(tree, RotatedName.NUMBERED, 1, Long.MAX_VALUE, Long.MAX_VALUE, 0),
                        ops,
                        InlineBackground::new),
                IntStream.range(0, 120)
                        .mapToObj(i -> i < 80
                                ? records.get(i)
                                : Records.of("w" + i % 4, "com.acme.Orders", 9, i, "record number " + i))
                        .toList());
        assertThat(ops.files()).hasSize(8);
    }
}
