package io.emberlog.handler.format;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * ISO 8601 / RFC 3339 date and time. Keeps the texts of the last millisecond and second and the offset until its next
 * transition, so that records of one of them cost a copy and those of another no garbage. One thread.
 */
final class TimestampText {
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final long NS_PER_MS = 1_000_000L;
    private static final long NS_PER_US = 1_000L;
    private static final int SECONDS_PER_DAY = 86_400;

    private final ZoneRules rules;
    private final Utf8Buffer second = new Utf8Buffer(32);
    private long cachedSecond = Long.MIN_VALUE;
    private final Utf8Buffer millisecond = new Utf8Buffer(64);
    private long cachedMs = Long.MIN_VALUE;
    private long offsetFrom = 1;
    private long offsetUntil = 0;
    private int offsetSeconds;
    private byte[] offsetText;

    TimestampText(ZoneId zone) {
        rules = zone.getRules();
    }

    /** {@code 2026-01-15T10:30:45.123Z}. */
    void appendMillis(Utf8Buffer out, long epochNs) {
        long epochMs = Math.floorDiv(epochNs, NS_PER_MS);
        if (epochMs != cachedMs) {
            cachedMs = Long.MIN_VALUE; // a full heap must not leave it without its text
            millisecond.clear();
            appendSecond(millisecond, epochNs);
            millisecond.appendDigits(Math.floorMod(epochNs, NS_PER_SECOND) / NS_PER_MS, 3);
            millisecond.append(offsetText);
            cachedMs = epochMs;
        }
        out.append(millisecond.bytes(), 0, millisecond.length());
    }

    /** {@code 2026-01-15T10:30:45.123456789Z}. */
    void appendNanos(Utf8Buffer out, long epochNs) {
        appendSecond(out, epochNs);
        out.appendDigits(Math.floorMod(epochNs, NS_PER_SECOND), 9);
        out.append(offsetText);
    }

    /** {@code 2026-01-15T10:30:45.123456Z}. */
    void appendMicros(Utf8Buffer out, long epochNs) {
        appendSecond(out, epochNs);
        out.appendDigits(Math.floorMod(epochNs, NS_PER_SECOND) / NS_PER_US, 6);
        out.append(offsetText);
    }

    private void appendSecond(Utf8Buffer out, long epochNs) {
        long epochSecond = Math.floorDiv(epochNs, NS_PER_SECOND);
        if (epochSecond != cachedSecond) {
            render(epochSecond);
            cachedSecond = epochSecond;
        }
        out.append(second.bytes(), 0, second.length());
    }

    private void render(long epochSecond) {
        if (epochSecond < offsetFrom || epochSecond >= offsetUntil) {
            findOffset(epochSecond);
        }
        long local = epochSecond + offsetSeconds;
        second.clear();
        appendDate(Math.floorDiv(local, SECONDS_PER_DAY));
        int ofDay = (int) Math.floorMod(local, (long) SECONDS_PER_DAY);
        second.append('T');
        second.appendDigits(ofDay / 3600, 2);
        second.append(':');
        second.appendDigits(ofDay / 60 % 60, 2);
        second.append(':');
        second.appendDigits(ofDay % 60, 2);
        second.append('.');
    }

    /** Days since the epoch to a date; the years of a {@code long} of nanoseconds are 1677 to 2262. */
    private void appendDate(long epochDay) {
        // counted in 400-year eras of 146,097 days that begin on 1 March, so that the leap day is the last one
        long day = epochDay + 719_468;
        long era = Math.floorDiv(day, 146_097L);
        long dayOfEra = day - era * 146_097;
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long monthFromMarch = (5 * dayOfYear + 2) / 153;
        long month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        second.appendDigits(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4);
        second.append('-');
        second.appendDigits(month, 2);
        second.append('-');
        second.appendDigits(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, 2);
    }

    private void findOffset(long epochSecond) {
        Instant instant = Instant.ofEpochSecond(epochSecond);
        ZoneOffset offset = rules.getOffset(instant);
        ZoneOffsetTransition next = rules.nextTransition(instant);
        offsetText = offset.getId().getBytes(StandardCharsets.US_ASCII);
        offsetFrom = epochSecond;
        offsetUntil = next == null ? Long.MAX_VALUE : next.toEpochSecond();
        offsetSeconds = offset.getTotalSeconds();
    }
}
