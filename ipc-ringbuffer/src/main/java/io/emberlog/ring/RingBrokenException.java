package io.emberlog.ring;

/** Bytes of a ring break the rules of its layout. The message names the field, its value and what would be right. */
public final class RingBrokenException extends Exception {
    private static final long serialVersionUID = 1;

    public RingBrokenException(String message) {
        super(message);
    }
}
