package io.emberlog.master.journal;

/**
 * Where a handler is in the journal, for {@link JournalRetention}.
 *
 * @param storedIndex document of its stored checkpoint, which a new life begins at; -1 when there is none
 * @param readingIndex document that its open reader is in, whose file it keeps though that be deleted; -1 when it reads none
 */
public record HandlerPlace(long storedIndex, long readingIndex) {
    /** A handler that is not reading. */
    public static HandlerPlace stored(long index) {
        return new HandlerPlace(index, -1);
    }
}
