/**
 * How fast is it, on this machine? Run by {@code ./emberlog bench}: one JVM that measures ({@link io.emberlog.bench.Bench}),
 * JVMs of JMH's and of workers that log, by Emberlog or by a peer ({@link io.emberlog.bench.front}), and what collects their
 * lines ({@link io.emberlog.bench.Collector}), such as a master of its own, started as the launcher starts one. Everything
 * they create lies in two directories of their own, one for rings in memory and one on disk, removed at the end; a report
 * that is to be saved goes to {@code bench/results}.
 */
package io.emberlog.bench;
