package io.emberlog.handler.filter;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A number as an expression has it. Whole ones are compared as such, so that large ids are not rounded; with a fraction on either
 * side both are doubles.
 */
record NumberValue(String text, boolean isWhole, long whole, double real) {
    private static final int MAX_LENGTH = 40;
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");

    /** Not comparable: not a number, on one side or the other. */
    static final int NEITHER = Integer.MIN_VALUE;

    /** Null when it is none. */
    static NumberValue of(String text) {
        if (text.length() > MAX_LENGTH || !NUMBER.matcher(text).matches()) {
            return null;
        }
        try {
            long whole = Long.parseLong(text);
            return new NumberValue(text, true, whole, whole);
        } catch (NumberFormatException e) {
            return new NumberValue(text, false, 0, Double.parseDouble(text)); // a fraction, or beyond 64 bits
        }
    }

    /** As {@link Long#compare} of the other with this. */
    int compareFrom(long other) {
        return isWhole ? Long.compare(other, whole) : compareFrom((double) other);
    }

    /** The same; {@link #NEITHER} for what is not a number. */
    int compareFrom(double other) {
        return other > real ? 1 : other < real ? -1 : other == real ? 0 : NEITHER;
    }

    /** The same of a text that is a number; {@link #NEITHER} of another. */
    int compareFrom(byte[] utf8, int offset, int length) {
        if (length == 0 || length > MAX_LENGTH || !(utf8[offset] == '-' || isDigit(utf8[offset]))) {
            return NEITHER;
        }
        NumberValue other = of(new String(utf8, offset, length, StandardCharsets.ISO_8859_1));
        return other == null ? NEITHER : other.isWhole ? compareFrom(other.whole) : compareFrom(other.real);
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }
}
