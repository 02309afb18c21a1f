package io.emberlog.message;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A severity with a name. The number is OpenTelemetry's severity scale (1-24, 0 = unspecified) and decides what is
 * logged; the name is what text and JSON outputs print, in upper case, and travels with the record. Immutable; equal
 * when name and number are equal.
 *
 * <p>{@link #NOTSET} is the lowest of all: a record of it passes only where the lowest level is NOTSET, too, and as the
 * lowest level of a logger or handler it lets everything through.
 *
 * <p>An application's own levels are either made for one use, {@code new Level("audit", 14)}, or made known to this
 * process by {@link #register}, so that settings can name them.
 *
 * @param name upper-case name, never empty
 * @param severity 0-24
 */
public record Level(String name, int severity) {
    public static final Level NOTSET = new Level("NOTSET", 0);
    public static final Level TRACE = new Level("TRACE", 1);
    public static final Level DEBUG = new Level("DEBUG", 5);
    public static final Level STREAM = new Level("STREAM", 7);
    public static final Level INFO = new Level("INFO", 9);
    public static final Level NOTICE = new Level("NOTICE", 10);
    public static final Level LOGON = new Level("LOGON", 10);
    public static final Level LOGOUT = new Level("LOGOUT", 10);
    public static final Level TRADE = new Level("TRADE", 11);
    public static final Level SCHEDULE = new Level("SCHEDULE", 11);
    public static final Level REPORT = new Level("REPORT", 12);
    public static final Level WARN = new Level("WARN", 13);
    /** As {@link #WARN}, for those whose outputs call it so. */
    public static final Level WARNING = new Level("WARNING", 13);

    public static final Level ERROR = new Level("ERROR", 17);
    public static final Level CRITICAL = new Level("CRITICAL", 18);
    public static final Level ALERT = new Level("ALERT", 19);
    public static final Level EMERGENCY = new Level("EMERGENCY", 21);
    public static final Level FATAL = new Level("FATAL", 21);

    /** The highest severity of OpenTelemetry's scale. */
    public static final int MAX_SEVERITY = 24;

    /** What {@link #parse} takes, for messages and documents. */
    public static final String ALLOWED = "NOTSET, TRACE, DEBUG, STREAM, INFO, NOTICE, LOGON, LOGOUT, TRADE, SCHEDULE,"
            + " REPORT, WARN (WARNING), ERROR, CRITICAL, ALERT, EMERGENCY, FATAL, a severity 0-" + MAX_SEVERITY
            + ", or NAME:SEVERITY for one of your own";

    /** Names that a process may register; a mistake in a loop must not fill the heap. */
    private static final int MAX_REGISTERED = 256;

    private static final Pattern OWN = Pattern.compile("([A-Z][A-Z0-9_.-]{0,31})(?::(\\d{1,2}))?");

    /** Those whose names a record needs not carry, the first of each severity. */
    private static final List<Level> PLAIN =
            List.of(NOTSET, TRACE, DEBUG, INFO, NOTICE, WARN, ERROR, CRITICAL, ALERT, EMERGENCY);

    private static final List<Level> BUILT_IN = List.of(
            NOTSET, TRACE, DEBUG, STREAM, INFO, NOTICE, LOGON, LOGOUT, TRADE, SCHEDULE, REPORT, WARN, WARNING, ERROR,
            CRITICAL, ALERT, EMERGENCY, FATAL);

    private static final Map<String, Level> KNOWN = new ConcurrentHashMap<>();
    private static final Level[] CANONICAL = new Level[MAX_SEVERITY + 1];

    static {
        BUILT_IN.forEach(level -> KNOWN.put(level.name, level));
        for (int severity = 0; severity <= MAX_SEVERITY; severity++) {
            Level floor = severity == 0 ? NOTSET : TRACE;
            for (Level level : PLAIN) {
                if (level.severity <= severity && level.severity > floor.severity) {
                    floor = level;
                }
            }
            CANONICAL[severity] = floor;
        }
    }

    public Level {
        name = name == null ? "" : name.toUpperCase(Locale.ROOT);
        if (name.isEmpty() || name.length() > 32) {
            throw new IllegalArgumentException("level name=" + name + " must have 1 to 32 characters");
        }
        if (severity < 0 || severity > MAX_SEVERITY) {
            throw new IllegalArgumentException("level severity=" + severity + " must be in 0.." + MAX_SEVERITY);
        }
    }

    /**
     * Makes a level of the application's own known to this process, so that {@link #parse}, and with it
     * {@code EMBERLOG_LEVEL}, take its name; call it before the worker is opened. To register the same one again is
     * fine. Levels read from outside are better made with the constructor: what is registered stays for good.
     *
     * @param name a letter, then letters, digits, {@code _}, {@code -} and {@code .}; 32 at most, in any case
     * @throws IllegalArgumentException when the name is known with another severity, is no such name, or the process has
     *     registered 256
     */
    public static Level register(String name, int severity) {
        Level level = new Level(name, severity);
        Matcher form = OWN.matcher(level.name);
        if (!form.matches() || form.group(2) != null) {
            throw new IllegalArgumentException(
                    "level name=" + name + " must be a letter, then letters, digits, '_', '-' or '.'");
        }
        if (!KNOWN.containsKey(level.name) && KNOWN.size() >= BUILT_IN.size() + MAX_REGISTERED) {
            throw new IllegalArgumentException("level name=" + name + " is one more than the " + MAX_REGISTERED
                    + " that a process may register; use new Level(name, severity)");
        }
        Level known = KNOWN.putIfAbsent(level.name, level);
        if (known != null && known.severity != severity) {
            throw new IllegalArgumentException("level name=" + level.name + " severity=" + severity
                    + " is known with severity " + known.severity + " in this process");
        }
        return known == null ? level : known;
    }

    /** Built-in and registered ones, by severity. */
    public static List<Level> known() {
        List<Level> levels = new ArrayList<>(KNOWN.values());
        levels.sort((a, b) ->
                a.severity != b.severity ? Integer.compare(a.severity, b.severity) : a.name.compareTo(b.name));
        return Collections.unmodifiableList(levels);
    }

    /**
     * The level whose name a record of this severity has when it carries no name of its own: the highest of TRACE,
     * DEBUG, INFO and the levels of syslog that is not above it ({@code EMERGENCY}, not {@code FATAL}, for 21 and up).
     */
    public static Level canonical(int severity) {
        return CANONICAL[Math.max(0, Math.min(severity, MAX_SEVERITY))];
    }

    /** True when a record of this level needs to carry its name, since the severity alone would give another one. */
    public boolean needsName() {
        Level plain = CANONICAL[severity];
        return plain != this && !(plain.severity == severity && plain.name.equals(name));
    }

    /**
     * The built-in or registered level of that name, in any case; or of that number; or of a name and a number, as in
     * {@code AUDIT:14}, for a level that another process has registered.
     *
     * @throws IllegalArgumentException naming the value, the nearest name there is, and what would be right
     */
    public static Level parse(String text) {
        String wanted = text == null ? "" : text.trim().toUpperCase(Locale.ROOT);
        Level known = KNOWN.get(wanted);
        if (known != null) {
            return known;
        }
        if (wanted.matches("\\d{1,2}") && Integer.parseInt(wanted) <= MAX_SEVERITY) {
            return canonical(Integer.parseInt(wanted)).withSeverity(Integer.parseInt(wanted));
        }
        Matcher own = OWN.matcher(wanted);
        if (own.matches() && own.group(2) != null && Integer.parseInt(own.group(2)) <= MAX_SEVERITY) {
            return new Level(own.group(1), Integer.parseInt(own.group(2)));
        }
        throw new IllegalArgumentException("level '" + text + "' is not known" + guess(wanted) + "; one of " + ALLOWED);
    }

    private Level withSeverity(int value) {
        return severity == value ? this : new Level(name, value);
    }

    private static String guess(String wanted) {
        String nearest = null;
        int least = 3;
        for (String name : KNOWN.keySet()) {
            int edits = edits(wanted, name);
            if (edits < least && edits < name.length() - 1) {
                nearest = name;
                least = edits;
            }
        }
        return nearest == null ? "" : "; did you mean " + nearest + "?";
    }

    /** Letters to change, add or leave out; bounded, since a wanted text may be of any length. */
    private static int edits(String from, String to) {
        if (Math.abs(from.length() - to.length()) > 2) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[to.length() + 1];
        for (int i = 0; i < row.length; i++) {
            row[i] = i;
        }
        for (int f = 0; f < from.length(); f++) {
            int diagonal = row[0];
            row[0] = f + 1;
            for (int t = 0; t < to.length(); t++) {
                int change = diagonal + (from.charAt(f) == to.charAt(t) ? 0 : 1);
                diagonal = row[t + 1];
                row[t + 1] = Math.min(change, Math.min(row[t], diagonal) + 1);
            }
        }
        return row[to.length()];
    }
}
