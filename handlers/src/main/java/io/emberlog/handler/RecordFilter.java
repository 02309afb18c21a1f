package io.emberlog.handler;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.MessageRenderer;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.Glob;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Arrays;

/**
 * Which records are wanted: the same words for a handler's settings, {@code tail}, {@code grep} and {@code replay}.
 * Everything that was asked for must hold. Immutable; any thread. Makes no garbage unless {@code grep} or {@code worker} is set.
 *
 * <p>Globs: {@code *} is any text, {@code ?} one character; case counts; the whole name must match. A record without
 * logger has the name "".
 */
public final class RecordFilter {
    /** Takes every record. */
    public static final RecordFilter ALL = new Builder().build();

    private final int minSeverity;
    private final int maxSeverity;
    private final long sinceEpochNs;
    private final long untilEpochNs;
    private final byte[] workerGlob;
    private final byte[] loggerGlob;
    private final Pattern grep;

    private RecordFilter(Builder builder) {
        minSeverity = builder.minSeverity;
        maxSeverity = builder.maxSeverity;
        sinceEpochNs = builder.sinceEpochNs;
        untilEpochNs = builder.untilEpochNs;
        workerGlob = builder.workerGlob;
        loggerGlob = builder.loggerGlob;
        grep = builder.grep;
    }

    public static Builder builder() {
        return new Builder();
    }

    public boolean accepts(LogRecord record) {
        EntryDecoder entry = record.entry();
        int severity = entry.severity();
        long timestampNs = entry.timestampNs();
        return severity >= minSeverity
                && severity <= maxSeverity
                && timestampNs >= sinceEpochNs
                && timestampNs < untilEpochNs
                && (loggerGlob == null || acceptsLogger(entry))
                && (workerGlob == null || acceptsWorker(record))
                && (grep == null || acceptsMessage(entry));
    }

    private boolean acceptsLogger(EntryDecoder entry) {
        int length = Math.max(0, entry.sectionLength(MessageDescriptor.LOGGER));
        int offset = length == 0 ? 0 : entry.sectionOffset(MessageDescriptor.LOGGER);
        return Glob.matches(loggerGlob, entry.buffer(), offset, length);
    }

    private boolean acceptsWorker(LogRecord record) {
        byte[] name = record.worker().name().getBytes(StandardCharsets.UTF_8);
        return Glob.matches(workerGlob, name, 0, name.length);
    }

    private boolean acceptsMessage(EntryDecoder entry) {
        Utf8Buffer message = new Utf8Buffer(256);
        MessageRenderer.render(entry, Escaper.RAW, message);
        return grep.matcher(Arrays.copyOf(message.bytes(), message.length())).find();
    }

    /** Reads each condition as a user writes it; what cannot be read says so at once. One thread. */
    public static final class Builder {
        private int minSeverity;
        private int maxSeverity = Level.MAX_SEVERITY;
        private long sinceEpochNs = Long.MIN_VALUE;
        private long untilEpochNs = Long.MAX_VALUE;
        private byte[] workerGlob;
        private byte[] loggerGlob;
        private Pattern grep;

        private Builder() {}

        /** Lowest severity taken, 0 to 24. */
        public Builder minSeverity(int severity) {
            minSeverity = checked(severity);
            return this;
        }

        /** Highest severity taken, 0 to 24. */
        public Builder maxSeverity(int severity) {
            maxSeverity = checked(severity);
            return this;
        }

        /** A level's name or number. */
        public Builder minLevel(String level) {
            return minSeverity(Level.parse(level).severity());
        }

        /** A level's name or number. */
        public Builder maxLevel(String level) {
            return maxSeverity(Level.parse(level).severity());
        }

        public Builder worker(String glob) {
            workerGlob = bytes("worker", glob);
            return this;
        }

        public Builder logger(String glob) {
            loggerGlob = bytes("logger", glob);
            return this;
        }

        /** From that instant on. */
        public Builder since(long epochNs) {
            sinceEpochNs = epochNs;
            return this;
        }

