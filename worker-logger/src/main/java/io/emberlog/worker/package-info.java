/**
 * What an application calls to log. {@link io.emberlog.worker.WorkerLogger} is the face; a call encodes its record in
 * the calling thread and has it in the mapped ring before it returns.
 *
 * <p>Runs in the application's process: log calls on the application's threads, all file work and everything periodic on
 * one daemon thread per worker ({@code emberlog-<name>}); while lines are printed to standard error, a daemon thread for
 * all workers does that ({@code emberlog-stderr}). Creates and maps the worker's {@code .ring} and
 * {@code .lock} files in the channel directory; deletes none (the master does, when their content is in the journal).
 */
package io.emberlog.worker;
