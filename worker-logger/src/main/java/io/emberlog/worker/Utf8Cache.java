package io.emberlog.worker;

import java.nio.charset.StandardCharsets;

/**
 * UTF-8 of strings that come again and again as the same object: templates and thread names. A string is kept when it is
 * met for the second time in a row at its place, so that strings made for one call neither enter nor make garbage. Keeps
 * a bounded number of short strings. One thread at a time.
 *
 * <p>Two strings that share a place and are both in use must not take it from each other for ever, for each change is
 * garbage: every change doubles how often the next one must come without the kept one being met.
 */
final class Utf8Cache {
    private static final int SIZE = 64;
    private static final int MAX_LENGTH = 256;
    private static final int MAX_NEEDED = 1 << 20;

    private final String[] keys = new String[SIZE];
    private final byte[][] values = new byte[SIZE][];
    private final String[] candidates = new String[SIZE];
    /** How often the candidate came since the kept string was met, or since it is the candidate. */
    private final int[] comings = new int[SIZE];
    /** How often it must come. */
    private final int[] needed = new int[SIZE];

    /** Null when the string is not kept (yet); the caller then encodes it itself. */
    byte[] get(String text) {
        int hash = text.hashCode();
        int at = (hash ^ hash >>> 16) & SIZE - 1;
        if (sameObject(keys[at], text)) {
            comings[at] = 0;
            return values[at];
        }
        return miss(text, at);
    }

    private byte[] miss(String text, int at) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        if (!sameObject(candidates[at], text)) {
            candidates[at] = text;
            comings[at] = 0;
            return null;
        }
        if (++comings[at] < needed[at]) {
            return null;
        }
        // a lone surrogate becomes '?' here and U+FFFD in Utf8: such a string is never kept
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (!new String(utf8, StandardCharsets.UTF_8).equals(text)) {
            return null;
        }
        keys[at] = text;
        values[at] = utf8;
        needed[at] = Math.min(MAX_NEEDED, Math.max(2, 2 * needed[at]));
        return utf8;
    }

    @SuppressWarnings("ReferenceEquality") // identity is the point: equal strings need not be compared by content
    private static boolean sameObject(String a, String b) {
        return a == b;
    }
}
