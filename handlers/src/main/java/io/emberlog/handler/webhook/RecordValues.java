package io.emberlog.handler.webhook;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.JsonFormat;
import io.emberlog.handler.format.MessageRenderer;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.EntryDecoder;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Placeholders of a body that is one record. One thread. */
final class RecordValues {
    /** Is a JSON object, and in a body of JSON not escaped. */
    static final String JSON = "json";

    static final Set<String> NAMES = Set.of(
            "level",
            "severity",
            "logger",
            "message",
            "worker",
            "host",
            "service",
            "thread",
            "time",
            "epoch",
            "seq",
            "id",
            JSON);

    static final Set<String> NUMBERS = Set.of("severity", "epoch", "seq");

    static final String DEFAULT_BODY = "{json}";

    /** Digits behind the point of a second. */
    private static final int NANOS = 9;

    private final JsonFormat format = new JsonFormat();
    private final Utf8Buffer buffer = new Utf8Buffer(1024);

    Map<String, String> of(LogRecord record) {
        EntryDecoder entry = record.entry();
        Map<String, String> values = new HashMap<>();
        values.put("level", entry.levelName());
        values.put("severity", Integer.toString(entry.severity()));
        values.put("logger", text(entry, LOGGER));
        values.put("thread", text(entry, THREAD_NAME));
        values.put("worker", record.worker().name());
        values.put("host", record.worker().host());
        values.put("service", record.worker().service());
        long second = TimeUnit.SECONDS.toNanos(1);
        values.put(
                "time",
                Instant.ofEpochSecond(
                                Math.floorDiv(entry.timestampNs(), second), Math.floorMod(entry.timestampNs(), second))
                        .toString());
        values.put("epoch", BigDecimal.valueOf(entry.timestampNs(), NANOS).toPlainString());
        values.put("seq", Long.toString(record.sequence()));
        values.put("id", record.id());
        buffer.clear();
        MessageRenderer.render(entry, Escaper.RAW, buffer);
        values.put("message", buffer.toString());
        buffer.clear();
        format.format(record, buffer);
        buffer.truncate(buffer.length() - 1); // the line end
        values.put(JSON, buffer.toString());
        return values;
    }

    private static String text(EntryDecoder entry, int tag) {
        return entry.has(tag) ? entry.text(tag) : "";
    }
}
