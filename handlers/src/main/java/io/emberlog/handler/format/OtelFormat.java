package io.emberlog.handler.format;

import static io.emberlog.handler.format.JsonText.*;
import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.WorkerIdentity;

/**
 * OpenTelemetry: a line is one {@code LogsData} object with one record, in OTLP's JSON encoding, as the OTLP file exporter
 * writes it (opentelemetry.io/docs/specs/otel/protocol/file-exporter) and the collector's {@code otlpjsonfile} receiver reads
 * it: 64-bit integers as decimal strings, trace and span id as hexadecimal digits.
 *
 * <p>The worker is the resource ({@code service.name}, which the specification wants to be {@code unknown_service:PROCESS}
 * where none is set; {@code service.instance.id}, the ring's uuid; {@code host.name}, {@code process.pid}), the logger the
 * scope, the rest {@link OtelAttributes}. The text is the body, the bytes are where there is none. No template, so that a
 * receiver sees the text once.
 *
 * <p>Always valid JSON and valid UTF-8. No garbage for records without rare doubles.
 */
public final class OtelFormat implements Format {
    private static final byte[] RESOURCE = utf8("{\"resourceLogs\":[{\"resource\":{\"attributes\":[");
    private static final byte[] SCOPE = utf8("]},\"scopeLogs\":[{\"scope\":{");
    private static final byte[] SCOPE_NAME = utf8("\"name\":\"");
    private static final byte[] RECORD = utf8("},\"logRecords\":[{\"timeUnixNano\":\"");
    private static final byte[] OBSERVED = utf8("\",\"observedTimeUnixNano\":\"");
    private static final byte[] SEVERITY = utf8("\",\"severityNumber\":");
    private static final byte[] LEVEL = utf8(",\"severityText\":\"");
    private static final byte[] BODY = utf8("\",\"body\":{\"stringValue\":\"");
    private static final byte[] BODY_END = utf8("\"},\"attributes\":[");
    private static final byte[] BODY_OF_BYTES = utf8("\",\"body\":{\"bytesValue\":");
    private static final byte[] BODY_OF_BYTES_END = utf8("},\"attributes\":[");
    private static final byte[] NO_BODY = utf8("\",\"attributes\":[");
    private static final byte[] KEY_TRACE_ID = key("traceId");
    private static final byte[] KEY_SPAN_ID = key("spanId");
    private static final byte[] END = utf8("}]}]}]}\n");

    private final WorkerText resource = new WorkerText(OtelFormat::appendResource);
    private final HeadCache heads = new HeadCache();
    private final MessageCache messages = new MessageCache(Escaper.JSON);
    private final OtelAttributes attributes = new OtelAttributes();

    @Override
    public void format(LogRecord record, Utf8Buffer out) {
        EntryDecoder entry = record.entry();
        int start = out.length();
        if (!heads.append(record, out)) {
            appendSource(record, out);
            heads.keep(record, out, start);
        }
        long time = Math.max(0, entry.timestampNs()); // unsigned; 0 says that it is not known
        out.append(time);
        out.append(OBSERVED);
        out.append(time);
        out.append(SEVERITY);
        out.append((long) entry.severity());
        out.append(LEVEL);
        SectionText.appendLevel(entry, Escaper.JSON, out);
        appendBody(entry, out);
        attributes.append(record, out);
        out.append(']');
        if (OtelAttributes.isTraceId(entry)) {
            appendSection(entry, TRACE_ID, KEY_TRACE_ID, out);
        }
        if (OtelAttributes.isSpanId(entry)) {
            appendSection(entry, SPAN_ID, KEY_SPAN_ID, out);
        }
        out.append(END);
    }

    private void appendSource(LogRecord record, Utf8Buffer out) {
        EntryDecoder entry = record.entry();
        out.append(RESOURCE);
        resource.append(record.worker(), out);
        out.append(SCOPE);
        if (entry.has(LOGGER)) {
            out.append(SCOPE_NAME);
            SectionText.append(entry, LOGGER, Escaper.JSON, out);
            out.append('"');
        }
        out.append(RECORD);
    }

    private static void appendResource(WorkerIdentity worker, Utf8Buffer out) {
        String unknown = worker.process().isEmpty() ? "unknown_service" : "unknown_service:" + worker.process();
        appendText("service.name", worker.service().isEmpty() ? unknown : worker.service(), out);
        appendText("service.instance.id", worker.ringUuid().toString(), out);
        appendText("host.name", worker.host(), out);
        if (worker.pid() != 0) {
            OtelAttributes.append(OtelAttributes.ofInt("process.pid"), worker.pid(), out);
        }
        appendText("emberlog.process", worker.process(), out);
        appendText("emberlog.worker", worker.name(), out);
        OtelAttributes.end(out);
    }

    private static void appendText(String name, String text, Utf8Buffer out) {
        if (!text.isEmpty()) {
            out.append(OtelAttributes.ofString(name));
            SectionText.append(text, Escaper.JSON, out);
            out.append(OtelAttributes.END);
        }
    }

    private void appendBody(EntryDecoder entry, Utf8Buffer out) {
        if (entry.has(TEMPLATE)) {
            out.append(BODY);
            messages.append(entry, out);
            out.append(BODY_END);
        } else if (entry.has(BYTES)) {
            out.append(BODY_OF_BYTES);
            appendBytes(entry, out);
            out.append(BODY_OF_BYTES_END);
        } else {
            out.append(NO_BODY);
        }
    }
}
