package io.emberlog.heartbeat;

/** What the master believes of a worker; {@link LivenessMonitor} has the table of transitions. */
public enum WorkerState {
    /** Found; no sign of life seen yet by this master. */
    STARTING,
    /** The heartbeat word moves or a heartbeat came, and no announced check-in is missed. */
    ALIVE,
    /** The check-in it announced, plus grace, has passed. */
    LATE,
    /** The heartbeat word stands still while the process is proved alive: stopped, frozen, or in a very long pause. */
    HUNG,
    /** Proved ended. Final: nothing of this ring is probed or judged again. */
    DEAD,
    /** Said goodbye; its process may take its time to end, and is then DEAD with {@link DeathReport#inOrder()}. */
    STOPPED
}
