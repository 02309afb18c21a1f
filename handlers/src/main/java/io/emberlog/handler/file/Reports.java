package io.emberlog.handler.file;

import io.emberlog.message.Level;

/** Where the parts of a file handler tell the operator something; from any thread, never throws, never blocks. */
@FunctionalInterface
interface Reports {
    /** @param cause null when there is none */
    void report(Level level, String message, Throwable cause);
}
