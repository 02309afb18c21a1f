package io.emberlog.master.silence;

import io.emberlog.handler.filter.FilterExpression;
import io.emberlog.message.Glob;
import java.util.Objects;

/**
 * Records that handlers do not get for a while.
 *
 * @param id given once, in the order of making
 * @param expression which records
 * @param handler glob over the names of the handlers that it mutes; empty for those that tell people
 * @param fromEpochNs when it was made
 * @param untilEpochNs when it ends by itself
 * @param reason in the words of who made it; may be empty
 */
public record Silence(
        long id, FilterExpression expression, String handler, long fromEpochNs, long untilEpochNs, String reason) {
    /** Most characters of an expression: each handler's checkpoint holds those in force. */
    public static final int MAX_EXPRESSION = 1_000;

    public static final int MAX_REASON = 500;
    private static final int MAX_HANDLER = 200;

    public Silence {
        Objects.requireNonNull(expression, "expression");
        bounded("expression", expression.toString(), MAX_EXPRESSION);
        bounded("reason", reason, MAX_REASON);
        bounded("handler", handler, MAX_HANDLER);
        if (untilEpochNs <= fromEpochNs) {
            throw new IllegalArgumentException(
                    "untilEpochNs=" + untilEpochNs + " must be behind fromEpochNs=" + fromEpochNs);
        }
    }

    private static void bounded(String what, String text, int most) {
        if (text.length() > most) {
            throw new IllegalArgumentException(
                    "the " + what + " has " + text.length() + " characters; allowed: " + most);
        }
    }

    /** @param alerts whether that handler tells people */
    public boolean mutes(String name, boolean alerts) {
        return handler.isEmpty() ? alerts : Glob.matches(handler, name);
    }

    /** By the wall clock; one whose beginning is ahead, since the clock was set back, holds. */
    public boolean isOver(long epochNs) {
        return epochNs >= untilEpochNs;
    }
}
