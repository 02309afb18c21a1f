package io.emberlog.worker;

import org.jetbrains.lincheck.datastructures.Operation;

/** A writing slot, for Lincheck. */
public final class LincheckSlot {
    private LincheckSlot() {}

    /** Whoever owns the slot takes the next number, and gives the slot back in either of the two ways. */
    public static final class Numbers {
        private final WritingSlot slot = new WritingSlot(0);

        @Operation
        public long numberAndRelease() {
            acquire();
            long number = slot.sequence++;
            slot.release();
            return number;
        }

        @Operation
        public long numberAndAssign() {
            acquire();
            long number = slot.sequence++;
            slot.owned = 0;
            return number;
        }

        private void acquire() {
            while (!slot.tryAcquire()) {
                Thread.yield();
            }
        }
    }
}
