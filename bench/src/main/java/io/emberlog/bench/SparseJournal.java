package io.emberlog.bench;

import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.agrona.concurrent.SystemNanoClock;

/**
 * A journal as long as one that was written for days, which takes hardly any of the disk: segments of full length, each
 * with one document, a STATE without rings, and behind it, instead of more documents, one block that is no data and was
 * never written. Readers step over such a block as they do over Chronicle's index.
 *
 * <pre>
 *  | Chronicle's header and index | document | 0x40000000 + length, hole ... | 0xC0000000 |      64 MiB
 * </pre>
 *
 * So what depends on the number, the names and the length of segments is as in life; what reads all documents is not.
 */
final class SparseJournal {
    /** That of a master with its defaults. */
    static final long SEGMENT_BYTES = 64L << 20;

    private static final long ROLL_MS = 300_000;
    private static final int NOT_COMPLETE = 1 << 31;
    private static final int NOT_DATA = 1 << 30;
    private static final int END_OF_SEGMENT = 0xC000_0000;

    private SparseJournal() {}

    /** Writes so many segments, begun five minutes after each other and all before now. */
    static void write(Path directory, long segments) throws IOException, JournalException {
        if (segments == 0) {
            return;
        }
        long[] wallMs = {System.currentTimeMillis() - (segments + 1) * ROLL_MS};
        JournalConfig config =
                new JournalConfig(directory, (segments + 1) * SEGMENT_BYTES, 0, SEGMENT_BYTES, ROLL_MS, 0);
        try (Journal journal = Journal.open(config, () -> wallMs[0], SystemNanoClock.INSTANCE, JournalListener.NONE)) {
            JournalDocumentWriter document = new JournalDocumentWriter();
            for (long i = 0; i < segments; i++) {
                document.begin(0, wallMs[0] * 1_000_000);
                document.addState(0, Map.of());
                journal.append(document.array(), document.finish(0));
                wallMs[0] += ROLL_MS;
            }
        }
        for (Path segment : JournalScanner.segments(directory).values()) {
            stretch(segment);
        }
    }

    private static void stretch(Path segment) throws IOException {
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = endOfBlocks(channel);
            channel.truncate(end); // with it goes what was allocated ahead
            put(channel, SEGMENT_BYTES - Integer.BYTES, END_OF_SEGMENT);
            put(channel, end, NOT_DATA | (int) (SEGMENT_BYTES - end) - 2 * Integer.BYTES);
        }
    }

    private static long endOfBlocks(FileChannel channel) throws IOException {
        long position = 0;
        while (true) {
            int header = get(channel, position);
            if (header == 0 || (header & NOT_COMPLETE) != 0) {
                return position;
            }
            position += Integer.BYTES + (header & NOT_DATA - 1) + 3 & ~3L;
        }
    }

    private static int get(FileChannel channel, long position) throws IOException {
        ByteBuffer word = word();
        return channel.read(word, position) < Integer.BYTES ? 0 : word.getInt(0);
    }

    private static void put(FileChannel channel, long position, int value) throws IOException {
        channel.write(word().putInt(0, value), position);
    }

    private static ByteBuffer word() {
        return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
}
