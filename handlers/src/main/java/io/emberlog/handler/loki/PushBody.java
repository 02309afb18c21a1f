package io.emberlog.handler.loki;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A batch as the body of a push:
 *
 * <pre>{@code
 * {"streams":[{"stream":{"job":"emberlog","level":"info"},
 *              "values":[["1768473045123456789","the line",{"id":"..."}], ...]}, ...]}
 * }</pre>
 *
 * Streams come in the order of their first record; the entries of one by time, those of one time in the order of the journal, which
 * is what a Loki without unordered writes asks for. One thread.
 */
final class PushBody {
    private static final String CUT = " [cut from %d bytes]";

    private final Format format;
    private final int maxLine;
    private final StreamLabels labels;
    private final StructuredMetadata metadata;
    private final Utf8Buffer line = new Utf8Buffer(4096);
    private final Utf8Buffer out = new Utf8Buffer(64 * 1024);

    PushBody(LokiSettings settings) {
        format = Format.of(settings.format(), ZoneOffset.UTC);
        maxLine = settings.maxLine();
        labels = new StreamLabels(settings);
        metadata = settings.metadata() ? new StructuredMetadata() : null;
    }

    StreamLabels labels() {
        return labels;
    }

    /** Valid until the next call. */
    Utf8Buffer of(List<LogRecord> batch) {
        Map<String, List<LogRecord>> streams = new LinkedHashMap<>();
        for (LogRecord record : batch) {
            streams.computeIfAbsent(labels.of(record), stream -> new ArrayList<>())
                    .add(record);
        }
        out.clear();
        String separator = "{\"streams\":[";
        for (Map.Entry<String, List<LogRecord>> stream : streams.entrySet()) {
            out.append(separator);
            out.append("{\"stream\":");
            out.append(stream.getKey());
            out.append(",\"values\":");
            stream.getValue()
                    .sort(Comparator.comparingLong(record -> record.entry().timestampNs()));
            appendValues(stream.getValue());
            out.append('}');
            separator = ",";
        }
        out.append("]}");
        return out;
    }

    private void appendValues(List<LogRecord> records) {
        char separator = '[';
        for (LogRecord record : records) {
            out.append(separator);
            out.append("[\"");
            out.append(record.entry().timestampNs());
            out.append("\",\"");
            int cutFrom = appendLine(record);
            out.append('"');
            if (metadata != null) {
                out.append(',');
                metadata.append(record, cutFrom, out);
            }
            out.append(']');
            separator = ',';
        }
        out.append(']');
    }

    /** @return bytes that the line had before it was cut; -1 when it was not */
    private int appendLine(LogRecord record) {
        line.clear();
        format.format(record, line);
        int length = line.length() - 1; // without its LF
        if (length <= maxLine) {
            Escaper.JSON.append(out, line.bytes(), 0, length);
            return -1;
        }
        String mark = String.format(CUT, length);
        int end = maxLine - mark.length();
        while (end > 0 && (line.bytes()[end] & 0xC0) == 0x80) {
            end--; // not inside of a character
        }
        Escaper.JSON.append(out, line.bytes(), 0, end);
        out.append(mark);
        return length;
    }
}
