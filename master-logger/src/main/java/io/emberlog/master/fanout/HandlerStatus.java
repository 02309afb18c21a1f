package io.emberlog.master.fanout;

import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.HandlerMetrics.Timer;
import io.emberlog.handler.LatencySnapshot;
import io.emberlog.handler.MetricsSnapshot;
import io.emberlog.handler.PartProblems;

/**
 * A handler seen from outside, some moment ago; the figures are not consistent with each other. Immutable; any thread.
 *
 * <p>A record is done once it was taken and has left the handler's buffer, as far as can be told from outside: by a write, a flush or a
 * checkpoint behind it.
 *
 * <p>What is counted and measured begins with this start of the handler: that of the master, or of the reload that put it in the place
 * of another of its name. A new life of the same handler ({@link Counter#RESTARTS}) resets nothing.
 *
 * @param name as configured
 * @param state what it is doing
 * @param problem what it suffers from now; null when all is well, but for {@link #parts} of it
 * @param startedEpochNs this start, by the wall clock
 * @param uptimeNs since this start, by the monotonic clock; stands still once it has ended
 * @param nextSequence number of the first record it has not done; -1 before the first
 * @param storedIndex journal index of its stored checkpoint; -1 when there is none
 * @param lagRecords records journaled and not done; -1 while unknown
 * @param lagDocuments documents journaled since this start that it has not begun; those from before are only in lagRecords
 * @param waitingSinceEpochNs when the first record that it has not done was journaled, by the wall clock: 0 when there is none; -1 while
 *     unknown, as for one that has a backlog from before this start and cannot be opened
 * @param takenEpochNs when this was told, by the wall clock
 * @param quietNs since its thread was last seen outside the handler; grows when the handler hangs
 * @param call name of the method that it has not come back from for five seconds or more; null when there is none
 * @param callSinceEpochNs when it was called, by the wall clock; 0 when there is none
 * @param lost records missing from the journal when it came to them: deleted before, or in a part that cannot be read
 * @param metrics all that is counted and measured
 */
public record HandlerStatus(
        String name,
        HandlerState state,
        String problem,
        long startedEpochNs,
        long uptimeNs,
        long nextSequence,
        long storedIndex,
        long lagRecords,
        long lagDocuments,
        long waitingSinceEpochNs,
        long takenEpochNs,
        long quietNs,
        String call,
        long callSinceEpochNs,
        long lost,
        MetricsSnapshot metrics) {

    /** Nanoseconds since the first record that it has not done was journaled; 0 when there is none, -1 while unknown. */
    public long lagNs() {
        return waitingSinceEpochNs <= 0 ? waitingSinceEpochNs : Math.max(0, takenEpochNs - waitingSinceEpochNs);
    }

    /** How long it has been in {@link #call}; 0 when there is none. */
    public long callNs() {
        return call == null ? 0 : Math.max(0, takenEpochNs - callSinceEpochNs);
    }

    public long count(Counter counter) {
        return metrics.count(counter);
    }

    /** -1 where nothing sets it. */
    public long gauge(Gauge gauge) {
        return metrics.gauge(gauge);
    }

    /** Parts of its destination that are in trouble while the others work. */
    public PartProblems parts() {
        return metrics.problems();
    }

    public LatencySnapshot latency(Timer timer) {
        return metrics.latency(timer);
    }
}
