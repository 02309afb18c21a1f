package io.emberlog.handler;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How sizes and durations are written in a configuration. Pure functions; null means "not one of these". */
public final class SettingText {
    private static final Pattern AMOUNT = Pattern.compile("\\s*(\\d{1,18}(?:\\.\\d{1,9})?)\\s*(\\p{Alpha}*)\\s*");

    private static final Map<String, Long> BYTES = caseInsensitive(Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("B", 1L),
            Map.entry("kB", 1_000L),
            Map.entry("MB", 1_000_000L),
            Map.entry("GB", 1_000_000_000L),
            Map.entry("TB", 1_000_000_000_000L),
            Map.entry("KiB", 1L << 10),
            Map.entry("MiB", 1L << 20),
            Map.entry("GiB", 1L << 30),
            Map.entry("TiB", 1L << 40)));

    private static final Map<String, Long> NANOS = new TreeMap<>(Map.of(
            "ns", 1L,
            "us", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "min", 60_000_000_000L,
            "h", 3_600_000_000_000L,
            "d", 86_400_000_000_000L));

    private SettingText() {}

    /** Bytes, rounded down to a whole one. */
    static Long size(String text) {
        return amount(text, BYTES);
    }

    public static Duration duration(String text) {
        Long nanos = amount(text, NANOS);
        return nanos == null ? null : Duration.ofNanos(nanos);
    }

    /** The shortest text that means this many bytes. */
    static String sizeText(long bytes) {
        return shortest(bytes, BYTES);
    }

    /** The shortest text that means this length of time. */
    public static String durationText(Duration duration) {
        return shortest(duration.toNanos(), NANOS);
    }

    private static String shortest(long amount, Map<String, Long> units) {
        String best = null;
        for (Map.Entry<String, Long> unit : units.entrySet()) {
            if (!unit.getKey().isEmpty() && amount % unit.getValue() == 0) {
                String text = amount / unit.getValue() + " " + unit.getKey();
                if (best == null || text.length() < best.length()) {
                    best = text;
                }
            }
        }
        return best;
    }

    /** The text in quotes on one line: whatever a terminal could take as a command is escaped. */
    public static String quote(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (Character.isISOControl(c)
                    || Character.getType(c) == Character.FORMAT
                    || Character.getType(c) == Character.SURROGATE
                    || Character.getType(c) == Character.LINE_SEPARATOR
                    || Character.getType(c) == Character.PARAGRAPH_SEPARATOR) {
                quoted.append(String.format(Locale.ROOT, c > 0xFFFF ? "\\U%08X" : "\\u%04X", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }

    private static Long amount(String text, Map<String, Long> units) {
        Matcher matcher = AMOUNT.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        Long unit = units.get(matcher.group(2));
        if (unit == null) {
            return null;
        }
        BigDecimal amount = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
        return amount.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0 ? null : (Long) amount.longValue();
    }

    private static <T> Map<String, T> caseInsensitive(Map<String, T> map) {
        Map<String, T> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        sorted.putAll(map);
        return sorted;
    }
}
