package io.emberlog.handler;

/** The destination works and will never take this record; it is put aside and the next one follows. */
public final class RecordRejectedException extends Exception {
    private static final long serialVersionUID = 1L;

    public RecordRejectedException(String message) {
        super(message);
    }

    public RecordRejectedException(String message, Throwable cause) {
        super(message, cause);
    }
}
