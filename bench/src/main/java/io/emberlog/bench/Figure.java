package io.emberlog.bench;

import java.util.List;
import java.util.Optional;

/** What a {@link Guard} looks at in a result: the figures that stand for a benchmark, and which way is worse. */
enum Figure {
    AVERAGE("average ns", false),
    MESSAGES("M messages/s", true),
    CPU("CPU s per M", false),
    RECORDS("M records/s", true),
    LIGHT_LOAD("p50 us", false),
    LEVEL("p50 ms", false),
    IDLE("master, % of a core", false),
    START("median ms", false);

    private static final List<Figure> ALL = List.of(values());

    final String title;

    private final boolean rate;

    Figure(String title, boolean rate) {
        this.title = title;
        this.rate = rate;
    }

    /** Those that a result has; none of a benchmark that is not about speed. */
    static List<Figure> of(Result result) {
        return ALL.stream()
                .filter(figure -> result.figures().containsKey(figure.title))
                .toList();
    }

    /** Not there when the result has no such figure, or one that says nothing. */
    Optional<Double> in(Result result) {
        return Optional.ofNullable(result.figures().get(title)).filter(value -> value > 0);
    }

    /** How many times dearer {@code b} is than {@code a}: above 1 is worse, of rates as of times. */
    double cost(double a, double b) {
        return rate ? a / b : b / a;
    }
}
