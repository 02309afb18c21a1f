package io.emberlog.ring.control;

import io.emberlog.message.Glob;
import io.emberlog.message.Level;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * "Loggers of that name and below, in workers of such names, log from this level on." Immutable.
 *
 * @param logger prefix of logger names; empty for all
 * @param worker glob over worker names, {@code *} for all; never empty
 * @param level lowest level that is logged
 * @param id the page's sequence under which the rule was set; with {@code setEpochNs} it tells rules apart
 * @param setEpochNs when, by the wall clock of the process that set it
 * @param forNs how long it holds; 0 = until it is unset
 * @param setMonotonicNs when, by the monotonic clock named by {@code clockId}
 * @param clockId see {@link Clock#id}
 */
public record LevelRule(
        String logger,
        String worker,
        Level level,
        long id,
        long setEpochNs,
        long forNs,
        long setMonotonicNs,
        long clockId) {
    /** Bytes of UTF-8 that a logger prefix or a worker glob may have. */
    public static final int MAX_TEXT_BYTES = 256;

    /** All workers. */
    public static final String EVERY_WORKER = "*";

    /** @throws IllegalArgumentException naming the value and what would be right */
    public LevelRule {
        Objects.requireNonNull(level, "level");
        check("logger", logger);
        check("worker", worker);
        if (worker.isEmpty()) {
            throw new IllegalArgumentException("worker glob is empty; * is all workers");
        }
        if (forNs < 0) {
            throw new IllegalArgumentException("rule time=" + forNs + " ns must not be negative");
        }
    }

    private static void check(String what, String text) {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_TEXT_BYTES || text.chars().anyMatch(c -> c < ' ' || c == ',' || c == '=')) {
            throw new IllegalArgumentException(
                    what + " '" + (length > MAX_TEXT_BYTES ? text.substring(0, 40) + "..." : text)
                            + "' must have at most " + MAX_TEXT_BYTES + " bytes and no ',', '=' or control character");
        }
    }

    /** Where this rule and another one are for the same loggers of the same workers, the later replaces the earlier. */
    public boolean isForTheSame(LevelRule other) {
        return logger.equals(other.logger) && worker.equals(other.worker);
    }

    /** Whether it is for the worker of that name. */
    public boolean isFor(String workerName) {
        byte[] name = workerName.getBytes(StandardCharsets.UTF_8);
        return Glob.matches(worker.getBytes(StandardCharsets.UTF_8), name, 0, name.length);
    }

    /**
     * Time left, in ns; 0 or less when it is over, {@link Long#MAX_VALUE} when it holds until it is unset. By the
     * monotonic clock where that is the one that the rule was set by. Elsewhere by the wall clock, and never more than
     * the whole time: a clock that was set back holds a rule no longer than that.
     */
    public long leftNs(Clock clock) {
        if (forNs == 0) {
            return Long.MAX_VALUE;
        }
        if (clockId != 0 && clockId == clock.id()) {
            return Math.min(forNs, forNs - (clock.monotonicNs() - setMonotonicNs));
        }
        long passed = clock.epochNs() - setEpochNs;
        return passed < 0 ? forNs : forNs - passed;
    }
}
