package io.emberlog.handler.elastic;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Name of a data stream or an index, with one date pattern ({@link DateTimeFormatter}) at most, in braces; by the record's own time,
 * so that a record that comes again meets itself. One thread.
 */
final class IndexName {
    private static final Pattern PARTS = Pattern.compile("([^{}]*)(?:\\{([^{}]+)\\}([^{}]*))?");

    /** What Elasticsearch refuses in a name. */
    private static final Pattern FORBIDDEN = Pattern.compile("[\\\\/*?\"<>| ,#:\\p{Lu}\\p{Cntrl}]");

    private static final int MAX_BYTES = 255;
    private static final long NS_PER_MINUTE = 60_000_000_000L;
    private static final Instant SAMPLE = Instant.parse("2026-11-21T10:30:45Z");

    private final String before;
    private final DateTimeFormatter date;
    private final String after;
    private long minute = Long.MIN_VALUE;
    private String name;

    private IndexName(String before, DateTimeFormatter date, String after) {
        this.before = before;
        this.date = date;
        this.after = after;
    }

    /**
     * @param setting whose value it is, for the message
     * @throws IllegalArgumentException beginning with {@code setting: }
     */
    static IndexName of(String setting, String text) {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            throw wrong(setting, text, "has braces that are no pair");
        }
        IndexName index;
        try {
            index = new IndexName(
                    parts.group(1),
                    parts.group(2) == null
                            ? null
                            : DateTimeFormatter.ofPattern(parts.group(2), Locale.ROOT)
                                    .withZone(ZoneOffset.UTC),
                    parts.group(3) == null ? "" : parts.group(3));
            text = index.format(SAMPLE);
        } catch (IllegalArgumentException | java.time.DateTimeException e) {
            throw wrong(setting, text, "has no date pattern in its braces (" + e.getMessage() + ")");
        }
        if (text.isEmpty()
                || text.matches("[-_+].*|\\.|\\.\\.")
                || FORBIDDEN.matcher(text).find()
                || text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw wrong(setting, text, "is no name of an index");
        }
        return index;
    }

    private static IllegalArgumentException wrong(String setting, String text, String why) {
        return new IllegalArgumentException(setting + ": \"" + text + "\" " + why
                + "; allowed: lower case without \\ / * ? \" < > | , # : or space, not beginning with - _ or +, and one date"
                + " pattern like {yyyy.MM.dd}");
    }

    String of(long epochNs) {
        if (date == null) {
            return before;
        }
        long wanted = Math.floorDiv(epochNs, NS_PER_MINUTE);
        if (wanted != minute) {
            name = format(Instant.ofEpochSecond(wanted * 60));
            minute = wanted;
        }
        return name;
    }

    private String format(Instant time) {
        return date == null ? before : before + date.format(time) + after;
    }
}
