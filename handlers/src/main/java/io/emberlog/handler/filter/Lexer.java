package io.emberlog.handler.filter;

import io.emberlog.handler.SettingText;
import java.util.Map;

/** An expression's text to its pieces, one after the other. One thread. */
final class Lexer {
    private static final String OPERATOR_CHARACTERS = "=!~<>&|";

    /** What other languages write. */
    private static final Map<String, String> MEANT = Map.of(
            "==", "=",
            "&&", "and",
            "||", "or",
            "!", "not",
            "<>", "!=",
            "!~", "not NAME ~ \"GLOB\"",
            "=<", "<=",
            "=>", ">=",
            "~=", "=~");

    private final String text;
    private int at;

    Lexer(String text) {
        this.text = text;
    }

    /** @throws FilterSyntaxException where no piece can begin */
    Token next() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            return new Token(Token.Kind.END, at, at, "");
        }
        char c = text.charAt(at);
        if (c == '(' || c == ')') {
            return token(c == '(' ? Token.Kind.OPEN : Token.Kind.CLOSE, at + 1);
        }
        if (c == '"' || c == '\'') {
            return c == '"' ? quoted() : literal();
        }
        if (OPERATOR_CHARACTERS.indexOf(c) >= 0) {
            return operator();
        }
        if (isDigit(c) || c == '-') {
            return number();
        }
        if (isOfWord(c)) {
            int end = at;
            while (end < text.length() && isOfWord(text.charAt(end))) {
                end++;
            }
            return token(Token.Kind.WORD, end);
        }
        throw wrong(
                at,
                SettingText.quote(Character.toString(text.codePointAt(at))) + " is not of this language; allowed:"
                        + " names, operators, numbers, parentheses, texts in quotes");
    }

    private Token operator() {
        int end = at;
        while (end < text.length() && OPERATOR_CHARACTERS.indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        String written = text.substring(at, end);
        if (Operator.of(written).isEmpty()) {
            String meant = MEANT.get(written);
            throw wrong(
                    at,
                    SettingText.quote(written) + " is no operator; "
                            + (meant == null ? "allowed: = != ~ =~ > >= < <=" : "write " + meant));
        }
        return token(Token.Kind.OPERATOR, end);
    }

    private Token number() {
        int end = at + 1;
        while (end < text.length() && (isOfWord(text.charAt(end)) || text.charAt(end) == '+')) {
            end++;
        }
        if (NumberValue.of(text.substring(at, end)) == null) {
            throw wrong(
                    at,
                    SettingText.quote(text.substring(at, end))
                            + " is not a number; allowed: digits, a fraction, an exponent; texts are in quotes");
        }
        return token(Token.Kind.NUMBER, end);
    }

    /** Between single quotes everything is what it is. */
    private Token literal() {
        int end = text.indexOf('\'', at + 1);
        if (end < 0) {
            throw wrong(at, "the text has no end; allowed: ' at its end");
        }
        Token token = new Token(Token.Kind.TEXT, at, end + 1, text.substring(at + 1, end));
        at = end + 1;
        return token;
    }

    private Token quoted() {
        StringBuilder value = new StringBuilder();
        int from = at;
        int i = at + 1;
        while (i < text.length() && text.charAt(i) != '"') {
            char c = text.charAt(i);
            if (c == '\\') {
                i = escape(i, value);
            } else {
                value.append(c);
                i++;
            }
        }
        if (i >= text.length()) {
            throw wrong(from, "the text has no end; allowed: \" at its end, \\\" for one inside");
        }
        at = i + 1;
        return new Token(Token.Kind.TEXT, from, at, value.toString());
    }

    /** @return behind the escape that begins there */
    private int escape(int from, StringBuilder value) {
        char c = from + 1 < text.length() ? text.charAt(from + 1) : ' ';
        switch (c) {
            case '"', '\\' -> value.append(c);
            case 'n' -> value.append('\n');
            case 'r' -> value.append('\r');
            case 't' -> value.append('\t');
            case 'u' -> {
                String digits = text.substring(from + 2, Math.min(text.length(), from + 6));
                if (!digits.matches("[0-9A-Fa-f]{4}")) {
                    throw wrong(from, "\\u takes four hexadecimal digits, like \\u00e4");
                }
                value.append((char) Integer.parseInt(digits, 16));
                return from + 6;
            }
            default ->
                throw wrong(
                        from,
                        "a backslash in double quotes begins \\\" \\\\ \\n \\r \\t or \\uXXXX; for a regex write single"
                                + " quotes, in which it is itself: '\\d+'");
        }
        return from + 2;
    }

    private Token token(Token.Kind kind, int end) {
        Token token = new Token(kind, at, end, text.substring(at, end));
        at = end;
        return token;
    }

    private FilterSyntaxException wrong(int place, String problem) {
        return new FilterSyntaxException(text, place, problem, null);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isOfWord(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '_' || c == '.' || c == '-';
    }
}
