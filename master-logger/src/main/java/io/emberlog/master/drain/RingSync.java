package io.emberlog.master.drain;

import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingHeader;

/**
 * How far one ring is on the journal's device. The drain thread says how far it is journaled, and how far that may be lost; the
 * header belongs to the sync thread. What the worker wrote is compared and no more: a request means something only between synced
 * and journaled, so the worst that a hostile one asks for is a force of what has come since the last.
 */
final class RingSync {
    /**
     * As the synced position of a ring of which something may be lost: no position is reached. It stays in the header, so that
     * the next master does not call synced what this one must not.
     */
    static final long NEVER = Long.MIN_VALUE;

    private final RingHeader header;
    private volatile long journaled;
    /** Of what is in front of this, something may be gone that was not on the device; nothing behind it. */
    private volatile long lost;

    private volatile long synced;
    /** Was on the device before this master synced anything. */
    private volatile long safe;

    private volatile boolean held;
    private long captured;

    RingSync(RingFile file) {
        header = file.header();
        try {
            long before = header.syncedPosition();
            RingFile.settle();
            safe = before;
            held = before == NEVER;
        } catch (InternalError cut) {
            held = true; // the drain meets the same, and sets the file aside
        }
    }

    /** Everything in front of this position has been appended. The drain thread; never goes back. */
    void journaled(long end) {
        journaled = end;
    }

    /** Documents that were not synced are gone: of what is journaled by now and was never called synced. The drain thread. */
    void mayBeLost() {
        lost = journaled;
    }

    /**
     * The drain thread, once, before anything is journaled.
     *
     * @param end how far the journal had the ring when this master began; opening it has forced that
     * @param loss whether documents that an earlier master had not synced were gone then
     */
    void recovered(long end, boolean loss) {
        if (loss) {
            lost = end;
        } else {
            safe = Math.max(safe, end);
        }
    }

    /** Whether what is journaled of it is surely there. Any thread; once it says no it says no for good. */
    boolean isWhole() {
        return !held && lost <= Math.max(safe, synced);
    }

    /** As {@link #isWanted}, not settled: of a file that was cut anything, and its error may come later. */
    boolean seemsWanted() {
        return isWanted(header.syncRequest());
    }

    private boolean isWanted(long request) {
        return !held && request > Math.max(0, synced) && request <= journaled;
    }

    /** Whether the worker waits for something that is journaled and not synced. */
    boolean isWanted() {
        try {
            long request = header.syncRequest();
            RingFile.settle();
            return isWanted(request);
        } catch (InternalError cut) {
            held = true; // as above
            return false;
        }
    }

    /** Before the journal is forced: what has been appended by now will be on the device. */
    void capture() {
        captured = journaled;
        if (!held && !isWhole()) {
            held = true; // this ring has no say in what is lost, so that nothing more of it is called synced
            store(NEVER);
        }
    }

    /** What was {@link #capture}d has been forced. */
    void publish() {
        if (!held && captured > synced) {
            store(captured);
            synced = captured;
        }
    }

    private void store(long position) {
        try {
            header.syncedPosition(position);
            RingFile.settle();
        } catch (InternalError cut) {
            held = true; // as above
        }
    }
}
