package io.emberlog.master.metrics;

import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.HandlerMetrics.Timer;
import io.emberlog.handler.PartProblems;
import java.util.Map;

/**
 * A handler as its master told of it, a second ago or less. Immutable. What a master of another version did not tell is -1.
 *
 * @param state of {@link io.emberlog.master.fanout.HandlerState}, in lower case
 * @param problem what it suffers from; empty when all is well
 * @param parts of its destination that are in trouble while the others work
 * @param call method that it has not come back from for some seconds; empty when there is none
 * @param callSinceEpochNs when it was called; -1 when there is none
 * @param startedEpochNs start of the handler: all that is counted and measured begins there
 * @param nextSequence number of the first record it has not done; -1 before the first
 * @param waitingSinceEpochNs when that one was journaled; 0 when there is none, -1 while unknown
 * @param lost records missing from the journal when it came to them
 */
public record HandlerFigures(
        String name,
        String state,
        String problem,
        PartProblems parts,
        String call,
        long callSinceEpochNs,
        long startedEpochNs,
        long nextSequence,
        long waitingSinceEpochNs,
        long lost,
        Map<Counter, Long> counts,
        Map<Gauge, Long> gauges,
        Map<Timer, Latency> latencies) {

    /** Of calls that succeeded; nanoseconds. */
    public record Latency(long count, long totalNs, long p99Ns, long maxNs) {
        static final Latency NONE = new Latency(0, 0, 0, 0);

        /** 0 where there was no call. */
        public long averageNs() {
            return count == 0 ? 0 : totalNs / count;
        }
    }

    public HandlerFigures {
        counts = Map.copyOf(counts);
        gauges = Map.copyOf(gauges);
        latencies = Map.copyOf(latencies);
    }

    public long count(Counter counter) {
        return counts.getOrDefault(counter, -1L);
    }

    public long gauge(Gauge gauge) {
        return gauges.getOrDefault(gauge, -1L);
    }

    public Latency latency(Timer timer) {
        return latencies.getOrDefault(timer, Latency.NONE);
    }
}
