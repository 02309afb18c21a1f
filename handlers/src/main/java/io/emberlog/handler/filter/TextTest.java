package io.emberlog.handler.filter;

import com.google.re2j.Pattern;
import io.emberlog.message.Glob;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What is asked of a text. Immutable; makes no garbage but for a regular expression. */
interface TextTest {
    boolean matches(byte[] text, int offset, int length);

    boolean matches(String text);

    /** The whole text, exactly. */
    static TextTest exact(String expected) {
        return new Exact(expected, expected.getBytes(StandardCharsets.UTF_8));
    }

    /** The whole text; {@code *} is any text, {@code ?} one character. */
    static TextTest glob(String glob) {
        return new Globbed(glob, glob.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * RE2 syntax, found anywhere; linear time whatever the text.
     *
     * @throws IllegalArgumentException for what is no such expression, or too large a one
     */
    static TextTest regex(String regex) {
        return new Regex(Regexes.compile(regex));
    }

    /** {@link #exact}. */
    record Exact(String text, byte[] utf8) implements TextTest {
        @Override
        public boolean matches(byte[] other, int offset, int length) {
            return length == utf8.length && Arrays.equals(other, offset, offset + length, utf8, 0, length);
        }

        @Override
        public boolean matches(String other) {
            return text.equals(other);
        }
    }

    /** {@link #glob}. */
    record Globbed(String text, byte[] utf8) implements TextTest {
        @Override
        public boolean matches(byte[] other, int offset, int length) {
            return Glob.matches(utf8, other, offset, length);
        }

        @Override
        public boolean matches(String other) {
            return Glob.matches(text, other);
        }
    }

    /** {@link #regex}. */
    record Regex(Pattern pattern) implements TextTest {
        @Override
        public boolean matches(byte[] other, int offset, int length) {
            return pattern.matcher(Arrays.copyOfRange(other, offset, offset + length))
                    .find();
        }

        @Override
        public boolean matches(String other) {
            return pattern.matcher(other).find();
        }
    }
}
