package io.emberlog.master.replay;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.filter.RecordFilter;
import io.emberlog.master.fanout.JournalRecords;
import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalScanner;
import java.io.IOException;

/**
 * The end of a journal that may be growing: first the last records that pass a filter, then what is appended. One thread;
 * keeps no records.
 */
public final class JournalTail {
    private final JournalScanner scanner;
    private final JournalRecords records;
    private final RecordFilter filter;
    private final RecordSink sink;
    private final JournalDocumentReader document = new JournalDocumentReader();
    private final LogRecord record = new LogRecord();
    private long skip;

    /** @param listener that of the scanner */
    public JournalTail(JournalScanner scanner, JournalListener listener, RecordFilter filter, RecordSink sink) {
        this.scanner = scanner;
        this.records = new JournalRecords(listener);
        this.filter = filter;
        this.sink = sink;
    }

    /**
     * Goes back from the journal's end, so that {@link #poll} begins with the last records.
     *
     * @param count most records that pass the filter
     * @param sinceEpochNs goes back no further than to what was appended then; {@link Long#MIN_VALUE} for no limit
     * @return how many of them there are
     */
    public long goBack(long count, long sinceEpochNs) throws IOException {
        scanner.toEnd();
        long limit = sinceEpochNs < Long.MIN_VALUE + Replay.CLOCK_MARGIN_NS
                ? Long.MIN_VALUE
                : sinceEpochNs - Replay.CLOCK_MARGIN_NS;
        long found = 0;
        while (found < count && scanner.previous(document)) {
            if (document.appendedEpochNs() < limit) {
                break;
            }
            found += accepted();
        }
        skip = Math.max(0, found - count);
        return Math.min(found, count);
    }

    /**
     * Hands on the records of the next document.
     *
     * @param most no more than so many
     * @return false if nothing new is there
     */
    public boolean poll(long most) throws IOException {
        if (!scanner.next(document)) {
            return false;
        }
        records.wrap(document, scanner.bytesRead());
        long left = most;
        while (left > 0 && records.next(record)) {
            if (!filter.accepts(record)) {
                continue;
            }
            if (skip > 0) {
                skip--;
            } else {
                sink.accept(record);
                left--;
            }
        }
        return true;
    }

    private long accepted() {
        records.wrap(document, scanner.bytesRead());
        long count = 0;
        while (records.next(record)) {
            if (filter.accepts(record)) {
                count++;
            }
        }
        return count;
    }
}
