package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.RecordRejectedException;
import io.emberlog.handler.Records;
import io.emberlog.handler.file.MemoryFileOps.Fault;
import io.emberlog.handler.file.MemoryFileOps.Killed;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Calls in any order, from a seed, with and without faults: all lines are there once and in order, by one thread and by two, and each
 * checkpoint stands for the lines of the records in front of it.
 */
class FileFloodRandomTest {
    private static final Path LOG = Path.of("/var/log/app.log");
    private static final String FORMAT = "human";
    private static final int SEEDS = 15;
    private static final int RECORDS = 700;

    private enum Way {
        ONE_FILE("never", false),
        BY_SIZE("never", true),
        BY_TIME("hourly", false),
        BY_BOTH("hourly", true);

        private final String rotate;
        private final boolean bySize;

        Way(String rotate, boolean bySize) {
            this.rotate = rotate;
            this.bySize = bySize;
        }

        /** Drawn with the seed, but for the thread. */
        FileSettings settings(long seed, boolean lineThread) {
            Random random = new Random(seed);
            int buffer = 300 + random.nextInt(4000);
            RotationSettings rotation = Rotations.of(
                    bySize ? 17L * buffer + random.nextInt(20 * buffer) : Long.MAX_VALUE,
                    rotate,
                    random.nextInt(4) == 0 ? new GzipCompression() : null);
            long interval =
                    Duration.ofMillis(random.nextInt(3) == 0 ? 60_000 : 100).toNanos();
            return new FileSettings(
                    LOG, FORMAT, ZoneOffset.UTC, true, buffer, lineThread, interval, true, rotation, 64, 1000);
        }
    }

    /** What makes calls, one after the other as a seed says; what it stored outlives a death. */
    private static final class Caller extends ModelCaller {
        private final Random random;
        private final List<LogRecord> records;
        private final List<String> lines = new ArrayList<>();
        private final MemoryFileOps disk;
        private final StringBuilder moved = new StringBuilder();
        private final boolean meddles;
        private Handler handler;
        private int taken;
        private int storedTaken;
        private byte[] stored;
        private long nowNs;
        private long wallNs = Records.TIME_NS + Duration.ofDays(300).toNanos();
        private int moves;
        private boolean calm;
        private int sawThread;

        Caller(long seed, MemoryFileOps disk, boolean meddles) {
            super(1, 1);
            random = new Random(seed);
            this.disk = disk;
            this.meddles = meddles;
            records = records(random);
            Format format = Format.of(FORMAT, ZoneOffset.UTC);
            for (LogRecord record : records) {
                Utf8Buffer line = new Utf8Buffer(100);
                format.format(record, line);
                lines.add(line.toString());
            }
        }

        private static List<LogRecord> records(Random random) {
            List<LogRecord> records = new ArrayList<>();
            long timeNs = Records.TIME_NS;
            for (int i = 0; i < RECORDS; i++) {
                timeNs += random.nextInt(60) == 0
                        ? (random.nextInt(100) - 30) * 60_000_000_000L
                        : random.nextInt(2_000_000_000);
                int length = random.nextInt(50) == 0 ? random.nextInt(4000) : random.nextInt(100);
                records.add(Records.at(timeNs, i, "record " + i + " " + (i % 3 == 0 ? "\u0001" : "x").repeat(length)));
            }
            return records;
        }

        /** To the end, with a last checkpoint. */
        void live(Handler newHandler) throws IOException {
            handler = newHandler;
            while (true) {
                try {
                    taken = storedTaken;
                    handler.open(this);
                    while (taken < records.size()) {
                        step();
                    }
                    again(handler::flush);
                    again(this::requestCheckpoint);
                    handler.close();
                    return;
                } catch (HandlerRestartException e) {
                    pass(100);
                } catch (IOException e) {
                    pass(100); // out of open
                }
                try {
                    handler.close();
                } catch (IOException e) {
                    pass(1);
                }
            }
        }

        private void pass(long ms) {
            nowNs += ms * 1_000_000;
            wallNs += ms * 1_000_000;
        }

        private interface Call {
            void make() throws IOException;
        }

        private void again(Call call) throws IOException {
            while (true) {
                try {
                    call.make();
                    return;
                } catch (HandlerRestartException e) {
                    throw e;
                } catch (IOException e) {
                    pass(100);
                }
            }
        }

        private void once(Call call) throws HandlerRestartException {
            try {
                call.make();
            } catch (HandlerRestartException e) {
                throw e;
            } catch (IOException e) {
                pass(100);
            }
        }

        private void step() throws IOException {
            int what = random.nextInt(400);
            if (what < 4) {
                once(handler::flush);
            } else if (what < 10) {
                once(this::requestCheckpoint);
            } else if (what < 30) {
                pass(random.nextInt(4) == 0 ? random.nextInt(1500) : random.nextInt(20));
                once(() -> handler.tick(nowNs));
            } else if (what < 34) {
                once(handler::reopen);
            } else if (what < 36) {
                wallNs += (random.nextInt(200) - 100) * 60_000_000_000L;
            } else if (what < 38) {
                Thread.currentThread().interrupt(); // the disk does not mind
            } else if (what < 40 && meddles) {
                meddle();
            } else {
                handle();
            }
            if (what % 37 == 0) {
                Thread.interrupted();
            }
        }

