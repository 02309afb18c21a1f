package io.emberlog.worker;

import io.emberlog.message.MessageDescriptor;

/** The writing slots of one worker; a caller that finds its slot owned takes another. */
final class SlotTable {
    static final int COUNT = MessageDescriptor.SLOT_COUNT;
    /** Owners do nothing but write; that they all stay away this long means that the machine stands still. */
    private static final long ACQUIRE_LIMIT_NS = 50_000_000L;

    /** As long as a call may wait for the successor of a sealed ring, since the owner may be doing that. */
    private static final long HOME_LIMIT_NS = 1_000_000_000L;

    private static final long SEEN_FREE_LIMIT_NS = 100_000_000L;

    private final WritingSlot[] slots = new WritingSlot[COUNT];

    private final Pauses pauses;

    SlotTable() {
        this(Pauses.REAL);
    }

    SlotTable(Pauses pauses) {
        this.pauses = pauses;
        for (int i = 0; i < COUNT; i++) {
            slots[i] = new WritingSlot(i);
        }
    }

    /** Null when all slots stay owned for too long. */
    WritingSlot acquire(int home) {
        WritingSlot slot = slots[home & COUNT - 1];
        return slot.tryAcquire() ? slot : acquireElsewhere(home);
    }

    private WritingSlot acquireElsewhere(int home) {
        long start = pauses.nanoTime();
        int attempt = 0;
        do {
            for (int i = 0; i < COUNT; i++) {
                WritingSlot slot = slots[home + i & COUNT - 1];
                if (slot.tryAcquire()) {
                    return slot;
                }
            }
            pauses.idle(attempt++);
        } while (pauses.nanoTime() - start < ACQUIRE_LIMIT_NS);
        return null;
    }

    /** That very slot, where older entries of the calling thread may be staged; null when it stays owned for too long. */
    WritingSlot acquireHome(int home) {
        WritingSlot slot = slots[home & COUNT - 1];
        return slot.tryAcquire() ? slot : acquireWithin(slot.index, pauses.nanoTime(), HOME_LIMIT_NS);
    }

    /** Null when it stays owned until that long after the start; tried once at least. */
    WritingSlot acquireWithin(int index, long startNs, long limitNs) {
        WritingSlot slot = slots[index];
        for (int attempt = 0; !slot.tryAcquire(); attempt++) {
            if (pauses.nanoTime() - startNs >= limitNs) {
                return null;
            }
            pauses.idle(attempt);
        }
        return slot;
    }

    /**
     * Housekeeper: waits until each slot was free at some moment since the call, or for a while. A call that took its
     * slot after that has read everything that was published before.
     */
    void awaitEachFreeOnce() {
        long start = pauses.nanoTime();
        for (WritingSlot slot : slots) {
            for (int attempt = 0; !slot.isFree() && pauses.nanoTime() - start < SEEN_FREE_LIMIT_NS; attempt++) {
                pauses.idle(attempt);
            }
        }
    }

    /** Sums what the owners have counted; momentary. */
    void addTo(WorkerMetrics.Sums sums) {
        for (WritingSlot slot : slots) {
            slot.isFree(); // acquire what the last owner released
            sums.add(slot.appended, slot.bytes, slot.largest, slot.batches);
        }
    }
}
