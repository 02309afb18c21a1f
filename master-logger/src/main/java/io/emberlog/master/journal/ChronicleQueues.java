package io.emberlog.master.journal;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.core.onoes.ExceptionHandler;
import net.openhft.chronicle.core.time.TimeProvider;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;

/**
 * The one place that configures Chronicle Queue: silent, offline, and with the same geometry for writer and readers.
 *
 * <p>Block size 8 MiB gives mappings of 8 + 2 MiB; the 2 MiB overlap bounds a document and holds our 1 MiB + 64 KiB. Chronicle
 * makes a file 10 MiB long at once, sparse: its apparent size says nothing, {@code du} does.
 */
final class ChronicleQueues {
    /** Never changes for a journal once written: it is in the file names and in every index. */
    static final RollCycle ROLL_CYCLE = RollCycles.FIVE_MINUTELY;

    static final String METADATA_FILE = SingleChronicleQueue.QUEUE_METADATA_FILE;

    /** The one field of a queue document. */
    static final String FIELD = "doc";

    private static final long BLOCK_SIZE = 8L << 20;

    /** The writer is alone: whoever it would wait for is dead. */
    private static final long WRITER_TIMEOUT_MS = 250;

    private static final long READER_TIMEOUT_MS = 1_000;

    /** Warnings and errors that Chronicle wanted to log; ours come as return values and exceptions. */
    private static final AtomicLong SUPPRESSED = new AtomicLong();

    static {
        // Before any Chronicle class: each of these is read in a static initializer.
        System.setProperty("chronicle.announcer.disable", "true");
        System.setProperty("chronicle.analytics.disable", "true");
        System.setProperty("chronicle.disk.monitor.disable", "true");
        // Chronicle asks SLF4J for a logger even though nothing will be logged; without a provider that alone prints
        // three lines.
        if (System.getProperty("slf4j.internal.verbosity") == null) {
            System.setProperty("slf4j.internal.verbosity", "ERROR");
        }
        ExceptionHandler count = (type, message, thrown) -> SUPPRESSED.incrementAndGet();
        Jvm.setExceptionHandlers(count, count, null, null);
    }

    private ChronicleQueues() {}

    /** To be called before any class of Chronicle's is used otherwise than through here: what it must not do is set by then. */
    static void silence() {
        // the static initializer has done it
    }

    static SingleChronicleQueue openForWriting(Path directory, TimeProvider time) {
        return builder(directory, time).timeoutMS(WRITER_TIMEOUT_MS).build();
    }

    static SingleChronicleQueue openForReading(Path directory) {
        return builder(directory, System::currentTimeMillis)
                .readOnly(true)
                .timeoutMS(READER_TIMEOUT_MS)
                .build();
    }

    private static SingleChronicleQueueBuilder builder(Path directory, TimeProvider time) {
        return SingleChronicleQueueBuilder.binary(directory)
                .rollCycle(ROLL_CYCLE)
                .blockSize(BLOCK_SIZE)
                .timeProvider(time)
                // Chronicle's msync reports a failure to its log only, and with SYNC it would block the drain at each 8
                // MiB.
                // Journal.sync forces the file through a channel instead, which covers mapped pages and throws.
                .syncMode(SyncMode.NONE);
    }

    static int cycleOf(long index) {
        return ROLL_CYCLE.toCycle(index);
    }

    static long suppressedMessages() {
        return SUPPRESSED.get();
    }
}
