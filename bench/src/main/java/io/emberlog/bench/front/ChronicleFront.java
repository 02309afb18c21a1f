package io.emberlog.bench.front;

import static io.emberlog.bench.front.Call.price;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongConsumer;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.io.IOTools;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * No logging library: a queue of documents of bytes in a mapped file. What a call writes are the values of a record, and
 * neither text nor template nor names: time, level, order, price and, with three arguments, name. One thread.
 */
public final class ChronicleFront implements Front {
    private static final byte INFO = 9;

    static {
        System.setProperty("slf4j.internal.verbosity", "ERROR"); // it would tell which provider it takes
    }

    private final ChronicleQueue queue;
    private final ExcerptAppender appender;
    private final String name;

    static Front open(Setting setting) {
        return new ChronicleFront(setting);
    }

    private ChronicleFront(Setting setting) {
        IOTools.deleteDirWithFiles(setting.target()); // begins anew, as the files of the others do
        queue = ChronicleQueue.single(setting.target());
        appender = queue.createAppender();
        name = setting.call().isThreeArgs() ? setting.name() : null;
    }

    @Override
    public boolean log(long i) {
        try (DocumentContext document = appender.writingDocument()) {
            Bytes<?> bytes = document.wire().bytes();
            Instant now = Instant.now();
            bytes.writeLong(now.getEpochSecond() * 1_000_000_000L + now.getNano());
            bytes.writeByte(INFO);
            bytes.writeLong(i);
            bytes.writeDouble(price(i));
            if (name != null) {
                bytes.write8bit(name);
            }
        }
        return true;
    }

    @Override
    public boolean log(String text) {
        return log(-1);
    }

    @Override
    public boolean settle(Duration limit) {
        return true;
    }

    @Override
    public void close() {
        queue.close();
    }

    /** Reads a queue whose writer may be dead: the number of each message, in their order. */
    public static void read(Path directory, LongConsumer message) {
        try (ChronicleQueue queue = ChronicleQueue.single(directory.toString());
                ExcerptTailer tailer = queue.createTailer()) {
            for (boolean more = true; more; ) {
                try (DocumentContext document = tailer.readingDocument()) {
                    more = document.isPresent();
                    if (more) {
                        Bytes<?> bytes = document.wire().bytes();
                        bytes.readSkip(Long.BYTES + 1);
                        message.accept(bytes.readLong());
                    }
                }
            }
        }
    }
}
