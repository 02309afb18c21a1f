package io.emberlog.worker;

/** Where records go while no ring can be created. The log call returns false and the record counts as dropped either way. */
public enum Fallback {
    /** One escaped line per record on standard error. */
    STDERR,
    /** Nowhere. */
    NONE
}
