package io.emberlog.handler.redact;

import com.google.re2j.Pattern;
import io.emberlog.handler.SettingText;
import io.emberlog.handler.Suggestion;
import io.emberlog.handler.filter.Regexes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What is made unreadable, as a setting says it: {@code ["secrets", "cards", "key:iban", "regex:ORD-(\\d+)"]}. Immutable; {@link
 * #redactor} does it.
 */
public final class Redaction {
    /** What a setting may hold. */
    public static final String ALLOWED =
            "secrets, tokens, cards, emails, key:NAME, regex:EXPRESSION (RE2; only its first group, if it has one)";

    /** Leaves everything as it is. */
    public static final Redaction NONE = of(List.of());

    private static final String KEY = "key:";
    private static final String REGEX = "regex:";
    private static final int MAX_WORDS = 100;

    /** What is found without the user's help. */
    enum Group {
        /** Values of keys that say so, authorization headers, private keys, passwords in URLs. */
        SECRETS,
        /** Access tokens and webhook addresses by their shape. */
        TOKENS,
        /** Card numbers. */
        CARDS,
        EMAILS;

        final String word = name().toLowerCase(Locale.ROOT);
    }

    private final List<String> words;
    private final Set<Group> groups = EnumSet.noneOf(Group.class);
    private final List<String> keys = new ArrayList<>();
    private final List<Pattern> regexes = new ArrayList<>();

    private Redaction(List<String> words) {
        this.words = List.copyOf(words);
        if (words.size() > MAX_WORDS) {
            throw new IllegalArgumentException(words.size() + " words are too many; allowed: " + MAX_WORDS);
        }
        words.forEach(this::add);
        Regexes.checkTogether(words.stream()
                .filter(word -> word.startsWith(REGEX))
                .map(word -> word.substring(REGEX.length()))
                .toList());
    }

    /** @throws IllegalArgumentException naming the word that is wrong, and what is allowed */
    public static Redaction of(List<String> words) {
        return new Redaction(words);
    }

    private void add(String word) {
        if (word.startsWith(KEY)) {
            String key = word.substring(KEY.length()).strip();
            if (KeyNames.plain(key).isEmpty()) {
                throw new IllegalArgumentException(SettingText.quote(word) + " names no key; allowed: key:iban, say");
            }
            keys.add(key);
        } else if (word.startsWith(REGEX)) {
            regexes.add(Regexes.compile(word.substring(REGEX.length())));
        } else {
            for (Group group : Group.values()) {
                if (group.word.equals(word)) {
                    groups.add(group);
                    return;
                }
            }
            List<String> known = List.of("secrets", "tokens", "cards", "emails", "key:NAME", "regex:EXPRESSION");
            throw new IllegalArgumentException("unknown word " + SettingText.quote(word) + "; "
                    + Suggestion.of(word, known)
                            .map(meant -> "did you mean " + meant + '?')
                            .orElse("allowed: " + ALLOWED));
        }
    }

    public boolean isNone() {
        return words.isEmpty();
    }

    /** One for each thread. */
    public Redactor redactor() {
        return new Redactor(groups, keys, regexes);
    }

    /** As the setting has it. */
    public List<String> words() {
        return words;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Redaction redaction && words.equals(redaction.words);
    }

    @Override
    public int hashCode() {
        return words.hashCode();
    }

    @Override
    public String toString() {
        return words.toString();
    }
}
