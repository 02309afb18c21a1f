package io.emberlog.master.config;

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
        return origin + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
