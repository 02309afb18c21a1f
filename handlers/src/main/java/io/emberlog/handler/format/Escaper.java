package io.emberlog.handler.format;

import io.emberlog.message.Bytes;

/**
 * Bytes of a worker to text that may be shown: always valid UTF-8 (what is not becomes U+FFFD, as {@link String} decodes
 * it), and nothing that could end the line, move the cursor or turn the reading direction: C0, DEL and C1 controls, NEL,
 * U+2028, U+2029 and the bidi controls come out as {@code \n}, {@code \t} or {@code \}{@code u202e}. Immutable; any
 * thread.
 */
public enum Escaper {
    /** For text lines. A backslash stays one, so this is for eyes and not to be undone. */
    LINE,
    /** For the inside of a JSON string: also quote and backslash; a parser gives back the same text. */
    JSON,
    /** Nothing escaped but still valid UTF-8: for searching. */
    RAW;

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long SPACES = ONES * ' ';
    private static final long DELETES = ONES * 0x7F;
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';
    private static final int REPLACEMENT = 0xFFFD;

    /** Appends {@code source[offset..offset + length)}, escaped. */
    public void append(Utf8Buffer out, byte[] source, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            int plainEnd = plainEnd(source, at, end);
            if (plainEnd > at) {
                out.append(source, at, plainEnd - at);
                at = plainEnd;
            }
            if (at < end) {
                at = appendSpecial(out, source, at, end);
            }
        }
    }

    /** End of the run of printable ASCII that starts at {@code from}; eight bytes at a time. */
    private int plainEnd(byte[] source, int from, int end) {
        int at = from;
        // the last word is read whole, too, where the array goes on behind the text
        while (at < end && at <= source.length - Long.BYTES) {
            long special = special(Bytes.getLong(source, at));
            if (special != 0) {
                return Math.min(end, at + (Long.numberOfTrailingZeros(special) >>> 3));
            }
            at += Long.BYTES;
        }
        at = Math.min(at, end);
        while (at < end && isPlain(source[at])) {
            at++;
        }
        return at;
    }

    /** A byte's high bit is set where the byte is special; borrow may mark later bytes too, never earlier ones. */
    private long special(long word) {
        long special = (word - SPACES) | zeros(word ^ DELETES) | word;
        if (this == JSON) {
            special |= zeros(word ^ QUOTES) | zeros(word ^ BACKSLASHES);
        }
        return special & HIGHS;
    }

    private static long zeros(long word) {
        return word - ONES & ~word;
    }

    private boolean isPlain(byte b) {
        return b >= ' ' && b != 0x7F && !(this == JSON && (b == '"' || b == '\\'));
    }

    private int appendSpecial(Utf8Buffer out, byte[] source, int at, int end) {
        int first = source[at];
        if (first >= 0) {
            appendAscii(out, first);
            return at + 1;
        }
        int length = sequenceLength(source, at, end);
        if (length < 0) {
            appendCodePoint(out, REPLACEMENT);
            return at - length;
        }
        if (this != RAW && isControl(source, at, length)) {
            appendUnicodeEscape(out, decode(source, at, length));
        } else {
            out.append(source, at, length);
        }
        return at + length;
    }

    private void appendAscii(Utf8Buffer out, int c) {
        if (this == RAW || isPlain((byte) c)) {
            out.append((char) c);
            return;
        }
        switch (c) {
            case '\n' -> appendShort(out, 'n');
            case '\r' -> appendShort(out, 'r');
            case '\t' -> appendShort(out, 't');
            case '"', '\\' -> appendShort(out, (char) c);
            default -> appendUnicodeEscape(out, c);
        }
    }

    private static void appendShort(Utf8Buffer out, char c) {
        out.append('\\');
        out.append(c);
    }

    private static void appendUnicodeEscape(Utf8Buffer out, int c) {
        out.append('\\');
        out.append('u');
        out.appendHex(c >> 8);
        out.appendHex(c & 0xFF);
    }

    private static void appendCodePoint(Utf8Buffer out, int c) {
        out.append((char) (0xE0 | c >> 12));
        out.append((char) (0x80 | c >> 6 & 0x3F));
        out.append((char) (0x80 | c & 0x3F));
    }

    /** C1 and bidi controls, line and paragraph separator; all below U+10000. */
    private static boolean isControl(byte[] source, int at, int length) {
        if (length == 4) {
            return false;
        }
        int c = decode(source, at, length);
        return c < 0xA0
                || c == 0x061C
                || c >= 0x200E && c <= 0x200F
                || c >= 0x2028 && c <= 0x202E
                || c >= 0x2066 && c <= 0x2069;
    }

    private static int decode(byte[] source, int at, int length) {
        int second = source[at + 1] & 0x3F;
        return length == 2
                ? (source[at] & 0x1F) << 6 | second
                : (source[at] & 0x0F) << 12 | second << 6 | source[at + 2] & 0x3F;
    }

    /** Bytes of the character that starts with this byte above ASCII; negative: that many bytes are none. */
    private static int sequenceLength(byte[] source, int at, int end) {
        int first = source[at] & 0xFF;
        if (first < 0xC2 || first > 0xF4) {
            return -1;
        }
        int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (end - at < 2 || !isSecond(first, source[at + 1] & 0xFF)) {
            return -1;
        }
        for (int i = 2; i < length; i++) {
            if (at + i == end || (source[at + i] & 0xC0) != 0x80) {
                return -i;
            }
        }
        return first == 0xED && (source[at + 1] & 0xFF) >= 0xA0 ? -3 : length;
    }

    /** Keeps out overlong forms and what is above U+10FFFF; surrogates are found later, as one bad character of three. */
    private static boolean isSecond(int first, int second) {
        return switch (first) {
            case 0xE0 -> second >= 0xA0 && second <= 0xBF;
            case 0xF0 -> second >= 0x90 && second <= 0xBF;
            case 0xF4 -> second >= 0x80 && second <= 0x8F;
            default -> (second & 0xC0) == 0x80;
        };
    }
}
