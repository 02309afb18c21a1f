package io.emberlog.handler.format;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * The patterns of Logback's {@code PatternLayout}: {@code %d{HH:mm:ss.SSS} %-5level [%thread] %logger{36} - %msg%n}, groups
 * ({@code %-30(%d [%thread])}), {@code %20.30} and {@code %.-30} in front of a word, {@code \} in front of a character that is
 * one itself. {@code %n} may stand at the end, or with nothing but exceptions behind it. The words are {@link LogbackWords}'.
 * One use.
 */
final class LogbackPattern {
    private static final String ESCAPABLE = "%()\\";

    private final PatternScanner scanner;
    private final LogbackWords words;
    private boolean showsExceptions;
    /** Where the line's end stood; -1 until then. */
    private int lineEnd = -1;

    LogbackPattern(String pattern, ZoneId zone) {
        scanner = new PatternScanner(pattern);
        words = new LogbackWords(scanner, zone);
    }

    PatternFormat compile() {
        List<PatternPart> parts = parts(false);
        if (!words.isAnyUsed()) {
            throw scanner.error(0, "every line would be the same; allowed: words like %msg, or like %(message)s");
        }
        return new PatternFormat(PatternScanner.array(parts), showsExceptions);
    }

    private List<PatternPart> parts(boolean inGroup) {
        List<PatternPart> parts = new ArrayList<>();
        while (!scanner.atEnd() && !(inGroup && scanner.peek() == ')')) {
            int start = scanner.at();
            char c = scanner.next();
            if (c == '\\') {
                escaped(start);
            } else if (c != '%' || scanner.accept('%')) {
                checkLineGoesOn();
                scanner.literal(c);
            } else {
                scanner.flushLiteral(parts);
                word(start, inGroup, parts);
            }
        }
        scanner.flushLiteral(parts);
        return parts;
    }

    private void escaped(int start) {
        checkLineGoesOn();
        char c = scanner.next();
        if (c == 't') {
            scanner.literal('\t');
        } else if (ESCAPABLE.indexOf(c) >= 0) {
            scanner.literal(c);
        } else if (c != '_') { // which ends a word and shows nothing
            throw scanner.error(
                    start,
                    "a backslash stands in front of " + (c == PatternScanner.END ? "nothing" : c)
                            + "; allowed: \\t, \\_, \\%, \\(, \\), \\\\");
        }
    }

    private void word(int start, boolean inGroup, List<PatternPart> parts) {
        boolean left = scanner.accept('-');
        int least = scanner.number();
        boolean cutBehind = false;
        int most = -1;
        if (scanner.accept('.')) {
            cutBehind = scanner.accept('-');
            most = scanner.number();
        }
        String modifiers = scanner.since(start + 1);
        PatternPart part;
        if (scanner.accept('(')) {
            part = group(start);
        } else {
            String word = scanner.letters();
            if (word.isEmpty()) {
                throw scanner.error(
                        start, "a % that no word follows; allowed: words like %msg, or \\% for a per cent sign");
            }
            if (word.equals(LogbackWords.LINE_END)) {
                endLine(start, inGroup);
                return;
            }
            boolean exception = words.isException(word);
            showsExceptions |= exception;
            if (!exception) {
                checkLineGoesOn();
            }
            part = words.part(start, word, exception && lineEnd >= 0);
        }
        parts.add(
                modifiers.isEmpty()
                        ? part
                        : new PatternWidth(
                                part, Math.max(0, least), !left, most < 0 ? PatternWidth.NO_LIMIT : most, !cutBehind));
    }

    private PatternPart group(int start) {
        checkLineGoesOn();
        List<PatternPart> parts = parts(true);
        if (!scanner.accept(')')) {
            throw scanner.error(start, "a group that is not closed; allowed: %(...), or \\( for a parenthesis");
        }
        return PatternPart.group(PatternScanner.array(parts));
    }

    private void endLine(int start, boolean inGroup) {
        if (inGroup || lineEnd >= 0) {
            throw lineGoesOn(start);
        }
        lineEnd = start;
    }

    private void checkLineGoesOn() {
        if (lineEnd >= 0) {
            throw lineGoesOn(lineEnd);
        }
    }

    private IllegalArgumentException lineGoesOn(int at) {
        return scanner.error(
                at, "%n within the line, and a record is one line; allowed: at the end, or in front of %ex");
    }
}
