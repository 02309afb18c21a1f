package io.emberlog.handler.loki;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The labels of a record's stream. Each set of values is a stream that Loki keeps in memory, so their number is bounded: once there
 * are {@link LokiSettings#maxStreams}, the records of others go to one stream a severity. One thread.
 */
final class StreamLabels {
    /** What of a record may be a label; names of settings and labels alike. */
    static final List<String> SOURCES = List.of("service", "level", "worker", "host", "process", "logger");

    private static final String LEVEL = "level";
    private static final int MAX_VALUE_LENGTH = 256;

    private final Map<String, String> fixed;
    private final Set<String> sources;
    private final int maxStreams;

    /** By their values; each the object that JSON has as {@code stream}. */
    private final Map<SortedMap<String, String>, String> streams = new HashMap<>();

    private boolean full;

    StreamLabels(LokiSettings settings) {
        fixed = settings.labels();
        sources = settings.labelsFrom();
        maxStreams = settings.maxStreams();
    }

    /** Whether records went without some of their labels. */
    boolean isFull() {
        return full;
    }

    /** A JSON object; the same one for records of the same stream. */
    String of(LogRecord record) {
        SortedMap<String, String> values = values(record);
        String known = streams.get(values);
        if (known != null) {
            return known;
        }
        if (streams.size() < maxStreams) {
            String made = json(values);
            streams.put(values, made);
            return made;
        }
        full = true;
        values.clear();
        if (sources.contains(LEVEL)) {
            values.put(LEVEL, name(Level.canonical(record.entry().severity()).name()));
        }
        return json(values);
    }

    private SortedMap<String, String> values(LogRecord record) {
        SortedMap<String, String> values = new TreeMap<>();
        for (String source : sources) {
            String value = value(record, source);
            if (value != null && !value.isEmpty()) {
                values.put(source, cut(value));
            }
        }
        return values;
    }

    private static String value(LogRecord record, String source) {
        return switch (source) {
            case "service" -> record.worker().service();
            case LEVEL -> name(record.entry().levelName());
            case "worker" -> record.worker().name();
            case "host" -> record.worker().host();
            case "process" -> record.worker().process();
            default -> record.entry().text(MessageDescriptor.LOGGER);
        };
    }

    private static String name(String level) {
        return level.toLowerCase(Locale.ROOT);
    }

    private static String cut(String value) {
        if (value.length() <= MAX_VALUE_LENGTH) {
            return value;
        }
        int end =
                Character.isHighSurrogate(value.charAt(MAX_VALUE_LENGTH - 1)) ? MAX_VALUE_LENGTH - 1 : MAX_VALUE_LENGTH;
        return value.substring(0, end);
    }

    private String json(Map<String, String> values) {
        SortedMap<String, String> all = new TreeMap<>(values);
        all.putAll(fixed);
        Utf8Buffer out = new Utf8Buffer(256);
        char separator = '{';
        for (Map.Entry<String, String> label : Collections.unmodifiableMap(all).entrySet()) {
            out.append(separator);
            quote(label.getKey(), out);
            out.append(':');
            quote(label.getValue(), out);
            separator = ',';
        }
        out.append('}');
        return out.toString();
    }

    static void quote(String text, Utf8Buffer out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.append('"');
        Escaper.JSON.append(out, bytes, 0, bytes.length);
        out.append('"');
    }
}
