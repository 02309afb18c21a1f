package io.emberlog.handler.filter;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What an expression would cost to compile. RE2J matches in linear time, but compiles {@code ((a{1000}){1000}){1000}} into as many
 * instructions, and each open parenthesis into a call on its stack. Counts only; what is no expression is RE2J's to refuse.
 */
final class RegexBounds {
    private static final int MOST_DEPTH = 500;
    static final long MOST_SIZE = 1_000_000;

    private final String regex;
    private final Deque<Long> outer = new ArrayDeque<>();
    private int at;
    private long size;
    /** Of what a repetition that follows would repeat. */
    private long last;

    private RegexBounds(String regex) {
        this.regex = regex;
    }

    /** @return why it must not be compiled; null when it may be */
    static String refusal(String regex) {
        return new RegexBounds(regex).walk();
    }

    /** Steps that it compiles into, about. */
    static long size(String regex) {
        RegexBounds bounds = new RegexBounds(regex);
        bounds.walk();
        return bounds.size;
    }

    private String walk() {
        while (at < regex.length()) {
            char c = regex.charAt(at++);
            switch (c) {
                case '(' -> {
                    outer.push(size);
                    size = 0;
                }
                case ')' -> {
                    last = size;
                    size += outer.isEmpty() ? 0 : outer.pop();
                }
                case '{' -> repeat();
                case '*', '+', '?', '|' -> {} // as large as without
                default -> {
                    skip(c);
                    last = 1;
                    size++;
                }
            }
            if (outer.size() > MOST_DEPTH) {
                return "nests deeper than " + MOST_DEPTH + " groups";
            }
            if (size > MOST_SIZE) {
                return "repeats into more than " + MOST_SIZE + " steps";
            }
        }
        return null;
    }

    /** To the end of an escape or a class, which are one step each. */
    private void skip(char c) {
        if (c == '\\') {
            at++;
        } else if (c == '[') {
            int first = regex.startsWith("^", at) ? at + 1 : at;
            at = first + 1;
            while (at < regex.length() && regex.charAt(at) != ']') {
                at += regex.charAt(at) == '\\' ? 2 : 1;
            }
            at++;
        }
    }

    /** {@code {n}}, {@code {n,}} or {@code {n,m}}; anything else is a brace. */
    private void repeat() {
        int end = regex.indexOf('}', at);
        String counts = end < 0 ? "" : regex.substring(at, end);
        if (!counts.matches("\\d{1,4}(,\\d{0,4})?")) {
            last = 1;
            size++;
            return;
        }
        at = end + 1;
        String most = counts.substring(counts.indexOf(',') + 1);
        long times =
                most.isEmpty() ? 1 + Long.parseLong(counts.substring(0, counts.length() - 1)) : Long.parseLong(most);
        size += last * Math.max(0, times - 1);
        last *= Math.max(1, times);
    }
}
