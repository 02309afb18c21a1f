package io.emberlog.handler.format;

/**
 * Shortens names of loggers and classes as Logback does: from the left, package after package becomes its first character until
 * the name fits; the last part always stays, and one of exactly that length loses its first package. Stateless.
 */
final class NameAbbreviator {
    static final int WHOLE = Integer.MAX_VALUE;

    private NameAbbreviator() {}

    /** @param most code points wanted; 0 = the last part alone; {@link #WHOLE} */
    static void append(byte[] name, int start, int end, int most, Utf8Buffer out) {
        int last = end;
        while (last > start && name[last - 1] != '.') {
            last--;
        }
        if (most == 0) {
            Escaper.LINE.append(out, name, last, end - last);
            return;
        }
        int points = points(name, start, end);
        int at = start;
        while (at < last && (points > most || at == start && points == most)) {
            int dot = at;
            while (name[dot] != '.') {
                dot++;
            }
            int kept = Math.min(dot, next(name, at));
            Escaper.LINE.append(out, name, at, kept - at);
            out.append('.');
            points -= points(name, kept, dot);
            at = dot + 1;
        }
        Escaper.LINE.append(out, name, at, end - at);
    }

    /** Where the character behind the one at that place starts. */
    private static int next(byte[] name, int at) {
        int next = at + 1;
        while (next < name.length && (name[next] & 0xC0) == 0x80) {
            next++;
        }
        return next;
    }

    private static int points(byte[] name, int start, int end) {
        int points = 0;
        for (int i = start; i < end; i++) {
            points += (name[i] & 0xC0) == 0x80 ? 0 : 1;
        }
        return points;
    }
}
