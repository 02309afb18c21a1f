package io.emberlog.handler.kafka;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.EntryDecoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * A record of ours as one of Kafka's: the line as value, what a consumer filters by as headers (texts in UTF-8), the worker's time,
 * but none after now, for which brokers refuse a record. One thread.
 */
final class RecordValues {
    private static final long NS_PER_MS = 1_000_000L;

    private final String topic;
    private final String key;
    private final Format format;
    private final Utf8Buffer line = new Utf8Buffer(4096);

    RecordValues(KafkaSettings settings) {
        topic = settings.topic();
        key = settings.key();
        format = Format.of(settings.format(), ZoneOffset.UTC);
    }

    ProducerRecord<byte[], byte[]> of(LogRecord record, long nowEpochNs) {
        line.clear();
        format.format(record, line);
        byte[] value = Arrays.copyOf(line.bytes(), line.length() - 1); // without its LF
        long timeMs = Math.max(0, Math.min(record.entry().timestampNs(), nowEpochNs) / NS_PER_MS);
        return new ProducerRecord<>(topic, null, timeMs, utf8(RecordKeys.of(record, key)), value, headers(record));
    }

    private static List<Header> headers(LogRecord record) {
        EntryDecoder entry = record.entry();
        List<Header> headers = new ArrayList<>();
        add(headers, "id", record.id());
        add(headers, "level", entry.levelName());
        add(headers, "severity", Integer.toString(entry.severity()));
        add(headers, "worker", record.worker().name());
        add(headers, "service", record.worker().service());
        add(headers, "host", record.worker().host());
        add(headers, "logger", entry.text(LOGGER));
        add(headers, "trace_id", entry.text(TRACE_ID));
        add(headers, "span_id", entry.text(SPAN_ID));
        return headers;
    }

    private static void add(List<Header> headers, String name, String text) {
        if (text != null && !text.isEmpty()) {
            headers.add(new RecordHeader(name, utf8(text)));
        }
    }

    private static byte[] utf8(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
