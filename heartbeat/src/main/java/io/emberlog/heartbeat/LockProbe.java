package io.emberlog.heartbeat;

/** What one attempt to take a worker's file lock told. */
public enum LockProbe {
    /** Nobody holds it: the worker ended, or an application closed a descriptor of the file and so dropped it. */
    FREE,
    /** Some process holds it, running or stopped. */
    HELD,
    /** There is no lock file: somebody removed it. No witness. */
    MISSING,
    /** No witness: I/O error, or a network file system, whose locks prove nothing. */
    UNKNOWN
}
