package io.emberlog.handler;

import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.HandlerMetrics.Timer;

/**
 * {@link HandlerMetrics} as they were at one moment, each figure for itself. Immutable; any thread. All of them begin with the start of
 * the handler: the master's own start, or the reload that put it in the place of another; a new life of the same handler goes on.
 */
public final class MetricsSnapshot {
    private final long[] counts;
    private final long[] gauges;
    private final LatencySnapshot[] latencies;
    private final PartProblems problems;

    /** Nothing is copied. */
    MetricsSnapshot(long[] counts, long[] gauges, LatencySnapshot[] latencies, PartProblems problems) {
        this.counts = counts;
        this.gauges = gauges;
        this.latencies = latencies;
        this.problems = problems;
    }

    /** Never falls between two snapshots of one start. */
    public long count(Counter counter) {
        return counts[counter.ordinal()];
    }

    /** -1 where nothing sets it: a handler without files has no {@link Gauge#DISK_BYTES}. */
    public long gauge(Gauge gauge) {
        return gauges[gauge.ordinal()];
    }

    /** Of calls that succeeded; empty where nothing measures it. */
    public LatencySnapshot latency(Timer timer) {
        return latencies[timer.ordinal()];
    }

    /** Parts of the destination that are in trouble while the others work. */
    public PartProblems problems() {
        return problems;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Counter counter : Counter.values()) {
            text.append(counter).append('=').append(count(counter)).append(' ');
        }
        for (Gauge gauge : Gauge.values()) {
            text.append(gauge).append('=').append(gauge(gauge)).append(' ');
        }
        for (Timer timer : Timer.values()) {
            text.append(timer).append("=[").append(latency(timer)).append("] ");
        }
        return text.append(problems).toString();
    }
}
