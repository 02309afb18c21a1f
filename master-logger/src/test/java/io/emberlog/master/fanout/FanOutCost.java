package io.emberlog.master.fanout;

import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.master.config.IdleMode;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.message.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.SystemEpochNanoClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * Records a second through one agent to a handler that does nothing; not a test. Run: {@code mvn -q -pl master-logger -am
 * test-compile}, then this class with the test class path and the master's JVM flags.
 */
final class FanOutCost {
    private static final int DOCUMENTS = 2_000;
    private static final int ROUNDS = 6;

    private FanOutCost() {}

    public static void main(String[] args) throws Exception {
        for (int batch : new int[] {1, 100}) {
            Path directory = Files.createTempDirectory("fanout-cost");
            JournalConfig config =
                    new JournalConfig(directory.resolve("journal"), 8L << 30, 0, 256 << 20, 3_600_000, 0);
            try (TestJournal journal = new TestJournal(config)) {
                byte[] records = {};
                int count = 0;
                while (records.length < 64 << 10) {
                    byte[] more = {};
                    for (int i = 0; i < 100 / batch; i++) {
                        more = TestJournal.concat(more, TestJournal.batch(Level.INFO, "com.example.Orders", 0, batch));
                        count += batch;
                    }
                    records = TestJournal.concat(records, more);
                }
                for (int i = 0; i < DOCUMENTS; i++) {
                    journal.append(records, count);
                }
                for (int round = 0; round < ROUNDS; round++) {
                    measure(journal, directory.resolve("state" + round), batch, records.length / count);
                }
            }
        }
    }

    private static void measure(TestJournal journal, Path state, int batch, int bytesPerRecord) throws Exception {
        CheckpointStore.createDirectory(state);
        FanOutConfig config = new FanOutConfig(
                journal.directory(),
                state,
                SystemNanoClock.INSTANCE,
                SystemEpochNanoClock.INSTANCE,
                Thread::new,
                (name, level, message, cause) -> System.out.println(message),
                SyncedJournal.NOT_AWAITED,
                IdleMode.BACKOFF);
        JournalHead head = new JournalHead(journal.lastIndex(), journal.nextSequence());
        HandlerAgent agent =
                new HandlerAgent(new HandlerSpec("none", new TicklessHandler(), 0), config, head, CheckpointFiles.REAL);
        long start = System.nanoTime();
        while (agent.status().lagRecords() != 0) {
            agent.doWork();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%d records a batch, %d bytes a record: %.1f M records/s, %d checkpoints%n",
                batch,
                bytesPerRecord,
                journal.nextSequence() / seconds / 1e6,
                agent.status().count(Counter.CHECKPOINTS));
        agent.abandon();
        agent.doWork();
    }
}
