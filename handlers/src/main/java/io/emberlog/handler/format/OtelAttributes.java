package io.emberlog.handler.format;

import static io.emberlog.handler.format.JsonText.*;
import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ExceptionCursor;
import io.emberlog.message.ValueCursor;
import io.emberlog.message.WorkerIdentity;

/**
 * The attributes of a record in OTLP's JSON encoding: names of the semantic conventions where there is one ({@code thread.*},
 * {@code code.*}, {@code exception.*}, {@code log.record.uid}), {@code emberlog.} in front where not. Fields, then MDC stand
 * there by their own names; one that is taken gets a number ({@link UniqueKeys}), since OTLP forbids one name twice, and our
 * names are always taken. A trace or span id that is not of 32 or 16 hexadecimal digits, which OTLP refuses, is an attribute.
 * One thread.
 */
final class OtelAttributes {
    /** Of a text or an integer, with the comma to the next one. */
    static final byte[] END = utf8("\"}},");

    private static final byte[] OTHER_END = utf8("}},");
    private static final byte[] KEY = utf8("{\"key\":\"");
    private static final byte[] VALUE = utf8("\",\"value\":{");

    private static final byte[] THREAD = ofInt("thread.id");
    private static final byte[] THREAD_TEXT = ofString("thread.name");
    private static final byte[] FILE = ofString("code.file.path");
    private static final byte[] LINE = ofInt("code.line.number");
    private static final byte[] FUNCTION = ofString("code.function.name");
    private static final byte[] TYPE = ofString("exception.type");
    private static final byte[] MESSAGE = ofString("exception.message");
    private static final byte[] STACKTRACE = ofString("exception.stacktrace");
    private static final byte[] SEQUENCE = ofInt("emberlog.sequence");
    private static final byte[] MARKER_TEXT = ofString("emberlog.marker");
    private static final byte[] MODULE_TEXT = ofString("emberlog.module");
    private static final byte[] BYTES_VALUE = utf8("{\"key\":\"emberlog.bytes\",\"value\":{\"bytesValue\":");
    private static final byte[] TRUNCATED = ofInt("emberlog.truncated");
    private static final byte[] OTHER_TRACE_ID = ofString("emberlog.trace_id");
    private static final byte[] OTHER_SPAN_ID = ofString("emberlog.span_id");

    private static final int TRACE_ID_DIGITS = 32;
    private static final int SPAN_ID_DIGITS = 16;
    private static final int RARE =
            EntryDecoder.tags(MARKER, MODULE, TRACE_ID, SPAN_ID, EXCEPTION, CALLER, BYTES, ORIGINAL_LENGTH);

    private final WorkerText uidPrefix = new WorkerText(OtelAttributes::appendUidPrefix);
    private final StackTraceText stackTraces = new StackTraceText(StackTraceText.Layout.JSON);
    private final UniqueKeys keys = new UniqueKeys(
            "thread.id",
            "thread.name",
            "code.file.path",
            "code.line.number",
            "code.function.name",
            "exception.type",
            "exception.message",
            "exception.stacktrace",
            "log.record.uid",
            "emberlog.sequence",
            "emberlog.marker",
            "emberlog.module",
            "emberlog.bytes",
            "emberlog.truncated",
            "emberlog.trace_id",
            "emberlog.span_id");

    /** Without the brackets around them. */
    void append(LogRecord record, Utf8Buffer out) {
        EntryDecoder entry = record.entry();
        if (entry.threadId() != 0) {
            append(THREAD, entry.threadId(), out);
        }
        append(entry, THREAD_NAME, THREAD_TEXT, out);
        if (entry.has(FIELDS) || entry.has(MDC)) {
            keys.clear();
            appendPairs(entry.pairs(FIELDS), out);
            appendPairs(entry.pairs(MDC), out);
        }
        if (entry.hasAny(RARE)) {
            appendRare(entry, out);
        }
        if (record.sequence() != LogRecord.UNNUMBERED) {
            append(SEQUENCE, record.sequence(), out);
        }
        uidPrefix.append(record.worker(), out);
        out.append(record.position());
        out.append(':');
        out.append((long) record.index());
        out.append(END);
        end(out);
    }

    static void append(byte[] attribute, long value, Utf8Buffer out) {
        out.append(attribute);
        out.append(value);
        out.append(END);
    }

    /** Takes the last one's comma away. */
    static void end(Utf8Buffer out) {
        out.truncate(out.length() - 1);
    }

    static byte[] ofString(String name) {
        return utf8("{\"key\":\"" + name + "\",\"value\":{\"stringValue\":\"");
    }

