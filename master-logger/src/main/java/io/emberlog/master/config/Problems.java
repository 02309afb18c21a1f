package io.emberlog.master.config;

import io.emberlog.handler.Suggestion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Everything that is wrong with one configuration. */
final class Problems {
    private final List<ConfigProblem> found = new ArrayList<>();

    void add(SettingOrigin origin, String key, String message) {
        found.add(new ConfigProblem(origin.text(), origin.line(), origin.column(), key, message));
    }

    int count() {
        return found.size();
    }

    void check() throws ConfigException {
        if (!found.isEmpty()) {
            throw new ConfigException(found);
        }
    }

    /** What to say of a word that nobody knows. */
    static String unknown(String noun, String word, Collection<String> known) {
        return "unknown " + noun + " \"" + word + "\"; "
                + Suggestion.of(word, known)
                        .map(suggestion -> "did you mean " + suggestion + '?')
                        .orElseGet(() -> "allowed: " + String.join(", ", known));
    }
}
