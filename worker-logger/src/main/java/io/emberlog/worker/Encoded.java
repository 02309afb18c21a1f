package io.emberlog.worker;

import io.emberlog.ring.VarHandleBuffer;

/**
 * Encoded entries behind room for the header of a LOG_BATCH, as a writing slot takes them: all of them or none. One
 * thread at a time.
 */
abstract class Encoded {
    /** Where the thread that has this looks first for a writing slot. */
    int home;
    /** Keeps the probe's result in use. */
    long probed;

    /** A heap array; its first {@link #length} bytes count. May allocate, so not to be called while a slot is owned. */
    abstract VarHandleBuffer source();

    /** Bytes with the header. */
    abstract int length();

    abstract int entries();

    /** Writes the header. */
    abstract void finish(int slot, long firstSequence);
}
