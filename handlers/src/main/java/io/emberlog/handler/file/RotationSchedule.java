package io.emberlog.handler.file;

import io.emberlog.handler.SettingKey;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.zone.ZoneOffsetTransition;

/**
 * When a file is over, by the time of its first record, and the date that stands in its name. Days and hours are those of a
 * time zone: a day of 23 or 25 hours is one, and an hour that a clock shows twice is two. Immutable.
 */
final class RotationSchedule {
    static final String NEVER = "never";
    static final String HOURLY = "hourly";
    static final String DAILY = "daily";

    private static final SettingKey AGE = SettingKey.duration("rotate", "").between("1 s", "3650 d");
    private static final int SECONDS_PER_HOUR = 3_600;
    private static final int SECONDS_PER_DAY = 86_400;
    private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH");

    private final String text;
    private final ZoneId zone;
    private final long ageSeconds;

    private RotationSchedule(String text, ZoneId zone, long ageSeconds) {
        this.text = text;
        this.zone = zone;
        this.ageSeconds = ageSeconds;
    }

    /**
     * @param text {@code never}, {@code hourly}, {@code daily}, or a duration
     * @throws IllegalArgumentException for anything else
     */
    static RotationSchedule of(String text, ZoneId zone) {
        if (text.equals(NEVER) || text.equals(HOURLY) || text.equals(DAILY)) {
            return new RotationSchedule(text, zone, 0);
        }
        try {
            return new RotationSchedule(text, zone, ((Duration) AGE.parse(text)).toSeconds());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("rotate: " + e.getMessage() + ", or never, hourly, daily", e);
        }
    }

    /**
     * The first second that is another file's; {@link Long#MAX_VALUE} where that never comes.
     *
     * @param start of the first record, seconds since the epoch
     * @return above {@code start}
     */
    long endOf(long start) {
        return switch (text) {
            case NEVER -> Long.MAX_VALUE;
            case HOURLY -> endOfHour(start);
            case DAILY -> endOfDay(start);
            default -> start + ageSeconds;
        };
    }

    private long endOfHour(long start) {
        Instant instant = Instant.ofEpochSecond(start);
        long local = start + zone.getRules().getOffset(instant).getTotalSeconds();
        long end = start + SECONDS_PER_HOUR - Math.floorMod(local, (long) SECONDS_PER_HOUR);
        ZoneOffsetTransition next = zone.getRules().nextTransition(instant);
        return next == null ? end : Math.min(end, next.toEpochSecond()); // not all are at a full hour
    }

    private long endOfDay(long start) {
        LocalDate day = LocalDate.ofInstant(Instant.ofEpochSecond(start), zone);
        ZonedDateTime next = day.plusDays(1).atStartOfDay(zone);
        if (next.toEpochSecond() > start) {
            return next.toEpochSecond();
        }
        // a clock that is set back across midnight shows the end of the day before twice
        long again = next.withLaterOffsetAtOverlap().toEpochSecond();
        return again > start ? again : start + SECONDS_PER_DAY;
    }

    /** {@code 2026-01-15}, of hours {@code 2026-01-15T10}. */
    String dateOf(long start) {
        LocalDateTime local = LocalDateTime.ofInstant(Instant.ofEpochSecond(start), zone);
        return text.equals(HOURLY) ? local.format(HOUR) : local.toLocalDate().toString();
    }

    @Override
    public String toString() {
        return text;
    }
}
