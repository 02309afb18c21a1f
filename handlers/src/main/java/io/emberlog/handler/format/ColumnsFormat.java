package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ValueCursor;
import java.time.ZoneOffset;

/**
 * Fixed columns, one space between: sequence (10), timestamp (24, UTC), host (16), logger (32), level (9), file (24),
 * function (24), line (6), message.
 *
 * <pre>
 * 0          2026-01-15T10:30:45.123Z myhost           app_logger                       INFO      main.py    ...
 * </pre>
 *
 * A text that is too wide is cut and ends in {@code ~}; an absent one is {@code -}; the sequence is never cut. Widths count
 * code points. An exception follows the message as in {@link HumanFormat}; what has no column does not show.
 */
public final class ColumnsFormat implements Format {
    private static final int SEQUENCE_WIDTH = 10;
    private static final int HOST_WIDTH = 16;
    private static final int LOGGER_WIDTH = 32;
    private static final int LEVEL_WIDTH = 9;
    private static final int FILE_WIDTH = 24;
    private static final int FUNCTION_WIDTH = 24;
    private static final int LINE_WIDTH = 6;

    private final MessageCache messages = new MessageCache(Escaper.LINE);
    private final TimestampText time = new TimestampText(ZoneOffset.UTC);
    private final WorkerText host =
            new WorkerText((worker, out) -> SectionText.append(worker.host(), Escaper.LINE, out));
    private final StackTraceText exceptions = new StackTraceText(StackTraceText.Layout.ONE_LINE);
    private final Utf8Buffer file = new Utf8Buffer(64);
    private final Utf8Buffer function = new Utf8Buffer(64);
    private final Utf8Buffer line = new Utf8Buffer(16);

    @Override
    public void format(LogRecord record, Utf8Buffer out) {
        EntryDecoder entry = record.entry();
        int start = out.length();
        if (record.sequence() == LogRecord.UNNUMBERED) {
            out.append('-');
        } else {
            out.append(record.sequence());
        }
        out.appendSpaces(SEQUENCE_WIDTH - (out.length() - start));
        out.append(' ');
        time.appendMillis(out, entry.timestampNs());
        out.append(' ');

        start = out.length();
        host.append(record.worker(), out);
        endColumn(out, start, HOST_WIDTH);
        start = out.length();
        SectionText.append(entry, LOGGER, Escaper.LINE, out);
        endColumn(out, start, LOGGER_WIDTH);
        start = out.length();
        SectionText.appendLevel(entry, Escaper.LINE, out);
        endWholeColumn(out, start, LEVEL_WIDTH);

        readCaller(entry);
        start = out.length();
        out.append(file.bytes(), 0, file.length());
        endColumn(out, start, FILE_WIDTH);
        start = out.length();
        out.append(function.bytes(), 0, function.length());
        endColumn(out, start, FUNCTION_WIDTH);
        start = out.length();
        out.append(line.bytes(), 0, line.length());
        endColumn(out, start, LINE_WIDTH);

        messages.append(entry, out);
        if (entry.has(EXCEPTION)) {
            exceptions.appendBehind(entry.exception(), out);
        }
        out.append('\n');
    }

    /** The caller's four values come in another order than the columns. */
    private void readCaller(EntryDecoder entry) {
        file.clear();
        function.clear();
        line.clear();
        if (entry.has(CALLER)) {
            ValueCursor caller = entry.caller();
            readValue(caller, file);
            caller.next();
            readValue(caller, line);
            readValue(caller, function);
        }
    }

    private static void readValue(ValueCursor caller, Utf8Buffer into) {
        caller.next();
        if (caller.type() != NULL) {
            MessageRenderer.appendValue(caller, Escaper.LINE, into);
        }
    }

    /** Pads as {@link #endColumn} does, but cuts nothing: an application's own level keeps its name. */
    private static void endWholeColumn(Utf8Buffer out, int start, int width) {
        int points = 0;
        for (int i = start; i < out.length(); i++) {
            points += (out.bytes()[i] & 0xC0) != 0x80 ? 1 : 0;
        }
        out.appendSpaces(Math.max(0, width - points) + 1);
    }

    /** Cuts or pads what was appended since {@code start} to the width, and adds the space between columns. */
    private static void endColumn(Utf8Buffer out, int start, int width) {
        if (out.length() == start) {
            out.append('-');
        }
        byte[] bytes = out.bytes();
        int points = 0;
        int lastPoint = start;
        for (int i = start; i < out.length(); i++) {
            if ((bytes[i] & 0xC0) != 0x80) {
                if (points == width) {
                    out.truncate(lastPoint);
                    out.append('~');
                    break;
                }
                points++;
                lastPoint = i;
            }
        }
        out.appendSpaces(width - points + 1);
    }
}
