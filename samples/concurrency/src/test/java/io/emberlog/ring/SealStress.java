package io.emberlog.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** The end of a ring, by its owner and by the master, against a producer that knows nothing of it. */
public final class SealStress {
    private SealStress() {}

    @JCStressTest
    @Description("The owner closes the tail while a call writes: the answer says where the record is.")
    @Outcome(id = "RINGED, 1.1", expect = ACCEPTABLE, desc = "claimed before")
    @Outcome(id = "SEALED, none", expect = ACCEPTABLE, desc = "came too late")
    @Outcome(expect = FORBIDDEN, desc = "acknowledged and lost, or refused and there")
    @State
    public static class OfferAndClosedTail extends OneRing {
        public OfferAndClosedTail() {
            super(RingPool.Kind.PLAIN, RingPool.CAPACITY - 16L);
        }

        @Actor
        public final void producer(LL_Result result) {
            result.r1 = offer(1, 1);
        }

        @Actor
        public final void owner() {
            ring.closeTail();
        }

        @Arbiter
        public final void salvage(LL_Result result) {
            file.seal();
            result.r2 = salvaged();
        }
    }

    /** A master that is wrong about the owner's death: r1 the answer, r2 what it salvages, r3 what both rings give. */
    @JCStressTest
    @Description(
            "The master seals and, after its grace, salvages while a call writes; SEALED is repeated in the successor.")
    @Outcome(id = "RINGED, 1.1, 1.1", expect = ACCEPTABLE, desc = "written before")
    @Outcome(id = "SEALED, none, 1.1", expect = ACCEPTABLE, desc = "written too late, repeated")
    @Outcome(id = "SEALED, 1.1, 1.1", expect = ACCEPTABLE, desc = "salvaged, and the repetition is the double")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled or altered")
    @State
    public static class OfferAndSeal extends OneRing {
        private final RingPool.Pooled successor = RingPool.Kind.PLAIN.take().reset(0);

        public OfferAndSeal() {
            super(RingPool.Kind.PLAIN, 0);
        }

        @Actor
        public final void producer(LLL_Result result) {
            String answer = offer(1, 1);
            result.r1 = answer;
            if (answer.equals("SEALED")) {
                offer(successor.ring, 1, 1);
            }
        }

        @Actor
        public final void master(LLL_Result result) {
            file.seal();
            grace();
            result.r2 = salvaged();
        }

        @Arbiter
        public final void next(LLL_Result result) {
            result.r3 = joined((String) result.r2, drained(newDrain(successor.file, sequences)));
        }
    }

    @JCStressTest
    @Description("As OfferAndSeal, without the grace: shows what that is for.")
    @Outcome(id = "RINGED, 1.1", expect = ACCEPTABLE, desc = "written before")
    @Outcome(id = "SEALED, none", expect = ACCEPTABLE, desc = "written too late")
    @Outcome(id = "SEALED, 1.1", expect = ACCEPTABLE, desc = "salvaged; the repetition will be the double")
    @Outcome(
            id = "RINGED, none",
            expect = ACCEPTABLE_INTERESTING,
            desc = "the commit was still in a store buffer when the state was read as OPEN")
    @Outcome(expect = FORBIDDEN, desc = "doubled or altered")
    @State
    public static class OfferAndSealWithoutGrace extends OneRing {
        public OfferAndSealWithoutGrace() {
            super(RingPool.Kind.CHECKED, 0);
        }

        @Actor
        public final void producer(LL_Result result) {
            result.r1 = offer(1, 1);
        }

        @Actor
        public final void master(LL_Result result) {
            file.seal();
            result.r2 = salvaged();
        }
    }

    @JCStressTest
    @Description("Owner and master seal at once: both tell the same real tail.")
    @Outcome(id = "4096, 4096", expect = ACCEPTABLE, desc = "the real tail")
    @Outcome(expect = FORBIDDEN, desc = "sealed twice")
    @State
    public static class TwoSeals extends OneRing {
        public TwoSeals() {
            super(RingPool.Kind.PLAIN, 4096);
        }

        @Actor
        public final void owner(JJ_Result result) {
            result.r1 = file.seal();
        }

        @Actor
        public final void master(JJ_Result result) {
            result.r2 = file.seal();
        }

        @Arbiter
        public final void check(JJ_Result result) {
            if (file.header().realTail() != result.r1 || file.tail() != result.r1) {
                result.r2 = -1;
            }
        }
    }

    @JCStressTest
    @Description("Who sees the state SEALED sees the real tail.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "still open")
    @Outcome(id = "2, 4096", expect = ACCEPTABLE, desc = "sealed")
    @Outcome(expect = FORBIDDEN, desc = "sealed without a tail")
    @State
    public static class StateAndRealTail extends OneRing {
        public StateAndRealTail() {
            super(RingPool.Kind.PLAIN, 4096);
        }

        @Actor
        public final void owner() {
            file.seal();
        }

        @Actor
        public final void reader(JJ_Result result) {
            long state = file.header().state();
            result.r1 = state;
            result.r2 = state == RingDescriptor.STATE_OPEN ? 0 : file.header().realTail();
        }
    }
}
