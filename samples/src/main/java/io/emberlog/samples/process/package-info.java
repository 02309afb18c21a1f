/**
 * Real processes for the samples and their tests: which class path and flags each kind of JVM gets, a directory for one
 * run, a master that can be killed and started again, and the promise that nothing is left running. Runs in the process
 * that directs the others; creates one directory per run (and one for the rings under {@code /dev/shm}), deletes both
 * only on {@link io.emberlog.samples.process.RunDirectory#delete}.
 */
package io.emberlog.samples.process;
