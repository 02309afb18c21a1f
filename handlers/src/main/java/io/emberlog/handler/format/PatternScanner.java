package io.emberlog.handler.format;

import io.emberlog.handler.Suggestion;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Reads a pattern from left to right, gathers its parts, and says where it is wrong. One use. */
final class PatternScanner {
    static final char END = '\0';

    private final String pattern;
    private int at;
    private final StringBuilder literal = new StringBuilder();

    PatternScanner(String pattern) {
        this.pattern = pattern;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c < ' ' && c != '\t' || c >= 0x7F && c < 0xA0 || c == 0x2028 || c == 0x2029) {
                throw error(i, "a control character, and a record is one line; allowed: text and tabs");
            }
        }
    }

    int at() {
        return at;
    }

    boolean atEnd() {
        return at == pattern.length();
    }

    /** {@link #END} behind the last character. */
    char peek() {
        return atEnd() ? END : pattern.charAt(at);
    }

    char next() {
        char c = peek();
        at += atEnd() ? 0 : 1;
        return c;
    }

    boolean accept(char c) {
        boolean there = !atEnd() && pattern.charAt(at) == c;
        at += there ? 1 : 0;
        return there;
    }

    /** What was read since {@code start}. */
    String since(int start) {
        return pattern.substring(start, at);
    }

    /** The digits that come, as a number; -1 for none. */
    int number() {
        int start = at;
        while (!atEnd() && peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == start) {
            return -1;
        }
        if (at - start > 4) {
            throw error(start, since(start) + " is too large; allowed: 0 to 9999");
        }
        return Integer.parseInt(since(start));
    }

    /** The ASCII letters that come. */
    String letters() {
        int start = at;
        while (!atEnd() && (peek() >= 'a' && peek() <= 'z' || peek() >= 'A' && peek() <= 'Z')) {
            at++;
        }
        return since(start);
    }

    /** A character of the text around the words. */
    void literal(char c) {
        literal.append(c);
    }

    /** Ends the text there is, as a part. */
    void flushLiteral(List<PatternPart> parts) {
        if (literal.length() == 0) {
            return;
        }
        Utf8Buffer escaped = new Utf8Buffer(literal.length() + 16);
        String[] columns = literal.toString().split("\t", -1);
        for (int i = 0; i < columns.length; i++) {
            if (i > 0) {
                escaped.append('\t');
            }
            SectionText.append(columns[i], Escaper.LINE, escaped);
        }
        byte[] text = Arrays.copyOf(escaped.bytes(), escaped.length());
        literal.setLength(0);
        parts.add((record, out) -> out.append(text));
    }

    static PatternPart[] array(List<PatternPart> parts) {
        return parts.toArray(new PatternPart[0]);
    }

    IllegalArgumentException error(int where, String what) {
        return new IllegalArgumentException("column " + (where + 1) + " of \"" + pattern + "\": " + what);
    }

    /** @param form of a word as the pattern has it, {@code %s} for the word */
    IllegalArgumentException unknown(int where, String word, Collection<String> known, String form) {
        List<String> guesses = known.stream().filter(name -> name.length() > 1).toList();
        return error(
                where,
                String.format(form, word) + " is not known; "
                        + Suggestion.of(word, guesses)
                                .map(guess -> "did you mean " + String.format(form, guess) + "? ")
                                .orElse("")
                        + "allowed: " + String.join(", ", known));
    }
}
