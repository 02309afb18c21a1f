package io.emberlog.master.config;

import java.util.Locale;

/**
 * One thing wrong with a configuration.
 *
 * @param origin where the value stands: {@code file:line:column}, or the variable or flag that gave it
 * @param line for sorting; 0 for what is not in the file
 * @param column for sorting
 * @param key dotted; empty where the text is not TOML at all
 * @param message what is wrong; what is allowed
 */
public record ConfigProblem(String origin, int line, int column, String key, String message) {
    /** {@code origin: key: message}, on one line. */
    @Override
    public String toString() {
        return printable(origin + ": " + (key.isEmpty() ? "" : key + ": ") + message);
    }

    /** A file decides what its keys are called; it must not decide what a terminal does or where a line ends. */
    private static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR -> out.append(String.format(Locale.ROOT, "\\u%04X", c));
                default -> out.appendCodePoint(c);
            }
        });
        return out.toString();
    }
}
