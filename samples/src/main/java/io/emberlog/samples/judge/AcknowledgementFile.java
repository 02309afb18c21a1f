package io.emberlog.samples.judge;

import static io.emberlog.samples.judge.AcknowledgementLayout.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Reads an {@link AcknowledgementLayout acknowledgement file}, also while its producer lives. Any thread. */
public final class AcknowledgementFile {
    private final MappedByteBuffer buffer;
    private final String name;
    private final long entries;
    private final int threads;

    private AcknowledgementFile(Path file, MappedByteBuffer buffer) throws IOException {
        this.buffer = buffer;
        entries = buffer.getLong(ENTRIES_OFFSET);
        threads = buffer.getInt(THREADS_OFFSET);
        if (buffer.getInt(VERSION_OFFSET) != VERSION || buffer.capacity() != fileLength(threads, entries)) {
            throw new IOException(file + " is not a whole acknowledgement file of version " + VERSION);
        }
        byte[] text = new byte[buffer.getInt(NAME_LENGTH_OFFSET)];
        buffer.get(NAME_OFFSET, text);
        name = new String(text, StandardCharsets.UTF_8);
    }

    /** @return null when its producer has not begun, or was killed before it began */
    public static AcknowledgementFile open(Path file) throws IOException {
        if (Files.notExists(file) || Files.size(file) < HEADER_LENGTH) {
            return null;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            // who waits for a producer asks again and again, and a process has only so many mappings
            ByteBuffer magic = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            if (channel.read(magic, MAGIC_OFFSET) < Long.BYTES || magic.getLong(0) != MAGIC) {
                return null;
            }
            MappedByteBuffer buffer = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            buffer.order(ByteOrder.LITTLE_ENDIAN);
            return (long) LONG.getAcquire(buffer, MAGIC_OFFSET) == MAGIC ? new AcknowledgementFile(file, buffer) : null;
        }
    }

    /** The acknowledgement files of a directory, by name. */
    public static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(Acknowledgements.SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    public String name() {
        return name;
    }

    public int threads() {
        return threads;
    }

    public long seed() {
        return buffer.getLong(SEED_OFFSET);
    }

    public long pid() {
        return buffer.getLong(PID_OFFSET);
    }

    /** Calls begun by all threads. */
    public long issued() {
        long sum = 0;
        for (int thread = 0; thread < threads; thread++) {
            sum += issued(thread);
        }
        return sum;
    }

    /** Calls of all threads that returned true. */
    public long acknowledged() {
        long sum = 0;
        for (int thread = 0; thread < threads; thread++) {
            sum += acknowledged(thread);
        }
        return sum;
    }

    public long issued(int thread) {
        return word(thread, ISSUED_OFFSET);
    }

    public long acknowledged(int thread) {
        return word(thread, ACKNOWLEDGED_OFFSET);
    }

    /** Entries of that thread, from the first on, that were reported synced. */
    public long synced(int thread) {
        return word(thread, SYNCED_OFFSET);
    }

    public long declined(int thread, int severity) {
        return word(thread, DECLINED_OFFSET + severity * Long.BYTES);
    }

    /** Calls of that thread that returned false. */
    public long declined(int thread) {
        long sum = 0;
        for (int severity = 0; severity < SEVERITIES; severity++) {
            sum += declined(thread, severity);
        }
        return sum;
    }

    /** The thread stopped by itself: none of its calls was cut short. */
    public boolean ended(int thread) {
        return word(thread, ENDED_OFFSET) == 1;
    }

    public long sequence(int thread, long entry) {
        return buffer.getLong(entry(thread, entry) + SEQUENCE_OFFSET);
    }

    public int severity(int thread, long entry) {
        return buffer.getInt(entry(thread, entry) + SEVERITY_OFFSET);
    }

    public int length(int thread, long entry) {
        return buffer.getInt(entry(thread, entry) + LENGTH_OFFSET);
    }

    public long hash(int thread, long entry) {
        return buffer.getLong(entry(thread, entry) + HASH_OFFSET);
    }

    private int entry(int thread, long entry) {
        return blockOffset(thread, entries) + BLOCK_HEADER_LENGTH + Math.toIntExact(entry * ENTRY_LENGTH);
    }

    private long word(int thread, int offset) {
        return (long) LONG.getAcquire(buffer, blockOffset(thread, entries) + offset);
    }
}
