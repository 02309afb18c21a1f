package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ValueCursor;
import java.time.ZoneId;

/**
 * For eyes. What is not set leaves no gap:
 *
 * <pre>
 * 2026-01-15T10:30:45.123Z INFO  md-1 [main] com.acme.Orders - order 42 filled #FILL venue=XETRA {user=ada} trace=4bf9
 * 2026-01-15T10:30:45.124Z ERROR md-1 [main] com.acme.Orders (Orders.java:42) - failed | java.io.IOException: gone | at
 *   com.acme.Orders.fill(Orders.java:42) | ... 12 more | Caused by: ...                                (one line)
 * </pre>
 *
 * The order: time, level, worker, [thread], logger, (file:line), message, bytes[n]=hex, #marker, fields, {MDC}, trace
 * and span, [cut], exception. One record is one line: a stack trace follows with {@code " | "} where a terminal would
 * have a new line. With {@link #forTerminal} it is printed on lines of its own, indented as Java prints it. A field's
 * text stands in quotes when it holds a space, quote, equals sign or brace. No garbage for records without rare doubles.
 */
public final class HumanFormat implements Format {
    private static final int LEVEL_WIDTH = 5;
    private static final int MAX_BYTES_SHOWN = 64;
    /** What may follow the message. */
    private static final int REST =
            EntryDecoder.tags(BYTES, MARKER, FIELDS, MDC, TRACE_ID, SPAN_ID, ORIGINAL_LENGTH, EXCEPTION);

    private final TimestampText time;
    private final WorkerText worker =
            new WorkerText((identity, out) -> SectionText.append(identity.name(), Escaper.LINE, out));
    private final HeadCache heads = new HeadCache();
    private final MessageCache messages = new MessageCache(Escaper.LINE);
    private final boolean colour;
    private final HumanException exceptions;

    public HumanFormat(ZoneId zone) {
        this(zone, false, new HumanException(false));
    }

    private HumanFormat(ZoneId zone, boolean colour, HumanException exceptions) {
        this.time = new TimestampText(zone);
        this.colour = colour;
        this.exceptions = exceptions;
    }

    /** Stack traces on lines of their own and, on request, levels in colour. */
    public static HumanFormat forTerminal(ZoneId zone, boolean colour) {
        return new HumanFormat(zone, colour, new HumanException(true));
    }

    @Override
    public void format(LogRecord record, Utf8Buffer out) {
        EntryDecoder entry = record.entry();
        time.appendMillis(out, entry.timestampNs());
        int start = out.length();
        if (!heads.append(record, out)) {
            appendHead(record, out);
            heads.keep(record, out, start);
        }
        messages.append(entry, out);
        if (entry.hasAny(REST)) {
            appendRest(entry, out);
        }
        out.append('\n');
    }

    private void appendHead(LogRecord record, Utf8Buffer out) {
        EntryDecoder entry = record.entry();
        out.append(' ');
        appendLevel(entry, out);
        out.append(' ');
        worker.append(record.worker(), out);
        appendThread(entry, out);
        if (entry.has(LOGGER)) {
            out.append(' ');
            SectionText.append(entry, LOGGER, Escaper.LINE, out);
        }
        if (entry.has(CALLER)) {
            appendCaller(entry.caller(), out);
        }
        out.append(" - ");
    }

    private void appendRest(EntryDecoder entry, Utf8Buffer out) {
        if (entry.has(BYTES)) {
            appendBytes(entry, out);
        }
        if (entry.has(MARKER)) {
            out.append(" #");
            SectionText.append(entry, MARKER, Escaper.LINE, out);
        }
        if (entry.has(FIELDS)) {
            out.append(' ');
            appendPairs(entry.pairs(FIELDS), out);
        }
        if (entry.has(MDC)) {
            out.append(" {");
            appendPairs(entry.pairs(MDC), out);
            out.append('}');
        }
        if (entry.has(TRACE_ID)) {
            out.append(" trace=");
            SectionText.append(entry, TRACE_ID, Escaper.LINE, out);
        }
        if (entry.has(SPAN_ID)) {
            out.append(" span=");
            SectionText.append(entry, SPAN_ID, Escaper.LINE, out);
        }
        if (entry.has(ORIGINAL_LENGTH)) {
            appendCut(entry.originalLength(), out);
        }
        if (entry.has(EXCEPTION)) {
            exceptions.append(entry.exception(), out);
        }
    }

