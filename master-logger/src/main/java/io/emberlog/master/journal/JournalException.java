package io.emberlog.master.journal;

/** The journal could not do what was asked; {@link #reason} says what to do about it. */
public final class JournalException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What the caller can do. */
    public enum Reason {
        /** The disk has no room. Nothing was written and the journal is fine: keep the records, try again later. */
        NO_SPACE,
        /** The outcome of the call is unknown. {@link Journal#reopen()}, then recover, then go on from what recovery says. */
        FAILED,
        /** There is no readable journal in the directory, or it cannot be made. */
        UNAVAILABLE
    }

    private final Reason reason;

    JournalException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    JournalException(Reason reason, String message) {
        this(reason, message, null);
    }

    public Reason reason() {
        return reason;
    }
}
