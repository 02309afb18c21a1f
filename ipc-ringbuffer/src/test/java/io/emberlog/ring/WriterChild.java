package io.emberlog.ring;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A worker that is killed: threads log random records into one ring and note each acknowledgement in a file of their
 * own (per thread: i64 count, then the CRC32C of each record's text), written after the offer has returned.
 */
public final class WriterChild {
    static final int THREADS = 4;
    static final int MAX_RECORDS = 1 << 18;
    static final int THREAD_ROOM = 8 + 4 * MAX_RECORDS;

    private WriterChild() {}

    public static void main(String[] args) throws Exception {
        long seed = Long.parseLong(args[1]);
        WorkerIdentity identity = new WorkerIdentity(
                UUID.randomUUID(), "killed", ProcessHandle.current().pid(), 0, "", "", "", "host", "child", "");
        VarHandleBuffer notes = new VarHandleBuffer(mapNotes(Path.of(args[2])));
        RingFile file = RingFile.create(
                ChannelDirectory.open(Path.of(args[0])), RingSpec.of(Integer.parseInt(args[3])), identity, null, 1);
        for (int thread = 0; thread < THREADS; thread++) {
            int slot = thread;
            new Thread(() -> write(file.ring(), slot, seed, notes)).start();
        }
        // ends with the test process, should that die first
        while (System.in.read() >= 0) {
            continue;
        }
        Runtime.getRuntime().halt(3);
    }

    static ByteBuffer mapNotes(Path path) throws IOException {
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) THREADS * THREAD_ROOM)
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private static void write(Ring ring, int slot, long seed, VarHandleBuffer notes) {
        SplittableRandom random = new SplittableRandom(seed + slot);
        BatchEncoder encoder = new BatchEncoder(ring.maxPayloadLength(), ring.maxPayloadLength());
        int at = slot * THREAD_ROOM;
        for (int sequence = 1; sequence <= MAX_RECORDS; sequence++) {
            byte[] text = new byte[random.nextInt(50) == 0 ? random.nextInt(3000) : random.nextInt(100)];
            random.nextBytes(text);
            byte[] utf8 = new String(text, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_8);
            encoder.begin();
            encoder.beginEntry(9, sequence, slot);
            encoder.text(MessageDescriptor.TEMPLATE, utf8);
            encoder.endEntry();
            encoder.finish(slot, sequence);
            VarHandleBuffer source = new VarHandleBuffer(encoder.buffer());
            while (ring.offer(MessageDescriptor.TYPE_LOG_BATCH, source, 0, encoder.length(), true) != Ring.RINGED) {
                Thread.yield();
            }
            notes.putInt(at + 4 + 4 * sequence, crc(utf8, 0, utf8.length));
            notes.putLongRelease(at, sequence);
        }
    }

    static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
