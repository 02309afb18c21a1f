package io.emberlog.fuzz;

/** Of a target; without the cost of a fluent assertion, which at this rate is most of the work. */
public final class Check {
    private Check() {}

    public static void that(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    public static void same(Object actual, Object expected, String what) {
        if (!java.util.Objects.equals(actual, expected)) {
            throw new AssertionError(what + " is " + actual + " and must be " + expected);
        }
    }
}
