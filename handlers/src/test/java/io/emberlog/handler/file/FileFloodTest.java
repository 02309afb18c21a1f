package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.handler.file.MemoryFileOps.Fault;
import io.emberlog.handler.file.MemoryFileOps.Killed;
import io.emberlog.handler.format.Format;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** More comes than the buffer holds between two flushes, so that a {@link LineMaker} makes the lines: nobody must see by which thread. */
class FileFloodTest {
    private static final Path LOG = Path.of("/var/log/app.log");
    private static final int BUFFER = 1200;
    private static final long YEAR_NS = Duration.ofDays(365).toNanos();

    /** Two a minute, so that files of an hour are over by their times. */
    private static final List<LogRecord> RECORDS = IntStream.range(0, 1500)
            .mapToObj(i -> Records.at(
                    Records.TIME_NS + i * 30_000_000_000L, i, "record number " + i + " " + "x".repeat(i * 7 % 90)))
            .toList();

    /** Flushes seldom; a checkpoint and a flush come where much is on its way. */
    private static class Flood extends ModelCaller {
        private boolean sawThread;

        Flood() {
            super(97, 331);
        }

        @Override
        protected void between(int taken) throws IOException {
            if (taken % 100 == 0) {
                sawThread |= !lineThreads(name()).isEmpty();
            }
        }

        @Override
        public long epochNs() {
            return Records.TIME_NS + YEAR_NS + nanoTime();
        }
    }

