package io.emberlog.ring.control;

import io.emberlog.message.Level;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lowest levels by logger name: the longest prefix decides. A prefix is a whole name or whole steps of one:
 * {@code com.acme} is for {@code com.acme}, {@code com.acme.Orders} and {@code com.acme$1}, not for {@code com.acmeware};
 * the empty prefix is for all. Immutable.
 */
public final class LevelTable {
    public static final LevelTable EMPTY = new LevelTable(Map.of());

    private final Map<String, Level> levels;

    private LevelTable(Map<String, Level> levels) {
        this.levels = Collections.unmodifiableMap(new TreeMap<>(levels));
    }

    /** @param levels level by prefix; copied */
    public static LevelTable of(Map<String, Level> levels) {
        return levels.isEmpty() ? EMPTY : new LevelTable(levels);
    }

    /** Level by prefix, in the order of the prefixes; unmodifiable. */
    public Map<String, Level> levels() {
        return levels;
    }

    public boolean isEmpty() {
        return levels.isEmpty();
    }

    /** This table with another level for that prefix; null takes the prefix out. */
    public LevelTable with(String prefix, Level level) {
        Map<String, Level> changed = new TreeMap<>(levels);
        if (level == null) {
            changed.remove(prefix);
        } else {
            changed.put(prefix, level);
        }
        return of(changed);
    }

    /** The level for that logger; null when no prefix is for it. Steps: at most those of the name. */
    public Level find(String logger) {
        if (levels.isEmpty()) {
            return null;
        }
        int end = logger.length();
        while (true) {
            Level level = levels.get(logger.substring(0, end));
            if (level != null || end == 0) {
                return level;
            }
            end = Math.max(0, Math.max(logger.lastIndexOf('.', end - 1), logger.lastIndexOf('$', end - 1)));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LevelTable table && table.levels.equals(levels);
    }

    @Override
    public int hashCode() {
        return levels.hashCode();
    }

    /** As in settings: {@code INFO,com.acme=DEBUG}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        levels.forEach((prefix, level) -> text.append(text.isEmpty() ? "" : ",")
                .append(prefix)
                .append(prefix.isEmpty() ? "" : "=")
                .append(level.name()));
        return text.toString();
    }
}
