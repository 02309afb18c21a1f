package io.emberlog.message;

/** {@code *} and {@code ?} over UTF-8 bytes, without garbage and without backtracking beyond the last star. */
public final class Glob {
    private Glob() {}

    /** Whether the text matches as a whole; time is at most the product of both lengths. */
    public static boolean matches(byte[] glob, byte[] text, int offset, int length) {
        int end = offset + length;
        int at = offset;
        int g = 0;
        int star = -1;
        int starAt = 0;
        while (at < end) {
            if (g < glob.length && glob[g] == '*') {
                star = g++;
                starAt = at;
            } else if (g < glob.length && glob[g] == '?') {
                g++;
                at = next(text, at, end);
            } else if (g < glob.length && glob[g] == text[at]) {
                g++;
                at++;
            } else if (star >= 0) {
                g = star + 1;
                starAt = next(text, starAt, end);
                at = starAt;
            } else {
                return false;
            }
        }
        while (g < glob.length && glob[g] == '*') {
            g++;
        }
        return g == glob.length;
    }

    /** The same over a text that is a {@link String} already. */
    public static boolean matches(String glob, String text) {
        int at = 0;
        int g = 0;
        int star = -1;
        int starAt = 0;
        while (at < text.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                starAt = at;
            } else if (g < glob.length() && glob.charAt(g) == '?') {
                g++;
                at = text.offsetByCodePoints(at, 1);
            } else if (g < glob.length() && glob.charAt(g) == text.charAt(at)) {
                g++;
                at++;
            } else if (star >= 0) {
                g = star + 1;
                starAt = text.offsetByCodePoints(starAt, 1);
                at = starAt;
            } else {
                return false;
            }
        }
        while (g < glob.length() && glob.charAt(g) == '*') {
            g++;
        }
        return g == glob.length();
    }

    private static int next(byte[] text, int at, int end) {
        int next = at + 1;
        while (next < end && (text[next] & 0xC0) == 0x80) {
            next++;
        }
        return next;
    }
}
