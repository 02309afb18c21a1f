package io.emberlog.handler;

import java.util.regex.Pattern;

/**
 * A header of requests, as a configuration has it: {@code "Name: value"}, or {@code "Name: env:VARIABLE"} and {@code "Name: file:PATH"}
 * where the value must not be seen. Immutable; any thread.
 *
 * @param name letters, digits and {@code - _ .}
 * @param value printable ASCII; null where it is a secret
 * @param secret null where it is none
 */
public record Header(String name, String value, Secret secret) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final Pattern VALUE = Pattern.compile("[ -~]{0,1000}");
    private static final Pattern REFERENCE = Pattern.compile("(env|file):.*");

    /** @throws IllegalArgumentException for what is none, without the text, which may hold a secret */
    static Header of(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? "" : text.substring(0, colon).strip();
        String value = text.substring(colon + 1).strip();
        if (REFERENCE.matcher(text.strip()).matches()
                || !isName(name)
                || !VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "one of them is none, and is not printed here since it may hold a secret;" + " allowed: "
                            + SettingType.HEADERS.allowed());
        }
        return REFERENCE.matcher(value).matches()
                ? new Header(name, null, Secret.of(value))
                : new Header(name, value, null);
    }

    /** Whether it can be the name of one. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** The same with another place of its value, or with the same that was looked at. */
    public Header with(Secret newSecret) {
        return new Header(name, null, newSecret);
    }

    /** As it would stand in a file, a secret as {@code ***}. */
    @Override
    public String toString() {
        return name + ": " + (secret == null ? value : Secret.MASK);
    }
}
