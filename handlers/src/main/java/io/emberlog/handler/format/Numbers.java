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
    private static final int EIGHT_DIGITS = 100_000_000;
    private static final long ZEROS = 0x3030303030303030L;

    static {
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

    /** A value from 0 up that has no more than so many digits, with zeros in front; up to seven bytes behind it are touched, too. */
    static int putDigits(byte[] to, int start, long value, int digits) {
        if (digits <= Long.BYTES) {
            Bytes.putLong(to, start, (eightDigits((int) value) | ZEROS) >>> Byte.SIZE * (Long.BYTES - digits));
            return start + digits;
        }
        long front = value / EIGHT_DIGITS;
        int at = putDigits(to, start, front, digits - Long.BYTES);
        Bytes.putLong(to, at, eightDigits((int) (value - front * EIGHT_DIGITS)) | ZEROS);
        return at + Long.BYTES;
    }

    /**
     * Digits as values from 0 to 9, the first one in the lowest byte. By fours, twos and ones, all at once: in a lane each, divided by
     * 100 as 10486 / 2^20 and by 10 as 103 / 2^10, which is exact for so few digits (after Khuong, "How to print
     * integers really fast", 2017).
     */
    private static long eightDigits(int value) {
        int front = value / 10_000;
        long fours = front | (long) (value - front * 10_000) << 32;
        long hundreds = fours * 10_486 >>> 20 & 0x0000_007F_0000_007FL;
        long twos = hundreds | fours - hundreds * 100 << 16;
        long tens = twos * 103 >>> 10 & 0x000F_000F_000F_000FL;
        return tens | twos - tens * 10 << 8;
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
        if (decimals % 10_000 == 0) { // two decimals, as prices have
            int two = decimals / 10_000;
            to[at] = (byte) ('0' + two / 10);
            to[at + 1] = (byte) ('0' + two % 10);
            return two % 10 == 0 ? at + 1 : at + 2;
        }
        long six = eightDigits(decimals) >>> 2 * Byte.SIZE;
        Bytes.putLong(to, at, six | ZEROS);
        return at + Long.BYTES - Long.numberOfLeadingZeros(six) / Byte.SIZE; // zeros at the end are its high bytes
    }

    /** Of a value from 0 up. */
    private static int digits(long value) {
        long positive = value | 1; // 0 has one digit; and no even value is the last of its length
        // bits * log10(2), which is right or one too few
        int digits = (Long.SIZE - Long.numberOfLeadingZeros(positive)) * 1233 >>> 12;
        return positive < POWERS_OF_TEN[digits] ? digits : digits + 1;
    }
}
