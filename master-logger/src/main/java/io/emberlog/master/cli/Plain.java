package io.emberlog.master.cli;

import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.Utf8Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Text and numbers for people; nothing in them can command a terminal. Stateless. */
final class Plain {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private static final String[] TIMES = {"ns", "us", "ms", "s"};

    private Plain() {}

    /** One line, controls escaped: for names that a worker chose, and paths. */
    static String text(String untrusted) {
        return escape(untrusted, Escaper.LINE);
    }

    /** One line of at most so many characters, controls escaped; what is cut ends in {@code ~}. */
    static String cut(int most, String untrusted) {
        String text = text(untrusted);
        return text.length() <= most ? text : text.substring(0, most - 1) + '~';
    }

    /** A JSON string, with its quotes. */
    static String json(String text) {
        return '"' + escape(text, Escaper.JSON) + '"';
    }

    /** {@code 1,204,551}. */
    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** The count and its noun: {@code 1 record}, {@code 2 records}. */
    static String count(long value, String noun) {
        return count(value) + ' ' + noun + (value == 1 ? "" : "s");
    }

    /** {@code 1.2 GiB}. */
    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 || value >= 99.5
                ? String.format(Locale.ROOT, "%.0f %s", value, UNITS[unit])
                : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /** {@code 0 s}, {@code 1.5 s}, {@code 12 min}, {@code 3 h}, {@code 4 d}; {@code -} below 0, which means unknown. */
    static String seconds(long ns) {
        if (ns < 0) {
            return "-";
        }
        long ms = TimeUnit.NANOSECONDS.toMillis(ns);
        if (ms < 10_000) {
            return ms < 50 ? "0 s" : String.format(Locale.ROOT, "%.1f s", ms / 1e3);
        }
        long s = ms / 1_000;
        return s < 120 ? s + " s" : s < 7_200 ? s / 60 + " min" : s < 172_800 ? s / 3_600 + " h" : s / 86_400 + " d";
    }

    /** {@code 850 ns}, {@code 12.5 us}, {@code 3.1 ms}, {@code 1.5 s}, and as {@link #seconds} from 10 s on. */
    static String latency(long ns) {
        if (ns >= 10_000_000_000L) {
            return seconds(ns);
        }
        double value = ns;
        int unit = 0;
        while (value >= 999.5 && unit < TIMES.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 || value >= 99.5
                ? String.format(Locale.ROOT, "%.0f %s", value, TIMES[unit])
                : String.format(Locale.ROOT, "%.1f %s", value, TIMES[unit]);
    }

    /** RFC 3339 in UTC, to the millisecond. */
    static String time(long epochNs) {
        return Instant.ofEpochMilli(Math.floorDiv(epochNs, 1_000_000L))
                .truncatedTo(ChronoUnit.MILLIS)
                .toString();
    }

    private static String escape(String text, Escaper escaper) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Utf8Buffer out = new Utf8Buffer(utf8.length + 16);
        escaper.append(out, utf8, 0, utf8.length);
        return out.toString();
    }
}
