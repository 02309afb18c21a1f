package io.emberlog.handler;

import io.emberlog.message.Level;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a setting holds: how its text is read and which Java type comes out. A value arrives as the configuration file
 * has it (string, whole number, boolean, array) or, from Java, already typed ({@link Path}, {@link Duration}).
 */
public enum SettingType {
    /** Any text; read as {@link String}. */
    STRING("text", "text in quotes") {
        @Override
        Object read(Object raw) {
            return literal(text(raw));
        }
    },

    /** A name that may become part of a file's name; read as {@link String}. */
    NAME("name", "1 to 64 letters, digits, '-', '_' or '.', not starting with '.', in quotes") {
        @Override
        Object read(Object raw) {
            if (text(raw).matches("[\\p{Alnum}_-][\\p{Alnum}._-]{0,63}")) {
                return raw;
            }
            throw wrong(raw);
        }
    },

    /** A file or directory; read as {@link Path}. Relative ones start at the configuration file's directory. */
    PATH("path", "a path in quotes") {
        @Override
        Object read(Object raw) {
            return raw instanceof Path ? raw : toPath(literal(text(raw)));
        }
    },

    /** True or false; read as {@link Boolean}. */
    BOOL("true or false", "true or false, without quotes") {
        @Override
        Object read(Object raw) {
            if (raw instanceof Boolean) {
                return raw;
            }
            throw wrong(raw);
        }
    },

    /** A whole number; read as {@link Long}. */
    INT("number", "a whole number") {
        @Override
        Object read(Object raw) {
            return number(raw);
        }
    },

    /** A number of bytes: a plain number or text such as {@code "64 KiB"} or {@code "100 MB"}; read as {@link Long}. */
    SIZE("size", "bytes as a number, or text like \"64 KiB\", \"100 MB\", \"4 GiB\"") {
        @Override
        Object read(Object raw) {
            return raw instanceof String text ? found(SettingText.size(text), raw) : number(raw);
        }
    },

    /** A length of time with its unit, such as {@code "250 ms"} or {@code "5 m"}; read as {@link Duration}. */
    DURATION("duration", "a number with a unit (ns, us, ms, s, m, h, d), like \"250 ms\", \"1 s\", \"5 m\"") {
        @Override
        Object read(Object raw) {
            return raw instanceof Duration ? raw : found(SettingText.duration(text(raw)), raw);
        }
    },

    /** A level by name or by its number on OpenTelemetry's scale; read as {@link Integer}, 0 to 24. */
    LEVEL(
            "level",
            "notset, trace, debug, stream, info, notice, logon, logout, trade, schedule, report, warn, warning, error,"
                    + " critical, alert, emergency, fatal, or a number from 0 to 24; for one of your own its number, or"
                    + " name:number") {
        @Override
        Object read(Object raw) {
            try {
                return Level.parse(raw instanceof String ? text(raw) : Long.toString(number(raw)))
                        .severity();
            } catch (IllegalArgumentException e) {
                throw wrong(raw);
            }
        }
    },

    /** One of the words the key names; read as {@link String}. */
    CHOICE("choice", "one of the words listed") {
        @Override
        Object read(Object raw) {
            return text(raw);
        }
    },

    /** A value that must not be seen, given by reference; read as {@link Secret}. */
    SECRET("secret", Secret.ALLOWED) {
        @Override
        Object read(Object raw) {
            return raw instanceof Secret ? raw : Secret.of(raw instanceof String text ? text : "");
        }
    },

    /** Several texts; read as an unmodifiable {@link List} of {@link String}. */
    LIST_OF_STRING("list", "a list of texts, like [\"a\", \"b\"]") {
        @Override
        Object read(Object raw) {
            if (!(raw instanceof List<?> list)) {
                throw wrong(raw);
            }
            List<String> texts = new ArrayList<>(list.size());
            for (Object element : list) {
                if (!(element instanceof String text)) {
                    throw wrong(raw);
                }
                texts.add(literal(text));
            }
            return List.copyOf(texts);
        }
    },

    /** Headers of requests, each as a text, their values in the open or by reference; read as an unmodifiable {@link List} of {@link Header}. */
    HEADERS("headers", "a list of texts, like [\"Name: value\", \"Name: env:VARIABLE\", \"Name: file:PATH\"]") {
        @Override
        Object read(Object raw) {
            if (!(raw instanceof List<?> list)) {
                throw new IllegalArgumentException("is not a list, and is not printed here since it may hold a secret;"
                        + " allowed: " + allowed());
            }
            List<Header> headers = new ArrayList<>(list.size());
            for (Object element : list) {
                headers.add(
                        element instanceof Header header
                                ? header
                                : Header.of(element instanceof String text ? text : ""));
            }
            return List.copyOf(headers);
        }
    };

    private final String label;
    private final String allowed;

    SettingType(String label, String allowed) {
        this.label = label;
        this.allowed = allowed;
    }

    /** One word or two for a table of settings. */
    public String label() {
        return label;
    }

    /** What may be written, as the end of an error message or a line of the reference file. */
    public String allowed() {
        return allowed;
    }

    /**
     * Reads a value of this type; bounds are the key's business.
     *
     * @throws IllegalArgumentException saying what is wrong and what is allowed
     */
    abstract Object read(Object raw);

    /** A value as a message shows it: text in quotes, everything else bare. */
    static String show(Object raw) {
        return raw instanceof String text ? SettingText.quote(text) : String.valueOf(raw);
    }

    final IllegalArgumentException wrong(Object raw) {
        String article = this == INT || this == STRING || this == BOOL ? "" : "a ";
        String noun = this == INT ? "a whole number" : label;
        return new IllegalArgumentException(show(raw) + " is not " + article + noun + "; allowed: " + allowed);
    }

    final String text(Object raw) {
        if (raw instanceof String text) {
            return text;
        }
        throw wrong(raw);
    }

    final long number(Object raw) {
        if (raw instanceof Long || raw instanceof Integer) {
            return ((Number) raw).longValue();
        }
        throw wrong(raw);
    }

    final <T> T found(T value, Object raw) {
        if (value == null) {
            throw wrong(raw);
        }
        return value;
    }

    /** Refuses what is a reference elsewhere: taken literally, a secret's name would become the value. */
    private static String literal(String text) {
        if (text.startsWith("env:") || text.startsWith("file:")) {
            throw new IllegalArgumentException(SettingText.quote(text)
                    + ": env: and file: references are for secrets only; allowed: the value itself");
        }
        return text;
    }

    private static Path toPath(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("\"\" is empty; allowed: " + PATH.allowed);
        }
        if (text.equals("~") || text.startsWith("~/")) {
            throw new IllegalArgumentException(SettingText.quote(text) + ": ~ is not expanded; allowed: the full path,"
                    + " or one relative to the configuration file");
        }
        if (text.startsWith("$")) { // as a shell or a unit file writes it; it would be the name of a directory
            throw new IllegalArgumentException(SettingText.quote(text) + ": variables are not expanded; allowed: the"
                    + " full path, or one relative to the configuration file");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    SettingText.quote(text) + " is not a path (" + e.getReason() + "); allowed: " + PATH.allowed, e);
        }
    }
}
