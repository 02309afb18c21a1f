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
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BASE64 =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(StandardCharsets.US_ASCII);
    /** Up to so many bytes a loop over words is faster than the call of a copying routine. */
    private static final int MAX_BY_WORDS = 64;

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
        if (count <= MAX_BY_WORDS && offset + count <= source.length - Long.BYTES) {
            appendByWords(source, offset, count);
            return;
        }
        ensure(count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
    }

    /** Most texts are of some bytes: up to seven too many are read and written, and count for nothing. */
    private void appendByWords(byte[] source, int offset, int count) {
        ensure(count + Long.BYTES);
        byte[] to = bytes;
        int at = length;
        for (int i = 0; i < count; i += Long.BYTES) {
            Bytes.putLong(to, at + i, Bytes.getLong(source, offset + i));
        }
        length = at + count;
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
        ensure(Numbers.MAX_LENGTH);
        length = Numbers.put(bytes, length, value);
    }

    /** A value from 0 up with zeros in front, exactly that many digits: at least as many as it has, at most 19. */
    public void appendDigits(long value, int digits) {
        ensure(Numbers.MAX_LENGTH);
        length = Numbers.putDigits(bytes, length, value, digits);
    }

    /** As {@link Double#toString(double)}; makes garbage only for values that six decimals below 10^7 do not hold. */
    public void append(double value) {
        ensure(Numbers.MAX_LENGTH);
        int end = Numbers.put(bytes, length, value);
        if (end == Numbers.NOT_PUT) {
            append(Double.toString(value));
        } else {
            length = end;
        }
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

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, (int)
                    Math.min(Integer.MAX_VALUE - 8, Math.max((long) length + more, 2L * bytes.length)));
        }
    }
}
