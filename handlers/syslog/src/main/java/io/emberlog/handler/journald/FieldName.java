package io.emberlog.handler.journald;

import io.emberlog.handler.format.Utf8Buffer;
import java.util.List;

/**
 * A worker's key as the name of a journal field: upper case, everything but {@code A-Z}, {@code 0-9} and {@code _} is {@code _}, at most
 * 64 characters. What would begin with another character than a letter, or be a field that journald, {@code journalctl} or we give a
 * meaning to, gets a prefix: journald drops what begins with {@code _}, and nobody can forge a {@code PRIORITY}. Stateless.
 */
final class FieldName {
    static final int MAX_LENGTH = 64;

    /** Of {@code systemd.journal-fields(7)}: names that mean something. */
    private static final List<String> RESERVED = List.of(
            "MESSAGE",
            "MESSAGE_ID",
            "PRIORITY",
            "ERRNO",
            "TID",
            "UNIT",
            "USER_UNIT",
            "DOCUMENTATION",
            "INVOCATION_ID",
            "USER_INVOCATION_ID",
            "OBJECT_PID");

    /** Beginnings of such names. */
    private static final List<String> RESERVED_PREFIXES =
            List.of("CODE_", "SYSLOG_", "OBJECT_", "COREDUMP_", "EMBERLOG_");

    private FieldName() {}

    /**
     * Appends the name.
     *
     * @param prefix put in front where the name cannot stand for itself; empty never
     * @param always also where it could
     */
    static void append(byte[] utf8, int offset, int length, String prefix, boolean always, Utf8Buffer out) {
        StringBuilder name = new StringBuilder(Math.min(length, MAX_LENGTH));
        for (int i = offset; i < offset + length && name.length() < MAX_LENGTH; i++) {
            byte b = utf8[i];
            if (i == offset || (b & 0xC0) != 0x80) { // one for a character of several bytes
                name.append(allowed(b));
            }
        }
        if (always || !standsForItself(name.toString())) {
            name.insert(0, prefix);
        }
        out.append(name.substring(0, Math.min(name.length(), MAX_LENGTH)));
    }

    private static char allowed(byte b) {
        if (b >= 'a' && b <= 'z') {
            return (char) (b - 'a' + 'A');
        }
        return b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' ? (char) b : '_';
    }

    private static boolean standsForItself(String name) {
        return !name.isEmpty()
                && name.charAt(0) >= 'A'
                && name.charAt(0) <= 'Z'
                && !RESERVED.contains(name)
                && RESERVED_PREFIXES.stream().noneMatch(name::startsWith);
    }
}
