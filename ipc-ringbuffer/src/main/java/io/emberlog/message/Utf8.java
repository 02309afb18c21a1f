package io.emberlog.message;

/**
 * UTF-8 into a caller's array without garbage. A lone surrogate becomes U+FFFD (three bytes), so the output is always
 * valid UTF-8. Any thread.
 */
public final class Utf8 {
    /** Longest encoding of one {@code char} of a string (a surrogate pair is two chars and four bytes). */
    public static final int MAX_BYTES_PER_CHAR = 3;

    private Utf8() {}

    /**
     * Encodes as much of the text as fits, never half a character.
     *
     * @param limit end of the room in {@code dst}, exclusive
     * @return end of what was written; the whole text fitted when {@link #length} agrees
     */
    public static int encode(String text, byte[] dst, int offset, int limit) {
        int length = text.length();
        int at = offset;
        int i = 0;
        int ascii = Math.min(length, limit - at);
        while (i < ascii) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                break;
            }
            dst[at++] = (byte) c;
            i++;
        }
        return i == length ? at : encodeRest(text, i, dst, at, limit);
    }

    /** Apart, so that the loop above is small enough to become a part of its callers. */
    private static int encodeRest(String text, int from, byte[] dst, int offset, int limit) {
        int length = text.length();
        int at = offset;
        int i = from;
        while (i < length) {
            char c = text.charAt(i++);
            if (c < 0x80) {
                if (limit - at < 1) {
                    return at;
                }
                dst[at++] = (byte) c;
            } else if (c < 0x800) {
                if (limit - at < 2) {
                    return at;
                }
                dst[at++] = (byte) (0xC0 | c >> 6);
                dst[at++] = (byte) (0x80 | c & 0x3F);
            } else if (Character.isHighSurrogate(c) && i < length && Character.isLowSurrogate(text.charAt(i))) {
                if (limit - at < 4) {
                    return at;
                }
                int point = Character.toCodePoint(c, text.charAt(i++));
                dst[at++] = (byte) (0xF0 | point >> 18);
                dst[at++] = (byte) (0x80 | point >> 12 & 0x3F);
                dst[at++] = (byte) (0x80 | point >> 6 & 0x3F);
                dst[at++] = (byte) (0x80 | point & 0x3F);
            } else {
                if (limit - at < 3) {
                    return at;
                }
                char safe = Character.isSurrogate(c) ? '\uFFFD' : c;
                dst[at++] = (byte) (0xE0 | safe >> 12);
                dst[at++] = (byte) (0x80 | safe >> 6 & 0x3F);
                dst[at++] = (byte) (0x80 | safe & 0x3F);
            }
        }
        return at;
    }

    /** Bytes that {@link #encode} writes when there is room for all. */
    public static long length(String text) {
        long bytes = 0;
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                bytes += 3;
            }
        }
        return bytes;
    }
}
