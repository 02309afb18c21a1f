package io.emberlog.master.drain;

import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingHeader;

/**
 * How far one ring is on the journal's device. The drain thread says how far it is journaled; the rest belongs to the sync thread.
 * What the worker wrote is compared and no more: a request means something only between synced and journaled, so the worst that a
 * hostile one asks for is a force of what has come since the last.
 */
final class RingSync {
    private final RingHeader header;
    private volatile long journaled;
    private long captured;
    private long synced = -1;
    private boolean held;

    RingSync(RingFile file) {
        header = file.header();
    }

    /** Everything in front of this position has been appended. The drain thread; never goes back. */
    void journaled(long end) {
        journaled = end;
    }

    /** Whether the worker waits for something that is journaled and not synced. */
    boolean isWanted() {
        try {
            long request = header.syncRequest();
            RingFile.settle();
            return !held && request > Math.max(0, synced) && request <= journaled;
        } catch (InternalError cut) {
            held = true; // the drain meets the same, and sets the file aside
            return false;
        }
    }

    /** Before the journal is forced: what has been appended by now will be on the device. */
    void capture() {
        captured = journaled;
    }

    /** Of what has been appended and was never called synced something is lost: this ring has no say in what. */
    void breached() {
        held |= journaled > synced;
    }

    /** What was {@link #capture}d has been forced. */
    void publish() {
        if (held || captured <= synced) {
            return;
        }
        try {
            header.syncedPosition(captured);
            RingFile.settle();
            synced = captured;
        } catch (InternalError cut) {
            held = true;
        }
    }
}