    private void appendLevel(EntryDecoder entry, Utf8Buffer out) {
        if (colour) {
            out.append(colourOf(entry.severity()));
        }
        int start = out.length();
        SectionText.appendLevel(entry, Escaper.LINE, out);
        int width = out.length() - start;
        if (colour) {
            out.append("\u001b[0m");
        }
        out.appendSpaces(LEVEL_WIDTH - width);
    }

    private static String colourOf(int severity) {
        if (severity >= 17) {
            return "\u001b[1;31m";
        }
        if (severity >= 13) {
            return "\u001b[33m";
        }
        return severity >= 9 ? "\u001b[32m" : "\u001b[2m";
    }

    private static void appendThread(EntryDecoder entry, Utf8Buffer out) {
        if (entry.has(THREAD_NAME)) {
            out.append(" [");
            SectionText.append(entry, THREAD_NAME, Escaper.LINE, out);
            out.append(']');
        } else if (entry.threadId() != 0) {
            out.append(" [#");
            out.append(entry.threadId());
            out.append(']');
        }
    }

    private static void appendCaller(ValueCursor caller, Utf8Buffer out) {
        out.append(" (");
        caller.next();
        appendKnown(caller, out);
        caller.next();
        caller.next();
        out.append(':');
        appendKnown(caller, out);
        out.append(')');
    }

    private static void appendKnown(ValueCursor value, Utf8Buffer out) {
        if (value.type() == NULL) {
            out.append('?');
        } else {
            MessageRenderer.appendValue(value, Escaper.LINE, out);
        }
    }

    private static void appendBytes(EntryDecoder entry, Utf8Buffer out) {
        int length = entry.sectionLength(BYTES);
        int offset = entry.sectionOffset(BYTES);
        out.append(out.bytes()[out.length() - 1] == ' ' ? "bytes[" : " bytes[");
        out.append((long) length);
        out.append("]=");
        for (int i = 0; i < Math.min(length, MAX_BYTES_SHOWN); i++) {
            out.appendHex(entry.buffer()[offset + i]);
        }
        if (length > MAX_BYTES_SHOWN) {
            out.append("...");
        }
    }

    private static void appendPairs(ValueCursor pairs, Utf8Buffer out) {
        while (pairs.next()) {
            MessageRenderer.appendValue(pairs, Escaper.LINE, out);
            out.append('=');
            pairs.next();
            if (pairs.type() == STRING && needsQuotes(pairs)) {
                out.append('"');
                MessageRenderer.appendValue(pairs, Escaper.JSON, out);
                out.append('"');
            } else {
                MessageRenderer.appendValue(pairs, Escaper.LINE, out);
            }
            if (pairs.remaining() > 0) {
                out.append(' ');
            }
        }
    }

    private static boolean needsQuotes(ValueCursor text) {
        byte[] bytes = text.buffer();
        int end = text.textOffset() + text.textLength();
        for (int i = text.textOffset(); i < end; i++) {
            byte b = bytes[i];
            if (b >= 0 && b <= ' ' || b == '"' || b == '=' || b == '{' || b == '}') {
                return true;
            }
        }
        return text.textLength() == 0;
    }

    private static void appendCut(long originalLength, Utf8Buffer out) {
        out.append(" [cut");
        if (originalLength > 0) {
            out.append(" from ");
            out.append(originalLength);
            out.append(" bytes");
        }
        out.append(']');
    }
}
