package io.emberlog.handler.format;

import io.emberlog.handler.LogRecord;
import java.util.Arrays;

/** A number as Python's {@code %05d} and {@code %.3f} show it: sign, zeros or spaces in front, or spaces behind. One thread. */
final class PythonNumber implements PatternPart {
    /** {@link #created} as a whole number of seconds, not rounded. */
    static final int TRUNCATED = -1;

    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final PatternPart number;
    private final boolean left;
    private final boolean zeros;
    private final char sign;
    private final int width;

    /** @param flags of {@code -#0 +}, any of them */
    PythonNumber(PatternPart number, String flags, int width) {
        this.number = number;
        this.left = flags.indexOf('-') >= 0;
        this.zeros = !left && flags.indexOf('0') >= 0;
        this.sign = flags.indexOf('+') >= 0 ? '+' : flags.indexOf(' ') >= 0 ? ' ' : 0;
        this.width = width;
    }

    /** Seconds since the epoch, rounded to that many decimals. */
    static PatternPart created(int decimals) {
        if (decimals == TRUNCATED) {
            return (record, out) -> out.append(record.entry().timestampNs() / NS_PER_SECOND);
        }
        long unit = 1;
        for (int i = decimals; i < 9; i++) {
            unit *= 10;
        }
        long ns = unit;
        long unitsPerSecond = NS_PER_SECOND / unit;
        return (record, out) -> {
            long time = record.entry().timestampNs();
            long rounded = time / ns + time % ns * 2 / ns; // half a unit goes away from 0
            if (rounded < 0) {
                out.append('-');
                rounded = -rounded;
            }
            out.append(rounded / unitsPerSecond);
            if (decimals > 0) {
                out.append('.');
                out.appendDigits(rounded % unitsPerSecond, decimals);
            }
        };
    }

    @Override
    public void append(LogRecord record, Utf8Buffer out) {
        int start = out.length();
        number.append(record, out);
        byte first = out.bytes()[start];
        boolean isNumber = first == '-' || first >= '0' && first <= '9';
        if (sign != 0 && isNumber && first != '-') {
            PatternWidth.pad(out, start, 1, true);
            out.bytes()[start] = (byte) sign;
        }
        int missing = width - (out.length() - start);
        if (missing <= 0) {
            return;
        }
        int digits = start;
        while (isNumber && zeros && "+- ".indexOf(out.bytes()[digits]) >= 0) {
            digits++;
        }
        PatternWidth.pad(out, digits, missing, !left);
        if (zeros && isNumber) {
            Arrays.fill(out.bytes(), digits, digits + missing, (byte) '0');
        }
    }
}
