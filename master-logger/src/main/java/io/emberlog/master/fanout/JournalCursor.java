package io.emberlog.master.fanout;

import io.emberlog.handler.LogRecord;
import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalReader;
import java.nio.file.Path;

/**
 * A handler's place in the journal, record by record. The handler's thread only.
 *
 * <p>A record is behind a checkpoint if its document's index is above the checkpoint's, or its number is at least the
 * checkpoint's {@code nextSequence}. Normally both say the same. After a power cut the journal may end in front of the checkpoint:
 * then new documents may get the indexes of lost ones, and it is the number, which is never given twice, that tells them apart.
 */
final class JournalCursor implements AutoCloseable {
    /** What {@link #advance} found. */
    enum Step {
        /** {@link #record} is the next record. */
        RECORD,
        /** A document was begun or ended; there may be more behind it. */
        DOCUMENT,
        /** Nothing more is in the journal now. */
        END
    }

    /** What a document takes beside its records, about; so that empty ones count, too. */
    private static final int DOCUMENT_OVERHEAD = 64;

    private final JournalListener listener;
    private final JournalReader reader;
    private final JournalDocumentReader document = new JournalDocumentReader();
    private final JournalRecords records;
    private final LogRecord record = new LogRecord();

    private Checkpoint start = Checkpoint.START;
    private boolean seeking;
    private boolean rewindAtEnd;
    private boolean inDocument;
    private boolean hasRecord;
    private boolean missing;

    private long documentIndex;
    private int recordsDone;
    private long nextSequence;
    private long recordsPassed;
    private long bytesPassed;
    private long appendedEpochNs = -1;

    /** @param listener hears of damage and of gaps, also of one between the checkpoint and the first document behind it */
    JournalCursor(Path journalDirectory, JournalListener listener) throws JournalException {
        this.listener = listener;
        reader = JournalReader.open(journalDirectory, listener);
        records = new JournalRecords(listener);
    }

    /** The next record is the first one behind the checkpoint. Once, before anything else. */
    void moveTo(Checkpoint checkpoint) {
        start = checkpoint;
        documentIndex = checkpoint.documentIndex();
        recordsDone = checkpoint.recordsDone();
        nextSequence = checkpoint.nextSequence();
        seeking = documentIndex >= 0;
        if (seeking) {
            rewindAtEnd = reader.moveTo(documentIndex);
        } else {
            reader.toStart();
        }
    }

    /** Looks for the next record; bounded work. Not while there {@link #hasRecord is one}. */
    Step advance() {
        if (inDocument) {
            return nextRecord();
        }
        if (reader.next(document)) {
            rewindAtEnd = false;
            enter();
            return Step.DOCUMENT;
        }
        if (rewindAtEnd) { // the place where the checkpoint's document stood is there, but empty
            rewindAtEnd = false;
            reader.toStart();
            return Step.DOCUMENT;
        }
        return Step.END;
    }

    boolean hasRecord() {
        return hasRecord;
    }

    /** The one that {@link #advance} found; stays until {@link #passed}. */
    LogRecord record() {
        return record;
    }

    /** The record is done with, one way or the other. */
    void passed() {
        hasRecord = false;
        recordsPassed++;
        moveBehind(record.sequence() + 1);
    }

    /** Whether the checkpoint's place has not been found so far: at the end of the journal, that it is beyond it. */
    boolean isSeeking() {
        return seeking;
    }

    /** Whether the first record behind the checkpoint was taken from the journal's front: false before the first document. */
    boolean recordsAreMissing() {
        return missing;
    }

    boolean isBetweenDocuments() {
        return !inDocument;
    }

    /** Of the document that holds the last record passed; -1 before the first. */
    long documentIndex() {
        return documentIndex;
    }

    /** Number of the first record not passed; -1 where unknown. */
    long nextSequence() {
        return nextSequence;
    }

    /** Grows with each record passed. */
    long recordsPassed() {
        return recordsPassed;
    }

    /** Grows with each document begun, by about its length. */
    long bytesPassed() {
        return bytesPassed;
    }

    /** When the document that holds {@link #record}, or the one read last, was journaled, by the master's clock; -1 before the first. */
    long appendedEpochNs() {
        return appendedEpochNs;
    }

    /** Behind the last record passed. */
    Checkpoint place(byte[] state, byte[] gate) {
        return new Checkpoint(documentIndex, recordsDone, nextSequence, state, gate);
    }

    @Override
    public void close() {
        reader.close();
    }

    private Step nextRecord() {
        while (records.next(record)) {
            if (record.sequence() >= firstWanted()) {
                hasRecord = true;
                return Step.RECORD;
            }
        }
        inDocument = false;
        if (records.endSequence() >= firstWanted()) {
            moveBehind(records.endSequence()); // steps over records that cannot be read
        }
        return Step.DOCUMENT;
    }

    private void enter() {
        long index = reader.index();
        long first = document.firstSequence();
        long end = first + document.recordCount();
        if (bytesPassed == 0) { // of older segments nothing is left, else they would come first
            missing = start.nextSequence() >= 0 && index > start.documentIndex() && first > start.nextSequence();
        }
        bytesPassed += DOCUMENT_OVERHEAD;
        appendedEpochNs = document.appendedEpochNs();
        if (seeking && index <= start.documentIndex()) {
            boolean same = index == start.documentIndex() && first + start.recordsDone() == start.nextSequence();
            if (!same && end <= start.nextSequence()) {
                return; // done before the checkpoint was made
            }
        }
        if (seeking) {
            seeking = false;
            if (start.nextSequence() >= 0 && (first > start.nextSequence() || index > start.documentIndex())) {
                reportGap(first);
            }
        }
        for (int i = 0; i < document.segmentCount(); i++) {
            bytesPassed += document.segmentLength(i);
        }
        records.wrap(document, index);
        inDocument = true;
        if (first >= firstWanted()) {
            documentIndex = index;
            moveBehind(first);
        }
    }

    private void reportGap(long first) {
        if (first != start.nextSequence()) {
            listener.onGap(start.nextSequence(), first);
        }
    }

    private long firstWanted() {
        return reader.index() > start.documentIndex() ? Long.MIN_VALUE : start.nextSequence();
    }

    private void moveBehind(long sequence) {
        documentIndex = reader.index();
        nextSequence = sequence;
        recordsDone = (int) (sequence - document.firstSequence());
    }
}
