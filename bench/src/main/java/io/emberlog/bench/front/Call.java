package io.emberlog.bench.front;

/** The forms of a log call that are measured. */
public enum Call {
    LITERAL("info(String)"),
    TWO_ARGS("info(String, long, double)"),
    THREE_ARGS("atInfo().arg(long).arg(double).arg(String).log(String)"),
    VARARGS("info(String, Object...), three arguments that the caller boxes"),
    KEY_VALUES("atInfo() with a long as argument and two fields"),
    EXCEPTION("error(String, long, Throwable), the same exception again and again"),
    DISABLED("debug(String, long, double) at level INFO"),
    MDC("two arguments, and two entries in the diagnostic context");

    public final String meaning;

    Call(String meaning) {
        this.meaning = meaning;
    }

    /** Calls between two looks at the queue: a small part of it, and long enough that the look costs nothing. */
    public int burst() {
        return this == EXCEPTION ? 500 : 10_000;
    }

    static final String TWO_PLACES = "order {} filled at {}";
    static final String THREE_PLACES = "order {} filled at {} by {}";

    static double price(long i) {
        return 100 + (i & 1023) * 0.25;
    }

    /** For fronts that know two forms: whether it is the one with three arguments. */
    boolean isThreeArgs() {
        return switch (this) {
            case THREE_ARGS -> true;
            case TWO_ARGS, MDC -> false;
            default -> throw new IllegalArgumentException("call=" + this + ": not of this library");
        };
    }
}
