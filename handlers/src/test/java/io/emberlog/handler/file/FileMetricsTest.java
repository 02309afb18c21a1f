package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.HandlerMetrics.Timer;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.MetricsSnapshot;
import io.emberlog.handler.Records;
import io.emberlog.handler.SteppedCaller;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real files, on a disk that is slow by the handler's own clock: while it is written, time goes by. */
class FileMetricsTest {
    private static final long MS = 1_000_000L;

    @TempDir
    Path directory;

    private final SteppedCaller caller = new SteppedCaller();
    private final SlowDisk disk = new SlowDisk();

    private FileHandler open(Map<String, Object> given) throws IOException {
        Map<String, Object> all = new HashMap<>(
                Map.of("path", directory.resolve("app.log").toString(), "rotate", "never", "buffer", "4 KiB"));
        all.putAll(given);
        FileHandler handler = new FileHandler(
                FileSettings.of(HandlerSettings.of("file", new FileHandlerFactory().settings(), all)),
                disk,
                InlineBackground::new);
        caller.open(handler);
        return handler;
    }

    private void log(int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            caller.handle(Records.plain(i, "x".repeat(100)));
        }
    }

    private long onDisk() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    @Test
    void writesAndSyncsAreMeasuredApartAndNeverPerRecord() throws Exception {
        FileHandler handler = open(Map.of("fsync", "checkpoint"));
        disk.writeNs = 2 * MS;
        disk.forceNs = 30 * MS;
        log(0, 400);
        handler.flush();
        caller.checkpoint();

        MetricsSnapshot metrics = caller.metrics().snapshot();
        long writes = metrics.count(Counter.WRITES);
        assertThat(writes).isBetween(5L, 50L);
        assertThat(metrics.latency(Timer.WRITE).count()).isEqualTo(writes);
        assertThat(metrics.latency(Timer.WRITE).totalNs()).isEqualTo(writes * 2 * MS);
        assertThat(metrics.latency(Timer.SYNC).count()).isEqualTo(1);
        assertThat(metrics.latency(Timer.SYNC).maxNs()).isEqualTo(30 * MS);
        assertThat(metrics.count(Counter.BUFFER_OVERFLOWS))
                .as("all but the last were of a full buffer")
                .isEqualTo(writes - 1);
        assertThat(metrics.count(Counter.BYTES)).isEqualTo(onDisk());
        assertThat(metrics.count(Counter.NETWORK_BYTES)).isZero();
    }

    @Test
    void aWriteThatFailsIsNotMeasured() throws Exception {
        FileHandler handler = open(Map.of());
        log(0, 1);
        disk.fails = true;
        assertThatThrownBy(handler::flush).isInstanceOf(IOException.class);
        assertThat(caller.metrics().snapshot().latency(Timer.WRITE).count()).isZero();
        disk.fails = false;
        handler.flush();
        assertThat(caller.metrics().snapshot().latency(Timer.WRITE).count()).isEqualTo(1);
    }

    @Test
    void whatItsFilesTakeIsTheLogAndItsRotatedFilesAndIsLookedUpAgainAfterTenSeconds() throws Exception {
        FileHandler handler = open(Map.of("max_size", "4 KiB", "keep_files", 100));
        assertThat(caller.metrics().snapshot().gauge(Gauge.DISK_BYTES))
                .as("not looked up")
                .isEqualTo(-1);
        Files.writeString(directory.resolve("other.log"), "not its own");
        log(0, 200);
        handler.flush();
        caller.tick();
        MetricsSnapshot metrics = caller.metrics().snapshot();
        assertThat(metrics.count(Counter.ROTATIONS)).isGreaterThan(3);
        assertThat(metrics.gauge(Gauge.DISK_BYTES)).isEqualTo(onDisk() - "not its own".length());
        assertThat(metrics.gauge(Gauge.DISK_FREE_BYTES)).isPositive();

        log(200, 400);
        handler.flush();
        caller.tick();
        assertThat(caller.metrics().snapshot().gauge(Gauge.DISK_BYTES)).isEqualTo(metrics.gauge(Gauge.DISK_BYTES));
        caller.skip(DiskUse.LOOK_NS);
        caller.tick();
        assertThat(caller.metrics().snapshot().gauge(Gauge.DISK_BYTES)).isEqualTo(onDisk() - "not its own".length());
    }

    @Test
    void aDiskThatCannotBeAskedMakesTheFiguresUnknownAndNothingElse() throws Exception {
        open(Map.of());
        caller.tick();
        assertThat(caller.metrics().snapshot().gauge(Gauge.DISK_FREE_BYTES)).isPositive();
        disk.spaceFails = true;
        caller.skip(DiskUse.LOOK_NS);
        caller.tick();
        assertThat(caller.metrics().snapshot().gauge(Gauge.DISK_FREE_BYTES)).isEqualTo(-1);
        assertThat(caller.failures()).isEmpty();
        assertThat(caller.reports()).isEmpty();
    }

    /** A look that takes long is made seldom. */
    @Test
    void looksTakeNoMoreThanAHundredthOfTheTime() throws Exception {
        open(Map.of());
        disk.listNs = 5_000 * MS;
        caller.tick();
        int looks = disk.lists;
        caller.pass(499_000 * MS, 1_000 * MS);
        assertThat(disk.lists).isEqualTo(looks);
        caller.pass(2_000 * MS, 1_000 * MS);
        assertThat(disk.lists).isGreaterThan(looks);
    }

    private final class SlowDisk implements FileOps {
        private final FileOps real = new DiskFileOps();
        private long writeNs;
        private long forceNs;
        private long listNs;
        private int lists;
        private boolean fails;
        private boolean spaceFails;

        @Override
        public OpenFile open(Path file) throws IOException {
            return slow(real.open(file));
        }

        @Override
        public OpenFile create(Path file) throws IOException {
            return slow(real.create(file));
        }

        private OpenFile slow(OpenFile file) {
            return new OpenFile() {
                @Override
                public String key() {
                    return file.key();
                }

                @Override
                public long size() throws IOException {
                    return file.size();
                }

                @Override
                public int read(ByteBuffer into, long position) throws IOException {
                    return file.read(into, position);
                }

                @Override
                public int write(ByteBuffer from, long position) throws IOException {
                    if (fails) {
                        throw new IOException("disk full");
                    }
                    caller.skip(writeNs);
                    return file.write(from, position);
                }

                @Override
                public void truncate(long size) throws IOException {
                    file.truncate(size);
                }

                @Override
                public void force() throws IOException {
                    caller.skip(forceNs);
                    file.force();
                }

                @Override
                public void close() throws IOException {
                    file.close();
                }
            };
        }

        @Override
        public List<String> list(Path of) throws IOException {
            lists++;
            caller.skip(listNs);
            return real.list(of);
        }

        @Override
        public long usableSpace(Path of) throws IOException {
            if (spaceFails) {
                throw new IOException("cannot be asked");
            }
            return real.usableSpace(of);
        }

        @Override
        public void createDirectories(Path of) throws IOException {
            real.createDirectories(of);
        }

        @Override
        public String key(Path file) throws IOException {
            return real.key(file);
        }

        @Override
        public boolean isFile(Path file) throws IOException {
            return real.isFile(file);
        }

        @Override
        public Stat stat(Path file) throws IOException {
            return real.stat(file);
        }

        @Override
        public void setModified(Path file, long epochMs) throws IOException {
            real.setModified(file, epochMs);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            real.rename(from, to);
        }

        @Override
        public void delete(Path file) throws IOException {
            real.delete(file);
        }

        @Override
        public void forceDirectory(Path of) throws IOException {
            real.forceDirectory(of);
        }
    }
}
