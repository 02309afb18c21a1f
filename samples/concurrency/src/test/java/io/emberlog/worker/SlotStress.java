package io.emberlog.worker;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.emberlog.message.DropReason;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** Writing slots from hand to hand, the counters of drops, and a retirement while a call writes. */
public final class SlotStress {
    private SlotStress() {}

    @JCStressTest
    @Description("Two threads want one slot: each that gets it takes a number of its own.")
    @Outcome(id = "1, 2, 3", expect = ACCEPTABLE, desc = "the first, then the second")
    @Outcome(id = "2, 1, 3", expect = ACCEPTABLE, desc = "the second, then the first")
    @Outcome(id = "1, 0, 2", expect = ACCEPTABLE, desc = "only the first")
    @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "only the second")
    @Outcome(expect = FORBIDDEN, desc = "two owners, or a number twice")
    @State
    public static class HandOver {
        private final WritingSlot slot = new WritingSlot(0);

        private long number(boolean byAssignment) {
            if (!slot.tryAcquire()) {
                return 0;
            }
            long number = slot.sequence;
            slot.sequence = number + 1;
            if (byAssignment) {
                slot.owned = 0; // as a thread at the end of its stack
            } else {
                slot.release();
            }
            return number;
        }

        @Actor
        public final void first(JJJ_Result result) {
            result.r1 = number(false);
        }

        @Actor
        public final void second(JJJ_Result result) {
            result.r2 = number(true);
        }

        @Arbiter
        public final void last(JJJ_Result result) {
            result.r3 = slot.sequence;
        }
    }

    @JCStressTest
    @Description("Drops wait while there is no ring, and go into one that comes, once.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "counted once in the ring and in the total")
    @Outcome(expect = FORBIDDEN, desc = "lost or doubled")
    @State
    public static class WaitingDrops {
        private final DropCounters counters = new DropCounters();
        private final FakeRing ring = new FakeRing();

        @Actor
        public final void call() {
            counters.add(null, DropReason.NO_RING, 9, 1);
        }

        @Actor
        public final void housekeeper() {
            counters.postWaiting(ring);
        }

        @Arbiter
        public final void later(JJ_Result result) {
            counters.postWaiting(ring);
            result.r1 = ring.dropped(DropReason.NO_RING.code(), 9);
            result.r2 = counters.total(DropReason.NO_RING);
        }
    }

    /** The call: acquire, read the current ring, write, release. The housekeeper: publish, close, wait, seal. */
    @JCStressTest
    @Description("A ring is retired while a call writes: the record is in one of the two, where the master looks.")
    @Outcome(id = "acknowledged: 1 in the old one, 0 in the new one", expect = ACCEPTABLE, desc = "written before")
    @Outcome(id = "acknowledged: 0 in the old one, 1 in the new one", expect = ACCEPTABLE, desc = "written afterwards")
    @Outcome(
            id = "acknowledged: 1 in the old one, 1 in the new one",
            expect = ACCEPTABLE,
            desc = "stayed away for longer than a retirement waits, and repeated: a double, by its number")
    @Outcome(expect = FORBIDDEN, desc = "acknowledged and nowhere")
    @State
    public static class Retirement {
        private final FakeRing old = new FakeRing();
        private final FakeRing next = new FakeRing();
        private int made;
        private final SlotTable slots = new SlotTable();
        private final RingChain chain =
                new RingChain((predecessor, now) -> made++ == 0 ? old : next, new EpochClock(), why -> {
                    throw new IllegalStateException(why);
                });
        private final SlotWriter writer = new SlotWriter(chain);
        private final Scratch scratch = new Scratch(8 * 1024 - 8, 100);
        private DropReason reason;

        public Retirement() {
            chain.maintain(0, slots);
            scratch.batch.begin();
        }

        @Actor
        public final void call() {
            WritingSlot slot = slots.acquire(0);
            reason = writer.write(slot, chain.current(), scratch, 9);
            slot.release();
        }

        @Actor
        public final void housekeeper() {
            old.condemned = true;
            chain.maintain(1, slots);
        }

        @Arbiter
        public final void look(L_Result result) {
            result.r1 = (reason == null ? "acknowledged" : reason.toString()) + ": " + old.takenAtSeal()
                    + " in the old one, " + next.taken() + " in the new one";
        }
    }
}
