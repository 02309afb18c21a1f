/**
 * Is a worker still alive, and if not, why not?
 *
 * <p>Runs in the master process only, on the master's liveness thread, which steps {@link
 * io.emberlog.heartbeat.LivenessMonitor#doWork()} every 20 to 100 ms; heartbeats and additions may come from other
 * threads. It creates, maps and deletes no file: it reads {@code /proc}, the memory cgroup's kill counter and, after a
 * death, {@code hs_err_pid*.log}. Rings and lock files are seen through {@link io.emberlog.heartbeat.WatchedWorker}.
 *
 * <p>Native code (JNR-POSIX) is loaded on first use. Where it cannot be, every process is UNKNOWN and the monitor
 * judges by lock and heartbeat word alone.
 */
package io.emberlog.heartbeat;
