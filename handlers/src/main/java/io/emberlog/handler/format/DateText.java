package io.emberlog.handler.format;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Date and time by a pattern of {@link DateTimeFormatter}. What does not change within a second is kept, so that only the first
 * record of a second makes garbage. One thread.
 */
final class DateText {
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final int NS_DIGITS = 9;
    private static final long[] NS_PER_UNIT = new long[NS_DIGITS + 1];

    static {
        long ns = NS_PER_SECOND;
        for (int digits = 0; digits <= NS_DIGITS; digits++) {
            NS_PER_UNIT[digits] = ns;
            ns /= 10;
        }
    }

    /** Text of the present second, then so many digits of its fraction. */
    private static final class Piece {
        final DateTimeFormatter formatter;
        final int digits;
        final Utf8Buffer text = new Utf8Buffer(32);

        Piece(DateTimeFormatter formatter, int digits) {
            this.formatter = formatter;
            this.digits = digits;
        }
    }

    private final ZoneId zone;
    private final List<Piece> pieces = new ArrayList<>();
    private long cachedSecond = Long.MIN_VALUE;

    /** @throws IllegalArgumentException saying what is wrong with the pattern */
    DateText(String pattern, ZoneId zone, Locale locale) {
        this.zone = zone;
        int from = 0;
        boolean quoted = false;
        for (int at = 0; at < pattern.length(); at++) {
            char c = pattern.charAt(at);
            quoted ^= c == '\'';
            if (!quoted && (c == 'n' || c == 'N' || c == 'A')) {
                throw new IllegalArgumentException(
                        "'" + c + "' is not available; allowed below seconds: S to SSSSSSSSS");
            }
            if (!quoted && c == 'S') {
                int end = at;
                while (end < pattern.length() && pattern.charAt(end) == 'S') {
                    end++;
                }
                if (end - at > NS_DIGITS) {
                    throw new IllegalArgumentException("has more than " + NS_DIGITS + " S in a row");
                }
                add(pattern.substring(from, at), end - at, locale);
                from = end;
                at = end - 1;
            }
        }
        add(pattern.substring(from), 0, locale);
        refresh(0);
    }

    private void add(String pattern, int digits, Locale locale) {
        pieces.add(new Piece(DateTimeFormatter.ofPattern(pattern, locale), digits));
    }

    void append(Utf8Buffer out, long epochNs) {
        long second = Math.floorDiv(epochNs, NS_PER_SECOND);
        if (second != cachedSecond) {
            refresh(second);
        }
        long ns = epochNs - second * NS_PER_SECOND;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            out.append(piece.text.bytes(), 0, piece.text.length());
            if (piece.digits > 0) {
                out.appendDigits(ns / NS_PER_UNIT[piece.digits], piece.digits);
            }
        }
    }

    private void refresh(long second) {
        cachedSecond = Long.MIN_VALUE; // a full heap must not leave half of it
        ZonedDateTime time = Instant.ofEpochSecond(second).atZone(zone);
        for (Piece piece : pieces) {
            piece.text.clear();
            byte[] text = format(piece.formatter, time).getBytes(StandardCharsets.UTF_8);
            Escaper.LINE.append(piece.text, text, 0, text.length); // some languages write with bidi controls
        }
        cachedSecond = second;
    }

    private static String format(DateTimeFormatter formatter, ZonedDateTime time) {
        try {
            return formatter.format(time);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
