package io.emberlog.handler.webhook;

import io.emberlog.handler.http.JsonAnswer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with placeholders such as <code>{message}</code>: a name in braces, nothing else, so that JSON needs no escapes. What takes a
 * placeholder's place is escaped for the content type, once, and never looked at for placeholders again. Immutable; any thread.
 */
final class BodyTemplate {
    /** How values are escaped. */
    enum Escape {
        JSON {
            @Override
            String apply(String value) {
                StringBuilder out = new StringBuilder(value.length() + 16);
                for (int i = 0; i < value.length(); i++) {
                    char c = value.charAt(i);
                    switch (c) {
                        case '"', '\\' -> out.append('\\').append(c);
                        case '\n' -> out.append("\\n");
                        case '\r' -> out.append("\\r");
                        case '\t' -> out.append("\\t");
                        default -> {
                            if (c < ' ' || c == 0x7F || c == 0x2028 || c == 0x2029) {
                                out.append(String.format("\\u%04x", (int) c));
                            } else {
                                out.append(c);
                            }
                        }
                    }
                }
                return out.toString();
            }
        },
        FORM {
            @Override
            String apply(String value) {
                return URLEncoder.encode(value, StandardCharsets.UTF_8);
            }
        },
        MARKUP {
            @Override
            String apply(String value) {
                return value.replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace(">", "&gt;")
                        .replace("\"", "&quot;")
                        .replace("'", "&#39;");
            }
        },
        NONE {
            @Override
            String apply(String value) {
                return value;
            }
        };

        abstract String apply(String value);

        static Escape of(String contentType) {
            String type = contentType.toLowerCase(Locale.ROOT);
            if (type.contains("json")) {
                return JSON;
            }
            if (type.contains("x-www-form-urlencoded")) {
                return FORM;
            }
            return type.contains("xml") || type.contains("html") ? MARKUP : NONE;
        }
    }

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z][a-z0-9_]*)}");

    private final Escape escape;
    private final List<String> literals = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final Set<String> verbatim;

    /**
     * @param known placeholders there are
     * @param verbatim those of them whose values are JSON already, and are not escaped where the content type is
     * @throws IllegalArgumentException for a placeholder that is not known
     */
    BodyTemplate(String template, String contentType, Set<String> known, Set<String> verbatim) {
        escape = Escape.of(contentType);
        this.verbatim = escape == Escape.JSON ? Set.copyOf(verbatim) : Set.of();
        Matcher matcher = PLACEHOLDER.matcher(template);
        int from = 0;
        while (matcher.find()) {
            String name = matcher.group(1);
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "body: {" + name + "} is no placeholder; allowed: " + String.join(", ", new TreeSet<>(known)));
            }
            literals.add(template.substring(from, matcher.start()));
            names.add(name);
            from = matcher.end();
        }
        literals.add(template.substring(from));
    }

    /**
     * @param numbers placeholders whose values are numbers
     * @return what it is then, as {@link JsonAnswer} has it
     * @throws IllegalArgumentException for one of which a body of JSON comes that is none: a text without quotes, an object in them
     */
    Object checkJson(Set<String> numbers) {
        Map<String, String> values = new HashMap<>();
        for (String name : names) {
            values.put(name, numbers.contains(name) ? "1" : verbatim.contains(name) ? "{\"a\":1}" : "a");
        }
        try {
            return JsonAnswer.parse(render(values));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "body: is no JSON once its placeholders are filled; allowed: texts in quotes, \"{message}\", objects"
                            + " without, {json}",
                    e);
        }
    }

    /** Whether it has text of its own at neither end. */
    boolean isOpen() {
        return literals.get(0).isEmpty() && literals.get(literals.size() - 1).isEmpty();
    }

    boolean has(String name) {
        return names.contains(name);
    }

    /** @param values one for each placeholder that {@link #has} */
    String render(Map<String, String> values) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            String value = values.get(names.get(i));
            out.append(literals.get(i));
            out.append(verbatim.contains(names.get(i)) ? value : escape.apply(value));
        }
        return out.append(literals.get(literals.size() - 1)).toString();
    }
}
