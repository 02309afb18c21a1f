package io.emberlog.handler.filter;

import java.util.Arrays;
import java.util.Optional;

/** What stands between a name and a value. */
enum Operator {
    EQUAL("="),
    UNEQUAL("!="),
    GLOB("~"),
    REGEX("=~"),
    ABOVE(">"),
    AT_LEAST(">="),
    BELOW("<"),
    AT_MOST("<=");

    final String text;

    Operator(String text) {
        this.text = text;
    }

    static Optional<Operator> of(String text) {
        return Arrays.stream(values()).filter(op -> op.text.equals(text)).findFirst();
    }

    /** Whether it needs an order and not only sameness. */
    boolean isOrder() {
        return ordinal() >= ABOVE.ordinal();
    }

    boolean isPattern() {
        return this == GLOB || this == REGEX;
    }

    /** @param comparison of the record's value with the one written, as {@link Long#compare} has it */
    boolean holds(int comparison) {
        return switch (this) {
            case EQUAL -> comparison == 0;
            case UNEQUAL -> comparison != 0;
            case ABOVE -> comparison > 0;
            case AT_LEAST -> comparison >= 0;
            case BELOW -> comparison < 0;
            case AT_MOST -> comparison <= 0;
            default -> throw new IllegalStateException(text + " compares no numbers");
        };
    }
}
