package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ValueCursor;
import io.emberlog.message.WorkerIdentity;
import java.nio.charset.StandardCharsets;

/**
 * RFC 5424's STRUCTURED-DATA of a record: {@code [emberlog@N ...][fields@N ...][mdc@N ...]}, elements without parameters left
 * out. A parameter's name is cut at 32 characters, and what must not stand in one is {@code _}; in its value quote, backslash
 * and closing bracket have a backslash in front. One thread; no garbage for records without rare doubles.
 */
final class StructuredData {
    /** RFC 5612 keeps it for documentation: nobody's, and so what many send. */
    static final long EXAMPLE_ENTERPRISE = 32_473;

    static final long MAX_ENTERPRISE = 0xFFFF_FFFFL;

    private static final int MAX_NAME = 32;
    private static final String NOT_IN_NAMES = "=]\"";
    private static final int RARE =
            EntryDecoder.tags(MODULE, CALLER, TRACE_ID, SPAN_ID, BYTES, ORIGINAL_LENGTH, MARKER);

    private final byte[] emberlog;
    private final byte[] fields;
    private final byte[] mdc;
    private final WorkerText worker = new WorkerText(this::appendWorker);
    private final WorkerText idPrefix = new WorkerText(StructuredData::appendIdPrefix);
    private final Utf8Buffer value = new Utf8Buffer(256);

    StructuredData(long enterprise) {
        emberlog = ("[emberlog@" + enterprise).getBytes(StandardCharsets.US_ASCII);
        fields = ("[fields@" + enterprise).getBytes(StandardCharsets.US_ASCII);
        mdc = ("[mdc@" + enterprise).getBytes(StandardCharsets.US_ASCII);
    }

    void append(LogRecord record, Utf8Buffer out) {
        EntryDecoder entry = record.entry();
        out.append(emberlog);
        out.append(" level=\"");
        int start = out.length();
        SectionText.appendLevel(entry, Escaper.LINE, out);
        endValue(out, start);
        worker.append(record.worker(), out);
        appendText(" thread=\"", entry, THREAD_NAME, out);
        if (entry.threadId() != 0) {
            appendLong(" threadId=\"", entry.threadId(), out);
        }
        appendText(" logger=\"", entry, LOGGER, out);
        if (entry.hasAny(RARE)) {
            appendRare(entry, out);
        }
        if (record.sequence() != LogRecord.UNNUMBERED) {
            appendLong(" seq=\"", record.sequence(), out);
        }
        idPrefix.append(record.worker(), out);
        out.append(record.position());
        out.append(':');
        out.append((long) record.index());
        out.append("\"]");
        appendPairs(fields, entry.pairs(FIELDS), out);
        appendPairs(mdc, entry.pairs(MDC), out);
    }

    private void appendWorker(WorkerIdentity identity, Utf8Buffer out) {
        appendName(" worker=\"", identity.name(), out);
        appendName(" process=\"", identity.process(), out);
        appendName(" service=\"", identity.service(), out);
    }

    private static void appendIdPrefix(WorkerIdentity identity, Utf8Buffer out) {
        out.append(" id=\"");
        out.append(identity.ringUuid().toString());
        out.append(':');
    }

    private void appendName(String name, String text, Utf8Buffer out) {
        if (!text.isEmpty()) {
            out.append(name);
            int start = out.length();
            SectionText.append(text, Escaper.LINE, out);
            endValue(out, start);
        }
    }

    private void appendRare(EntryDecoder entry, Utf8Buffer out) {
        appendText(" marker=\"", entry, MARKER, out);
        appendText(" module=\"", entry, MODULE, out);
        appendCaller(" file=\"", entry, CallerText.FILE, out);
        appendCaller(" path=\"", entry, CallerText.PATH, out);
        if (CallerText.line(entry) >= 0) {
            appendLong(" line=\"", CallerText.line(entry), out);
        }
        appendCaller(" function=\"", entry, CallerText.FUNCTION, out);
        appendText(" traceId=\"", entry, TRACE_ID, out);
        appendText(" spanId=\"", entry, SPAN_ID, out);
        if (entry.has(BYTES)) {
            out.append(" bytes=\"");
            out.appendBase64(entry.buffer(), entry.sectionOffset(BYTES), entry.sectionLength(BYTES));
            out.append('"');
        }
        if (entry.has(ORIGINAL_LENGTH)) {
            appendLong(" truncated=\"", Math.max(0, entry.originalLength()), out);
        }
    }

    private void appendText(String name, EntryDecoder entry, int tag, Utf8Buffer out) {
        if (entry.has(tag)) {
            out.append(name);
            int start = out.length();
            SectionText.append(entry, tag, Escaper.LINE, out);
            endValue(out, start);
        }
    }

    private void appendCaller(String name, EntryDecoder entry, int which, Utf8Buffer out) {
        if (CallerText.has(entry, which)) {
            out.append(name);
            int start = out.length();
            CallerText.append(entry, which, Escaper.LINE, out);
            endValue(out, start);
        }
    }

    private static void appendLong(String name, long number, Utf8Buffer out) {
        out.append(name);
        out.append(number);
        out.append('"');
    }

    private void appendPairs(byte[] element, ValueCursor pairs, Utf8Buffer out) {
        if (pairs.remaining() == 0) {
            return;
        }
        out.append(element);
        while (pairs.next()) {
            out.append(' ');
            PrintableText.append(pairs.buffer(), pairs.textOffset(), pairs.textLength(), MAX_NAME, NOT_IN_NAMES, out);
            out.append("=\"");
            int start = out.length();
            pairs.next();
            MessageRenderer.appendValue(pairs, Escaper.LINE, out);
            endValue(out, start);
        }
        out.append(']');
    }

    /** Escapes what was appended since {@code start}, and closes the quotes. */
    private void endValue(Utf8Buffer out, int start) {
        byte[] bytes = out.bytes();
        int end = out.length();
        int at = start;
        while (at < end && !isSpecial(bytes[at])) {
            at++;
        }
        if (at < end) {
            value.clear();
            value.append(bytes, at, end - at);
            out.truncate(at);
            for (int i = 0; i < value.length(); i++) {
                byte b = value.bytes()[i];
                if (isSpecial(b)) {
                    out.append('\\');
                }
                out.append((char) b);
            }
        }
        out.append('"');
    }

    private static boolean isSpecial(byte b) {
        return b == '"' || b == '\\' || b == ']';
    }
}
