package io.emberlog.handler;

import io.emberlog.message.Level;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * One setting, declared once: from it come the parser, the reference file, the documentation table and the error
 * messages. Immutable; defaults and bounds are written as a user would write them, and a wrong one fails here.
 *
 * <pre>{@code
 * static final SettingKey PATH = SettingKey.path("path", "File to write; missing directories are created.").required();
 * static final SettingKey BUFFER = SettingKey.size("buffer", "Bytes gathered before one write.")
 *         .orElse("256 KiB").between("4 KiB", "16 MiB");
 * }</pre>
 */
public final class SettingKey {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

    private static final String OFF = "off";

    private final String name;
    private final SettingType type;
    private final String doc;
    private final Object defaultValue;
    private final String defaultNote;
    private final boolean required;
    private final boolean live;
    private final String unit;
    private final String min;
    private final String max;
    private final List<String> choices;
    private final Object off;
    private final Consumer<Object> check;
    private final Consumer<String> secretCheck;
    private final Object example;

    private SettingKey(Draft draft) {
        name = draft.name;
        type = draft.type;
        doc = draft.doc;
        defaultValue = draft.defaultValue;
        defaultNote = draft.defaultNote;
        required = draft.required;
        live = draft.live;
        unit = draft.unit;
        min = draft.min;
        max = draft.max;
        choices = draft.choices;
        off = draft.off;
        check = draft.check;
        secretCheck = draft.secretCheck;
        example = draft.example;
        if (required && defaultValue != null) {
            throw new IllegalArgumentException(name + " is required and has a default; choose one");
        }
        if (defaultValue != null) {
            parse(defaultValue);
        }
        if (type == SettingType.SECRET && defaultValue != null) {
            throw new IllegalArgumentException(name + " is a secret and has a default; a default is no secret");
        }
    }

    /** A setting that holds any text. */
    public static SettingKey string(String name, String doc) {
        return new SettingKey(new Draft(name, SettingType.STRING, doc));
    }

    /** A setting that holds a name, fit to be part of a file's name. */
    public static SettingKey name(String name, String doc) {
        return new SettingKey(new Draft(name, SettingType.NAME, doc));
    }

    /** A setting that names a file or directory. */
    public static SettingKey path(String name, String doc) {
        return new SettingKey(new Draft(name, SettingType.PATH, doc));
    }

    /** A setting that is on or off. */
    public static SettingKey bool(String name, String doc) {
        return new SettingKey(new Draft(name, SettingType.BOOL, doc));
    }

    /** A setting that counts something; say what with {@link #unit(String)}. */
    public static SettingKey integer(String name, String doc) {
        return new SettingKey(new Draft(name, SettingType.INT, doc));
    }

    /** A setting in bytes. */
    public static SettingKey size(String name, String doc) {
        return new SettingKey(new Draft(name, SettingType.SIZE, doc));
    }

    /** A setting that is a length of time. */
    public static SettingKey duration(String name, String doc) {
        return new SettingKey(new Draft(name, SettingType.DURATION, doc));
    }

    /** A setting that is a level. */
    public static SettingKey level(String name, String doc) {
        return new SettingKey(new Draft(name, SettingType.LEVEL, doc));
    }

    /** A setting that is one of {@code choices}, compared exactly. */
    public static SettingKey choice(String name, String doc, String... choices) {
        Draft draft = new Draft(name, SettingType.CHOICE, doc);
        draft.choices = List.of(choices);
        return new SettingKey(draft);
    }

    /** A setting that must not be seen: given as {@code env:NAME} or {@code file:PATH}, read as {@link Secret}. */
    public static SettingKey secret(String name, String doc) {
        return new SettingKey(new Draft(name, SettingType.SECRET, doc));
    }

    /** A setting that is a list of texts. */
    public static SettingKey strings(String name, String doc) {
        return new SettingKey(new Draft(name, SettingType.LIST_OF_STRING, doc));
    }

    /** A setting that is a list of headers, whose values may be secrets: read as {@link Header}. */
    public static SettingKey headers(String name, String doc) {
        return new SettingKey(new Draft(name, SettingType.HEADERS, doc));
    }

    /** The value when none is given, as a configuration file would have it: {@code "1 s"}, {@code 7L}, {@code true}. */
    public SettingKey orElse(Object value) {
        Draft draft = new Draft(this);
        draft.defaultValue = value instanceof Integer number ? (Object) number.longValue() : value;
        return new SettingKey(draft);
    }