    static byte[] ofInt(String name) {
        return utf8("{\"key\":\"" + name + "\",\"value\":{\"intValue\":\"");
    }

    static boolean isTraceId(EntryDecoder entry) {
        return isHex(entry, TRACE_ID, TRACE_ID_DIGITS);
    }

    static boolean isSpanId(EntryDecoder entry) {
        return isHex(entry, SPAN_ID, SPAN_ID_DIGITS);
    }

    private static boolean isHex(EntryDecoder entry, int tag, int digits) {
        if (entry.sectionLength(tag) != digits) {
            return false;
        }
        int start = entry.sectionOffset(tag);
        for (int i = start; i < start + digits; i++) {
            if (Character.digit(entry.buffer()[i], 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private static void appendUidPrefix(WorkerIdentity worker, Utf8Buffer out) {
        out.append(ofString("log.record.uid"));
        out.append(worker.ringUuid().toString());
        out.append(':');
    }

    private void appendPairs(ValueCursor pairs, Utf8Buffer out) {
        while (pairs.next()) {
            out.append(KEY);
            int start = out.length();
            Escaper.JSON.append(out, pairs.buffer(), pairs.textOffset(), pairs.textLength());
            if (out.length() == start) {
                out.append('_'); // a key is never empty
            }
            keys.settle(out, start);
            out.append(VALUE);
            pairs.next();
            appendAnyValue(pairs, out);
            out.append(OTHER_END);
        }
    }

    private static void appendAnyValue(ValueCursor value, Utf8Buffer out) {
        switch (value.type()) {
            case FALSE, TRUE -> out.append("\"boolValue\":");
            case LONG -> out.append("\"intValue\":");
            case DOUBLE, FLOAT -> out.append("\"doubleValue\":");
            case STRING -> out.append("\"stringValue\":");
            default -> {
                return; // a value without any of these is OTLP's null
            }
        }
        if (value.type() == LONG) {
            appendQuoted(value, out);
        } else {
            appendValue(value, out);
        }
    }

    private void appendRare(EntryDecoder entry, Utf8Buffer out) {
        append(entry, MARKER, MARKER_TEXT, out);
        append(entry, MODULE, MODULE_TEXT, out);
        if (!isTraceId(entry)) {
            append(entry, TRACE_ID, OTHER_TRACE_ID, out);
        }
        if (!isSpanId(entry)) {
            append(entry, SPAN_ID, OTHER_SPAN_ID, out);
        }
        if (entry.has(BYTES) && entry.has(TEMPLATE)) { // else they are the body
            out.append(BYTES_VALUE);
            appendBytes(entry, out);
            out.append(OTHER_END);
        }
        if (entry.has(ORIGINAL_LENGTH)) {
            append(TRUNCATED, Math.max(0, entry.originalLength()), out);
        }
        appendCaller(entry, CallerText.has(entry, CallerText.PATH) ? CallerText.PATH : CallerText.FILE, FILE, out);
        if (CallerText.line(entry) >= 0) {
            append(LINE, CallerText.line(entry), out);
        }
        appendCaller(entry, CallerText.FUNCTION, FUNCTION, out);
        if (entry.has(EXCEPTION)) {
            appendException(entry, out);
        }
    }

    /** Type and message are the outermost throwable's. */
    private void appendException(EntryDecoder entry, Utf8Buffer out) {
        ExceptionCursor throwable = entry.exception();
        if (!throwable.nextThrowable()) {
            return;
        }
        out.append(TYPE);
        Escaper.JSON.append(out, throwable.buffer(), throwable.classOffset(), throwable.classLength());
        out.append(END);
        if (throwable.messageLength() >= 0) {
            out.append(MESSAGE);
            Escaper.JSON.append(out, throwable.buffer(), throwable.messageOffset(), throwable.messageLength());
            out.append(END);
        }
        out.append(STACKTRACE);
        stackTraces.append(entry.exception(), out);
        out.append(END);
    }

    private static void append(EntryDecoder entry, int tag, byte[] attribute, Utf8Buffer out) {
        if (entry.has(tag)) {
            out.append(attribute);
            SectionText.append(entry, tag, Escaper.JSON, out);
            out.append(END);
        }
    }

    private static void appendCaller(EntryDecoder entry, int which, byte[] attribute, Utf8Buffer out) {
        if (CallerText.has(entry, which)) {
            out.append(attribute);
            CallerText.append(entry, which, Escaper.JSON, out);
            out.append(END);
        }
    }
}
