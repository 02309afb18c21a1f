package io.emberlog.handler.format;

import static io.emberlog.handler.format.JsonText.*;
import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ValueCursor;
import io.emberlog.message.WorkerIdentity;
import java.time.ZoneOffset;

/**
 * One JSON object a line, keys always in this order, absent when not set: {@code seq, time, level, severity, worker,
 * pid, process, service, host, thread, thread_id, logger, module, message, bytes, template, args, fields, mdc, marker,
 * trace_id, span_id, exception, caller, truncated, id}.
 *
 * <p>Always valid JSON and valid UTF-8, whatever the worker wrote. {@code time} is RFC 3339, UTC, nanoseconds.
 * {@code bytes} is base64. {@code template} and {@code args} are there when there are arguments. NaN and infinities are
 * strings. {@code truncated} is the number of bytes that the text had before it was cut, 0 when something other than
 * one text was cut. A key that a worker set twice in {@code fields} or {@code mdc} appears twice. {@code exception} is
 * told in {@link JsonException}.
 */
public final class JsonFormat implements Format {
    private static final byte[] SEQ = utf8("\"seq\":");
    private static final byte[] TIME = utf8("\"time\":\"");
    private static final byte[] LEVEL = utf8("\",\"level\":\"");
    private static final byte[] SEVERITY = utf8("\",\"severity\":");
    private static final byte[] THREAD_NUMBER = utf8(",\"thread_id\":");
    private static final byte[] ID_END = utf8("\"}\n");

    private static final byte[] KEY_THREAD = key("thread");
    private static final byte[] KEY_LOGGER = key("logger");
    private static final byte[] KEY_MODULE = key("module");
    private static final byte[] KEY_MESSAGE = key("message");
    private static final byte[] KEY_BYTES = key("bytes");
    private static final byte[] KEY_TEMPLATE = key("template");
    private static final byte[] KEY_ARGS = key("args");
    private static final byte[] KEY_FIELDS = key("fields");
    private static final byte[] KEY_MDC = key("mdc");
    private static final byte[] KEY_MARKER = key("marker");
    private static final byte[] KEY_TRACE_ID = key("trace_id");
    private static final byte[] KEY_SPAN_ID = key("span_id");
    private static final byte[] KEY_EXCEPTION = key("exception");
    private static final byte[] KEY_CALLER = key("caller");
    private static final byte[] KEY_TRUNCATED = key("truncated");

    private static final String[] CALLER_KEYS = {"\"file\":", "\"path\":", "\"line\":", "\"function\":"};

    private final TimestampText time = new TimestampText(ZoneOffset.UTC);
    private final WorkerText worker = new WorkerText(JsonFormat::appendWorker);
    private final WorkerText idPrefix = new WorkerText(JsonFormat::appendIdPrefix);
    private final HeadCache heads = new HeadCache();
    private final MessageCache messages = new MessageCache(Escaper.JSON);
    private final JsonException exceptions = new JsonException();

    @Override
    public void format(LogRecord record, Utf8Buffer out) {
        EntryDecoder entry = record.entry();
        out.append('{');
        if (record.sequence() != LogRecord.UNNUMBERED) {
            out.append(SEQ);
            out.append(record.sequence());
            out.append(',');
        }
        out.append(TIME);
        time.appendNanos(out, entry.timestampNs());
        int start = out.length();
        if (!heads.append(record, out)) {
            appendHead(record, out);
            heads.keep(record, out, start);
        }
        appendContent(entry, out);
        appendSection(entry, MARKER, KEY_MARKER, out);
        appendSection(entry, TRACE_ID, KEY_TRACE_ID, out);
        appendSection(entry, SPAN_ID, KEY_SPAN_ID, out);
        appendRare(entry, out);
        idPrefix.append(record.worker(), out);
        out.append(record.position());
        out.append(':');
        out.append((long) record.index());
        out.append(ID_END);
    }

