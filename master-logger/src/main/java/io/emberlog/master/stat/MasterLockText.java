package io.emberlog.master.stat;

import io.emberlog.master.stat.ChannelStat.Master;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;

/**
 * The text in a {@code master.lock}: {@code pid=… start=… name=…}, on one line or several. Read leniently, since it may be
 * half written and only the lock means something.
 */
final class MasterLockText {
    /** Whether a process lives. */
    @FunctionalInterface
    interface Processes {
        /** @param startedBy the process must have been there then; null where unknown */
        boolean isRunning(long pid, Instant startedBy);
    }

    private MasterLockText() {}

    /** Null if the text names no process. */
    static Master parse(String text, Processes processes) {
        Map<String, String> values = new HashMap<>();
        for (String word : text.split("\\s+")) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                values.putIfAbsent(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        long pid = number(values.get("pid"));
        if (pid <= 0) {
            return null;
        }
        String start = values.getOrDefault("start", "");
        return new Master(pid, values.getOrDefault("name", ""), start, processes.isRunning(pid, instant(start)));
    }

    private static long number(String text) {
        try {
            return text == null ? -1 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null; // cut off, or none: the pid alone decides
        }
    }
}
