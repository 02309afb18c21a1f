package io.emberlog.handler.journald;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.MessageRenderer;
import io.emberlog.handler.format.StackTraceText;
import io.emberlog.handler.format.SyslogText;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ExceptionCursor;
import io.emberlog.message.ValueCursor;
import io.emberlog.message.WorkerIdentity;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;

/**
 * Records as journal entries; the fields are listed in docs/handlers/journald.md. {@code MESSAGE} is the message and, on lines of its
 * own, the stack trace; bytes that are no text are {@code EMBERLOG_BYTES} as they are. One thread.
 */
final class JournalEntryEncoder {
    /** journald takes no entry of 1,024 fields or more; this leaves room for ours and for its own. */
    static final int MAX_WORKER_FIELDS = 900;

    private static final String FIELD_PREFIX = "FIELD_";
    private static final String MDC_PREFIX = "MDC_";
    private static final int ID_BYTES = 16;

    private final int facility;
    private final String identifier;
    private final MessageDigest templateIds;
    private final StackTraceText stackTraces = StackTraceText.lines();
    private final Utf8Buffer raw = new Utf8Buffer(256);
    private final JournalEntry entry = new JournalEntry();

    /**
     * @param facility code of the facility
     * @param identifier null for the worker's
     * @param withMessageId a MESSAGE_ID made of each template
     */
    JournalEntryEncoder(int facility, String identifier, boolean withMessageId) {
        this.facility = facility;
        this.identifier = identifier;
        templateIds = withMessageId ? sha256() : null;
    }

    /** @return valid until the next call */
    JournalEntry encode(LogRecord record) {
        EntryDecoder from = record.entry();
        entry.clear();
        putMessage(from);
        entry.put("PRIORITY", SyslogText.severity(from.severity()));
        entry.put("SYSLOG_FACILITY", facility);
        putWorker(record.worker());
        putCaller(from);
        if (from.threadId() != 0) {
            entry.put("TID", from.threadId());
        }
        putOurs(record);
        putPairs(from);
        return entry;
    }

    private void putMessage(EntryDecoder from) {
        raw.clear();
        MessageRenderer.render(from, Escaper.RAW, raw);
        Utf8Buffer value = entry.begin("MESSAGE");
        JournalText.append(raw.bytes(), 0, raw.length(), value);
        if (from.has(EXCEPTION)) {
            if (value.isEmpty()) {
                stackTraces.append(from.exception(), value);
            } else {
                stackTraces.appendBehind(from.exception(), value);
            }
        }
        entry.end();
        if (templateIds != null && from.has(TEMPLATE)) {
            templateIds.update(from.buffer(), from.sectionOffset(TEMPLATE), from.sectionLength(TEMPLATE));
            byte[] digest = templateIds.digest();
            Utf8Buffer id = entry.begin("MESSAGE_ID");
            for (int i = 0; i < ID_BYTES; i++) {
                id.appendHex(digest[i]);
            }
            entry.end();
        }
    }

    private void putWorker(WorkerIdentity worker) {
        putText("SYSLOG_IDENTIFIER", identifier != null ? identifier : identifier(worker));
        if (worker.pid() != 0) {
            entry.put("SYSLOG_PID", worker.pid());
        }
        putText("EMBERLOG_WORKER", worker.name());
        putText("EMBERLOG_PROCESS", worker.process());
        putText("EMBERLOG_SERVICE", worker.service());
        putText("EMBERLOG_HOST", worker.host());
    }

    private static String identifier(WorkerIdentity worker) {
        if (!worker.service().isEmpty()) {
            return worker.service();
        }
        return worker.process().isEmpty() ? worker.name() : worker.process();
    }