    private void appendHead(LogRecord record, Utf8Buffer out) {
        EntryDecoder entry = record.entry();
        out.append(LEVEL);
        SectionText.appendLevel(entry, Escaper.JSON, out);
        out.append(SEVERITY);
        out.append((long) entry.severity());
        worker.append(record.worker(), out);
        appendSection(entry, THREAD_NAME, KEY_THREAD, out);
        if (entry.threadId() != 0) {
            out.append(THREAD_NUMBER);
            out.append(entry.threadId());
        }
        appendSection(entry, LOGGER, KEY_LOGGER, out);
        appendSection(entry, MODULE, KEY_MODULE, out);
    }

    private void appendContent(EntryDecoder entry, Utf8Buffer out) {
        if (entry.has(TEMPLATE)) {
            out.append(KEY_MESSAGE);
            out.append('"');
            messages.append(entry, out);
            out.append('"');
        }
        if (entry.has(BYTES)) {
            out.append(KEY_BYTES);
            appendBytes(entry, out);
        }
        if (entry.argCount() > 0) {
            if (entry.has(TEMPLATE)) {
                out.append(KEY_TEMPLATE);
                out.append('"');
                messages.appendTemplate(entry, out);
                out.append('"');
            }
            out.append(KEY_ARGS);
            appendArgs(entry.args(), entry.has(TEMPLATE) ? messages.argsShown() : 0, out);
        }
        appendPairs(entry, FIELDS, KEY_FIELDS, out);
        appendPairs(entry, MDC, KEY_MDC, out);
    }

    private void appendRare(EntryDecoder entry, Utf8Buffer out) {
        if (entry.has(EXCEPTION)) {
            out.append(KEY_EXCEPTION);
            exceptions.append(entry.exception(), out);
        }
        if (entry.has(CALLER)) {
            out.append(KEY_CALLER);
            appendCaller(entry.caller(), out);
        }
        if (entry.has(ORIGINAL_LENGTH)) {
            out.append(KEY_TRUNCATED);
            out.append(Math.max(0, entry.originalLength()));
        }
    }

    /** @param shown so many stand in the message, and are copied from there */
    private void appendArgs(ValueCursor args, int shown, Utf8Buffer out) {
        char separator = '[';
        for (int arg = 0; args.next(); arg++) {
            out.append(separator);
            if (arg >= shown) {
                appendValue(args, out);
            } else if (isQuoted(args)) {
                out.append('"');
                messages.copyArg(arg, out);
                out.append('"');
            } else {
                messages.copyArg(arg, out);
            }
            separator = ',';
        }
        out.append(']');
    }

    private static void appendPairs(EntryDecoder entry, int tag, byte[] key, Utf8Buffer out) {
        ValueCursor pairs = entry.pairs(tag);
        if (pairs.remaining() == 0) {
            return;
        }
        out.append(key);
        char separator = '{';
        while (pairs.next()) {
            out.append(separator);
            appendValue(pairs, out);
            out.append(':');
            pairs.next();
            appendValue(pairs, out);
            separator = ',';
        }
        out.append('}');
    }

    private static void appendCaller(ValueCursor caller, Utf8Buffer out) {
        out.append('{');
        boolean first = true;
        for (String key : CALLER_KEYS) {
            caller.next();
            if (caller.type() != NULL) {
                if (!first) {
                    out.append(',');
                }
                out.append(key);
                appendValue(caller, out);
                first = false;
            }
        }
        out.append('}');
    }

    private static void appendWorker(WorkerIdentity worker, Utf8Buffer out) {
        appendName("worker", worker.name(), out);
        if (worker.pid() != 0) {
            out.append(key("pid"));
            out.append(worker.pid());
        }
        appendName("process", worker.process(), out);
        appendName("service", worker.service(), out);
        appendName("host", worker.host(), out);
    }

    private static void appendIdPrefix(WorkerIdentity worker, Utf8Buffer out) {
        out.append(key("id"));
        out.append('"');
        out.append(worker.ringUuid().toString());
        out.append(':');
    }
}
