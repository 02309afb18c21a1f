package io.emberlog.handler.redact;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Finds what is to be redacted in one text, by looking at each byte about once: what may begin something is looked at more closely,
 * within bounds, so the time is linear whatever the text. No garbage. One thread.
 *
 * <p>{@code find} moves to the next place; {@link #start} and {@link #end} are what is to be masked: of {@code password=x} only the x.
 */
final class SecretFinder {
    private static final int DIGIT = 1;
    private static final int WORD = 2;
    private static final int AT = 4;
    private static final int SEPARATOR = 8;
    private static final int DASH = 16;

    private static final int MAX_KEY = 64;
    private static final int MAX_LOCAL_PART = 64;
    private static final int MAX_USER_INFO = 256;

    /** Of words without quotes: a bracket that nothing closes is looked behind no further. */
    private static final int MAX_LIST = 1024;

    private static final byte[] BEARER = ascii("bearer ");
    private static final byte[] BASIC = ascii("basic ");
    private static final byte[] PEM = ascii("-----BEGIN ");
    private static final byte[] PEM_END = ascii("-----END ");
    private static final byte[] DASHES = ascii("-----");
    private static final byte[] PRIVATE = ascii("PRIVATE KEY");
    private static final byte[] COOKIE = ascii("cookie");
    private static final byte[][] SCHEMES = {BEARER, BASIC, ascii("digest "), ascii("token "), ascii("negotiate ")};

    private final boolean secrets;
    private final boolean tokens;
    private final boolean cards;
    private final boolean emails;
    private final KeyNames keys;
    private final Cards cardNumbers = new Cards();
    private final TokenShapes shapes = new TokenShapes();
    private final byte[] kinds = new byte[256];
    private int start;
    private int end;

    SecretFinder(Set<Redaction.Group> groups, KeyNames keys) {
        secrets = groups.contains(Redaction.Group.SECRETS);
        tokens = groups.contains(Redaction.Group.TOKENS);
        cards = groups.contains(Redaction.Group.CARDS);
        emails = groups.contains(Redaction.Group.EMAILS);
        this.keys = keys;
        for (int b = 0; b < 128; b++) {
            boolean front = tokens && TokenShapes.mayStart((byte) b) || (secrets || tokens) && (b == 'b' || b == 'B');
            kinds[b] = (byte) ((cards && Chars.isDigit((byte) b) ? DIGIT : 0) | (front ? WORD : 0));
        }
        kinds['@'] = (byte) (emails ? AT : 0);
        kinds['='] = (byte) (keys.isEmpty() ? 0 : SEPARATOR);
        kinds[':'] = (byte) (keys.isEmpty() && !secrets ? 0 : SEPARATOR);
        kinds['-'] = (byte) (secrets ? DASH : 0);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Where what was found starts, not before where the search began. */
    int start() {
        return start;
    }

    /** Behind what was found. */
    int end() {
        return end;
    }

    /**
     * Whether there is something.
     *
     * @param from start of the text, which is looked back to
     * @param to its end
     * @param at where the search begins
     */
    boolean find(byte[] text, int from, int to, int at) {
        shapes.begin();
        for (int i = at; i < to; i++) {
            int kind = kinds[text[i] & 0xFF];
            if (kind != 0 && isFound(kind, text, from, to, at, i)) {
                start = Math.max(start, at);
                if (end > start) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isFound(int kind, byte[] text, int from, int to, int searched, int i) {
        boolean startsWord = Chars.startsWord(text, from, i) && (i == from || text[i - 1] != '_');
        if ((kind & DIGIT) != 0 && startsWord && found(i, cardNumbers.end(text, from, i, to))) {
            return true;
        }
        if ((kind & WORD) != 0 && startsWord) {
            return tokens && found(i, shapes.end(text, i, to)) || bearer(text, to, i);
        }
        return (kind & AT) != 0 && email(text, from, to, searched, i)
                || (kind & SEPARATOR) != 0 && (keyed(text, from, to, i) || userInfo(text, to, i))
                || (kind & DASH) != 0 && found(i, endOfPem(text, from, to, i));
    }

    private boolean found(int from, int to) {
        start = from;
        end = to;
        return to > from;
    }

    /** An authorization header's value without its header. */
    private boolean bearer(byte[] text, int to, int i) {
        boolean bearer = Chars.startsWithAnyCase(text, i, to, BEARER);
        if (!bearer && !(secrets && Chars.startsWithAnyCase(text, i, to, BASIC))) {
            return false;
        }
        int from = i + (bearer ? BEARER.length : BASIC.length);
        while (from < to && text[from] == ' ') {
            from++;
        }
        int at = from;
        boolean digit = false;
        while (at < to && (Chars.isWord(text[at]) || "._~+/=".indexOf(text[at]) >= 0)) {
            digit |= Chars.isDigit(text[at]);
            at++;
        }
        return (at - from >= 16 || digit && at - from >= 8) && found(from, at);
    }

    private boolean email(byte[] text, int from, int to, int searched, int i) {
        int local = i;
        int limit = Math.max(Math.max(from, searched), i - MAX_LOCAL_PART);
        while (local > limit && isOfLocalPart(text[local - 1])) {
            local--;
        }
        int domain = i + 1;
        int dot = -1;
        while (domain < to
                && (Chars.isAlnum(text[domain])
                        || text[domain] == '-'
                        || text[domain] < 0
                        || text[domain] == '.' && domain > i + 1 && text[domain - 1] != '.')) {
            dot = text[domain] == '.' ? domain : dot;
            domain++;
        }
        if (dot == domain - 1 && dot > i) { // the end of a sentence
            domain = dot;
            dot = domain - 1;
            while (dot > i && text[dot] != '.') {
                dot--;
            }
        }
        return local < i && dot > i && domain - dot > 2 && !Chars.isDigit(text[dot + 1]) && found(local, domain);
    }

    private static boolean isOfLocalPart(byte b) {
        return Chars.isWord(b) || b < 0 || b == '.' || b == '%' || b == '+';
    }

    /** {@code password=x}, {@code "token": "x"}, {@code Authorization: Bearer x}. */
    private boolean keyed(byte[] text, int from, int to, int i) {
        int keyEnd = i;
        while (keyEnd > from && i - keyEnd < 4 && isBetween(text[keyEnd - 1])) {
            keyEnd--;
        }
        int key = keyEnd;
        while (key > from && keyEnd - key < MAX_KEY && (Chars.isWord(text[key - 1]) || text[key - 1] == '.')) {
            key--;
        }
        boolean named = key < keyEnd
                && (keys.isSecret(text, key, keyEnd)
                        || Chars.isEscape(text, from, key) && keys.isSecret(text, key + 1, keyEnd));
        if (!named) {
            return false;
        }
        int at = i + 1;
        if (at < to && (text[at] == '=' || text[at] == ':' || text[at] == '>' || text[at] == '~')) {
            return false; // a comparison, a scope, an arrow
        }
        while (at < to && (text[at] == ' ' || text[at] == '\t')) {
            at++;
        }
        boolean whole =
                keyEnd - key >= COOKIE.length && Chars.startsWithAnyCase(text, keyEnd - COOKIE.length, keyEnd, COOKIE);
        return value(text, to, at, whole);
    }

    private static boolean isBetween(byte b) {
        return b == ' ' || b == '"' || b == '\'' || b == '\\' || b == ']';
    }

    /** @param line whether all of the line is the value */
    private boolean value(byte[] text, int to, int from, boolean line) {
        int at = from;
        if (at < to && text[at] == '\\') {
            at++;
        }
        if (at < to && (text[at] == '"' || text[at] == '\'')) {
            return quoted(text, to, at);
        }
        at = from;
        int list = at < to && text[at] == '[' ? endOfList(text, to, at + 1) : -1;
        if (list >= 0) {
            return found(at + 1, list);
        }
        if (at < to && (text[at] == '[' || text[at] == '(' || text[at] == '<' || text[at] == '{')) {
            at++;
            if (at < to && (text[at] == '"' || text[at] == '}' || text[at] == '{')) {
                return false; // an object, whose own keys count; a placeholder
            }
        }
        int scheme = scheme(text, to, at);
        int last = at + scheme;
        while (last < to && !isBraces(text, to, last) && !(line ? isLineEnd(text[last]) : endsValue(text[last]))) {
            last++;
        }
        return last > at + scheme && found(at, endOfWhole(text, at, last, to));
    }

    /** @return where the bracket stands that closes a list of texts or of plain words; -1 of a list of something else, or without end */
    private static int endOfList(byte[] text, int to, int from) {
        int at = from;
        while (at < to && Chars.isSpace(text[at])) {
            at++;
        }
        boolean nested = at < to && text[at] == '\\';
        int first = nested ? at + 1 : at;
        if (first == to || text[first] == '{' || text[first] == '[') {
            return -1;
        }
        boolean texts = text[first] == '"' || text[first] == '\'';
        boolean inside = false;
        int slashes = 0;
        for (at = from; at < to && (inside || text[at] != ']'); at++) {
            if (!texts && (isLineEnd(text[at]) || at - from > MAX_LIST)) {
                return -1;
            }
            inside ^= texts && text[at] == text[first] && (nested ? slashes == 1 : slashes % 2 == 0);
            slashes = text[at] == '\\' ? slashes + 1 : 0;
        }
        return at < to || texts ? at : -1;
    }

    /** What begins in a value may go on behind it: a private key, a card's number with spaces. */
    private int endOfWhole(byte[] text, int from, int last, int to) {
        int end = last;
        for (int at = from; at < last; at++) {
            if (text[at] == '-') {
                end = Math.max(end, endOfPem(text, from, to, at));
            } else if (cards && Chars.isDigit(text[at])) {
                end = Math.max(end, cardNumbers.end(text, from, at, to));
            }
        }
        return end;
    }

    /** Length of what an authorization begins with; 0 when it does not. */
    private static int scheme(byte[] text, int to, int at) {
        for (byte[] scheme : SCHEMES) {
            if (Chars.startsWithAnyCase(text, at, to, scheme)) {
                return scheme.length;
            }
        }
        return 0;
    }

    private static boolean isBraces(byte[] text, int to, int at) {
        return text[at] == '{' && at + 1 < to && text[at + 1] == '}';
    }

    private static boolean isLineEnd(byte b) {
        return b == '\n' || b == '\r';
    }

    /** To the quote that ends it: the next one, but for those behind a backslash. Text in text has each of its quotes behind one. */
    private boolean quoted(byte[] text, int to, int quote) {
        boolean nested = text[quote - 1] == '\\';
        int at = quote + 1;
        while (at < to && text[at] != text[quote]) {
            at += text[at] == '\\' && !(nested && at + 1 < to && text[at + 1] == text[quote]) ? 2 : 1;
        }
        int close = Math.min(at, to);
        return found(quote + 1, nested && close < to && text[close - 1] == '\\' ? close - 1 : close);
    }

    private static boolean endsValue(byte b) {
        return Chars.isSpace(b) || ",;&)]}>\"'<".indexOf(b) >= 0;
    }

    /** The password in {@code https://user:password@host}. */
    private boolean userInfo(byte[] text, int to, int i) {
        if (!secrets || i + 2 >= to || text[i] != ':' || text[i + 1] != '/' || text[i + 2] != '/') {
            return false;
        }
        int limit = Math.min(to, i + 3 + MAX_USER_INFO);
        int colon = -1;
        int at = -1;
        for (int p = i + 3; p < limit && !Chars.isSpace(text[p]) && "/?#\"'<>".indexOf(text[p]) < 0; p++) {
            colon = colon < 0 && text[p] == ':' ? p : colon;
            at = text[p] == '@' ? p : at;
        }
        return colon > 0 && at > colon && found(colon + 1, at);
    }

    /** @return behind the private key that starts there, or the end of the text where it was cut; -1 when none does */
    private static int endOfPem(byte[] text, int from, int to, int i) {
        if (i > from && text[i - 1] == '-' || !Chars.startsWith(text, i, to, PEM)) {
            return -1;
        }
        int header = indexOf(PRIVATE, text, i + PEM.length, Math.min(to, i + PEM.length + MAX_KEY));
        if (header < 0) {
            return -1;
        }
        int last = indexOf(PEM_END, text, header, to);
        int dashes = last < 0 ? -1 : indexOf(DASHES, text, last + PEM_END.length, to);
        return dashes < 0 ? to : dashes + DASHES.length;
    }

    private static int indexOf(byte[] wanted, byte[] text, int from, int to) {
        for (int at = from; at < to; at++) {
            if (Chars.startsWith(text, at, to, wanted)) {
                return at;
            }
        }
        return -1;
    }
}
