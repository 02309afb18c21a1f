package io.emberlog.handler.format;

/** RFC 5424's PRINTUSASCII: what syslog allows in names. Stateless. */
final class PrintableText {
    private PrintableText() {}

    /**
     * Appends a text as a name: each character that is not visible ASCII is {@code _}.
     *
     * @param most characters; the rest is left out
     * @param not ASCII characters that are not allowed either
     * @return false for an empty text, which is {@code -}
     */
    static boolean append(byte[] utf8, int offset, int length, int most, String not, Utf8Buffer out) {
        int end = offset + length;
        int left = most;
        for (int i = offset; i < end && left > 0; i++) {
            byte b = utf8[i];
            if (b > ' ' && b < 0x7F) {
                out.append(not.indexOf(b) < 0 ? (char) b : '_');
                left--;
            } else if (i == offset || (b & 0xC0) != 0x80) { // one for a character of several bytes
                out.append('_');
                left--;
            }
        }
        if (left == most) {
            out.append('-');
        }
        return left < most;
    }
}
