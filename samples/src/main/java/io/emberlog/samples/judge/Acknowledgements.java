package io.emberlog.samples.judge;

import static io.emberlog.samples.judge.AcknowledgementLayout.*;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A producer's own account of the promises made to it, in a mapped file that survives its death
 * ({@link AcknowledgementLayout}). One {@link Account} per thread, used by that thread only.
 */
public final class Acknowledgements {
    /** Ending of the files' names. */
    public static final String SUFFIX = ".acks";

    private final MappedByteBuffer buffer;
    private final long entries;

    private Acknowledgements(MappedByteBuffer buffer, long entries) {
        this.buffer = buffer;
        this.entries = entries;
    }

    /**
     * @param name of the worker, no other file of the run has it
     * @param entriesPerThread most acknowledgements of one thread; the file is sparse
     * @throws IOException also when the file exists
     */
    public static Acknowledgements create(Path file, String name, int threads, long entriesPerThread, long seed)
            throws IOException {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        if (NAME_OFFSET + nameBytes.length > HEADER_LENGTH) {
            throw new IllegalArgumentException("name of " + nameBytes.length + " bytes is too long");
        }
        MappedByteBuffer buffer;
        try (FileChannel channel = FileChannel.open(file, CREATE_NEW, READ, WRITE)) {
            buffer = channel.map(FileChannel.MapMode.READ_WRITE, 0, fileLength(threads, entriesPerThread));
        }
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(VERSION_OFFSET, VERSION);
        buffer.putInt(THREADS_OFFSET, threads);
        buffer.putLong(ENTRIES_OFFSET, entriesPerThread);
        buffer.putLong(SEED_OFFSET, seed);
        buffer.putLong(PID_OFFSET, ProcessHandle.current().pid());
        buffer.putInt(NAME_LENGTH_OFFSET, nameBytes.length);
        buffer.put(NAME_OFFSET, nameBytes);
        LONG.setRelease(buffer, MAGIC_OFFSET, MAGIC); // a file without it is one whose owner died before it began
        return new Acknowledgements(buffer, entriesPerThread);
    }

    /** @param thread from 0 */
    public Account account(int thread) {
        return new Account(thread);
    }

    /** One thread's account, but for what says otherwise. */
    public final class Account {
        private final int base;
        private long issued;
        private long acknowledged;

        private Account(int thread) {
            base = blockOffset(thread, entries);
        }

        /**
         * About to log.
         *
         * @return the sequence number of this call, from 0
         */
        public long issue() {
            long sequence = issued++;
            LONG.setVolatile(buffer, base + ISSUED_OFFSET, issued); // nothing of the call comes before it
            return sequence;
        }

        /** The call returned true. */
        public void acknowledged(long sequence, int severity, CharSequence text) {
            int entry = base + BLOCK_HEADER_LENGTH + Math.toIntExact(acknowledged * ENTRY_LENGTH);
            buffer.putLong(entry + SEQUENCE_OFFSET, sequence);
            buffer.putInt(entry + SEVERITY_OFFSET, severity);
            buffer.putInt(entry + LENGTH_OFFSET, text.length());
            buffer.putLong(entry + HASH_OFFSET, TextHash.of(text));
            acknowledged++;
            LONG.setRelease(buffer, base + ACKNOWLEDGED_OFFSET, acknowledged); // the judge trusts what it counts
        }

        /** The call returned false. */
        public void declined(int severity) {
            int counter = base + DECLINED_OFFSET + severity * Long.BYTES;
            LONG.setRelease(buffer, counter, (long) LONG.get(buffer, counter) + 1);
        }

        /** Calls that have returned true so far. Any thread. */
        public long acknowledgedNow() {
            return (long) LONG.getAcquire(buffer, base + ACKNOWLEDGED_OFFSET);
        }

        /** A sync that began when that many calls had returned true has returned true itself. One thread, any. */
        public void synced(long acknowledgedBefore) {
            LONG.setRelease(buffer, base + SYNCED_OFFSET, acknowledgedBefore);
        }

        /** No more calls will be made. */
        public void ended() {
            LONG.setRelease(buffer, base + ENDED_OFFSET, 1L);
        }
    }
}
