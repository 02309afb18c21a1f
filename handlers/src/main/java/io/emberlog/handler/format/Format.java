package io.emberlog.handler.format;

import io.emberlog.handler.LogRecord;
import java.time.ZoneId;
import java.util.List;

/**
 * A record to a line. The same record always gives the same bytes, whatever came before (the file handler regenerates
 * its tail after a crash and compares). Holds caches, so: one instance a handler, one thread. Total: any bytes that
 * {@link io.emberlog.message.EntryDecoder} lets pass give a line.
 */
public interface Format {
    /** The names that {@link #of} takes, the default first. */
    List<String> NAMES = List.of("human", "json", "columns");

    /** Appends the record and one LF; no other LF but where the format's own documentation says so. */
    void format(LogRecord record, Utf8Buffer out);

    /**
     * @param name one of {@link #NAMES}
     * @param zone of human timestamps; the others are always UTC
     */
    static Format of(String name, ZoneId zone) {
        return switch (name) {
            case "human" -> new HumanFormat(zone);
            case "json" -> new JsonFormat();
            case "columns" -> new ColumnsFormat();
            default -> throw new IllegalArgumentException("format '" + name + "' is not known; one of " + NAMES);
        };
    }
}
