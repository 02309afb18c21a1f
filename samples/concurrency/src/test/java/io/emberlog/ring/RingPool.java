package io.emberlog.ring;

import static io.emberlog.ring.RingDescriptor.GOODBYE_OFFSET;
import static io.emberlog.ring.RingDescriptor.HEAD_CACHE_OFFSET;
import static io.emberlog.ring.RingDescriptor.HEAD_OFFSET;
import static io.emberlog.ring.RingDescriptor.JOURNALED_BATCH_OFFSET;
import static io.emberlog.ring.RingDescriptor.JOURNALED_OFFSET;
import static io.emberlog.ring.RingDescriptor.MIN_CAPACITY;
import static io.emberlog.ring.RingDescriptor.REAL_TAIL_OFFSET;
import static io.emberlog.ring.RingDescriptor.STATE_OFFSET;
import static io.emberlog.ring.RingDescriptor.STATE_OPEN;
import static io.emberlog.ring.RingDescriptor.SYNC_REQUEST_OFFSET;
import static io.emberlog.ring.RingDescriptor.TAIL_OFFSET;

import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Real mapped rings, made once and used again and again: a test state of jcstress lives for microseconds. More of them than
 * states are alive at once ({@code -strideSize} times {@code -strideCount} of JcstressTest), so that none has two users.
 */
final class RingPool {
    static final int CAPACITY = MIN_CAPACITY;
    static final int STAGING = 4096;
    private static final int COUNT = 128;
    /** More than any of these tests writes. */
    private static final int WRITTEN = 512;

    /** Kinds of rings. */
    enum Kind {
        PLAIN(0, false),
        CHECKED(0, true),
        STAGED(STAGING, false),
        STAGED_CHECKED(STAGING, true);

        private final Pooled[] rings = new Pooled[COUNT];
        private final AtomicInteger next = new AtomicInteger();
        private final RingSpec spec;

        Kind(int staging, boolean checked) {
            spec = new RingSpec(CAPACITY, staging, checked);
        }

        Pooled take() {
            return at(Math.floorMod(next.getAndIncrement(), COUNT));
        }

        private synchronized Pooled at(int index) {
            if (rings[index] == null) {
                rings[index] = new Pooled(create(spec));
            }
            return rings[index];
        }
    }

    /** A ring, and its header as bytes. */
    static final class Pooled {
        private VarHandleBuffer header;
        final RingFile file;
        final Ring ring;

        Pooled(RingFile real) {
            file = new RingFile(real, this::keep, bytes -> new RingWords(bytes, CAPACITY));
            ring = file.ring();
        }

        private VarHandleBuffer keep(ByteBuffer bytes) {
            header = new VarHandleBuffer(bytes);
            return header;
        }

        /** As just made, but that so many bytes have gone through it. */
        Pooled reset(long position) {
            RingWords words = file.words();
            int index = (int) position & CAPACITY - 1;
            words.setMemory(index, Math.min(WRITTEN, CAPACITY - index), (byte) 0);
            words.setMemory(0, WRITTEN, (byte) 0);
            words.putLong(CAPACITY + TAIL_OFFSET, position);
            words.putLong(CAPACITY + HEAD_OFFSET, position);
            words.putLong(CAPACITY + HEAD_CACHE_OFFSET, position);
            header.putLong(REAL_TAIL_OFFSET, 0);
            header.putLong(JOURNALED_OFFSET, position);
            header.putLong(SYNC_REQUEST_OFFSET, 0);
            header.putLong(GOODBYE_OFFSET, 0);
            for (int slot = 0; slot < 4; slot++) {
                header.putLong(JOURNALED_BATCH_OFFSET + slot * Long.BYTES, 0);
                if (file.spec().stagingLength() > 0) {
                    file.stagingBuffer(slot).putLong(StagingDescriptor.COMMIT_WORD_OFFSET, 0);
                }
            }
            header.putIntVolatile(STATE_OFFSET, STATE_OPEN);
            return this;
        }
    }

    private RingPool() {}

    private static RingFile create(RingSpec spec) {
        try {
            Path memory = Path.of("/dev/shm");
            Path directory = Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "emberlog-stress")
                    : Files.createTempDirectory("emberlog-stress");
            WorkerIdentity identity = new WorkerIdentity(
                    UUID.randomUUID(),
                    "tester",
                    ProcessHandle.current().pid(),
                    42,
                    "boot",
                    "machine",
                    "pid:[1]",
                    "host",
                    "test",
                    "");
            RingFile file = RingFile.create(ChannelDirectory.open(directory), spec, identity, null, 1);
            try (DirectoryStream<Path> made = Files.newDirectoryStream(directory)) {
                for (Path path : made) {
                    Files.delete(path); // the mapping stays
                }
            }
            Files.delete(directory);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
