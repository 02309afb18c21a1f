package io.emberlog.master.drain;

import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalRecovery;
import io.emberlog.master.journal.RecoveredState;
import java.util.function.Predicate;

/**
 * The document that is finished and on its way into the journal. It is kept until it is there, and gets there once,
 * whatever is thrown on the way: after a doubtful append it is appended again only when a recovery has said that it is not
 * there. The drain thread only.
 */
final class PendingDocument {
    private static final long NONE = -1;

    private final Journal journal;
    private final JournalListener journalListener;
    private final JournalDocumentWriter writer;
    private int length;
    private int records;
    /** Index of the document when it is in the journal and not yet {@link #done}; else {@link #NONE}. */
    private long appendedIndex = NONE;
    /** The journal has failed, and nobody has looked yet whether it holds the document. */
    private boolean inDoubt;

    PendingDocument(Journal journal, JournalListener journalListener, JournalDocumentWriter writer) {
        this.journal = journal;
        this.journalListener = journalListener;
        this.writer = writer;
    }

    /** @param recordCount log records in the document that the writer holds */
    void finish(int recordCount) {
        records = recordCount;
        length = writer.finish(recordCount);
    }

    boolean exists() {
        return length > 0;
    }

    int length() {
        return length;
    }

    int records() {
        return records;
    }

    /**
     * Appends unless it is there.
     *
     * @param isThere asked for a document without records: whether the recovered state shows it
     * @param nextSequence number of the document's first record
     * @return its index
     */
    long append(long nextSequence, Predicate<RecoveredState> isThere) throws JournalException {
        if (appendedIndex == NONE) {
            appendedIndex = toJournal(nextSequence, isThere);
        }
        return appendedIndex;
    }

    private long toJournal(long nextSequence, Predicate<RecoveredState> isThere) throws JournalException {
        inDoubt |= journal.isFailed();
        if (inDoubt) {
            if (journal.isFailed()) {
                journal.reopen();
            }
            RecoveredState state = JournalRecovery.recover(journal.directory(), journalListener);
            boolean there = records > 0 ? state.nextSequence() == nextSequence + records : isThere.test(state);
            inDoubt = false;
            if (there) {
                return journal.lastIndex();
            }
        }
        return journal.append(writer.array(), length);
    }

    /** Everything that follows from its being in the journal has been done. */
    void done() {
        length = 0;
        appendedIndex = NONE;
    }
}
