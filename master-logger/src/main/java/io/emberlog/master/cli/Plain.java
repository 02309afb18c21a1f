package io.emberlog.master.cli;

import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.Utf8Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Text and numbers for people; nothing in them can command a terminal. Stateless. */
final class Plain {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Plain() {}

    /** One line, controls escaped: for names that a worker chose, and paths. */
    static String text(String untrusted) {
        return escape(untrusted, Escaper.LINE);
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

    private static String escape(String text, Escaper escaper) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Utf8Buffer out = new Utf8Buffer(utf8.length + 16);
        escaper.append(out, utf8, 0, utf8.length);
        return out.toString();
    }
}
