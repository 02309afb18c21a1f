package io.emberlog.worker;

import io.emberlog.message.Level;
import io.emberlog.ring.control.LevelTable;
import java.util.Map;
import java.util.TreeMap;

/** Lowest levels as a setting spells them: {@code INFO,com.acme=DEBUG,com.acme.db=WARN}. */
final class LevelText {
    private static final String EVERY = "*";

    private LevelText() {}

    /**
     * An item without a name (or with the name {@code *}) is the level of all loggers that no other item is for.
     *
     * @throws IllegalArgumentException naming the item that is wrong
     */
    static LevelTable parse(String text) {
        Map<String, Level> levels = new TreeMap<>();
        for (String item : text.split(",", -1)) {
            int equals = item.indexOf('=');
            String logger =
                    equals < 0 ? EVERY : checkLogger(item.substring(0, equals).trim());
            if (logger.isEmpty()) {
                throw new IllegalArgumentException("'" + item.trim() + "' names no logger in front of its '='");
            }
            logger = logger.equals(EVERY) ? "" : logger;
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
