package io.emberlog.handler.format;

import static io.emberlog.handler.format.JsonText.*;
import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ExceptionCursor;
import io.emberlog.message.ValueCursor;
import io.emberlog.message.WorkerIdentity;
import java.time.ZoneOffset;

/**
 * Elastic Common Schema, one JSON object a line, as the ecs-logging specification wants it (github.com/elastic/ecs-logging,
 * {@code spec/spec.json}): {@code @timestamp}, {@code log.level}, {@code message}, {@code ecs.version} first, names with dots
 * at the top level, {@code labels} as an object.
 *
 * <p>Where it has room for what an Emberlog record holds, it stands there: the worker's name is {@code service.node.name}, the
 * service also {@code event.dataset}, the record's number {@code event.sequence}, its id {@code event.id}, the number of its
 * level {@code event.severity}, the marker the one of the {@code tags}. Fields, then MDC, then what has no name in ECS (module,
 * bytes as base64, truncated) are {@code labels}: texts, whatever they were, since Elasticsearch keeps labels as keywords and
 * refuses a record whose label changes its type. In their names {@code . * \} become {@code _} as the specification wants, and
 * one that comes again gets a number ({@link UniqueKeys}), since Elasticsearch refuses a name that comes twice.
 *
 * <p>Always valid JSON and valid UTF-8. No garbage for records without rare doubles.
 */
public final class EcsFormat implements Format {
    /** Of the schema whose names are used. */
    static final String VERSION = "8.11.0";

    private static final byte[] TIME = utf8("{\"@timestamp\":\"");
    private static final byte[] LEVEL = utf8("\",\"log.level\":\"");
    private static final byte[] MESSAGE = utf8("\",\"message\":\"");
    private static final byte[] VERSION_MEMBER = utf8("\",\"ecs.version\":\"" + VERSION + "\"");
    private static final byte[] KEY_THREAD_NAME = key("process.thread.name");
    private static final byte[] KEY_THREAD_ID = key("process.thread.id");
    private static final byte[] KEY_LOGGER = key("log.logger");
    private static final byte[] KEY_SEVERITY = key("event.severity");
    private static final byte[] KEY_SEQUENCE = key("event.sequence");
    private static final byte[] KEY_TRACE_ID = key("trace.id");
    private static final byte[] KEY_SPAN_ID = key("span.id");
    private static final byte[] KEY_TAGS = key("tags");
    private static final byte[] ERROR_TYPE = utf8(",\"error.type\":\"");
    private static final byte[] ERROR_MESSAGE = utf8("\",\"error.message\":\"");
    private static final byte[] ERROR_STACK_TRACE = utf8("\",\"error.stack_trace\":\"");
    private static final byte[] KEY_FILE = key("log.origin.file.name");
    private static final byte[] KEY_LINE = key("log.origin.file.line");
    private static final byte[] KEY_FUNCTION = key("log.origin.function");
    private static final byte[] KEY_LABELS = key("labels");
    private static final byte[] ID_END = utf8("\"}\n");

    /** Those that become labels. */
    private static final int LABELS = EntryDecoder.tags(FIELDS, MDC, MODULE, BYTES, ORIGINAL_LENGTH);

    private final TimestampText time = new TimestampText(ZoneOffset.UTC);
    private final WorkerText worker = new WorkerText(EcsFormat::appendWorker);
    private final WorkerText idPrefix = new WorkerText(EcsFormat::appendIdPrefix);
    private final HeadCache heads = new HeadCache();
    private final MessageCache messages = new MessageCache(Escaper.JSON);
    private final StackTraceText stackTraces = new StackTraceText(StackTraceText.Layout.JSON);
    private final UniqueKeys labels = new UniqueKeys();
    private byte[] name = new byte[64];

    @Override
    public void format(LogRecord record, Utf8Buffer out) {
        EntryDecoder entry = record.entry();
        out.append(TIME);
        time.appendNanos(out, entry.timestampNs());
        out.append(LEVEL);
        SectionText.appendLevel(entry, Escaper.JSON, out);
        out.append(MESSAGE);
        messages.append(entry, out);
        int start = out.length();
        if (!heads.append(record, out)) {
            appendSource(record, out);
            heads.keep(record, out, start);
        }
        if (record.sequence() != LogRecord.UNNUMBERED) {
            out.append(KEY_SEQUENCE);
            out.append(record.sequence());
        }
        appendSection(entry, TRACE_ID, KEY_TRACE_ID, out);
        appendSection(entry, SPAN_ID, KEY_SPAN_ID, out);
        if (entry.has(MARKER)) {
            out.append(KEY_TAGS);
            out.append("[\"");
            SectionText.append(entry, MARKER, Escaper.JSON, out);
            out.append("\"]");
        }
        if (entry.has(EXCEPTION)) {
            appendError(entry, out);
        }
        if (entry.has(CALLER)) {
            appendOrigin(entry, out);
        }
        if (entry.hasAny(LABELS)) {
            appendLabels(entry, out);
        }
        idPrefix.append(record.worker(), out);
        out.append(record.position());
        out.append(':');
        out.append((long) record.index());
        out.append(ID_END);
    }

