package io.emberlog.message;

import java.util.Locale;

/**
 * A severity with a name. The number is OpenTelemetry's severity scale (1-24, 0 = unspecified); the name is what text
 * and JSON outputs print, in upper case. Immutable; equal when name and number are equal.
 *
 * @param name upper-case name, never empty
 * @param severity 0-24
 */
public record Level(String name, int severity) {
    public static final Level NOTSET = new Level("NOTSET", 0);
    public static final Level TRACE = new Level("TRACE", 1);
    public static final Level DEBUG = new Level("DEBUG", 5);
    public static final Level INFO = new Level("INFO", 9);
    public static final Level NOTICE = new Level("NOTICE", 10);
    public static final Level WARN = new Level("WARN", 13);
    public static final Level ERROR = new Level("ERROR", 17);
    public static final Level CRITICAL = new Level("CRITICAL", 18);
    public static final Level ALERT = new Level("ALERT", 19);
    public static final Level EMERGENCY = new Level("EMERGENCY", 21);
    public static final Level FATAL = new Level("FATAL", 21);

    /** The highest severity of OpenTelemetry's scale. */
    public static final int MAX_SEVERITY = 24;

    private static final Level[] BUILT_IN = {
        NOTSET, TRACE, DEBUG, INFO, NOTICE, WARN, ERROR, CRITICAL, ALERT, EMERGENCY, FATAL
    };
    private static final Level[] CANONICAL = new Level[MAX_SEVERITY + 1];

    static {
        CANONICAL[0] = NOTSET;
        for (int severity = 1; severity <= MAX_SEVERITY; severity++) {
            Level floor = TRACE;
            for (Level level : BUILT_IN) {
                if (level.severity <= severity && level.severity > floor.severity) {
                    floor = level;
                }
            }
            CANONICAL[severity] = floor;
        }
    }

    public Level {
        if (name == null || name.isEmpty() || name.length() > 32) {
            throw new IllegalArgumentException("level name=" + name + " must have 1 to 32 characters");
        }
        if (severity < 0 || severity > MAX_SEVERITY) {
            throw new IllegalArgumentException("level severity=" + severity + " must be in 0.." + MAX_SEVERITY);
        }
        name = name.toUpperCase(Locale.ROOT);
    }

    /**
     * The built-in level whose name a record of this severity has when it carries no name of its own: the highest
     * built-in level that is not above it ({@code EMERGENCY}, not {@code FATAL}, for 21 and up).
     */
    public static Level canonical(int severity) {
        return CANONICAL[Math.max(0, Math.min(severity, MAX_SEVERITY))];
    }

    /** True when a record of this level needs to carry its name, since the severity alone would give another one. */
    public boolean needsName() {
        return !(CANONICAL[severity].severity == severity && CANONICAL[severity].name.equals(name));
    }

    /**
     * The built-in level of that name ({@code WARNING} is {@code WARN}), in any case, or of that number.
     *
     * @throws IllegalArgumentException naming the value and what would be right
     */
    public static Level parse(String text) {
        String wanted = text == null ? "" : text.trim().toUpperCase(Locale.ROOT);
        if (wanted.equals("WARNING")) {
            return WARN;
        }
        for (Level level : BUILT_IN) {
            if (level.name.equals(wanted)) {
                return level;
            }
        }
        if (wanted.matches("\\d{1,2}") && Integer.parseInt(wanted) <= MAX_SEVERITY) {
            return canonical(Integer.parseInt(wanted)).withSeverity(Integer.parseInt(wanted));
        }
        throw new IllegalArgumentException("level '" + text + "' is not known; one of TRACE, DEBUG, INFO, NOTICE, WARN,"
                + " ERROR, CRITICAL, ALERT, EMERGENCY, FATAL or a severity 0-" + MAX_SEVERITY);
    }

    private Level withSeverity(int value) {
        return severity == value ? this : new Level(name, value);
    }
}