        /** Before that instant. */
        public Builder until(long epochNs) {
            untilEpochNs = epochNs;
            return this;
        }

        /** As {@link #parseTime}. */
        public Builder since(String text, long nowEpochNs, ZoneId zone) {
            return since(parseTime(text, nowEpochNs, zone));
        }

        /** As {@link #parseTime}. */
        public Builder until(String text, long nowEpochNs, ZoneId zone) {
            return until(parseTime(text, nowEpochNs, zone));
        }

        /** RE2 syntax, found anywhere in the rendered message; linear time whatever the text. */
        public Builder grep(String regex) {
            String refusal = RegexBounds.refusal(regex);
            if (refusal != null) {
                throw new IllegalArgumentException("regex " + refusal);
            }
            try {
                grep = Pattern.compile(regex);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        "regex " + SettingText.quote(regex) + " is not RE2 syntax: " + e.getDescription() + " near "
                                + SettingText.quote(e.getPattern()),
                        e);
            }
            return this;
        }

        /** @throws IllegalArgumentException for bounds that nothing can meet */
        public RecordFilter build() {
            if (minSeverity > maxSeverity) {
                throw new IllegalArgumentException(
                        "lowest severity=" + minSeverity + " is above highest severity=" + maxSeverity);
            }
            if (sinceEpochNs >= untilEpochNs) {
                throw new IllegalArgumentException("since must be before until");
            }
            return new RecordFilter(this);
        }

        private static int checked(int severity) {
            if (severity < 0 || severity > Level.MAX_SEVERITY) {
                throw new IllegalArgumentException("severity=" + severity + " must be in 0.." + Level.MAX_SEVERITY);
            }
            return severity;
        }

        private static byte[] bytes(String what, String glob) {
            if (glob.isEmpty()) {
                throw new IllegalArgumentException(what + " glob is empty; \"*\" takes all");
            }
            return glob.getBytes(StandardCharsets.UTF_8);
        }
    }

    /**
     * An instant: {@code 2026-01-15T10:30:00Z}, {@code ...+02:00}, without offset in {@code zone}, a date alone (its
     * midnight), {@code today} and {@code yesterday} (their midnights), {@code now}, or a length of time before now such as
     * {@code 10m} or {@code -10m}.
     *
     * @return nanoseconds since the epoch
     * @throws IllegalArgumentException naming the text and what would be right
     */
    public static long parseTime(String text, long nowEpochNs, ZoneId zone) {
        String trimmed = text.strip();
        if (trimmed.equals("now")) {
            return nowEpochNs;
        }
        if (trimmed.equals("today") || trimmed.equals("yesterday")) {
            LocalDate today = Instant.ofEpochSecond(Math.floorDiv(nowEpochNs, 1_000_000_000L))
                    .atZone(zone)
                    .toLocalDate();
            LocalDate day = trimmed.equals("today") ? today : today.minusDays(1);
            return epochNs(day.atStartOfDay(zone).toInstant());
        }
        Duration ago = SettingText.duration(trimmed.startsWith("-") ? trimmed.substring(1) : trimmed);
        if (ago != null) {
            return nowEpochNs - ago.toNanos();
        }
        try {
            return epochNs(instant(trimmed, zone));
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "time " + SettingText.quote(text) + " is not known; allowed: 2026-01-15T10:30:00Z,"
                            + " 2026-01-15T10:30, 2026-01-15, today, yesterday, now, or how long ago, like 10m",
                    e);
        }
    }

    private static Instant instant(String text, ZoneId zone) {
        int time = text.indexOf('T');
        if (time < 0) {
            return LocalDate.parse(text).atStartOfDay(zone).toInstant();
        }
        boolean hasOffset = text.endsWith("Z") || text.indexOf('+', time) > 0 || text.indexOf('-', time) > 0;
        return hasOffset
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text).atZone(zone).toInstant();
    }

    private static long epochNs(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    }
}
