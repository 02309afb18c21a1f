package io.emberlog.master.config;

import io.emberlog.handler.Suggestion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Flags and variables: what beats the file. Knows which of them were asked for, so that one that sets nothing is as wrong
 * as an unknown key of the file.
 */
final class Overrides {
    private static final String PREFIX = "EMBERLOG_";

    private final Map<String, String> flags;
    private final Map<String, String> environment;
    private final Problems problems;
    private final Map<String, String> variables = new HashMap<>();
    private final List<String> keys = new ArrayList<>();

    /** @param flags text by dotted key */
    Overrides(Map<String, String> flags, Map<String, String> environment, Problems problems) {
        this.flags = flags;
        this.environment = environment;
        this.problems = problems;
    }

    Map<String, String> environment() {
        return environment;
    }

    /** A flag, else a variable that is not empty. */
    Optional<Given> find(String dotted, String variable) {
        keys.add(dotted);
        String other = variables.putIfAbsent(variable, dotted);
        String value = environment.getOrDefault(variable, "");
        if (other != null && !other.equals(dotted) && !value.isEmpty()) {
            problems.add(
                    SettingOrigin.variable(variable),
                    dotted,
                    "could be " + other + ", too; allowed: --set, or a handler's name that tells the two apart");
        }
        if (flags.containsKey(dotted)) {
            return Optional.of(Given.text(flags.get(dotted), SettingOrigin.FLAG));
        }
        return value.isEmpty() ? Optional.empty() : Optional.of(Given.text(value, SettingOrigin.variable(variable)));
    }

    /** The variable for a key of a handler; what a variable's name cannot hold is {@code _} in it. */
    static String handlerVariable(String handler, String key) {
        return variable(ConfigKeys.HANDLER.name() + '_' + handler + '_' + key);
    }

    static String variable(String words) {
        return PREFIX + words.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    /** After every key has been asked for. */
    void checkAllUsed() {
        for (String flag : new TreeMap<>(flags).keySet()) {
            if (!keys.contains(flag)) {
                problems.add(SettingOrigin.FLAG, flag, strangeFlag(flag));
            }
        }
        for (String variable : new TreeMap<>(environment).keySet()) {
            if (variable.startsWith(PREFIX) && !variables.containsKey(variable)) {
                checkVariable(variable);
            }
        }
    }

    private String strangeFlag(String flag) {
        Optional<String> later = ConfigKeys.later(flag);
        if (later.isPresent()) {
            return "is not available in this version; " + later.get();
        }
        return flag.startsWith(ConfigKeys.HANDLER.name() + '.')
                ? "names no setting of a handler of this configuration; allowed: handlers.NAME.KEY"
                : Problems.unknown("key", flag, keys);
    }

    /**
     * One that could only be meant for the master, or is nearly one that is. The others belong to workers, the launcher or
     * the user's own scripts, which share the prefix and often the environment.
     */
    private void checkVariable(String variable) {
        String words = variable.substring(PREFIX.length());
        boolean handlers = words.startsWith("HANDLERS_");
        boolean ours = ConfigKeys.SECTIONS.stream()
                .anyMatch(s -> words.startsWith(s.name().toUpperCase(Locale.ROOT) + '_'));
        List<String> known = variables.keySet().stream()
                .map(v -> v.substring(PREFIX.length()))
                .sorted()
                .toList();
        Optional<String> guess = Suggestion.of(words, known);
        if (handlers && guess.isEmpty()) {
            problems.add(
                    SettingOrigin.variable(variable),
                    "",
                    "names no setting of a handler of this configuration; allowed: EMBERLOG_HANDLERS_NAME_KEY");
        } else if (ours || guess.isPresent()) {
            problems.add(
                    SettingOrigin.variable(variable),
                    "",
                    "unknown variable \"" + variable + "\"; "
                            + guess.map(word -> "did you mean " + PREFIX + word + '?')
                                    .orElseGet(() -> "allowed: " + PREFIX + String.join(", " + PREFIX, known)));
        }
    }
}
