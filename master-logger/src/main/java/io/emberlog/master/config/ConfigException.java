package io.emberlog.master.config;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used; its message has one line for each problem, in the order of the file. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    /** One problem that no single key is to blame for. */
    public ConfigException(String origin, String key, String message) {
        this(List.of(new ConfigProblem(origin, 0, 0, key, message)));
    }

    ConfigException(List<ConfigProblem> problems) {
        this(sorted(problems), true);
    }

    private ConfigException(List<ConfigProblem> sorted, boolean ordered) {
        super(sorted.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        problems = sorted;
    }

    /** Every problem found, sorted by place; never empty. */
    public List<ConfigProblem> problems() {
        return problems;
    }

    private static List<ConfigProblem> sorted(List<ConfigProblem> problems) {
        return problems.stream()
                .sorted(Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column))
                .toList();
    }
}
