package io.emberlog.handler.redact;

/** Where a template's arguments go, by the rule of {@code MessageRenderer}: a brace behind a single backslash is none. Stateless. */
final class Placeholders {
    private Placeholders() {}

    /**
     * @param start of the template
     * @param from where the search begins
     * @return the next braces that take an argument; -1 when there are none
     */
    static int next(byte[] text, int start, int from, int end) {
        int at = from;
        while (at < end - 1) {
            if (text[at] == '{' && text[at + 1] == '}') {
                if (!isEscaped(text, start, at)) {
                    return at;
                }
            }
            at++;
        }
        return -1;
    }

    private static boolean isEscaped(byte[] text, int start, int brace) {
        return brace > start && text[brace - 1] == '\\' && !(brace - 1 > start && text[brace - 2] == '\\');
    }

    /** Whether what stands there makes the template what it is: braces of an argument, and what decides whether they are. */
    static boolean isStructure(byte[] text, int start, int end, int at) {
        int brace = at;
        while (brace < end && brace - at < 2 && text[brace] == '\\') {
            brace++;
        }
        boolean opens = brace + 1 < end && text[brace] == '{' && text[brace + 1] == '}';
        return opens || at > start && text[at] == '}' && text[at - 1] == '{';
    }
}
