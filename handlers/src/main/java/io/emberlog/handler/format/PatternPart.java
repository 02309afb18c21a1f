package io.emberlog.handler.format;

import io.emberlog.handler.LogRecord;

/** A piece of a compiled pattern; appends one line's text for a record and never a line feed. One thread. */
@FunctionalInterface
interface PatternPart {
    void append(LogRecord record, Utf8Buffer out);

    /** Several, one after the other. */
    static PatternPart group(PatternPart[] parts) {
        return (record, out) -> {
            for (PatternPart part : parts) {
                part.append(record, out);
            }
        };
    }
}
