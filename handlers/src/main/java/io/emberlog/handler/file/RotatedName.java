package io.emberlog.handler.file;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What rotated files are called: a template in which {@code {file}} stands for the name of the file that is written, {@code
 * {date}} for the day or hour of its first record, {@code {number}} for a number that grows. Behind it comes {@code .1}, {@code
 * .2}, ... where a template without number gives the same name twice, then the ending of a compressed file. Immutable.
 */
final class RotatedName {
    static final String NUMBERED = "{file}.{number}";

    /** Behind the name of the compressed file while it is being written. */
    static final String TEMPORARY = ".tmp";

    /** Of compressed files, whether or not what makes them is installed. */
    static final List<String> COMPRESSED = List.of(".gz", ".zst", ".lz4");

    private static final String FILE = "{file}";
    private static final String DATE = "{date}";
    private static final String NUMBER = "{number}";
    private static final Pattern PART = Pattern.compile("\\{\\{|}}|\\{[^{}]*}|[{}]|[^{}]+");

    private static final String DATE_REGEX = "(?<date>\\d{4}-\\d{2}-\\d{2}(?:T\\d{2})?)";
    private static final String NUMBER_REGEX = "(?<number>[1-9]\\d{0,17})";
    private static final String ENDING_REGEX = "(?:(?<compressed>\\.(?:gz|zst|lz4))(?<temporary>\\.tmp)?)?";
    private static final int DATE_LENGTH = 13;
    private static final int NUMBER_LENGTH = 18;
    private static final int ENDING_LENGTH = 8;

    private final String template;
    /** Literals, without braces, and placeholders, with them. */
    private final List<String> parts;

    private RotatedName(String template, List<String> parts) {
        this.template = template;
        this.parts = parts;
    }

    /** @throws IllegalArgumentException for a template that cannot name more than one file, or not a file */
    static RotatedName of(String template) {
        List<String> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        Matcher matcher = PART.matcher(template);
        while (matcher.find()) {
            String part = matcher.group();
            if (part.equals("{{") || part.equals("}}")) {
                literal.append(part.charAt(0));
            } else if (part.startsWith("{") || part.equals("}")) {
                addLiteral(parts, literal);
                parts.add(placeholder(template, part, parts));
            } else {
                literal.append(part);
            }
        }
        addLiteral(parts, literal);
        RotatedName name = new RotatedName(template, List.copyOf(parts));
        if (!name.hasDate() && !name.hasNumber()) {
            throw wrong(template, "names all files alike", "{date} or {number} in it, such as app-{date}.log");
        }
        if (template.indexOf('/') >= 0 || template.chars().anyMatch(Character::isISOControl)) {
            throw wrong(template, "is not the name of a file", "no / in it: rotated files stay in their directory");
        }
        return name;
    }

    private static void addLiteral(List<String> parts, StringBuilder literal) {
        if (literal.length() > 0) {
            parts.add(literal.toString());
            literal.setLength(0);
        }
    }

    private static String placeholder(String template, String part, List<String> before) {
        if (!isPlaceholder(part)) {
            throw wrong(
                    template, "has the unknown placeholder " + part, "{file}, {date}, {number}, and {{ for a brace");
        }
        if (before.contains(part)) {
            throw wrong(template, "has " + part + " twice", "each placeholder once");
        }
        if (!before.isEmpty() && isPlaceholder(before.get(before.size() - 1))) {
            throw wrong(template, "has placeholders side by side", "a character between them, such as {file}-{date}");
        }
        return part;
    }

    private static IllegalArgumentException wrong(String template, String what, String allowed) {
        return new IllegalArgumentException("rotated_name: \"" + template + "\" " + what + "; allowed: " + allowed);
    }

    private static boolean isPlaceholder(String part) {
        return part.equals(FILE) || part.equals(DATE) || part.equals(NUMBER);
    }

    boolean hasDate() {
        return parts.contains(DATE);
    }

    boolean hasNumber() {
        return parts.contains(NUMBER);
    }

    /** Whether it begins with the name of the file and goes on with something else, as it must where there are many files. */
    boolean beginsWithFile() {
        return parts.get(0).equals(FILE);
    }

    /** Most bytes of a name, that of the file not counted. */
    int extraLength() {
        int length = ENDING_LENGTH + (hasNumber() ? 0 : 1 + NUMBER_LENGTH);
        for (String part : parts) {
            length += switch (part) {
                case FILE -> 0;
                case DATE -> DATE_LENGTH;
                case NUMBER -> NUMBER_LENGTH;
                default -> part.getBytes(StandardCharsets.UTF_8).length;
            };
        }
        return length;
    }

    /**
     * @param date as {@link RotationSchedule#dateOf} has it
     * @param number 0 for none, where the template has none
     */
    String format(String file, String date, long number) {
        StringBuilder name = new StringBuilder();
        for (String part : parts) {
            name.append(
                    switch (part) {
                        case FILE -> file;
                        case DATE -> date;
                        case NUMBER -> Long.toString(number);
                        default -> part;
                    });
        }
        return hasNumber() || number == 0
                ? name.toString()
                : name.append('.').append(number).toString();
    }

    /** For the names of that file's rotated ones; groups: see {@link RotatedFile#of}. */
    Pattern pattern(String file) {
        StringBuilder regex = new StringBuilder("(?<plain>");
        for (String part : parts) {
            regex.append(
                    switch (part) {
                        case FILE -> Pattern.quote(file);
                        case DATE -> DATE_REGEX;
                        case NUMBER -> NUMBER_REGEX;
                        default -> Pattern.quote(part);
                    });
        }
        if (!hasNumber()) {
            regex.append("(?:\\.").append(NUMBER_REGEX).append(")?");
        }
        return Pattern.compile(regex.append(')').append(ENDING_REGEX).toString());
    }

    /** All that a rotated file may be called, of a file called one of {@code files}. */
    NameSet names(NameSet files) {
        NameSet names = NameSet.literal("");
        for (String part : parts) {
            names = names.then(
                    switch (part) {
                        case FILE -> files;
                        case DATE -> NameSet.date();
                        case NUMBER -> NameSet.number();
                        default -> NameSet.literal(part);
                    });
        }
        if (!hasNumber()) {
            names = names.or(names.then(NameSet.literal(".")).then(NameSet.number()));
        }
        NameSet all = names;
        for (String ending : COMPRESSED) {
            NameSet compressed = names.then(NameSet.literal(ending));
            all = all.or(compressed).or(compressed.then(NameSet.literal(TEMPORARY)));
        }
        return all;
    }

    @Override
    public String toString() {
        return template;
    }
}
