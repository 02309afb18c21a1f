package io.emberlog.handler.file;

import java.util.regex.Matcher;

/**
 * A rotated file, by its name.
 *
 * @param name of the file that is there
 * @param plain what it was called before it was compressed
 * @param date empty where names have none
 * @param number 0 where it has none
 * @param ending of compressed files; empty when it is not
 * @param isTemporary not whole yet, or never to be
 */
record RotatedFile(String name, String plain, String date, long number, String ending, boolean isTemporary) {
    /** @param matched by {@link RotatedName#pattern} */
    static RotatedFile of(Matcher matched, boolean hasDate) {
        String number = matched.group("number");
        String ending = matched.group("compressed");
        return new RotatedFile(
                matched.group(),
                matched.group("plain"),
                hasDate ? matched.group("date") : "",
                number == null ? 0 : Long.parseLong(number),
                ending == null ? "" : ending,
                matched.group("temporary") != null);
    }

    boolean isCompressed() {
        return !ending.isEmpty();
    }
}
