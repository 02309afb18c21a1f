package io.emberlog.handler.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.emberlog.handler.SettingText;
import java.util.Collection;

/** Regular expressions that users write: RE2 syntax, matched in linear time, bounded before they are compiled. Stateless. */
public final class Regexes {
    private Regexes() {}

    /** @throws IllegalArgumentException for what is no such expression, or too large a one */
    public static Pattern compile(String regex) {
        String refusal = RegexBounds.refusal(regex);
        if (refusal != null) {
            throw new IllegalArgumentException("regex " + refusal);
        }
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "regex " + SettingText.quote(regex) + " is not RE2 syntax: " + e.getDescription() + " near "
                            + SettingText.quote(e.getPattern()),
                    e);
        }
    }

    /** @throws IllegalArgumentException when they are larger together than one may be */
    public static void checkTogether(Collection<String> regexes) {
        if (regexes.stream().mapToLong(RegexBounds::size).sum() > RegexBounds.MOST_SIZE) {
            throw new IllegalArgumentException(
                    "the regular expressions together are larger than " + RegexBounds.MOST_SIZE + " steps");
        }
    }
}
