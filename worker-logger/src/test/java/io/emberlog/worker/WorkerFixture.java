package io.emberlog.worker;

import io.emberlog.message.DropReason;
import io.emberlog.ring.RingDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** A worker whose rings a test can script and whose housekeeper it steps by hand, or starts. */
final class WorkerFixture {
    private static final int SMALL = 128 * 1024;

    /** Of the worker of a fixture. */
    static final Duration SYNC_INTERVAL = Duration.ofSeconds(5);

    private static final int JOURNALED_POSITION_OFFSET = 256;
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    final Path directory;
    final List<ScriptedRing> rings = new ArrayList<>();
    final Worker worker;
    final WorkerLogger log;
    /** Long, so that nothing but a test publishes by time; shorter than {@link #SYNC_INTERVAL}, which publishes, too. */
    static final int FLUSH_MS = 4_000;

    static final int BATCH_BYTES = 8 * 1024;

    private final int ringSize;
    final long startNs = System.nanoTime();
    volatile Consumer<ScriptedRing> onCreate = ring -> {};
    volatile IOException failCreation;

    WorkerFixture(Path directory) {
        this(directory, Overflow.drop(), SMALL);
    }

    WorkerFixture(Path directory, Overflow overflow) {
        this(directory, overflow, SMALL);
    }

    WorkerFixture(Path directory, Overflow overflow, int ringSize) {
        this(directory, overflow, ringSize, 0, RingChecks.OFF);
    }

    /** One that batches, with a flush interval of {@link #FLUSH_MS}. */
    static WorkerFixture batching(Path directory, Overflow overflow) {
        return new WorkerFixture(directory, overflow, SMALL, BATCH_BYTES, RingChecks.OFF);
    }

    WorkerFixture(Path directory, Overflow overflow, int ringSize, int batchBytes, RingChecks checks) {
        this.ringSize = ringSize;
        this.directory = directory.resolve("channel");
        WorkerSettings settings = new WorkerSettings(
                this.directory,
                "test",
                LevelText.parse("INFO"),
                ringSize,
                checks,
                overflow,
                null,
                Duration.ofSeconds(60),
                Duration.ofMillis(batchBytes == 0 ? 0 : FLUSH_MS),
                batchBytes,
                SYNC_INTERVAL,
                4096,
                Fallback.NONE,
                false);
        WorkerRing.Creator creator = MappedRing.creator(this.directory, settings.ringSpec(), checks, "test", null);
        worker = new Worker(
                settings,
                (predecessor, now) -> {
                    if (failCreation != null) {
                        throw failCreation;
                    }
                    ScriptedRing ring = new ScriptedRing(creator.create(predecessor, now));
                    onCreate.accept(ring);
                    rings.add(ring);
                    return ring;
                },
                new EpochClock());
        log = WorkerLogger.of(worker, settings);
    }

    /** One round of the housekeeper, that many milliseconds after the start. */
    void step(long afterMs) {
        worker.housekeeper().doWork(startNs + afterMs * 1_000_000);
    }

    ScriptedRing ring(int index) {
        return rings.get(index);
    }

    long dropped(DropReason reason) {
        return worker.drops.total(reason);
    }

    /** Copies the channel directory: what a process that dies right now leaves behind. */
    Path snapshot(Path to) {
        try (Stream<Path> files = Files.list(directory)) {
            Files.createDirectory(to);
            Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes everything out of the ring and journals it, as the master would. */
    void drain(int index) {
        long tail = ring(index).tail();
        try (FileChannel channel = FileChannel.open(path(index), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
            int ring = RingDescriptor.HEADER_LENGTH;
            LONGS.setRelease(map, JOURNALED_POSITION_OFFSET, tail);
            long head = (long) LONGS.getVolatile(map, ring + ringSize + RingBufferDescriptor.HEAD_POSITION_OFFSET);
            for (long at = head; at < tail; at += 8) {
                LONGS.setOpaque(map, ring + (int) (at & ringSize - 1), 0L);
            }
            LONGS.setRelease(map, ring + ringSize + RingBufferDescriptor.HEAD_POSITION_OFFSET, tail);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path(int index) {
        return ((MappedRing) ring(index).real).file().path();
    }

    /** Logs until the ring has no room for INFO. @return how many were taken */
    int fill() {
        int taken = 0;
        while (log.info("{}", "x".repeat(1000))) {
            taken++;
        }
        return taken;
    }
}
