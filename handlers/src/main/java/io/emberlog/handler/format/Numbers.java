package io.emberlog.handler.format;

import io.emberlog.message.Bytes;
import java.nio.charset.StandardCharsets;

/** Numbers as text into a caller's array, without garbage. Any thread. */
final class Numbers {
    /** Of what {@link #put} puts, and of what it touches behind it. */
    static final int MAX_LENGTH = 32;

    /** The caller is to use {@link Double#toString(double)}. */
    static final int NOT_PUT = -1;

    private static final long[] POWERS_OF_TEN = new long[19];
    private static final byte[] MIN_LONG = "-9223372036854775808".getBytes(StandardCharsets.US_ASCII);
    private static final double MILLION = 1e6;
    /** 00 to 99, as two bytes in the order of {@link Bytes#putShort}. */
    private static final short[] PAIRS = new short[100];

    static {
        for (int i = 0; i < PAIRS.length; i++) {
            PAIRS[i] = (short) ('0' + i / 10 | '0' + i % 10 << 8);
        }
        long power = 1;
        for (int i = 0; i < POWERS_OF_TEN.length; i++) {
            POWERS_OF_TEN[i] = power;
            power *= 10;
        }
    }

    private Numbers() {}

    /**
     * As {@link Long#toString(long)}.
     *
     * @return the end of the text
     */
    static int put(byte[] to, int at, long value) {
        if (value >= 0) {
            return putDigits(to, at, value, digits(value));
        }
        if (value == Long.MIN_VALUE) {
            System.arraycopy(MIN_LONG, 0, to, at, MIN_LONG.length);
            return at + MIN_LONG.length;
        }
        to[at] = '-';
        return putDigits(to, at + 1, -value, digits(-value));
    }

    /** A value from 0 up with zeros in front, exactly that many digits. */
    static int putDigits(byte[] to, int start, long value, int digits) {
        int end = start + digits;
        int at = end;
        long rest = value;
        int left = digits;
        while (left >= 2 && rest > Integer.MAX_VALUE) {
            long hundreds = rest / 100;
            at -= 2;
            Bytes.putShort(to, at, PAIRS[(int) (rest - hundreds * 100)]);
            rest = hundreds;
            left -= 2;
        }
        int small = (int) rest;
        for (; left >= 2; left -= 2) {
            int hundreds = small / 100;
            at -= 2;
            Bytes.putShort(to, at, PAIRS[small - hundreds * 100]);
            small = hundreds;
        }
        if (left == 1) {
            to[at - 1] = (byte) ('0' + small % 10);
        }
        return end;
    }

    /**
     * As {@link Double#toString(double)}.
     *
     * @return {@link #NOT_PUT} for a value that six decimals below 10^7 do not hold; else the end of the text
     */
    static int put(byte[] to, int start, double value) {
        double magnitude = Math.abs(value);
        if (!(magnitude >= 1e-3 && magnitude < 1e7)) {
            return NOT_PUT;
        }
        long scaled = (long) (magnitude * MILLION + 0.5);
        // both are exact below 2^53, so the quotient is the double nearest to these decimals
        if (scaled / MILLION != magnitude) {
            return NOT_PUT;
        }
        int at = start;
        if (value < 0) {
            to[at++] = '-';
        }
        return putMillionths(to, at, scaled);
    }

    private static int putMillionths(byte[] to, int start, long millionths) {
        long whole = millionths / 1_000_000;
        int decimals = (int) (millionths - whole * 1_000_000);
        int at = putDigits(to, start, whole, digits(whole));
        to[at++] = '.';
        int digits = 6;
        if (decimals % 10_000 == 0) { // two decimals, as prices have
            decimals /= 10_000;
            digits = 2;
        }
        while (digits > 1 && decimals % 10 == 0) {
            decimals /= 10;
            digits--;
        }
        return putDigits(to, at, decimals, digits);
    }

    /** Of a value from 0 up. */
    private static int digits(long value) {
        long positive = value | 1; // 0 has one digit; and no even value is the last of its length
        // bits * log10(2), which is right or one too few
        int digits = (Long.SIZE - Long.numberOfLeadingZeros(positive)) * 1233 >>> 12;
        return positive < POWERS_OF_TEN[digits] ? digits : digits + 1;
    }
}
