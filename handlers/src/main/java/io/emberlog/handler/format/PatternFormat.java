package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.EXCEPTION;

import io.emberlog.handler.LogRecord;
import java.time.ZoneId;

/**
 * Lines as a pattern says, in the words of Python's {@code logging} ({@link PythonPattern}) or in Logback's ({@link
 * LogbackPattern}). One record is one line whatever the pattern: where those two put a stack trace on lines of its own, it
 * follows here with {@code " | "} between what would be lines, at the end unless the pattern has a place for it.
 *
 * <p>No garbage for records without rare doubles, but for some in the first record of a second when a pattern shows the time.
 */
public final class PatternFormat implements Format {
    private final PatternPart[] parts;
    /** Null where the pattern has a place for exceptions, or wants none. */
    private final StackTraceText exceptions;

    PatternFormat(PatternPart[] parts, boolean showsExceptions) {
        this.parts = parts;
        this.exceptions = showsExceptions ? null : new StackTraceText(StackTraceText.Layout.ONE_LINE);
    }

    /**
     * @param zone of timestamps that do not name one
     * @throws IllegalArgumentException naming the pattern, the column and what is allowed there
     */
    public static PatternFormat of(String pattern, ZoneId zone) {
        return PythonPattern.looksLike(pattern)
                ? new PythonPattern(pattern, zone).compile()
                : new LogbackPattern(pattern, zone).compile();
    }

    @Override
    public void format(LogRecord record, Utf8Buffer out) {
        for (PatternPart part : parts) {
            part.append(record, out);
        }
        if (exceptions != null && record.entry().has(EXCEPTION)) {
            exceptions.appendBehind(record.entry().exception(), out);
        }
        out.append('\n');
    }
}
