/**
 * What the handlers of a running master count and measure, for other processes: the file {@code metrics} in its state directory. The
 * master's process writes it, on the thread {@code emberlog-keeper}, and never deletes it; any process that may read the state directory
 * reads it, without a lock. Nothing is mapped.
 */
package io.emberlog.master.metrics;
