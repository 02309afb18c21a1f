package io.emberlog.ring;

/**
 * Reads what is left in a ring that nobody writes any more: {@link RingSalvage} behind the death of a process, {@link
 * RingResync} behind that of a machine. One thread. The same file gives the same records and counts each time.
 */
public interface RingReadout {
    /**
     * Does a bounded part of the work that comes before the next records. Who reads rings of others by turns calls it before each {@link #next}.
     *
     * @return true when {@link #next} may be called; until then, call again
     * @throws RingBrokenException when the file breaks the rules
     */
    default boolean prepare() throws RingBrokenException {
        return true;
    }

    /**
     * Loads the next readable records: at most {@code budget} bytes, but for a single record that is longer.
     *
     * @return false when ring and staging areas are read
     * @throws RingBrokenException at what breaks the rules
     */
    boolean next(RingBlock into, int budget, RingBlock.HeartbeatListener heartbeats) throws RingBrokenException;

    /** Ring position behind what was loaded last. */
    long position();

    /** Regions that were claimed and sized and never committed, and staged batches of a checked ring that are damaged. */
    long torn();

    /** Regions that were claimed and never sized; after a reboot, every region without a record that can be trusted. */
    long holes();

    SlotSequences sequences();
}
