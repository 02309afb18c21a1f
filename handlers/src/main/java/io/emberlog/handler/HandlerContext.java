package io.emberlog.handler;

import io.emberlog.message.Level;
import java.io.IOException;

/** What a handler's caller gives it for one life. Only for the handler's own thread, but for {@link #report}. */
public interface HandlerContext {
    /** The handler's name in the configuration; unique within a master. */
    String name();

    /** What {@link Handler#checkpoint} returned when it was last stored; null when nothing is stored. */
    byte[] state();

    /** Monotonic clock, nanoseconds; comparable only within this process. */
    long nanoTime();

    /** Wall clock, nanoseconds since the epoch. */
    long epochNs();

    /**
     * Whether records that should follow the stored state are gone from the journal's front: its size or age took them while
     * no checkpoint could be stored. What a life before this one wrote of them exists nowhere else. Known once the first record
     * is in hand; false before.
     */
    default boolean recordsAreMissing() {
        return false;
    }

    /**
     * Stores a checkpoint now: calls {@link Handler#checkpoint} back on this thread and stores what it returns with the
     * journal position behind the last record that was taken; returns once that is durable (forced, renamed, directory
     * forced). For steps that must not happen before their intent is on disk.
     *
     * <p>May be called inside {@code open} (the position is then the stored one, or the first record kept when there is
     * none), {@code handle} (the record in hand is not yet taken), {@code flush}, {@code tick} and {@code finish}; not inside
     * {@code checkpoint} or {@code close}. The state that a later life begins with may then be this one.
     *
     * @throws IOException it is unknown whether this state or the one before is stored: whatever the handler does next
     *     must be right for both
     */
    void requestCheckpoint() throws IOException;

    /**
     * Puts a record aside that this handler took earlier, and that its destination will never take; for the one in hand there is
     * {@link RecordRejectedException}. Counted, reported, kept where the caller keeps such records, and on the device before a
     * checkpoint passes it. Never throws: as long as it cannot be kept there (a full disk), the caller holds a copy, hands over nothing
     * more, stores no checkpoint ({@link #requestCheckpoint} throws), and tries again; should the life end meanwhile, the record comes
     * again. Inside {@code handle}, {@code flush}, {@code tick} and {@code checkpoint}.
     *
     * @param record valid during the call
     * @param reason for the operator; without secrets
     */
    void putAside(LogRecord record, String reason);

    /**
     * Tells the operator. Never throws, never blocks, limited in rate; does not come back to this handler as a record.
     *
     * @param cause null when there is none
     */
    void report(Level level, String message, Throwable cause);

    /** This handler's counters; outlives a restart of the handler. */
    HandlerMetrics metrics();
}
