package io.emberlog.master.fanout;

import java.nio.charset.StandardCharsets;

/** A handler's name as a file name: no two names share one, and none leaves its directory. */
final class SafeName {
    private static final int MAX_LENGTH = 200;

    private SafeName() {}

    /**
     * Letters, digits, {@code _}, {@code -} and, but for the first, {@code .} stay; all other bytes of its UTF-8 become {@code %XX}.
     *
     * @throws IllegalArgumentException when empty, or longer than a file name can be
     */
    static String of(String name) {
        StringBuilder safe = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(b) || b == '.' && safe.length() > 0) {
                safe.append((char) b);
            } else {
                safe.append(String.format("%%%02X", b));
            }
        }
        if (safe.isEmpty() || safe.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("handler name=" + name + ": must give a file name of 1 to " + MAX_LENGTH
                    + " characters, gives " + safe.length());
        }
        return safe.toString();
    }

    private static boolean isPlain(byte b) {
        return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '-';
    }
}