    /** Says in words what holds when none is given, where that depends on other settings or on the machine. */
    public SettingKey otherwise(String note) {
        Draft draft = new Draft(this);
        draft.defaultNote = note;
        return new SettingKey(draft);
    }

    /** A configuration without this key is an error. */
    public SettingKey required() {
        Draft draft = new Draft(this);
        draft.required = true;
        return new SettingKey(draft);
    }

    /**
     * A reload (SIGHUP) changes it in a master that runs; the others take a restart. Only for the master's own keys: those
     * of handlers need not say so, for a handler whose settings change is made anew.
     */
    public SettingKey live() {
        Draft draft = new Draft(this);
        draft.live = true;
        return new SettingKey(draft);
    }

    /** What an {@link SettingType#INT} counts, in the plural: {@code "files"}. */
    public SettingKey unit(String plural) {
        Draft draft = new Draft(this);
        draft.unit = plural;
        return new SettingKey(draft);
    }

    /** Smallest and largest value allowed, both inclusive; numbers, sizes and durations only. */
    public SettingKey between(String smallest, String largest) {
        magnitude(type.read(bound(smallest)));
        magnitude(type.read(bound(largest)));
        Draft draft = new Draft(this);
        draft.min = smallest;
        draft.max = largest;
        return new SettingKey(draft);
    }

    /** Also takes the word {@code off}, which is read as {@link Duration#ZERO}; durations only. */
    public SettingKey orOff() {
        if (type != SettingType.DURATION) {
            throw new IllegalArgumentException(name + ": a " + type.label() + " cannot be off");
        }
        return orOff(Duration.ZERO);
    }

    /** Also takes the word {@code off}, which is read as this. */
    public SettingKey orOff(Object meaning) {
        Draft draft = new Draft(this);
        draft.off = Objects.requireNonNull(meaning, "meaning");
        return new SettingKey(draft);
    }

    /**
     * Also looks at what was read: for texts of a form of their own.
     *
     * @param closer throws an {@link IllegalArgumentException} that says what is wrong and what is allowed
     */
    public SettingKey checked(Consumer<Object> closer) {
        Draft draft = new Draft(this);
        draft.check = Objects.requireNonNull(closer, "closer");
        return new SettingKey(draft);
    }

    /**
     * Also looks at the value of a secret when a configuration is read: for those of a form of their own.
     *
     * @param closer throws an {@link IllegalArgumentException} that says what is wrong and what is allowed, without the value
     */
    public SettingKey revealed(Consumer<String> closer) {
        if (type != SettingType.SECRET && type != SettingType.HEADERS) {
            throw new IllegalArgumentException(name + ": a " + type.label() + " is no secret");
        }
        Draft draft = new Draft(this);
        draft.secretCheck = Objects.requireNonNull(closer, "closer");
        return new SettingKey(draft);
    }

    /**
     * What {@link #revealed} gave.
     *
     * @throws IllegalArgumentException saying what is wrong and what is allowed, without the value
     */
    public void checkRevealed(String value) {
        secretCheck.accept(value);
    }

    /** A value for the reference file, where there is no default and any text will not do. */
    public SettingKey example(Object value) {
        parse(value);
        Draft draft = new Draft(this);
        draft.example = value;
        return new SettingKey(draft);
    }

    /** As {@link #example(Object)} gave it; empty when it did not. */
    public Optional<Object> example() {
        return Optional.ofNullable(example);
    }

    /** The key as written in the file, without its section. */
    public String name() {
        return name;
    }

    /** What it holds. */
    public SettingType type() {
        return type;
    }

    /** One sentence or two for the reference file and the documentation. */
    public String doc() {
        return doc;
    }

    /** True when a configuration must give it. */
    public boolean isRequired() {
        return required;
    }

    /** True when a reload changes it in a master that runs. */
    public boolean isLive() {
        return live;
    }

    /** The unit of the plain number, empty where the value carries its own or has none. */
    public String unit() {
        return unit;
    }

    /** The value when none is given, as it would stand in the file; empty when there is none. */
    public Optional<Object> defaultValue() {
        return Optional.ofNullable(defaultValue);
    }

    /** What holds when none is given, in words; empty where {@link #defaultValue} says all. */
    public String defaultNote() {
        return defaultNote;
    }

    /** The values that may be written: the choices, the bounds, or what the type takes. */
    public String allowed() {
        if (type == SettingType.CHOICE) {
            return String.join(", ", choices);
        }
        String values = min == null ? type.allowed() : min + " to " + max + (unit.isEmpty() ? "" : " " + unit);
        return off == null ? values : OFF + ", or " + values;
    }

