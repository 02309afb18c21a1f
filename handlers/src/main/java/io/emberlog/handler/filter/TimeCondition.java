package io.emberlog.handler.filter;

import io.emberlog.handler.LogRecord;
import java.time.Instant;

/** {@code time >= "2026-01-15T10:30:00Z"}: by the worker's clock. */
record TimeCondition(Operator operator, long epochNs) implements Condition {
    private static final long SECOND_NS = 1_000_000_000L;

    @Override
    public boolean holds(LogRecord record) {
        return operator.holds(Long.compare(record.entry().timestampNs(), epochNs));
    }

    @Override
    public void print(StringBuilder out) {
        Instant instant = Instant.ofEpochSecond(Math.floorDiv(epochNs, SECOND_NS), Math.floorMod(epochNs, SECOND_NS));
        out.append("time ").append(operator.text).append(' ').append(FilterExpression.quote(instant.toString()));
    }
}
