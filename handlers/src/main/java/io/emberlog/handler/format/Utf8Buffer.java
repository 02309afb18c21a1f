package io.emberlog.handler.format;

import io.emberlog.message.Bytes;
import io.emberlog.message.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * UTF-8 text that grows and is used again; makes no garbage once grown. What is appended here is taken as it is: text of
 * a worker goes through {@link Escaper}. One thread.
 */
public final class Utf8Buffer {
    private static final long[] POWERS_OF_TEN = new long[19];
    private static final byte[] MIN_LONG = "-9223372036854775808".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BASE64 =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(StandardCharsets.US_ASCII);
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

    private byte[] bytes;
    private int length;

    public Utf8Buffer(int initialCapacity) {
        bytes = new byte[initialCapacity];
    }

    /** The text is {@code bytes()[0..length())}; another array after the next append. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    public void clear() {
        length = 0;
    }

    /** Cuts what was appended behind that length. */
    public void truncate(int newLength) {
        if (newLength < 0 || newLength > length) {
            throw new IllegalArgumentException("newLength=" + newLength + " must be in 0.." + length);
        }
        length = newLength;
    }

    /** Drops that many bytes from the front. */
    public void discard(int count) {
        System.arraycopy(bytes, count, bytes, 0, length - count);
        length -= count;
    }

    /** Allocates. */
    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    public void append(char ascii) {
        ensure(1);
        bytes[length++] = (byte) ascii;
    }

    public void append(byte[] source) {
        append(source, 0, source.length);
    }

    public void append(byte[] source, int offset, int count) {
        ensure(count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
    }

    public void append(String text) {
        ensure(text.length() * Utf8.MAX_BYTES_PER_CHAR);
        length = Utf8.encode(text, bytes, length, bytes.length);
    }

    public void appendSpaces(int count) {
        if (count > 0) {
            ensure(count);
            Arrays.fill(bytes, length, length + count, (byte) ' ');
            length += count;
        }
    }

    /** As {@link Long#toString(long)}. */
    public void append(long value) {
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                append(MIN_LONG);
                return;
            }
            append('-');
            value = -value;
        }
        appendDigits(value, digits(value));
    }

    /** A value from 0 up with zeros in front, exactly that many digits. */
    public void appendDigits(long value, int digits) {
        ensure(digits);
        byte[] to = bytes;
        int at = length + digits;
        length = at;
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
    }

    /** As {@link Double#toString(double)}; makes garbage only for values that six decimals below 10^7 do not hold. */
    public void append(double value) {
        double magnitude = Math.abs(value);
        if (magnitude >= 1e-3 && magnitude < 1e7) {
            long scaled = Math.round(magnitude * MILLION);
            // both are exact below 2^53, so the quotient is the double nearest to these decimals
            if (scaled / MILLION == magnitude) {
                if (value < 0) {
                    append('-');
                }
                appendDecimal(scaled);
                return;
            }
        }
        append(Double.toString(value));
    }

    private void appendDecimal(long millionths) {
        long whole = millionths / 1_000_000;
        int decimals = (int) (millionths - whole * 1_000_000);
        append(whole);
        append('.');
        int digits = 6;
        if (decimals % 10_000 == 0) { // two decimals, as prices have
            decimals /= 10_000;
            digits = 2;
        }
        while (digits > 1 && decimals % 10 == 0) {
            decimals /= 10;
            digits--;
        }
        appendDigits(decimals, digits);
    }

    /** Two lower-case digits. */
    public void appendHex(int value) {
        ensure(2);
        bytes[length++] = HEX[value >> 4 & 0xF];
        bytes[length++] = HEX[value & 0xF];
    }

    /** RFC 4648 with padding. */
    public void appendBase64(byte[] source, int offset, int count) {
        ensure(Math.multiplyExact(count / 3 + 1, 4));
        int end = offset + count;
        int i = offset;
        for (; end - i >= 3; i += 3) {
            appendBase64Group((source[i] & 0xFF) << 16 | (source[i + 1] & 0xFF) << 8 | source[i + 2] & 0xFF);
        }
        if (end - i == 1) {
            appendBase64Group((source[i] & 0xFF) << 16);
            bytes[length - 2] = '=';
            bytes[length - 1] = '=';
        } else if (end - i == 2) {
            appendBase64Group((source[i] & 0xFF) << 16 | (source[i + 1] & 0xFF) << 8);
            bytes[length - 1] = '=';
        }
    }

    private void appendBase64Group(int bits) {
        bytes[length++] = BASE64[bits >> 18];
        bytes[length++] = BASE64[bits >> 12 & 0x3F];
        bytes[length++] = BASE64[bits >> 6 & 0x3F];
        bytes[length++] = BASE64[bits & 0x3F];
    }

    private static int digits(long value) {
        int digits = 1;
        while (digits < POWERS_OF_TEN.length && value >= POWERS_OF_TEN[digits]) {
            digits++;
        }
        return digits;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, (int)
                    Math.min(Integer.MAX_VALUE - 8, Math.max((long) length + more, 2L * bytes.length)));
        }
    }
}
