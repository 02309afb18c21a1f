package io.emberlog.handler;

import java.io.IOException;

/**
 * What a handler took since its stored state may not have arrived (a failed {@code fsync}, a half-done rotation). The
 * caller closes the handler, opens it with the stored state and hands over every record behind it again.
 */
public final class HandlerRestartException extends IOException {
    private static final long serialVersionUID = 1L;

    public HandlerRestartException(String message, Throwable cause) {
        super(message, cause);
    }
}
