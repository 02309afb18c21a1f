package io.emberlog.handler.file;

import io.emberlog.handler.LogRecord;
import io.emberlog.message.EntryDecoder;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;

/**
 * The path of a file handler, in which {@code {worker}}, {@code {service}}, {@code {logger}} and {@code {level}} stand for what
 * a record says; {@code {{} and {@code }}} are braces. Immutable.
 *
 * <p>Two records whose values differ never share a file, and none leaves its directory, whatever the values are: see {@link
 * SafeValue} for one value, and the rules below for their neighbours.
 */
final class PathPattern {
    private static final int MAX_FILE_NAME = 255;
    /** A dot and the number of a rotated file. */
    private static final int ROTATION_ROOM = 20;

    private static final String ROTATED = ".+\\.[1-9][0-9]{0,17}";

    private enum Field {
        WORKER,
        SERVICE,
        LOGGER,
        LEVEL;

        String placeholder() {
            return '{' + name().toLowerCase(Locale.ROOT) + '}';
        }
    }

    /** Literal text, or a field when that is not null. */
    private record Part(String literal, Field field) {}

    /** One file or directory name. */
    private record Name(List<Part> parts, int room, String separators) {
        boolean isFixed() {
            return parts.stream().allMatch(part -> part.field == null);
        }

        String literalStart() {
            Part first = parts.get(0);
            return first.field == null ? first.literal : "";
        }

        /** False when no values make these two the same. */
        boolean mayBe(Name other) {
            if (isFixed() && other.isFixed()) {
                return literalEnd().equals(other.literalEnd());
            }
            return isEither(literalStart(), other.literalStart(), String::startsWith)
                    && isEither(literalEnd(), other.literalEnd(), String::endsWith);
        }

        private static boolean isEither(String a, String b, BiPredicate<String, String> whole) {
            return whole.test(a, b) || whole.test(b, a);
        }

        String literalEnd() {
            Part last = parts.get(parts.size() - 1);
            return last.field == null ? last.literal : "";
        }
    }

    private final Path root;
    private final List<Name> names;

    private PathPattern(Path root, List<Name> names) {
        this.root = root;
        this.names = names;
    }

    /**
     * @param path absolute
     * @throws IllegalArgumentException for an unknown placeholder, or one where files could get into each other's way
     */
    static PathPattern of(Path path) {
        Path root = path.getRoot();
        List<Name> names = new ArrayList<>();
        for (int i = 0; i < path.getNameCount(); i++) {
            Name name = parse(path.getName(i).toString());
            if (names.isEmpty() && name.isFixed() && i < path.getNameCount() - 1) {
                root = root.resolve(name.literalEnd());
            } else {
                names.add(name);
            }
        }
        Name last = names.get(names.size() - 1);
        if (!last.isFixed() && !last.literalEnd().matches(".*\\p{L}")) {
            throw new IllegalArgumentException("path: \"" + path.getFileName() + "\" ends in a placeholder, or not in a"
                    + " letter; allowed: a file name that ends like {worker}.log, since rotated files end in .1, .2");
        }
        return new PathPattern(root, List.copyOf(names));
    }