        private void handle() throws IOException {
            LogRecord record = records.get(taken).copy();
            once(() -> {
                try {
                    handler.handle(record);
                } catch (RecordRejectedException e) {
                    throw new AssertionError(e);
                }
                taken++;
            });
            Arrays.fill(record.entry().buffer(), (byte) '!'); // valid during the call only
            if (taken % 50 == 0 && hasThread()) {
                sawThread++;
            }
        }

        private boolean hasThread() {
            return Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(thread -> thread.getName().equals("emberlog-" + name() + "-lines"));
        }

        /** Logrotate: another file in its place, or none, or the same one without what was in it. */
        private void meddle() {
            if (disk.content(LOG) == null) {
                return;
            }
            if (random.nextBoolean()) {
                moved.append(disk.content(LOG));
                disk.cut(LOG, 0);
            } else {
                disk.move(LOG, Path.of("/var/log/moved." + ++moves));
                if (random.nextBoolean()) {
                    disk.put(LOG, "");
                }
            }
        }

        @Override
        public void requestCheckpoint() throws IOException {
            byte[] state = handler.checkpoint();
            if (!meddles) {
                check(state);
            }
            disk.step("store");
            stored = state.clone();
            storedTaken = taken;
            disk.step("store");
        }

        private void check(byte[] state) throws IOException {
            FileState told = FileState.decode(state).orElseThrow();
            long length = lines.subList(0, taken).stream()
                    .mapToLong(line -> line.getBytes(StandardCharsets.UTF_8).length)
                    .sum();
            long rotated = new RotatedOutput(disk, LOG)
                    .perFile().stream().mapToLong(String::length).sum();
            if (!told.rotation().isIntended()) {
                assertThat(rotated + told.length()).as("at record %s", taken).isEqualTo(length);
            }
            assertThat(new RotatedOutput(disk, LOG).all()).startsWith(String.join("", lines.subList(0, taken)));
        }

        @Override
        public byte[] state() {
            return stored;
        }

        @Override
        public String name() {
            return "random";
        }

        @Override
        public long nanoTime() {
            return nowNs;
        }

        @Override
        public long epochNs() {
            return wallNs;
        }

        String expected() {
            return String.join("", lines);
        }
    }

    private static Map<Path, String> contents(MemoryFileOps disk) {
        Map<Path, String> contents = new TreeMap<>();
        disk.files().forEach(file -> contents.put(file, disk.content(file)));
        return contents;
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void filesAreTheSameByOneThreadAndByTwo(Way way) throws IOException {
        int threads = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            MemoryFileOps byTwo = new MemoryFileOps(seed);
            Caller two = new Caller(seed, byTwo, false);
            two.live(new FileHandler(way.settings(seed, true), byTwo, InlineBackground::new));
            MemoryFileOps byOne = new MemoryFileOps(seed);
            Caller one = new Caller(seed, byOne, false);
            one.live(new FileHandler(way.settings(seed, false), byOne, InlineBackground::new));
            assertThat(contents(byTwo)).as("seed %s", seed).isEqualTo(contents(byOne));
            assertThat(two.reports()).as("seed %s", seed).isEqualTo(one.reports());
            assertThat(new RotatedOutput(byTwo, LOG).all()).as("seed %s", seed).isEqualTo(two.expected());
            threads += two.sawThread;
        }
        assertThat(threads).as("looks that met a second thread").isPositive();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void everyLineIsThereOnceAfterAnySeriesOfFaults(Way way) throws IOException {
        int threads = 0;
        for (long seed = 0; seed < 4 * SEEDS; seed++) {
            MemoryFileOps disk = new MemoryFileOps(seed);
            Caller caller = new Caller(seed, disk, false);
            Random random = new Random(-seed);
            boolean done = false;
            for (int round = 0; !done; round++) {
                Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                if (round < 8) {
                    disk.arm(fault, random.nextInt(200));
                }
                FileHandler handler =
                        new FileHandler(way.settings(seed, random.nextInt(4) > 0), disk, InlineBackground::new);
                try {
                    caller.live(handler);
                    done = true;
                } catch (Killed e) {
                    end(handler);
                    if (fault == Fault.POWER_CUT) {
                        disk.restartAfterPowerCut(false);
                    } else {
                        disk.restart();
                    }
                }
            }
            assertThat(new RotatedOutput(disk, LOG).all())
                    .as("seed %s %s", seed, caller.reports())
                    .isEqualTo(caller.expected());
            threads += caller.sawThread;
        }
        assertThat(threads).as("looks that met a second thread").isPositive();
    }

    private static void end(FileHandler handler) {
        try {
            handler.close();
        } catch (IOException | Killed e) {
            // as may be
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void noLineIsLostWhereOthersMoveOrCutTheFile(Way way) throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            MemoryFileOps disk = new MemoryFileOps(seed);
            Caller caller = new Caller(seed, disk, true);
            caller.live(new FileHandler(way.settings(seed, true), disk, InlineBackground::new));
            StringBuilder all = new StringBuilder(caller.moved);
            for (Path file : disk.files()) {
                byte[] bytes = disk.bytes(file);
                if (file.toString().endsWith(".gz")) {
                    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                        bytes = in.readAllBytes();
                    }
                }
                all.append(new String(bytes, StandardCharsets.UTF_8));
            }
            assertThat(all.toString().lines().sorted().toList())
                    .as("seed %s %s", seed, caller.reports())
                    .isEqualTo(caller.expected().lines().sorted().toList());
        }
    }
}
