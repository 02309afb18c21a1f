package io.emberlog.handler.filter;

/**
 * A piece of an expression.
 *
 * @param at where it starts
 * @param end behind its last character
 * @param text of a {@link Kind#TEXT} what stands between the quotes, escapes undone; of all others as written
 */
record Token(Kind kind, int at, int end, String text) {
    enum Kind {
        WORD,
        NUMBER,
        TEXT,
        OPERATOR,
        OPEN,
        CLOSE,
        END
    }

    boolean is(Kind wanted) {
        return kind == wanted;
    }

    boolean isWord(String word) {
        return kind == Kind.WORD && text.equalsIgnoreCase(word);
    }
}