    private static Name parse(String text) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean twice = i + 1 < text.length() && text.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && twice) {
                literal.append(c);
                i++;
            } else if (c == '{') {
                int end = text.indexOf('}', i);
                Field field = field(text, end < 0 ? text.substring(i) : text.substring(i, end + 1));
                addLiteral(parts, literal);
                parts.add(new Part(null, field));
                i = end;
            } else if (c == '}') {
                throw new IllegalArgumentException("path: \"" + text + "\" has a } without {; allowed: }} for a brace");
            } else {
                literal.append(c);
            }
        }
        addLiteral(parts, literal);
        return name(text, parts);
    }

    private static void addLiteral(List<Part> parts, StringBuilder literal) {
        if (literal.length() > 0) {
            parts.add(new Part(literal.toString(), null));
            literal.setLength(0);
        }
    }

    private static Field field(String text, String placeholder) {
        List<String> known = new ArrayList<>();
        for (Field field : Field.values()) {
            if (field.placeholder().equals(placeholder)) {
                return field;
            }
            known.add(field.placeholder());
        }
        String meant = known.stream()
                .filter(candidate -> isNear(candidate, placeholder))
                .findFirst()
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("");
        throw new IllegalArgumentException("path: \"" + text + "\" has the unknown placeholder " + placeholder + meant
                + "; allowed: " + String.join(", ", known) + ", and {{ for a brace");
    }

    /** At most two letters too many, too few, or wrong. */
    private static boolean isNear(String a, String b) {
        String lower = b.toLowerCase(Locale.ROOT);
        int[] row = new int[lower.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == lower.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[lower.length()] <= 2;
    }

    /** The separators between placeholders are escaped in values, so that a-b and c cannot look like a and b-c. */
    private static Name name(String text, List<Part> parts) {
        StringBuilder separators = new StringBuilder();
        int literal = 0;
        int fields = 0;
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            if (part.field == null) {
                literal += part.literal.getBytes(StandardCharsets.UTF_8).length;
                char first = part.literal.charAt(0);
                if (i > 0 && i < parts.size() - 1) {
                    if (!SafeValue.isSeparator(first)) {
                        throw new IllegalArgumentException("path: \"" + text + "\" separates placeholders by \""
                                + part.literal + "\"; allowed: what begins with one of " + SafeValue.SEPARATORS
                                + ", so that no two records with other values share a file");
                    }
                    separators.append(first);
                }
            } else {
                fields++;
                if (i > 0 && parts.get(i - 1).field != null) {
                    throw new IllegalArgumentException("path: \"" + text + "\" has placeholders side by side; allowed:"
                            + " with a character between them, such as {worker}-{logger}");
                }
            }
        }
        int room = fields == 0 ? 0 : (MAX_FILE_NAME - ROTATION_ROOM - literal) / fields;
        if (fields > 0 && room < SafeValue.MIN_ROOM) {
            throw new IllegalArgumentException("path: \"" + text + "\" leaves " + room + " bytes for a placeholder;"
                    + " allowed: at least " + SafeValue.MIN_ROOM + " within a name of " + MAX_FILE_NAME);
        }
        return new Name(List.copyOf(parts), room, separators.toString());
    }

    /** Without placeholders. */
    boolean isFixed() {
        return names.stream().allMatch(Name::isFixed);
    }

    /** The path of the only file; of a {@linkplain #isFixed fixed} one. */
    Path fixedPath() {
        return root.resolve(names.get(0).literalEnd());
    }

    /**
     * Whether a record's values could lead both to one file. By what stands in front of the first and behind the last
     * placeholder of each name, so that it is said of some that cannot; also when both have one overflow file, and when one
     * could be a rotated file of the other, which would delete it.
     */
    boolean mayMeet(PathPattern other) {
        return mayBeOne(other)
                || isRotated() && unrotated().mayBeOne(other)
                || other.isRotated() && other.unrotated().mayBeOne(this);
    }

    private boolean mayBeOne(PathPattern other) {
        return meet(path(), other.path())
                || !isFixed() && meet(overflowPath(), other.path())
                || !other.isFixed() && meet(path(), other.overflowPath())
                || !isFixed() && !other.isFixed() && overflowPath().equals(other.overflowPath());
    }

    /** Whether it looks like a rotated file of another one; see {@link NumberedFiles}. */
    private boolean isRotated() {
        return last().isFixed() && last().literalEnd().matches(ROTATED);
    }

    private PathPattern unrotated() {
        String name = last().literalEnd();
        List<Name> unrotated = new ArrayList<>(names);
        unrotated.set(
                names.size() - 1,
                fixed(Path.of(name.substring(0, name.lastIndexOf('.')))).get(0));
        return new PathPattern(root, List.copyOf(unrotated));
    }

    private Name last() {
        return names.get(names.size() - 1);
    }

    private static boolean meet(List<Name> a, List<Name> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!a.get(i).mayBe(b.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** All names from the file system's root on. */
    private List<Name> path() {
        List<Name> all = fixed(root);
        all.addAll(names);
        return all;
    }

    private List<Name> overflowPath() {
        return fixed(root.resolve(overflowFile()));
    }

    private static List<Name> fixed(Path path) {
        List<Name> fixed = new ArrayList<>();
        for (Path name : path) {
            fixed.add(new Name(List.of(new Part(name.toString(), null)), 0, ""));
        }
        return fixed;
    }

    /** The directory that holds all files. */
    Path root() {
        return root;
    }

    /** The file for a record, relative to {@link #root}. Allocates. */
    String fileFor(LogRecord record) {
        StringBuilder path = new StringBuilder();
        for (Name name : names) {
            if (path.length() > 0) {
                path.append('/');
            }
            for (Part part : name.parts) {
                path.append(
                        part.field == null
                                ? part.literal
                                : SafeValue.of(value(part.field, record), name.separators, name.room));
            }
        }
        return path.toString();
    }

    /** The file for all that finds no other room, relative to {@link #root}; no record's values lead to it. */
    String overflowFile() {
        String last = names.get(names.size() - 1).literalEnd();
        int dot = last.lastIndexOf('.');
        return "~overflow" + (dot < 0 ? "" : last.substring(dot));
    }

    private static String value(Field field, LogRecord record) {
        EntryDecoder entry = record.entry();
        return switch (field) {
            case WORKER -> record.worker().name();
            case SERVICE -> record.worker().service();
            case LOGGER -> entry.text(MessageDescriptor.LOGGER);
            case LEVEL ->
                (entry.has(MessageDescriptor.LEVEL_NAME)
                                ? entry.text(MessageDescriptor.LEVEL_NAME)
                                : Level.canonical(entry.severity()).name())
                        .toLowerCase(Locale.ROOT);
        };
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(root.toString());
        for (Name name : names) {
            text.append('/');
            for (Part part : name.parts) {
                text.append(part.field == null ? part.literal : part.field.placeholder());
            }
        }
        return text.toString();
    }
}
