package io.emberlog.handler.format;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ValueCursor;

/**
 * What a line for eyes shows behind the message, as far as it is set: bytes[n]=hex, #marker, fields, {MDC}, trace and span,
 * [cut], exception. A field's text stands in quotes when it holds a space, quote, equals sign or brace. One thread; no
 * garbage for records without rare doubles.
 */
final class HumanRest {
    private static final int MAX_BYTES_SHOWN = 64;
    private static final int SECTIONS =
            EntryDecoder.tags(BYTES, MARKER, FIELDS, MDC, TRACE_ID, SPAN_ID, ORIGINAL_LENGTH, EXCEPTION);

    private final StackTraceText exceptions;

    HumanRest(StackTraceText exceptions) {
        this.exceptions = exceptions;
    }

    void append(EntryDecoder entry, Utf8Buffer out) {
        if (!entry.hasAny(SECTIONS)) {
            return;
        }
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
            exceptions.appendBehind(entry.exception(), out);
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
