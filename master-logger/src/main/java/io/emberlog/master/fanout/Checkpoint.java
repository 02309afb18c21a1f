package io.emberlog.master.fanout;

/**
 * Where a handler goes on: everything up to here has been done. Not changed once made; the states are not copied.
 *
 * @param documentIndex journal index of the document that holds the last record done; -1 before the first retained document
 * @param recordsDone records at the front of that document that are done
 * @param nextSequence number of the first record not done; -1 where unknown
 * @param state the handler's own, opaque; null when nothing was ever stored
 * @param gate what the handler's gate remembers there, as {@link GateState} encodes it; empty when it never did
 */
record Checkpoint(long documentIndex, int recordsDone, long nextSequence, byte[] state, byte[] gate) {
    /** The first retained record. */
    static final Checkpoint START = new Checkpoint(-1, 0, -1, null);

    /** Most bytes of {@link #state}. */
    static final int MAX_STATE_LENGTH = 64 << 10;

    /** Most bytes of {@link #gate}: as many silences as there may be, each as long as it may be. */
    static final int MAX_GATE_LENGTH = 256 << 10;

    /** Of a gate that remembers nothing. */
    Checkpoint(long documentIndex, int recordsDone, long nextSequence, byte[] state) {
        this(documentIndex, recordsDone, nextSequence, state, new byte[0]);
    }
}
