package io.emberlog.handler.file;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What a worker says, as a part of a file name: never empty, never {@code .} or {@code ..}, without {@code /}, of bounded
 * length, and different for different values.
 *
 * <p>Letters and digits of ASCII, {@code _}, {@code -} and, but for the first, {@code .} stay; every other byte of the UTF-8
 * becomes {@code %XX}. What is longer than the room ends in {@code ~} and half of its SHA-256; what is empty is {@code ~none}:
 * a tilde stands in no other.
 */
final class SafeValue {
    /** A tilde, 32 digits, and some of the value for people. */
    static final int MIN_ROOM = 48;

    /** What may stand between two values of a name. */
    static final String SEPARATORS = "-_.+=@,: ";

    private static final int HASH_LENGTH = 16;
    private static final String HEX = "0123456789ABCDEF";

    private SafeValue() {}

    static boolean isSeparator(char c) {
        return SEPARATORS.indexOf(c) >= 0;
    }

    /**
     * @param value null is as empty
     * @param separators characters that are escaped, too
     * @param room bytes, at least {@link #MIN_ROOM}
     */
    static String of(String value, String separators, int room) {
        if (value == null || value.isEmpty()) {
            return "~none";
        }
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        StringBuilder safe = new StringBuilder();
        int whole = 0;
        int most = room - 1 - 2 * HASH_LENGTH;
        for (int i = 0; i < bytes.length && safe.length() <= room; i++) {
            append(safe, bytes[i], separators);
            whole = safe.length() <= most ? safe.length() : whole;
        }
        if (safe.length() <= room) {
            return safe.toString();
        }
        safe.setLength(whole);
        safe.append('~');
        byte[] hash = sha256(bytes);
        for (int i = 0; i < HASH_LENGTH; i++) {
            appendHex(safe, hash[i]);
        }
        return safe.toString();
    }

    private static void append(StringBuilder safe, byte b, String separators) {
        boolean plain = b >= 'a' && b <= 'z'
                || b >= 'A' && b <= 'Z'
                || b >= '0' && b <= '9'
                || b == '_'
                || b == '-'
                || b == '.' && safe.length() > 0;
        if (plain && separators.indexOf(b) < 0) {
            safe.append((char) b);
        } else {
            safe.append('%');
            appendHex(safe, b);
        }
    }

    private static void appendHex(StringBuilder out, byte b) {
        out.append(HEX.charAt(b >> 4 & 0xF)).append(HEX.charAt(b & 0xF));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
