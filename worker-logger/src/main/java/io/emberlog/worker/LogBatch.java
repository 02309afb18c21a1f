package io.emberlog.worker;

import io.emberlog.message.BatchHeader;
import io.emberlog.message.DropReason;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.ring.VarHandleBuffer;
import java.util.Arrays;

/**
 * Records that are acknowledged together, or not at all: they stand side by side in every output, whatever happens.
 *
 * <pre>{@code
 * try (LogBatch trade = log.batch()) {
 *     trade.info("order {} filled", 42L);
 *     trade.info("position is {}", 1200L);
 *     trade.publish();
 * }
 * }</pre>
 *
 * <p>The level methods return true when the record was added, false when its level is disabled, or when it makes the batch
 * larger than one record of the ring may be (an eighth of it, at most 512 KiB). In the latter case nothing has been staged
 * or ringed, and the batch as a whole is refused: {@link #publish} returns false and counts all its records, that one too.
 * Records are issued by {@code publish}; a batch that is closed without it leaves no trace, not even in a count.
 *
 * <p>After {@code publish} the batch is empty and may be used again, without garbage. One thread at a time.
 */
public final class LogBatch extends LevelMethods implements AutoCloseable {
    private static final int HEAD = MessageDescriptor.BATCH_HEADER_LENGTH;
    private static final int INITIAL_CAPACITY = 1024;

    private final WorkerLogger logger;
    private final WorkerLogger collector;
    private final Collected entries;
    private final int[] bySeverity = new int[Level.MAX_SEVERITY + 1];
    private int highestSeverity;
    /** A record that was meant for the batch is missing. Also set where no method can be called any more. */
    boolean refused;

    private boolean closed;

    LogBatch(WorkerLogger logger, int maxLength) {
        this.logger = logger;
        this.collector = logger.collectingInto(this);
        this.entries = new Collected(maxLength);
    }

    /** Starts a record at that level; its {@code log} adds it to the batch. A null level is INFO. */
    public LogEntry at(Level level) {
        return logger.isEnabled(level) ? collector.at(level) : LogEntry.DISABLED;
    }

    @Override
    public boolean log(Level level, String text) {
        return logger.isEnabled(level) && collector.log(level, text);
    }

    @Override
    public boolean log(Level level, String template, Object... args) {
        return logger.isEnabled(level) && collector.log(level, template, args);
    }

    @Override
    boolean append(Level level, String template, int kind, long bits, Object object) {
        return logger.isEnabled(level) && collector.append(level, template, kind, bits, object);
    }

    @Override
    boolean append(Level level, String template, int kindA, long bitsA, Object a, int kindB, long bitsB, Object b) {
        return logger.isEnabled(level) && collector.append(level, template, kindA, bitsA, a, kindB, bitsB, b);
    }

    /** From the collector: one encoded record. */
    boolean add(Scratch record, int severity) {
        if (closed) {
            logger.drop(DropReason.CLOSED, severity, 1);
            return false;
        }
        refused |= !entries.add(record); // what this throws comes back as failed()
        count(severity);
        return !refused;
    }

    /** From the collector: a record that could not even be encoded. */
    void failed(int severity) {
        refused = true;
        count(severity);
    }

    private void count(int severity) {
        bySeverity[severity]++;
        highestSeverity = Math.max(highestSeverity, severity);
    }

    /** Records added since the last {@link #publish}. */
    public int size() {
        return entries.entries();
    }

    /**
     * Hands all of it over, behind what this thread has logged before. Waits only as a log call of its highest severity
     * would.
     *
     * @return true when all its records are ringed (or it had none); false when none of them is: they are counted
     */
    public boolean publish() {
        DropReason reason = DropReason.FAILED;
        try {
            reason = refused ? DropReason.REFUSED : size() == 0 ? null : logger.write(entries, highestSeverity);
            return reason == null;
        } catch (Throwable heapOrStackIsFull) {
            return false;
        } finally {
            clear(reason);
        }
    }

    private void clear(DropReason reason) {
        for (int severity = 0; severity <= highestSeverity; severity++) {
            if (reason != null && bySeverity[severity] > 0) {
                logger.drop(reason, severity, bySeverity[severity]);
            }
            bySeverity[severity] = 0;
        }
        entries.clear();
        highestSeverity = 0;
        refused = false;
    }

    /** Gives up what was added and not published; later calls return false and are counted. */
    @Override
    public void close() {
        closed = true;
        clear(null);
    }

    /** The entries of many records behind each other. */
    private static final class Collected extends Encoded {
        private final int maxLength;
        private final VarHandleBuffer source;
        private byte[] bytes = new byte[INITIAL_CAPACITY];
        private int length = HEAD;
        private int count;

        Collected(int maxLength) {
            this.maxLength = maxLength;
            this.source = new VarHandleBuffer(bytes);
        }

        /** @return false when there is no room; nothing was added */
        boolean add(Scratch record) {
            int more = record.length() - HEAD;
            if (more > maxLength - length) {
                return false;
            }
            if (more > bytes.length - length) {
                bytes = Arrays.copyOf(bytes, Math.min(maxLength, Math.max(2 * bytes.length, length + more)));
                source.wrap(bytes);
            }
            System.arraycopy(record.batch.buffer(), HEAD, bytes, length, more);
            length += more;
            count += record.entries();
            return true;
        }

        void clear() {
            length = HEAD;
            count = 0;
        }

        @Override
        VarHandleBuffer source() {
            home = ScratchPool.home();
            return source;
        }

        @Override
        int length() {
            return length;
        }

        @Override
        int entries() {
            return count;
        }

        @Override
        void finish(int slot, long firstSequence) {
            BatchHeader.encode(bytes, 0, slot, count, firstSequence);
        }
    }
}
