package io.emberlog.handler;

import java.io.IOException;

/**
 * As any {@link IOException} out of a handler, and the destination, or whoever guards it, has said when to come back: the caller
 * waits at least that long before it makes the call again.
 */
public final class RetryLaterException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long delayNs;

    /** @param delayNs from now on; 0 leaves it to the caller */
    public RetryLaterException(String message, long delayNs) {
        super(message);
        this.delayNs = Math.max(0, delayNs);
    }

    public long delayNs() {
        return delayNs;
    }
}
