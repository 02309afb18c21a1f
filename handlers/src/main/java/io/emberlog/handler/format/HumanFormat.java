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
 * have a new line. With {@link #forTerminal} it is printed on lines of its own, indented as Java prints it. What follows the
 * message is told in {@link HumanRest}. No garbage for records without rare doubles.
 */
public final class HumanFormat implements Format {
    private static final int LEVEL_WIDTH = 5;

    private final TimestampText time;
    private final WorkerText worker =
            new WorkerText((identity, out) -> SectionText.append(identity.name(), Escaper.LINE, out));
    private final HeadCache heads = new HeadCache();
    private final MessageCache messages = new MessageCache(Escaper.LINE);
    private final boolean colour;
    private final HumanRest rest;

    public HumanFormat(ZoneId zone) {
        this(zone, false, StackTraceText.Layout.ONE_LINE);
    }

    private HumanFormat(ZoneId zone, boolean colour, StackTraceText.Layout exceptions) {
        this.time = new TimestampText(zone);
        this.colour = colour;
        this.rest = new HumanRest(new StackTraceText(exceptions));
    }

    /** Stack traces on lines of their own and, on request, levels in colour. */
    public static HumanFormat forTerminal(ZoneId zone, boolean colour) {
        return new HumanFormat(zone, colour, StackTraceText.Layout.LINES);
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
        rest.append(entry, out);
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
}
