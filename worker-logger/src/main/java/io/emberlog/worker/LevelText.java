package io.emberlog.worker;

import io.emberlog.message.Level;
import io.emberlog.ring.control.LevelTable;
import java.util.Map;
import java.util.TreeMap;

/** Lowest levels as a setting spells them: {@code INFO,com.acme=DEBUG,com.acme.db=WARN}. */
final class LevelText {
    private LevelText() {}

    /**
     * An item without a name is the level of all loggers that no other item is for.
     *
     * @throws IllegalArgumentException naming the item that is wrong
     */
    static LevelTable parse(String text) {
        Map<String, Level> levels = new TreeMap<>();
        for (String item : text.split(",", -1)) {
            int equals = item.indexOf('=');
            String logger =
                    equals < 0 ? "" : checkLogger(item.substring(0, equals).trim());
            if (equals >= 0 && logger.isEmpty()) {
                throw new IllegalArgumentException("'" + item.trim() + "' names no logger in front of its '='");
            }
            if (levels.put(logger, Level.parse(item.substring(equals + 1))) != null) {
                throw new IllegalArgumentException(
                        logger.isEmpty() ? "two levels without a logger" : "logger " + logger + " is named twice");
            }
        }
        return LevelTable.of(levels);
    }

    /** @throws IllegalArgumentException when no setting could spell it */
    static String checkLogger(String logger) {
        if (logger.length() > 200 || logger.chars().anyMatch(c -> c <= ' ' || c == ',' || c == '=')) {
            throw new IllegalArgumentException("logger '" + logger
                    + "' must have at most 200 characters and no space, ',', '=' or control character");
        }
        return logger;
    }
}
