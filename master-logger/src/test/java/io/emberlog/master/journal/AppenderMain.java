package io.emberlog.master.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;

/**
 * A stand-in for the drain: opens the journal, recovers, and appends until it is killed or has done {@code LIMIT} documents. Each
 * acknowledged number goes to a file of its own, which is the oracle.
 *
 * <p>Arguments: DIRECTORY ACKNOWLEDGED LIMIT.
 */
final class AppenderMain {
    private AppenderMain() {}

    public static void main(String[] args) throws JournalException, IOException {
        int limit = Integer.parseInt(args[2]);
        JournalConfig config = new JournalConfig(Path.of(args[0]), 8L << 30, 0, 4 << 20, 3_600_000, 0);
        TestDocuments documents = new TestDocuments();
        Random random = new Random(ProcessHandle.current().pid() ^ System.nanoTime());
        try (FileChannel acknowledged = FileChannel.open(
                        Path.of(args[1]),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND);
                Journal journal = Journal.open(config, JournalListener.NONE)) {
            RecoveredState state = JournalRecovery.recover(journal);
            long sequence = state.nextSequence();
            ByteBuffer word = ByteBuffer.allocate(Long.BYTES);
            for (int i = 0; i < limit; i++, sequence++) {
                Map<java.util.UUID, RingEnd> stateOrNull = i == 0 ? state.rings() : null;
                int length = documents.one(sequence, 64 + random.nextInt(100_000), stateOrNull);
                journal.append(documents.array(), length);
                word.clear().putLong(0, sequence);
                acknowledged.write(word);
            }
        }
    }
}
