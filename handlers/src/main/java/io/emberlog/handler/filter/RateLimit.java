package io.emberlog.handler.filter;

import io.emberlog.handler.SettingText;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Most records in a time, {@code 100/s burst 500}: the burst may come at once, then records pass at the rate.
 *
 * @param count so many...
 * @param periodNs ...in so long
 * @param burst at once
 */
public record RateLimit(long count, long periodNs, long burst) {
    /** What a setting may hold. */
    public static final String ALLOWED =
            "\"100/s\", \"20/m\", \"500/h\", or with the most at once \"100/s burst 500\"; numbers up to a million";

    private static final long MOST = 1_000_000;
    private static final Map<String, Long> PERIODS = Map.of(
            "s",
            1_000_000_000L,
            "m",
            60_000_000_000L,
            "min",
            60_000_000_000L,
            "h",
            3_600_000_000_000L,
            "d",
            86_400_000_000_000L);
    private static final Pattern TEXT =
            Pattern.compile("\\s*(\\d{1,7})\\s*/\\s*(s|m|min|h|d)(?:[\\s,]+burst\\s+(\\d{1,7}))?\\s*");

    public RateLimit {
        if (count < 1 || count > MOST || burst < 1 || burst > MOST || !PERIODS.containsValue(periodNs)) {
            throw new IllegalArgumentException("count=" + count + " periodNs=" + periodNs + " burst=" + burst
                    + " is no rate; allowed: " + ALLOWED);
        }
    }

    /** @throws IllegalArgumentException saying what is allowed */
    public static RateLimit parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (matcher.matches()) {
            long count = Long.parseLong(matcher.group(1));
            long burst = matcher.group(3) == null ? count : Long.parseLong(matcher.group(3));
            if (count >= 1 && count <= MOST && burst >= 1 && burst <= MOST) {
                return new RateLimit(count, PERIODS.get(matcher.group(2)), burst);
            }
        }
        throw new IllegalArgumentException(SettingText.quote(text) + " is no rate; allowed: " + ALLOWED);
    }

    @Override
    public String toString() {
        String unit = periodNs == 1_000_000_000L
                ? "s"
                : periodNs == 60_000_000_000L ? "m" : periodNs == 3_600_000_000_000L ? "h" : "d";
        return count + "/" + unit + (burst == count ? "" : " burst " + burst);
    }
}
