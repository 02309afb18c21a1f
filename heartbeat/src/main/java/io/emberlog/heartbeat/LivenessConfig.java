package io.emberlog.heartbeat;

import java.util.concurrent.TimeUnit;

/**
 * Spans by which workers are judged, all on the monitor's own clock, in nanoseconds.
 *
 * @param graceNs how long after an announced check-in a worker becomes LATE
 * @param wordPeriodNs how often a worker changes its heartbeat word; two of them without a change start the probing
 * @param intervalNs two of them without a change make HUNG, three (and a free lock) DEAD where processes cannot be
 *     compared; at least two word periods, and longer than the pauses that are to be no event
 * @param probeIntervalNs span between two probes of a worker whose word stands still; death is reported within {@code 2
 *     * wordPeriodNs + probeIntervalNs} and one step of the monitor
 */
public record LivenessConfig(long graceNs, long wordPeriodNs, long intervalNs, long probeIntervalNs) {

    private static final long LONGEST_NS = TimeUnit.HOURS.toNanos(1);

    /** 1 s grace, 250 ms word period, 1 s interval, 200 ms between probes: a death is reported within 800 ms. */
    public static final LivenessConfig DEFAULTS = new LivenessConfig(
            TimeUnit.SECONDS.toNanos(1),
            TimeUnit.MILLISECONDS.toNanos(250),
            TimeUnit.SECONDS.toNanos(1),
            TimeUnit.MILLISECONDS.toNanos(200));

    public LivenessConfig {
        requireWithin("graceNs", graceNs, 0, LONGEST_NS);
        requireWithin("wordPeriodNs", wordPeriodNs, TimeUnit.MILLISECONDS.toNanos(1), LONGEST_NS / 2);
        requireWithin("intervalNs", intervalNs, 2 * wordPeriodNs, LONGEST_NS);
        requireWithin("probeIntervalNs", probeIntervalNs, TimeUnit.MILLISECONDS.toNanos(1), LONGEST_NS);
    }

    /** A worker whose word stood still for this long is probed. */
    long quietNs() {
        return 2 * wordPeriodNs;
    }

    long hungAfterNs() {
        return 2 * intervalNs;
    }

    /** Only where processes cannot be compared. */
    long deadAfterNs() {
        return 3 * intervalNs;
    }

    /** A longer gap between two steps is the master's own pause, and counts against nobody. */
    long longestStepNs() {
        return intervalNs / 2;
    }

    private static void requireWithin(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + "=" + value + " must be between " + min + " and " + max + " ns");
        }
    }
}
