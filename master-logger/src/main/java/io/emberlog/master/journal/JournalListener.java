package io.emberlog.master.journal;

import java.nio.file.Path;

/**
 * Hears what a journal cannot put right. Called on the thread of the journal's or reader's call that found it; must be quick,
 * must not throw, and must not call back into the journal.
 */
public interface JournalListener {
    /** Hears nothing. */
    JournalListener NONE = new JournalListener() {};

    /**
     * Bytes in the journal are not a document; reading goes on behind them.
     *
     * @param index position of the document, or of the last place known before it
     */
    default void onBroken(long index, String what) {}

    /**
     * The numbers of the records do not follow on.
     *
     * @param foundSequence above {@code expectedSequence}: that many records are missing; below: the numbering went back
     */
    default void onGap(long expectedSequence, long foundSequence) {}

    /**
     * The journal was too large: these records were deleted before the handler had read them.
     *
     * @param firstSequence first of them
     * @param lastSequence last of them
     * @param maxSizeBytes what the journal may have
     */
    default void onRetentionLoss(String handler, long firstSequence, long lastSequence, long maxSizeBytes) {}

    /** A segment was deleted. */
    default void onSegmentDeleted(Path file, long allocatedBytes) {}

    /**
     * The device refused to take documents. They can be read now, and may be gone after a power cut.
     *
     * @param afterIndex the last document known to be synced, or -1
     */
    default void onSyncFailed(long afterIndex, Throwable cause) {}

    /** Something was put right at open: a damaged or unfinished file was sealed or set aside. */
    default void onRepaired(Path file, String what) {}
}
