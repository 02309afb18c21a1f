package io.emberlog.master.config;

/**
 * Where a value was given.
 *
 * @param kind which of the four ways
 * @param text the place: {@code file:line:column}, the variable, the flag, or {@code default}
 * @param line for sorting; 0 for what is not in a file
 * @param column for sorting
 */
public record SettingOrigin(Kind kind, String text, int line, int column) {
    /** In the order in which they win. */
    public enum Kind {
        FLAG,
        ENVIRONMENT,
        FILE,
        /** Given by the program that embeds the master. */
        PROGRAM,
        DEFAULT
    }

    /** Nobody gave it. */
    public static final SettingOrigin DEFAULT = new SettingOrigin(Kind.DEFAULT, "default", 0, 0);

    static final SettingOrigin FLAG = new SettingOrigin(Kind.FLAG, "--set", 0, 0);

    static SettingOrigin variable(String name) {
        return new SettingOrigin(Kind.ENVIRONMENT, name, 0, 0);
    }
}
