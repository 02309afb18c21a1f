package io.emberlog.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** Staging areas, whose owner may come back while they are read: it was not dead after all. */
public final class StagingStress {
    private static final int SLOT = 1;

    private StagingStress() {}

    @JCStressTest
    @Description("Two entries are staged while the area is read: a prefix is seen.")
    @Outcome(id = "none, 1.1 1.2", expect = ACCEPTABLE, desc = "read before the first")
    @Outcome(id = "1.1, 1.1 1.2", expect = ACCEPTABLE, desc = "read between them")
    @Outcome(id = "1.1 1.2, 1.1 1.2", expect = ACCEPTABLE, desc = "read behind the second")
    @Outcome(expect = FORBIDDEN, desc = "half an entry, or one without the other")
    @State
    public static class StageAndRead extends OneRing {
        private final StagingArea area;

        public StageAndRead() {
            super(RingPool.Kind.STAGED, 0);
            area = file.stagingArea(SLOT);
        }

        @Actor
        public final void owner() {
            stage(area, SLOT, 1);
            stage(area, SLOT, 2);
        }

        @Actor
        public final void reader(LL_Result result) {
            result.r1 = staged();
        }

        @Arbiter
        public final void rest(LL_Result result) {
            result.r2 = staged();
        }
    }

    @JCStressTest
    @Description("As StageAndRead, where the commit word has the entries' CRC32C.")
    @Outcome(id = "none, 1.1 1.2", expect = ACCEPTABLE, desc = "read before the first")
    @Outcome(id = "1.1, 1.1 1.2", expect = ACCEPTABLE, desc = "read between them")
    @Outcome(id = "1.1 1.2, 1.1 1.2", expect = ACCEPTABLE, desc = "read behind the second")
    @Outcome(expect = FORBIDDEN, desc = "half an entry, torn, or one without the other")
    @State
    public static class StageAndReadChecked extends OneRing {
        private final StagingArea area;

        public StageAndReadChecked() {
            super(RingPool.Kind.STAGED_CHECKED, 0);
            area = file.stagingArea(SLOT);
        }

        @Actor
        public final void owner() {
            stage(area, SLOT, 1);
            stage(area, SLOT, 2);
        }

        @Actor
        public final void reader(LL_Result result) {
            result.r1 = staged();
        }

        @Arbiter
        public final void rest(LL_Result result) {
            result.r2 = staged();
        }
    }

    @JCStressTest
    @Description("A batch is published and another staged while the area is read: the one, the other or nothing.")
    @Outcome(id = "1.1", expect = ACCEPTABLE, desc = "read before")
    @Outcome(id = "none", expect = ACCEPTABLE, desc = "read in between")
    @Outcome(id = "1.2", expect = ACCEPTABLE, desc = "read afterwards")
    @Outcome(expect = FORBIDDEN, desc = "a mixture of both")
    @State
    public static class EmptyAndRefill extends OneRing {
        private final StagingArea area;

        public EmptyAndRefill() {
            super(RingPool.Kind.STAGED, 0);
            area = file.stagingArea(SLOT);
            stage(area, SLOT, 1);
        }

        @Actor
        public final void owner() {
            area.publish(ring, false);
            stage(area, SLOT, 2);
        }

        @Actor
        public final void reader(L_Result result) {
            result.r1 = staged();
        }
    }

    @JCStressTest
    @Description("The master seals and salvages while a call stages; SEALED is repeated in the successor.")
    @Outcome(id = "RINGED, 1.1, 1.1", expect = ACCEPTABLE, desc = "staged before")
    @Outcome(id = "SEALED, none, 1.1", expect = ACCEPTABLE, desc = "staged too late, repeated")
    @Outcome(id = "SEALED, 1.1, 1.1", expect = ACCEPTABLE, desc = "salvaged, and the repetition is the double")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled or altered")
    @State
    public static class StageAndSeal extends OneRing {
        private final RingPool.Pooled successor = RingPool.Kind.PLAIN.take().reset(0);
        private final StagingArea area;

        public StageAndSeal() {
            super(RingPool.Kind.STAGED, 0);
            area = file.stagingArea(SLOT);
        }

        @Actor
        public final void producer(LLL_Result result) {
            String answer = stage(area, SLOT, 1);
            result.r1 = answer;
            if (answer.equals("SEALED")) {
                offer(successor.ring, SLOT, 1);
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
    @Description("The master seals and salvages while an acknowledged batch moves from its area into the ring.")
    @Outcome(id = "RINGED, 1.1", expect = ACCEPTABLE, desc = "published before")
    @Outcome(id = "SEALED, 1.1", expect = ACCEPTABLE, desc = "found in the ring or in the area")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled or altered")
    @State
    public static class PublishAndSeal extends OneRing {
        private final StagingArea area;

        public PublishAndSeal() {
            this(RingPool.Kind.STAGED);
        }

        PublishAndSeal(RingPool.Kind kind) {
            super(kind, RingPool.CAPACITY - 16L);
            area = file.stagingArea(SLOT);
            stage(area, SLOT, 1);
        }

        @Actor
        public final void owner(LL_Result result) {
            result.r1 = name(area.publish(ring, true));
        }

        @Actor
        public final void master(LL_Result result) {
            file.seal();
            grace();
            result.r2 = salvaged();
        }
    }
}
