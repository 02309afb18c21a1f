package io.emberlog.samples.storm;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * A worker process gone bad: makes rings, logs into each as it should, and then writes anything anywhere into its file while the
 * master drains it, cuts it and grows it. Says a line for each ring. Through a channel only, so that it does not fault itself.
 */
public final class Vandal {
    private static final int CAPACITY = 256 * 1024;
    private static final int HEADER = 4096;
    private static final int RECORDS = 200;
    private static final long RAGE_NS = 150_000_000L;
    private static final long[] TEMPTING = {
        0, 1, -1, 7, 8, -8, 16, CAPACITY, -CAPACITY, 1L << 30, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE
    };

    private final ChannelDirectory channel;
    private final SplittableRandom random;
    private final BatchEncoder encoder = new BatchEncoder(BatchEncoder.MIN_MAX_LENGTH, 128);
    private long sequence;

    private Vandal(ChannelDirectory channel, long seed) {
        this.channel = channel;
        this.random = new SplittableRandom(seed);
    }

    /** Channel directory, seed, and how many rings. */
    public static void main(String... args) throws IOException {
        Vandal vandal = new Vandal(ChannelDirectory.open(Path.of(args[0])), Long.parseLong(args[1]));
        for (int ring = Integer.parseInt(args[2]); ring > 0; ring--) {
            vandal.ring();
            System.out.println("vandalised");
        }
    }

    private void ring() throws IOException {
        WorkerIdentity identity = new WorkerIdentity(
                UUID.randomUUID(), "vandal", ProcessHandle.current().pid(), 1, "", "", "", "host", "process", "");
        RingSpec spec = new RingSpec(CAPACITY, random.nextBoolean() ? 0 : 8 * 1024, random.nextBoolean());
        RingFile file = RingFile.create(channel, spec, identity, null, 1);
        for (int i = random.nextInt(RECORDS); i > 0; i--) {
            log(file);
        }
        try (FileChannel bytes = FileChannel.open(file.path(), StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            rage(bytes, file.length(), random.nextInt(3));
        } catch (NoSuchFileException e) {
            return; // set aside already
        }
    }

    private void log(RingFile file) {
        encoder.begin();
        encoder.beginEntry(9, 1, 1);
        encoder.text(MessageDescriptor.LOGGER, "emberlog.vandal"); // whose records the judge leaves alone
        encoder.text(MessageDescriptor.TEMPLATE, "noise " + sequence);
        encoder.endEntry();
        encoder.finish(0, ++sequence);
        file.ring()
                .offer(
                        MessageDescriptor.TYPE_LOG_BATCH,
                        new VarHandleBuffer(encoder.buffer()),
                        0,
                        encoder.length(),
                        true);
    }

    /** Mostly scribbles; a ring in three is cut and grown, too, and one in three from the first moment on. */
    private void rage(FileChannel file, long length, int kind) throws IOException {
        long started = System.nanoTime();
        int strokes = 0;
        while (System.nanoTime() - started < RAGE_NS) {
            boolean cut = kind == 2 || kind == 1 && strokes > 1_000;
            if (cut && random.nextInt(50) == 0) {
                file.truncate(random.nextLong(length));
            } else if (cut && random.nextInt(50) == 0) {
                file.write(ByteBuffer.allocate(1), random.nextLong(2 * length));
            } else {
                ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                word.putLong(0, random.nextInt(3) == 0 ? random.nextLong() : TEMPTING[random.nextInt(TEMPTING.length)]);
                file.write(word, at(length));
            }
            strokes++;
        }
    }

    private long at(long length) {
        return switch (random.nextInt(4)) {
            case 0 -> 128 + 8 * random.nextInt(90);
            case 1 -> HEADER + 8 * random.nextInt(1_000);
            case 2 -> HEADER + CAPACITY + 8 * random.nextInt(96);
            default -> 8 * random.nextLong(length / 8);
        };
    }
}
