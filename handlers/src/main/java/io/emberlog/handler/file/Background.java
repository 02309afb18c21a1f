package io.emberlog.handler.file;

/** The thread that runs an {@link Archivist}, apart from what it does. */
interface Background {
    /** There may be something to do; from the handler's thread. */
    void wake(Archivist archivist);

    /** Now and then, from the handler's thread. */
    default void tick(Archivist archivist) {}

    /** No further step begins; returns at once. */
    void stop();

    boolean isStopped();

    /** Monotonic. */
    long nanoTime();

    /** Leaves the processor to others for as long as this piece of work took; in the background. */
    void rest(long workedNs);
}
