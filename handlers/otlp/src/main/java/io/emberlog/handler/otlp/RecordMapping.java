package io.emberlog.handler.otlp;

import static io.emberlog.message.MessageDescriptor.*;

import com.google.protobuf.ByteString;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.MessageRenderer;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ExceptionCursor;
import io.emberlog.message.ValueCursor;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.SeverityNumber;

/**
 * A record in OpenTelemetry's data model of logs. Its severities are those of Emberlog; the message is the body, the bytes are where
 * there is none. One thread.
 */
final class RecordMapping {
    private static final int TRACE_ID_DIGITS = 32;
    private static final int SPAN_ID_DIGITS = 16;

    private final Utf8Buffer message = new Utf8Buffer(1024);

    io.opentelemetry.proto.logs.v1.LogRecord of(LogRecord record, long observedEpochNs) {
        EntryDecoder entry = record.entry();
        io.opentelemetry.proto.logs.v1.LogRecord.Builder out = io.opentelemetry.proto.logs.v1.LogRecord.newBuilder()
                .setTimeUnixNano(entry.timestampNs())
                .setObservedTimeUnixNano(observedEpochNs)
                .setSeverityNumber(SeverityNumber.forNumber(entry.severity()))
                .setSeverityText(entry.levelName());
        Attributes attributes = new Attributes();
        attributes.put("log.record.uid", record.id());
        if (record.sequence() != LogRecord.UNNUMBERED) {
            attributes.put("emberlog.sequence", record.sequence());
        }
        attributes.put("thread.name", entry.text(THREAD_NAME));
        if (entry.threadId() != 0) {
            attributes.put("thread.id", entry.threadId());
        }
        content(entry, out, attributes);
        attributes.put("emberlog.marker", entry.text(MARKER));
        attributes.put("emberlog.module", entry.text(MODULE));
        if (entry.has(ORIGINAL_LENGTH)) {
            attributes.put("emberlog.truncated", Math.max(0, entry.originalLength()));
        }
        if (entry.has(EXCEPTION)) {
            exception(entry.exception(), attributes);
            attributes.put("exception.stacktrace", StackTrace.of(entry.exception()));
        }
        caller(entry.caller(), attributes);
        trace(entry, out, attributes);
        attributes.addPairs(entry.pairs(FIELDS), "fields.");
        attributes.addPairs(entry.pairs(MDC), "mdc.");
        return out.addAllAttributes(attributes.list()).build();
    }

    private void content(
            EntryDecoder entry, io.opentelemetry.proto.logs.v1.LogRecord.Builder out, Attributes attributes) {
        if (entry.has(TEMPLATE)) {
            message.clear();
            MessageRenderer.render(entry, Escaper.RAW, message);
            out.setBody(Attributes.of(message.toString()));
        }
        if (entry.has(BYTES)) {
            int offset = entry.sectionOffset(BYTES);
            int length = entry.sectionLength(BYTES);
            if (entry.has(TEMPLATE)) {
                attributes.put("emberlog.bytes", entry.buffer(), offset, length);
            } else {
                out.setBody(AnyValue.newBuilder().setBytesValue(ByteString.copyFrom(entry.buffer(), offset, length)));
            }
        }
        if (entry.argCount() > 0) {
            attributes.put("emberlog.template", entry.text(TEMPLATE));
            attributes.putArray("emberlog.args", entry.args());
        }
    }

    private static void exception(ExceptionCursor throwable, Attributes attributes) {
        if (throwable.nextThrowable()) {
            attributes.put(
                    "exception.type",
                    Attributes.text(throwable.buffer(), throwable.classOffset(), throwable.classLength()));
            if (throwable.messageLength() >= 0) {
                attributes.put(
                        "exception.message",
                        Attributes.text(throwable.buffer(), throwable.messageOffset(), throwable.messageLength()));
            }
        }
    }

    /** File, path, line, function, as {@link EntryDecoder#caller} gives them. */
    private static void caller(ValueCursor caller, Attributes attributes) {
        String file = nextText(caller);
        String path = nextText(caller);
        attributes.put("code.file.path", path == null ? file : path);
        if (caller.next() && caller.type() == LONG && caller.longValue() > 0) {
            attributes.put("code.line.number", caller.longValue());
        }
        attributes.put("code.function.name", nextText(caller));
    }

    private static String nextText(ValueCursor cursor) {
        return cursor.next() && cursor.type() == STRING
                ? Attributes.text(cursor.buffer(), cursor.textOffset(), cursor.textLength())
                : null;
    }

    /** Ids that are none go as attributes: nothing that was logged is lost. */
    private static void trace(
            EntryDecoder entry, io.opentelemetry.proto.logs.v1.LogRecord.Builder out, Attributes attributes) {
        ByteString trace = hex(entry.text(TRACE_ID), TRACE_ID_DIGITS);
        if (trace == null) {
            attributes.put("trace_id", entry.text(TRACE_ID));
        } else {
            out.setTraceId(trace);
        }
        ByteString span = hex(entry.text(SPAN_ID), SPAN_ID_DIGITS);
        if (span == null) {
            attributes.put("span_id", entry.text(SPAN_ID));
        } else {
            out.setSpanId(span);
        }
    }

    /** Null for what is not so many digits, or all zero. */
    private static ByteString hex(String text, int digits) {
        if (text == null || text.length() != digits || !text.matches("(?=.*[1-9a-fA-F])[0-9a-fA-F]+")) {
            return null;
        }
        return ByteString.fromHex(text);
    }
}
