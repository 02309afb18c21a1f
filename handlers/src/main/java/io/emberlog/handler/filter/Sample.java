package io.emberlog.handler.filter;

import io.emberlog.handler.LogRecord;
import io.emberlog.handler.SettingText;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A share of the records, {@code 1/100}. Which ones depends on the record's id alone, so every delivery of one gives the same answer,
 * and handlers with the same share get the same records.
 *
 * @param taken so many...
 * @param of ...of so many, on average
 */
public record Sample(long taken, long of) {
    /** What a setting may hold. */
    public static final String ALLOWED = "\"1/100\": so many of so many, up to a million";

    private static final long MOST = 1_000_000;
    private static final Pattern TEXT = Pattern.compile("\\s*(\\d{1,7})\\s*/\\s*(\\d{1,7})\\s*");

    public Sample {
        if (taken < 1 || taken > of || of > MOST) {
            throw new IllegalArgumentException(
                    SettingText.quote(taken + "/" + of) + " is no share; allowed: " + ALLOWED);
        }
    }

    /** @throws IllegalArgumentException saying what is allowed */
    public static Sample parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(SettingText.quote(text) + " is no share; allowed: " + ALLOWED);
        }
        return new Sample(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
    }

    public boolean accepts(LogRecord record) {
        UUID ring = record.worker().ringUuid();
        long mixed = mixed(ring.getMostSignificantBits());
        mixed = mixed(mixed ^ ring.getLeastSignificantBits());
        mixed = mixed(mixed ^ record.position());
        return Long.remainderUnsigned(mixed(mixed ^ record.index()), of) < taken;
    }

    /** Each bit of the result depends on each bit of the value (the finalizer of SplitMix64). */
    private static long mixed(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    @Override
    public String toString() {
        return taken + "/" + of;
    }
}
