package io.emberlog.master.fanout;

import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Bytes;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/** A real journal whose records say their own number, so that each lost, doubled or misplaced one shows. */
final class TestJournal implements AutoCloseable {
    static final WorkerIdentity WORKER = worker(new UUID(1, 1), "worker");

    private static final WorkerIdentity MASTER = new WorkerIdentity(
            new UUID(2, 2),
            "emberlog-master",
            4712,
            0,
            "",
            "",
            "",
            "host",
            ReportSink.MASTER_PROCESS,
            ReportSink.MASTER_SERVICE);

    private final JournalDocumentWriter writer = new JournalDocumentWriter();
    private final Path directory;
    private Journal journal;
    private long position;
    /** Of the documents that come. */
    long appendedEpochNs;

    private long nextSequence;

    TestJournal(Path directory) throws JournalException {
        this(new JournalConfig(directory, 1 << 20, 0, 256 << 10, 3_600_000, 0));
    }

    TestJournal(JournalConfig config) throws JournalException {
        directory = config.directory();
        journal = Journal.open(config, JournalListener.NONE);
    }

    static WorkerIdentity worker(UUID ring, String name) {
        return new WorkerIdentity(ring, name, 4711, 0, "", "", "", "host", "Main", "");
    }

    /** A ring record as it stands in a segment. */
    static byte[] ringRecord(int type, byte[] payload, int length) {
        byte[] record = new byte[8 + length + 7 & -8];
        Bytes.putInt(record, 0, 8 + length);
        Bytes.putInt(record, 4, type);
        System.arraycopy(payload, 0, record, 8, length);
        return record;
    }

    /** A LOG_BATCH of records that say {@code firstNumber} and up. */
    static byte[] batch(Level level, String logger, long firstNumber, int count) {
        BatchEncoder encoder = new BatchEncoder(64 << 10, 16 << 10);
        encoder.begin();
        for (int i = 0; i < count; i++) {
            encoder.beginEntry(level.severity(), firstNumber + i, 1);
            encoder.text(MessageDescriptor.LOGGER, logger);
            encoder.text(MessageDescriptor.TEMPLATE, Long.toString(firstNumber + i));
            encoder.endEntry();
        }
        encoder.finish(0, firstNumber);
        return ringRecord(MessageDescriptor.TYPE_LOG_BATCH, encoder.buffer(), encoder.length());
    }

    static byte[] concat(byte[]... records) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] record : records) {
            all.writeBytes(record);
        }
        return all.toByteArray();
    }

    /** One document of so many INFO records, two a batch; returns its index. */
    long append(int count) throws JournalException {
        byte[] records = {};
        for (int done = 0; done < count; done += 2) {
            records = concat(records, batch(Level.INFO, "app", nextSequence + done, Math.min(2, count - done)));
        }
        return append(records, count);
    }

    /** One document of one record. */
    long append(Level level, String logger) throws JournalException {
        return append(batch(level, logger, nextSequence, 1), 1);
    }

    /** One record of a master's. */
    long appendOfMaster(Level level, String logger) throws JournalException {
        return append(MASTER, batch(level, logger, nextSequence, 1), 1);
    }

    long append(byte[] records, int count) throws JournalException {
        return append(WORKER, records, count);
    }

    private long append(WorkerIdentity of, byte[] records, int count) throws JournalException {
        writer.begin(nextSequence, appendedEpochNs);
        int source = writer.addSource(of, position, position + records.length);
        writer.addSegment(source, position, records, 0, records.length);
        long index = journal.append(writer.array(), writer.finish(count));
        position += records.length;
        nextSequence += count;
        return index;
    }

    /** Goes on numbering above, as the drain does when a checkpoint is ahead of the journal. */
    void skipTo(long sequence) {
        nextSequence = sequence;
    }

    long nextSequence() {
        return nextSequence;
    }

    long lastIndex() {
        return journal.lastIndex();
    }

    Path directory() {
        return directory;
    }

    Journal journal() {
        return journal;
    }

    static long[] numbers(long from, long to) {
        long[] numbers = new long[(int) (to - from)];
        Arrays.setAll(numbers, i -> from + i);
        return numbers;
    }

    @Override
    public void close() {
        journal.close();
    }
}