    private static List<Thread> lineThreads(String handler) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("emberlog-" + handler + "-lines"))
                .toList();
    }

    private static FileSettings settings(String format, boolean lineThread, long maxSize, String rotate) {
        RotationSettings rotation = Rotations.of(maxSize, rotate);
        long anHour = Duration.ofHours(1).toNanos();
        return new FileSettings(
                LOG, format, ZoneOffset.UTC, true, BUFFER, lineThread, anHour, true, rotation, 64, 1000);
    }

    private static Map<Path, String> run(Flood caller, FileSettings settings) throws IOException {
        return run(caller, settings, RECORDS);
    }

    private static Map<Path, String> run(Flood caller, FileSettings settings, List<LogRecord> records)
            throws IOException {
        MemoryFileOps disk = new MemoryFileOps(1);
        caller.run(new FileHandler(settings, disk, InlineBackground::new), records);
        return contents(disk);
    }

    private static Map<Path, String> contents(MemoryFileOps disk) {
        Map<Path, String> contents = new TreeMap<>();
        disk.files().forEach(file -> contents.put(file, disk.content(file)));
        return contents;
    }

    private static Flood areTheSameByOneThreadAndByTwo(String format, long maxSize, String rotate) throws IOException {
        return areTheSameByOneThreadAndByTwo(RECORDS, format, maxSize, rotate);
    }

    /** @return who called the two */
    private static Flood areTheSameByOneThreadAndByTwo(
            List<LogRecord> records, String format, long maxSize, String rotate) throws IOException {
        Flood two = new Flood();
        Map<Path, String> byTwo = run(two, settings(format, true, maxSize, rotate), records);
        assertThat(two.sawThread).as("a second thread was at work").isTrue();
        Flood one = new Flood();
        assertThat(byTwo).isEqualTo(run(one, settings(format, false, maxSize, rotate), records));
        assertThat(two.reports()).isEqualTo(one.reports());
        return two;
    }

    @ParameterizedTest
    @ValueSource(strings = {"human", "json", "%d{ISO8601} %-5level %msg%n"})
    void linesAreTheSame(String format) throws IOException {
        areTheSameByOneThreadAndByTwo(format, Long.MAX_VALUE, "never");
    }

    @ParameterizedTest
    @ValueSource(longs = {40_000, 55_123, 70_001})
    void filesRotatedBySizeAreTheSame(long maxSize) throws IOException {
        areTheSameByOneThreadAndByTwo("human", maxSize, "never");
    }

    @Test
    void filesRotatedByTimeAreTheSame() throws IOException {
        areTheSameByOneThreadAndByTwo("human", Long.MAX_VALUE, "hourly");
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void everyLineIsThereOnceWhateverStepFails(Fault fault) throws IOException {
        String expected = run(new Flood(), settings("human", false, Long.MAX_VALUE, "never"))
                .get(LOG);
        boolean fired = true;
        int step = 0;
        for (; fired; step += 13) {
            MemoryFileOps disk = new MemoryFileOps(step);
            Flood life = new Flood() {
                @Override
                protected void storeStep() throws IOException {
                    disk.step("store");
                }
            };
            disk.arm(fault, step);
            fired = runAndRevive(disk, life);
            assertThat(disk.content(LOG)).as("%s at step %d", fault, step).isEqualTo(expected);
        }
        assertThat(step).as("steps of one run").isGreaterThan(150);
    }

    private static boolean runAndRevive(MemoryFileOps disk, Flood life) throws IOException {
        FileSettings settings = settings("human", true, Long.MAX_VALUE, "never");
        FileHandler handler = new FileHandler(settings, disk, InlineBackground::new);
        try {
            life.run(handler, RECORDS);
            return disk.fired();
        } catch (Killed e) {
            end(handler);
        }
        boolean fired = disk.fired();
        if (disk.fault() == Fault.POWER_CUT) {
            disk.restartAfterPowerCut(false);
        } else {
            disk.restart();
        }
        life.run(new FileHandler(settings, disk, InlineBackground::new), RECORDS);
        return fired;
    }

    /** Its thread, as the death does; its disk is dead already. */
    private static void end(FileHandler handler) {
        try {
            handler.close();
        } catch (IOException | Killed e) {
            // as may be
        }
    }

    private static void run(Flood caller, FileHandler handler) throws IOException {
        try {
            caller.run(handler, RECORDS);
        } catch (OutOfMemoryError e) { // which would end all the tests
            throw new AssertionError("the master would begin a new life", e);
        }
    }

    private static String byOneThread(String format) throws IOException {
        return run(new Flood(), settings(format, false, Long.MAX_VALUE, "never"))
                .get(LOG);
    }

    private static void isDoneByOneThread(MemoryFileOps disk, Flood caller) throws IOException {
        assertThat(disk.content(LOG)).isEqualTo(byOneThread("human"));
        assertThat(caller.reports()).hasSize(1).allMatch(report -> report.contains("from one thread from now on"));
    }

    /** It may have none at the same record in the next life, too: that record is not to blame, and is not to be put aside. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void aHeapWithoutRoomForAFurtherFormatCostsNoRecord(int failing) throws IOException {
        int[] made = {0};
        Supplier<Format> formats = () -> {
            if (++made[0] >= failing) {
                throw new OutOfMemoryError("no room for format " + made[0]);
            }
            return Format.of("human", ZoneOffset.UTC);
        };
        MemoryFileOps disk = new MemoryFileOps(1);
        Flood caller = new Flood();
        FileSettings settings = settings("human", true, Long.MAX_VALUE, "never");
        run(caller, new FileHandler(settings, disk, InlineBackground::new, formats));
        isDoneByOneThread(disk, caller);
    }

    @Test
    void aHeapWithoutRoomWhileARecordIsCopiedCostsNoRecord() throws IOException {
        MemoryFileOps disk = new MemoryFileOps(1);
        Flood caller = new Flood() {
            private boolean full = true;

            @Override
            public long nanoTime() {
                if (full && isAskedByTheMaker()) {
                    full = false;
                    throw new OutOfMemoryError("no room");
                }
                return super.nanoTime();
            }

            private static boolean isAskedByTheMaker() {
                return StackWalker.getInstance()
                        .walk(frames ->
                                frames.anyMatch(frame -> frame.getClassName().equals(LineMaker.class.getName())));
            }
        };
        FileSettings settings = settings("human", true, Long.MAX_VALUE, "never");
        run(caller, new FileHandler(settings, disk, InlineBackground::new));
        isDoneByOneThread(disk, caller);
    }

    /** One of otel is some ten times as long as a record; the last lines in front of a rotation must not surprise. */
    @Test
    void longLinesOfShortRecordsEndNoLife() throws IOException {
        List<LogRecord> records = IntStream.range(0, 3000)
                .mapToObj(i -> Records.of("md-1", "com.acme.Orders", 9, i, "tick " + i))
                .toList();
        Flood two = areTheSameByOneThreadAndByTwo(records, "otel", 400_000, "never");
        assertThat(two.metrics().get(Counter.RESTARTS)).isZero();
        assertThat(two.metrics().get(Counter.ROTATIONS)).isGreaterThan(3);
    }

    /** The lines of one batch are longer than the buffer, which is none the worse for it. */
    @Test
    void longLinesMakeNoGarbage(@TempDir Path directory) throws IOException {
        Path log = directory.resolve("app.log");
        FileSettings settings = new FileSettings(
                log,
                "otel",
                ZoneOffset.UTC,
                true,
                256 * 1024,
                true,
                Long.MAX_VALUE,
                false,
                settings("otel", true, Long.MAX_VALUE, "never").rotation(),
                64,
                1000);
        FileHandler handler = new FileHandler(settings, new DiskFileOps(), InlineBackground::new);
        handler.open(withoutCheckpoints());
        LogRecord record = Records.of("md-1", "com.acme.Orders", 9, 1, "tick");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        long length = 0;
        for (int i = 0; i < 40_000; i++) {
            if (i == 20_000) { // all is grown
                allocated = threads.getCurrentThreadAllocatedBytes();
                length = Files.size(log);
            }
            handler.handle(record);
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
        assertThat(allocated).isLessThan((Files.size(log) - length) / 10);
        handler.close();
    }

    /** Just in front of a rotation lines become hundreds of times as long as their records, and nobody has thought of that. */
    @Test
    void aFileDoesNotGrowBeyondItsSizeWhereLinesAreLongerThanThought() throws IOException {
        List<LogRecord> records = IntStream.range(0, 1400)
                .mapToObj(i -> Records.at(Records.TIME_NS, i, i < 700 ? "x" : "y".repeat(90)))
                .toList();
        Flood two = areTheSameByOneThreadAndByTwo(records, "%msg ".repeat(200) + "%n", 330_000, "never");
        assertThat(two.metrics().get(Counter.RESTARTS)).isPositive();
    }

    @Test
    void aRecordThatIsLargerThanABatchGoesBetweenTheOthers() throws IOException {
        List<LogRecord> records = new ArrayList<>(RECORDS.subList(0, 300));
        records.add(Records.at(Records.TIME_NS, 300, "large " + "y".repeat(5 * BUFFER)));
        RECORDS.subList(301, 600).forEach(records::add);
        MemoryFileOps disk = new MemoryFileOps(1);
        Flood caller = new Flood();
        caller.run(
                new FileHandler(settings("%msg%n", true, Long.MAX_VALUE, "never"), disk, InlineBackground::new),
                records);
        assertThat(caller.sawThread).isTrue();
        List<String> lines = disk.content(LOG).lines().toList();
        assertThat(lines).hasSize(records.size());
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).startsWith(i == 300 ? "large y" : "record number " + i + " ");
        }
    }

    private static ModelCaller withoutCheckpoints() {
        return new ModelCaller(1, 1) {
            @Override
            public void requestCheckpoint() {
                // of a handler that this caller did not open itself
            }
        };
    }

    @Test
    void linesWaitNoLongerThanTheFlushInterval() throws IOException {
        MemoryFileOps disk = new MemoryFileOps(1);
        ModelCaller context = withoutCheckpoints();
        FileSettings settings = settings("%msg%n", true, Long.MAX_VALUE, "never");
        FileHandler handler = new FileHandler(settings, disk, InlineBackground::new);
        handler.open(context);
        for (LogRecord record : RECORDS) {
            handler.handle(record);
        }
        assertThat(disk.content(LOG)).doesNotContain("record number 1499 ");
        handler.tick(settings.flushIntervalNs() - 1);
        assertThat(disk.content(LOG)).doesNotContain("record number 1499 ");
        context.advance(settings.flushIntervalNs());
        handler.tick(context.nanoTime());
        assertThat(disk.content(LOG)).contains("record number 1499 ");
        handler.close();
    }

    /** Of those that are still with the maker while others are written. */
    @Test
    void noLineWaitsLongerThanTheFlushInterval() throws IOException {
        MemoryFileOps disk = new MemoryFileOps(1);
        ModelCaller context = withoutCheckpoints();
        FileSettings settings = settings("%msg%n", true, Long.MAX_VALUE, "never");
        FileHandler handler = new FileHandler(settings, disk, InlineBackground::new);
        handler.open(context);
        long[] cameNs = new long[RECORDS.size()];
        for (LogRecord record : RECORDS) {
            int at = (int) record.sequence();
            cameNs[at] = context.nanoTime();
            handler.handle(record);
            context.advance(settings.flushIntervalNs() / 20);
            handler.tick(context.nanoTime());
            int due = at;
            while (due >= 0 && context.nanoTime() - cameNs[due] < settings.flushIntervalNs()) {
                due--;
            }
            if (due >= 0) {
                assertThat(disk.content(LOG)).as("at record %s", at).contains("record number " + due + " ");
            }
        }
        handler.close();
    }

    @Test
    void anInterruptDoesNotKeepTheThreadAwake() throws IOException {
        Flood caller = new Flood() {
            @Override
            public String name() {
                return "interrupted";
            }

            @Override
            protected void between(int taken) {
                lineThreads(name()).forEach(Thread::interrupt);
                if (taken == RECORDS.size()) {
                    Thread thread = lineThreads(name()).get(0);
                    await().until(() -> !thread.isInterrupted() && thread.getState() == Thread.State.WAITING);
                }
            }
        };
        Map<Path, String> files = run(caller, settings("human", true, Long.MAX_VALUE, "never"));
        assertThat(files).containsEntry(LOG, byOneThread("human"));
    }

    @Test
    void theThreadEndsWithTheLife() throws IOException {
        Flood caller = new Flood() {
            @Override
            public String name() {
                return "ends";
            }
        };
        run(caller, settings("human", true, Long.MAX_VALUE, "never"));
        await().until(() -> lineThreads("ends").isEmpty());
    }

    /** Its records come again, and then the handler's own thread meets what is wrong with them. */
    @Test
    void aFaultOnTheThreadEndsTheLife() throws IOException {
        MemoryFileOps disk = new MemoryFileOps(1);
        ModelCaller context = withoutCheckpoints();
        FileSettings settings = settings("human", true, Long.MAX_VALUE, "never");
        Housekeeper housekeeper = new Housekeeper(
                settings.rotation(),
                disk,
                context,
                LOG.getParent(),
                (level, what, cause) -> {},
                new InlineBackground());
        OutputFile file = new OutputFile(LOG, null, settings, disk, context, housekeeper);
        file.open();
        Format faulty = (record, out) -> {
            if (record.sequence() == 700) {
                throw new IllegalStateException("does not like this one");
            }
            out.append("line\n");
        };
        LineMaker maker = new LineMaker(context, () -> faulty, BUFFER / 2, LineMaker.FIRST_GROWTH);
        assertThatThrownBy(() -> {
                    for (LogRecord record : RECORDS) {
                        maker.add(record, file);
                    }
                })
                .isInstanceOf(HandlerRestartException.class)
                .hasMessageContaining("does not like this one");
        assertThat(maker.hasFailed()).isTrue();
        maker.stop();
    }
}
