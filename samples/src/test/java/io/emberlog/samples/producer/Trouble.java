package io.emberlog.samples.producer;

/** What goes wrong in the process of a {@link TroubledProducer}. */
public enum Trouble {
    /** Nothing; what goes wrong comes from outside. */
    NONE,
    /** Ends by {@code Runtime.halt} when told to, at full speed. */
    HALT,
    /** Takes memory outside the heap when told to, until the kernel ends it. */
    MEMORY,
    /** One thread logs at a drawn distance from the end of its stack, each time another. */
    STACK,
    /** As {@link #STACK}, and the very first call of the process is one of these. */
    COLD_STACK,
    /** Fills the heap again and again, and one thread logs while it is full. */
    HEAP,
    /** Cuts its own ring file when told to, when all that was logged is journaled. */
    CUT,
    /** Copies its channel directory again and again, closing each file: the kernel then drops the lock of the ring. */
    READ,
    /** Interrupts its threads within calls, flushes and syncs, and Emberlog's own thread. */
    INTERRUPT,
    /** Starts shells that start others, which live on when it dies. */
    FORK
}
