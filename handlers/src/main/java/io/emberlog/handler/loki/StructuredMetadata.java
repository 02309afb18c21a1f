package io.emberlog.handler.loki;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.MessageRenderer;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.ValueCursor;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * What goes along with a line and is searched without being a label: an object of texts, whose names are letters, digits and
 * {@code _}. Stays below Loki's limits of 128 names and 64 KB a line; what has no room is in the line alone. One thread.
 */
final class StructuredMetadata {
    static final int MAX_NAMES = 100;
    static final int MAX_BYTES = 32 * 1024;

    private static final int MAX_NAME_LENGTH = 128;

    private final Utf8Buffer value = new Utf8Buffer(256);
    private final Set<String> names = new HashSet<>();
    private Utf8Buffer out;
    private int start;

    /** @param cutFrom bytes of the line before it was cut; -1 when it was not */
    void append(LogRecord record, int cutFrom, Utf8Buffer to) {
        EntryDecoder entry = record.entry();
        names.clear();
        out = to;
        start = to.length();
        add("id", record.id());
        add("worker", record.worker().name());
        if (record.worker().pid() != 0) {
            add("pid", Long.toString(record.worker().pid()));
        }
        if (cutFrom >= 0) {
            add("line_cut_from", Integer.toString(cutFrom));
        }
        add("logger", entry.text(LOGGER));
        add("thread", entry.text(THREAD_NAME));
        add("marker", entry.text(MARKER));
        add("trace_id", entry.text(TRACE_ID));
        add("span_id", entry.text(SPAN_ID));
        addPairs(entry.pairs(FIELDS));
        addPairs(entry.pairs(MDC));
        to.append('}');
    }

    private void addPairs(ValueCursor pairs) {
        while (pairs.next()) {
            String name = new String(pairs.buffer(), pairs.textOffset(), pairs.textLength(), StandardCharsets.UTF_8);
            pairs.next();
            value.clear();
            MessageRenderer.appendValue(pairs, Escaper.RAW, value);
            add(nameOf(name), value.toString());
        }
    }

    /** As Loki itself makes names of those that come by OpenTelemetry. */
    private static String nameOf(String text) {
        String name = text.replaceAll("[^a-zA-Z0-9_]", "_");
        name = name.isEmpty() || Character.isDigit(name.charAt(0)) || name.startsWith("__") ? "key_" + name : name;
        return name.substring(0, Math.min(name.length(), MAX_NAME_LENGTH));
    }

    /** The first of a name counts. */
    private void add(String name, String text) {
        if (text == null || text.isEmpty() || names.size() == MAX_NAMES || names.contains(name)) {
            return;
        }
        int before = out.length();
        out.append(names.isEmpty() ? '{' : ',');
        StreamLabels.quote(name, out);
        out.append(':');
        StreamLabels.quote(text, out);
        if (out.length() - start > MAX_BYTES) {
            out.truncate(before);
        } else {
            names.add(name);
        }
    }
}
