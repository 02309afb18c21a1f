package io.emberlog.handler.elastic;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * Records as documents on one line. Every document has {@code @timestamp}, as a data stream asks for: where the format has none
 * ({@code json}), it is put in front. One thread.
 */
final class Documents {
    /** Those formats that are JSON with types that stay, the default first. */
    static final List<String> FORMATS = List.of("ecs", "json");

    private static final byte[] TIMESTAMP = "{\"@timestamp\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final Format format;
    private final boolean addsTimestamp;
    private final Utf8Buffer line = new Utf8Buffer(4096);

    Documents(String name) {
        format = Format.of(name, ZoneOffset.UTC);
        addsTimestamp = name.equals("json");
    }

    /** Appends the document and one LF. */
    void append(LogRecord record, Utf8Buffer out) {
        if (!addsTimestamp) {
            format.format(record, out);
            return;
        }
        line.clear();
        format.format(record, line);
        long epochNs = record.entry().timestampNs();
        Instant time =
                Instant.ofEpochSecond(Math.floorDiv(epochNs, NS_PER_SECOND), Math.floorMod(epochNs, NS_PER_SECOND));
        out.append(TIMESTAMP);
        out.append(DateTimeFormatter.ISO_INSTANT.format(time));
        out.append("\",");
        out.append(line.bytes(), 1, line.length() - 1); // without its own opening brace
    }
}