    private void putCaller(EntryDecoder from) {
        if (!from.has(CALLER)) {
            return;
        }
        Utf8Buffer file = entry.value();
        ValueCursor caller = from.caller();
        caller.next();
        appendText(caller, file);
        caller.next();
        if (caller.type() != NULL) { // the path says more than the file's name
            file.clear();
            appendText(caller, file);
        }
        if (!file.isEmpty()) {
            entry.name().append("CODE_FILE");
            entry.end();
        }
        caller.next();
        if (caller.longValue() > 0) {
            entry.put("CODE_LINE", caller.longValue());
        }
        caller.next();
        if (caller.type() != NULL) {
            appendText(caller, entry.begin("CODE_FUNC"));
            entry.end();
        }
    }

    private void putOurs(LogRecord record) {
        EntryDecoder from = record.entry();
        putText("EMBERLOG_LEVEL", from.levelName());
        putSection("EMBERLOG_LOGGER", from, LOGGER);
        putSection("EMBERLOG_THREAD", from, THREAD_NAME);
        putSection("EMBERLOG_MODULE", from, MODULE);
        putSection("EMBERLOG_MARKER", from, MARKER);
        if (from.argCount() > 0) {
            putSection("EMBERLOG_TEMPLATE", from, TEMPLATE);
        }
        putSection("EMBERLOG_TRACE_ID", from, TRACE_ID);
        putSection("EMBERLOG_SPAN_ID", from, SPAN_ID);
        ExceptionCursor thrown = from.has(EXCEPTION) ? from.exception() : null;
        if (thrown != null && thrown.nextThrowable()) {
            Utf8Buffer value = entry.begin("EMBERLOG_EXCEPTION");
            JournalText.append(thrown.buffer(), thrown.classOffset(), thrown.classLength(), value);
            entry.end();
        }
        if (from.has(BYTES)) {
            entry.begin("EMBERLOG_BYTES");
            entry.end(from.buffer(), from.sectionOffset(BYTES), from.sectionLength(BYTES));
        }
        if (from.has(ORIGINAL_LENGTH)) {
            entry.put("EMBERLOG_TRUNCATED", Math.max(0, from.originalLength()));
        }
        long ns = from.timestampNs();
        putText("EMBERLOG_TIMESTAMP", Instant.EPOCH.plusNanos(ns).toString());
        if (record.sequence() != LogRecord.UNNUMBERED) {
            entry.put("EMBERLOG_SEQ", record.sequence());
        }
        putText("EMBERLOG_ID", record.id());
    }

    private void putPairs(EntryDecoder from) {
        int omitted = putPairs(from, FIELDS, FIELD_PREFIX, false, MAX_WORKER_FIELDS);
        int left = MAX_WORKER_FIELDS
                - Math.min(MAX_WORKER_FIELDS, from.pairs(FIELDS).remaining() / 2);
        omitted += putPairs(from, MDC, MDC_PREFIX, true, left);
        if (omitted > 0) {
            entry.put("EMBERLOG_OMITTED_FIELDS", omitted);
        }
    }

    private int putPairs(EntryDecoder from, int tag, String prefix, boolean always, int most) {
        ValueCursor pairs = from.pairs(tag);
        for (int i = 0; i < most && pairs.next(); i++) {
            FieldName.append(pairs.buffer(), pairs.textOffset(), pairs.textLength(), prefix, always, entry.name());
            pairs.next();
            appendText(pairs, entry.value());
            entry.end();
        }
        return pairs.remaining() / 2;
    }

    private static void appendText(ValueCursor from, Utf8Buffer value) {
        if (from.type() == STRING) {
            JournalText.append(from.buffer(), from.textOffset(), from.textLength(), value);
        } else {
            MessageRenderer.appendValue(from, Escaper.LINE, value);
        }
    }

    private void putSection(String name, EntryDecoder from, int tag) {
        if (from.has(tag)) {
            JournalText.append(from.buffer(), from.sectionOffset(tag), from.sectionLength(tag), entry.begin(name));
            entry.end();
        }
    }

    /** Nothing when it is empty. Allocates. */
    private void putText(String name, String text) {
        if (!text.isEmpty()) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            JournalText.append(utf8, 0, utf8.length, entry.begin(name));
            entry.end();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
