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
    List<String> NAMES = List.of("human", "json", "ecs", "otel", "syslog", "columns");

    /** In a configuration: a format that a setting of its own tells. */
    String PATTERN = "pattern";

    /** Appends the record and one LF; no other LF but where the format's own documentation says so. */
    void format(LogRecord record, Utf8Buffer out);

    /**
     * @param format one of {@link #NAMES}, or a pattern for {@link PatternFormat}, which is any text with a per cent sign
     * @param zone of timestamps in human lines and patterns; the others are always UTC
     * @throws IllegalArgumentException for another name, or a wrong pattern
     */
    static Format of(String format, ZoneId zone) {
        return switch (format) {
            case "human" -> new HumanFormat(zone);
            case "json" -> new JsonFormat();
            case "ecs" -> new EcsFormat();
            case "otel" -> new OtelFormat();
            case "syslog" -> new SyslogFormat();
            case "columns" -> new ColumnsFormat();
            default -> {
                if (format.indexOf('%') >= 0) {
                    yield PatternFormat.of(format, zone);
                }
                throw new IllegalArgumentException("format '" + format + "' is not known; one of " + NAMES
                        + ", or a pattern like '%d %-5level %msg'");
            }
        };
    }
}
