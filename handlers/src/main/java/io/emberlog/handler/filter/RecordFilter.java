package io.emberlog.handler.filter;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.SettingText;
import io.emberlog.message.Level;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * Which records a command shows, put together from its options: each is a condition of a {@link FilterExpression}, and all of them
 * must hold. Immutable; any thread.
 *
 * <p>Globs: {@code *} is any text, {@code ?} one character; case counts; the whole name must match. A record without
 * logger has the name "".
 */
public final class RecordFilter {
    /** Takes every record. */
    public static final RecordFilter ALL = new Builder().build();

    private final FilterExpression expression;

    private RecordFilter(FilterExpression expression) {
        this.expression = expression;
    }

    public static Builder builder() {
        return new Builder();
    }

    public boolean accepts(LogRecord record) {
        return expression.accepts(record);
    }

    /** What it asks for. */
    public FilterExpression expression() {
        return expression;
    }

    /** Reads each condition as a user writes it; what cannot be read says so at once. One thread. */
    public static final class Builder {
        private final List<Condition> conditions = new ArrayList<>();
        private int minSeverity;
        private int maxSeverity = Level.MAX_SEVERITY;
        private long sinceEpochNs = Long.MIN_VALUE;
        private long untilEpochNs = Long.MAX_VALUE;
        private FilterExpression where = FilterExpression.ALL;

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
            return glob(Subject.WORKER, glob);
        }

        public Builder logger(String glob) {
            return glob(Subject.LOGGER, glob);
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
            conditions.add(new TextCondition(Subject.MESSAGE, Operator.REGEX, regex, TextTest.regex(regex)));
            return this;
        }

        /** @throws FilterSyntaxException saying where it is wrong, and what is allowed there */
        public Builder where(String expression) {
            where = FilterExpression.parse(expression);
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
            List<Condition> all = new ArrayList<>();
            if (minSeverity > 0) {
                all.add(new LevelCondition(Operator.AT_LEAST, minSeverity));
            }
            if (maxSeverity < Level.MAX_SEVERITY) {
                all.add(new LevelCondition(Operator.AT_MOST, maxSeverity));
            }
            if (sinceEpochNs > Long.MIN_VALUE) {
                all.add(new TimeCondition(Operator.AT_LEAST, sinceEpochNs));
            }
            if (untilEpochNs < Long.MAX_VALUE) {
                all.add(new TimeCondition(Operator.BELOW, untilEpochNs));
            }
            all.addAll(conditions);
            return new RecordFilter(FilterExpression.allOf(List.of(FilterExpression.of(all), where)));
        }

        private static int checked(int severity) {
            if (severity < 0 || severity > Level.MAX_SEVERITY) {
                throw new IllegalArgumentException("severity=" + severity + " must be in 0.." + Level.MAX_SEVERITY);
            }
            return severity;
        }

        private Builder glob(Subject subject, String glob) {
            if (glob.isEmpty()) {
                throw new IllegalArgumentException(subject.text + " glob is empty; \"*\" takes all");
            }
            conditions.add(new TextCondition(subject, Operator.GLOB, glob, TextTest.glob(glob)));
            return this;
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
