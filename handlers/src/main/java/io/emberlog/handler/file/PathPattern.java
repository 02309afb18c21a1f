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

/**
 * The path of a file handler, in which {@code {worker}}, {@code {service}}, {@code {logger}} and {@code {level}} stand for what
 * a record says; {@code {{} and {@code }}} are braces. Immutable.
 *
 * <p>Two records whose values differ never share a file, and none leaves its directory, whatever the values are: see {@link
 * SafeValue} for one value, and the rules below for their neighbours. What rotated files are called belongs to it, for two
 * handlers must not meet in one of those either.
 */
final class PathPattern {
    private static final int MAX_FILE_NAME = 255;

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

        NameSet names() {
            NameSet names = NameSet.literal("");
            for (Part part : parts) {
                names = names.then(part.field == null ? NameSet.literal(part.literal) : NameSet.value());
            }
            return names;
        }

        String literalEnd() {
            Part last = parts.get(parts.size() - 1);
            return last.field == null ? last.literal : "";
        }
    }

    private final Path root;
    private final List<Name> names;
    private final RotatedName rotated;

    private PathPattern(Path root, List<Name> names, RotatedName rotated) {
        this.root = root;
        this.names = names;
        this.rotated = rotated;
    }

    /**
     * @param path absolute
     * @param rotated what rotated files are called
     * @throws IllegalArgumentException for an unknown placeholder, or one where files could get into each other's way
     */
    static PathPattern of(Path path, RotatedName rotated) {
        Path root = path.getRoot();
        List<Name> names = new ArrayList<>();
        for (int i = 0; i < path.getNameCount(); i++) {
            Name name = parse(path.getName(i).toString(), rotated.extraLength());
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
        int length = last.literalEnd().getBytes(StandardCharsets.UTF_8).length;
        if (last.isFixed() && length + rotated.extraLength() > MAX_FILE_NAME) {
            throw new IllegalArgumentException("path: \"" + path.getFileName() + "\" has " + length
                    + " bytes, and rotated files up to " + rotated.extraLength() + " more; allowed: " + MAX_FILE_NAME
                    + " together");
        }
        PathPattern pattern = new PathPattern(root, List.copyOf(names), rotated);
        pattern.checkRotated();
        return pattern;
    }

    /** No rotated file may be called like one that is written, or like one of another file. */
    private void checkRotated() {
        if (!isFixed() && !rotated.beginsWithFile()) {
            throw new IllegalArgumentException("rotated_name: \"" + rotated + "\" does not begin with {file}; allowed:"
                    + " what does, such as {file}.{date}, as path has placeholders");
        }
        List<Family> families = families();
        for (Family family : families) {
            for (Family other : families) {
                if (meet(family.directories(), other.directories())
                        && family.file().meets(rotated.names(other.file()))) {
                    throw new IllegalArgumentException("rotated_name: \"" + rotated
                            + "\" may be the name of a file that is written; allowed: another ending than that of path"
                            + (isFixed() ? "" : ", such as {file}.{date}"));
                }
            }
        }
    }

    private static Name parse(String text, int rotationRoom) {
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
        return name(text, parts, rotationRoom);
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
    private static Name name(String text, List<Part> parts, int rotationRoom) {
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
        int room = fields == 0 ? 0 : (MAX_FILE_NAME - rotationRoom - literal) / fields;
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

    /** Files that are written in directories of these names, and what they are called. */
    private record Family(List<NameSet> directories, NameSet file) {}

    /**
     * Whether a record's values could lead both to one file, a rotated one, a compressed one or one of records that find no other
     * room included.
     */
    boolean mayMeet(PathPattern other) {
        for (Family mine : families()) {
            for (Family theirs : other.families()) {
                if (meet(mine.directories, theirs.directories)
                        && mine.file
                                .or(rotated.names(mine.file))
                                .meets(theirs.file.or(other.rotated.names(theirs.file)))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean meet(List<NameSet> a, List<NameSet> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!a.get(i).meets(b.get(i))) {
                return false;
            }
        }
        return true;
    }

    private List<Family> families() {
        List<NameSet> above = new ArrayList<>();
        root.forEach(name -> above.add(NameSet.literal(name.toString())));
        List<NameSet> directories = new ArrayList<>(above);
        names.subList(0, names.size() - 1).forEach(name -> directories.add(name.names()));
        Family own = new Family(directories, names.get(names.size() - 1).names());
        return isFixed() ? List.of(own) : List.of(own, new Family(above, NameSet.literal(overflowFile())));
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
