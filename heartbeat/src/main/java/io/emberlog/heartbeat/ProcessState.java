package io.emberlog.heartbeat;

/** What the operating system says about a worker's process. */
public enum ProcessState {
    /** It exists: running, stopped, or owned by somebody else. */
    ALIVE,
    /** No such process, a zombie, or its pid now belongs to a process with another start time. */
    GONE,
    /** Cannot be compared from here, or cannot be asked. */
    UNKNOWN
}