    /** The words a {@link SettingType#CHOICE} takes; empty for every other type. */
    public List<String> choices() {
        return choices;
    }

    /**
     * Reads a value as the file has it (or already typed) and checks it.
     *
     * @return never null; the Java type is the one {@link SettingType} names
     * @throws IllegalArgumentException saying what is wrong and what is allowed; the key's name is not in the text
     */
    public Object parse(Object raw) {
        if (off != null && (OFF.equals(raw) || off.equals(raw))) {
            return off;
        }
        Object value = read(Objects.requireNonNull(raw, name));
        if (type == SettingType.CHOICE && !choices.contains(value)) {
            throw refused(raw, "is unknown");
        }
        if (type == SettingType.SIZE && (Long) value < 0) {
            throw refused(raw, "is too small");
        }
        if (min != null) {
            if (magnitude(value) < magnitude(type.read(bound(min)))) {
                throw refused(raw, "is too small");
            }
            if (magnitude(value) > magnitude(type.read(bound(max)))) {
                throw refused(raw, "is too large");
            }
        }
        check.accept(value);
        return value;
    }

    /**
     * Reads a value from a place that knows only text: an environment variable, a command line, a system property. A
     * list is separated by commas.
     *
     * @throws IllegalArgumentException as {@link #parse}
     */
    public Object parseText(String text) {
        return parse(
                switch (type) {
                    case BOOL -> text.equals("true") || text.equals("false") ? (Object) Boolean.valueOf(text) : text;
                    case INT -> text.matches("-?\\d{1,18}") ? (Object) Long.valueOf(text) : text;
                    case LIST_OF_STRING, HEADERS -> text.isEmpty() ? List.of() : List.of(text.split(","));
                    default -> text;
                });
    }

    /**
     * A value that {@link #parse} returned, as one would write it into the file; a secret as {@code "***"}. The shortest
     * that means the same, so {@code 65536} bytes are {@code "64 KiB"}.
     */
    public String text(Object value) {
        if (off != null && off.equals(value)) {
            return SettingText.quote(OFF);
        }
        if (type == SettingType.SIZE) {
            return SettingText.quote(SettingText.sizeText((Long) value));
        }
        if (type == SettingType.LEVEL) {
            Level level = Level.canonical((Integer) value);
            return level.severity() == (Integer) value
                    ? SettingText.quote(level.name().toLowerCase(Locale.ROOT))
                    : value.toString();
        }
        if (value instanceof Duration duration) {
            return SettingText.quote(SettingText.durationText(duration));
        }
        if (value instanceof List<?> list) {
            return list.stream()
                    .map(element -> SettingText.quote(element.toString()))
                    .toList()
                    .toString();
        }
        return value instanceof Long || value instanceof Boolean
                ? value.toString()
                : SettingText.quote(value.toString());
    }

    @Override
    public String toString() {
        return name;
    }

    private Object read(Object raw) {
        try {
            return type.read(raw);
        } catch (IllegalArgumentException e) {
            throw off != null ? refused(raw, "is not a " + type.label()) : e;
        }
    }

    private IllegalArgumentException refused(Object raw, String why) {
        return new IllegalArgumentException(SettingType.show(raw) + ' ' + why + "; allowed: " + allowed());
    }

    private Object bound(String text) {
        return type == SettingType.INT ? (Object) Long.valueOf(text) : text;
    }

    private long magnitude(Object value) {
        if (value instanceof Duration duration) {
            return duration.toNanos();
        }
        if (value instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException(name + ": a " + type.label() + " has no bounds");
    }

    /** The fields while they are put together; never leaves this class. */
    private static final class Draft {
        final String name;
        final SettingType type;
        final String doc;
        Object defaultValue;
        String defaultNote = "";
        boolean required;
        boolean live;
        String unit = "";
        String min;
        String max;
        List<String> choices = List.of();
        Object off;
        Consumer<Object> check = value -> {};
        Consumer<String> secretCheck = value -> {};
        Object example;

        Draft(String name, SettingType type, String doc) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("name=" + name + " must be lower_case_with_underscores");
            }
            this.name = name;
            this.type = type;
            this.doc = Objects.requireNonNull(doc, "doc");
        }

        Draft(SettingKey key) {
            this(key.name, key.type, key.doc);
            defaultValue = key.defaultValue;
            defaultNote = key.defaultNote;
            required = key.required;
            live = key.live;
            unit = key.unit;
            min = key.min;
            max = key.max;
            choices = key.choices;
            off = key.off;
            check = key.check;
            secretCheck = key.secretCheck;
            example = key.example;
        }
    }
}