    private void appendSource(LogRecord record, Utf8Buffer out) {
        EntryDecoder entry = record.entry();
        out.append(VERSION_MEMBER);
        worker.append(record.worker(), out);
        appendSection(entry, THREAD_NAME, KEY_THREAD_NAME, out);
        if (entry.threadId() != 0) {
            out.append(KEY_THREAD_ID);
            out.append(entry.threadId());
        }
        appendSection(entry, LOGGER, KEY_LOGGER, out);
        out.append(KEY_SEVERITY);
        out.append((long) entry.severity());
    }

    private static void appendWorker(WorkerIdentity worker, Utf8Buffer out) {
        appendName("service.name", worker.service(), out);
        appendName("service.node.name", worker.name(), out);
        appendName("event.dataset", worker.service(), out);
        appendName("host.name", worker.host(), out);
        if (worker.pid() != 0) {
            out.append(key("process.pid"));
            out.append(worker.pid());
        }
        appendName("process.name", worker.process(), out);
    }

    private static void appendIdPrefix(WorkerIdentity worker, Utf8Buffer out) {
        out.append(key("event.id"));
        out.append('"');
        out.append(worker.ringUuid().toString());
        out.append(':');
    }

    /** Type and message are the outermost throwable's. */
    private void appendError(EntryDecoder entry, Utf8Buffer out) {
        ExceptionCursor throwable = entry.exception();
        if (!throwable.nextThrowable()) {
            return;
        }
        out.append(ERROR_TYPE);
        Escaper.JSON.append(out, throwable.buffer(), throwable.classOffset(), throwable.classLength());
        if (throwable.messageLength() >= 0) {
            out.append(ERROR_MESSAGE);
            Escaper.JSON.append(out, throwable.buffer(), throwable.messageOffset(), throwable.messageLength());
        }
        out.append(ERROR_STACK_TRACE);
        stackTraces.append(entry.exception(), out);
        out.append('"');
    }

    private static void appendOrigin(EntryDecoder entry, Utf8Buffer out) {
        if (CallerText.has(entry, CallerText.FILE) || CallerText.has(entry, CallerText.PATH)) {
            out.append(KEY_FILE);
            out.append('"');
            int file = CallerText.has(entry, CallerText.FILE) ? CallerText.FILE : CallerText.PATH;
            CallerText.append(entry, file, Escaper.JSON, out);
            out.append('"');
        }
        if (CallerText.line(entry) >= 0) {
            out.append(KEY_LINE);
            out.append(CallerText.line(entry));
        }
        if (CallerText.has(entry, CallerText.FUNCTION)) {
            out.append(KEY_FUNCTION);
            out.append('"');
            CallerText.append(entry, CallerText.FUNCTION, Escaper.JSON, out);
            out.append('"');
        }
    }

    private void appendLabels(EntryDecoder entry, Utf8Buffer out) {
        int start = out.length();
        out.append(KEY_LABELS);
        int empty = out.length();
        labels.clear();
        appendPairs(entry.pairs(FIELDS), out);
        appendPairs(entry.pairs(MDC), out);
        if (entry.has(MODULE)) {
            appendLabel("module", out);
            out.append('"');
            SectionText.append(entry, MODULE, Escaper.JSON, out);
            out.append('"');
        }
        if (entry.has(BYTES)) {
            appendLabel("bytes", out);
            appendBytes(entry, out);
        }
        if (entry.has(ORIGINAL_LENGTH)) {
            appendLabel("truncated", out);
            out.append('"');
            out.append(Math.max(0, entry.originalLength()));
            out.append('"');
        }
        if (out.length() == empty) {
            out.truncate(start);
            return;
        }
        out.bytes()[empty] = '{';
        out.append('}');
    }

    /** Each behind a comma, the first one's of which becomes the object's brace. */
    private void appendPairs(ValueCursor pairs, Utf8Buffer out) {
        while (pairs.next()) {
            out.append(",\"");
            appendLabelName(pairs, out);
            out.append("\":");
            pairs.next();
            if (pairs.type() == NULL) {
                out.append("null");
            } else {
                appendQuoted(pairs, out);
            }
        }
    }

    private void appendLabelName(ValueCursor key, Utf8Buffer out) {
        int length = key.textLength();
        if (name.length < length) {
            name = new byte[2 * length];
        }
        System.arraycopy(key.buffer(), key.textOffset(), name, 0, length);
        boolean blank = true;
        for (int i = 0; i < length; i++) {
            byte b = name[i];
            blank &= b >= 0 && b <= ' ';
            if (b == '.' || b == '*' || b == '\\') {
                name[i] = '_';
            }
        }
        int start = out.length();
        Escaper.JSON.append(out, name, 0, length);
        if (blank) {
            out.append('_'); // Elasticsearch refuses names of nothing but spaces
        }
        labels.settle(out, start);
    }

    private void appendLabel(String label, Utf8Buffer out) {
        out.append(",\"");
        int start = out.length();
        out.append(label);
        labels.settle(out, start);
        out.append("\":");
    }
}
