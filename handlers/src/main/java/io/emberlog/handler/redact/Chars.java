package io.emberlog.handler.redact;

/** Kinds of bytes, ASCII only. Stateless. */
final class Chars {
    private static final byte ALNUM = 1;
    private static final byte WORD = 2;

    /** One look for each byte, since most bytes of a text are asked about. */
    private static final byte[] KINDS = new byte[256];

    static {
        for (int b = 0; b < 128; b++) {
            boolean letter = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z';
            boolean alnum = letter || isDigit((byte) b);
            KINDS[b] = (byte) ((alnum ? ALNUM : 0) | (alnum || b == '_' || b == '-' ? WORD : 0));
        }
    }

    private Chars() {}

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    static boolean isAlnum(byte b) {
        return (KINDS[b & 0xFF] & ALNUM) != 0;
    }

    /** Of names and of most tokens. */
    static boolean isWord(byte b) {
        return (KINDS[b & 0xFF] & WORD) != 0;
    }

    static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }

    /** Whether no letter or digit stands in front; that of an escape is none: {@code \n} in JSON that was logged as a text. */
    static boolean startsWord(byte[] text, int from, int at) {
        return at == from || !isAlnum(text[at - 1]) || isEscape(text, from, at - 1);
    }

    /** Whether it is the letter of an escaped line end or tab. */
    static boolean isEscape(byte[] text, int from, int at) {
        return at > from && text[at - 1] == '\\' && (text[at] == 'n' || text[at] == 'r' || text[at] == 't');
    }

    /** Where a run of such bytes ends. */
    static int endOfWord(byte[] text, int from, int to) {
        int at = from;
        while (at < to && isWord(text[at])) {
            at++;
        }
        return at;
    }

    static boolean startsWith(byte[] text, int at, int to, byte[] prefix) {
        if (to - at < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (text[at + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /** @param prefix in lower case */
    static boolean startsWithAnyCase(byte[] text, int at, int to, byte[] prefix) {
        if (to - at < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            byte b = text[at + i];
            if ((b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
