package io.emberlog.handler.filter;

import io.emberlog.handler.SettingText;

/** An expression that cannot be read; the message has the text, the column and what is allowed there. */
public final class FilterSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Of the text, what is shown on either side of the place. */
    private static final int SHOWN = 60;

    private final int column;

    /** @param at place in the text, from 0 */
    FilterSyntaxException(String text, int at, String problem, Throwable cause) {
        super("column " + column(text, at) + " of " + shown(text, at) + ": " + problem, cause);
        column = column(text, at);
    }

    /** Where it is wrong, in characters, from 1. */
    public int column() {
        return column;
    }

    private static int column(String text, int at) {
        return text.codePointCount(0, at) + 1;
    }

    private static String shown(String text, int at) {
        int from = Math.max(0, at - SHOWN);
        int to = Math.min(text.length(), at + SHOWN);
        return (from == 0 ? "" : "...")
                + SettingText.quote(text.substring(from, to))
                + (to == text.length() ? "" : "...");
    }
}
