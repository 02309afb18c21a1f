package io.emberlog.handler.filter;

import io.emberlog.handler.redact.Redaction;
import io.emberlog.message.Level;
import java.util.Objects;

/**
 * What of the journal reaches a handler, and how. Immutable.
 *
 * @param minSeverity 0 to 24; records below it do not
 * @param maxSeverity 0 to 24; records above it do not
 * @param filter the others do not
 * @param sample null for all of what is left
 * @param rateLimit null for no limit on what is left
 * @param redaction what is made unreadable in what reaches it
 */
public record Route(
        int minSeverity,
        int maxSeverity,
        FilterExpression filter,
        Sample sample,
        RateLimit rateLimit,
        Redaction redaction) {
    /** Everything, as it is. */
    public static final Route ALL = from(0);

    public Route {
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(redaction, "redaction");
        if (minSeverity < 0 || minSeverity > maxSeverity || maxSeverity > Level.MAX_SEVERITY) {
            throw new IllegalArgumentException("minSeverity=" + minSeverity + " maxSeverity=" + maxSeverity
                    + ": must be 0 to " + Level.MAX_SEVERITY + ", the lowest not above the highest");
        }
    }

    /** Records of that severity and above, as they are. */
    public static Route from(int minSeverity) {
        return new Route(minSeverity, Level.MAX_SEVERITY, FilterExpression.ALL, null, null, Redaction.NONE);
    }
}
