package io.emberlog.master.fanout;

/** What a handler is doing. */
public enum HandlerState {
    /** Not open: about to be, or waiting to try again. */
    OPENING,
    /** Takes records, or would if there were any. */
    RUNNING,
    /** Its destination is away, or a record cannot be put aside; the same record waits to be tried again. */
    WAITING,
    /** Its configuration is wrong; nothing happens until the master is started with another one. */
    FAILED,
    /** Closed in order, everything delivered and checkpointed. */
    STOPPED,
    /**
     * Given up at a stop, at its deadline or at a record that can neither be delivered nor put aside; what it has not done is delivered
     * at the next start.
     */
    ABANDONED
}
