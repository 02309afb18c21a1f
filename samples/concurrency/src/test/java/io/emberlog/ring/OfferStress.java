package io.emberlog.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.emberlog.message.MessageDescriptor;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Producers against each other and against the drain. */
public final class OfferStress {
    private OfferStress() {}

    @JCStressTest
    @Description("Two producers claim and commit: both records are there, whole, once.")
    @Outcome(id = "RINGED, RINGED, 1.1 2.1", expect = ACCEPTABLE, desc = "the first claimed first")
    @Outcome(id = "RINGED, RINGED, 2.1 1.1", expect = ACCEPTABLE, desc = "the second claimed first")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled, altered or refused")
    @State
    public static class TwoProducers extends OneRing {
        public TwoProducers() {
            this(RingPool.Kind.PLAIN, 0);
        }

        TwoProducers(RingPool.Kind kind, long position) {
            super(kind, position);
        }

        @Actor
        public final void first(LLL_Result result) {
            result.r1 = offer(1, 1);
        }

        @Actor
        public final void second(LLL_Result result) {
            result.r2 = offer(2, 1);
        }

        @Arbiter
        public final void drain(LLL_Result result) {
            result.r3 = drained(newDrain());
        }
    }

    @JCStressTest
    @Description("As TwoProducers, in a ring whose records are checked, at its wrap.")
    @Outcome(id = "RINGED, RINGED, 1.1 2.1", expect = ACCEPTABLE, desc = "the first claimed first")
    @Outcome(id = "RINGED, RINGED, 2.1 1.1", expect = ACCEPTABLE, desc = "the second claimed first")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled, altered or refused")
    @State
    public static class TwoProducersAtTheWrap extends OneRing {
        public TwoProducersAtTheWrap() {
            super(RingPool.Kind.CHECKED, 2L * RingPool.CAPACITY - recordLength() / 2 / 8 * 8);
        }

        @Actor
        public final void first(LLL_Result result) {
            result.r1 = offer(1, 1);
        }

        @Actor
        public final void second(LLL_Result result) {
            result.r2 = offer(2, 1);
        }

        @Arbiter
        public final void drain(LLL_Result result) {
            result.r3 = drained(newDrain());
        }
    }

    @JCStressTest
    @Description("The drain looks while a producer writes two records: it sees a prefix, and later the rest.")
    @Outcome(id = "none, 1.1 1.2", expect = ACCEPTABLE, desc = "looked before the first")
    @Outcome(id = "1.1, 1.1 1.2", expect = ACCEPTABLE, desc = "looked between them")
    @Outcome(id = "1.1 1.2, 1.1 1.2", expect = ACCEPTABLE, desc = "looked behind the second")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled, altered or out of order")
    @State
    public static class ProducerAndDrain extends OneRing {
        private final RingDrain drain;

        public ProducerAndDrain() {
            super(RingPool.Kind.PLAIN, RingPool.CAPACITY - recordLength() - 8L);
            drain = newDrain();
        }

        @Actor
        public final void producer() {
            offer(1, 1);
            offer(1, 2); // behind the wrap
        }

        @Actor
        public final void drain(LL_Result result) {
            result.r1 = drained(drain);
        }

        @Arbiter
        public final void rest(LL_Result result) {
            result.r2 = joined((String) result.r1, drained(drain));
        }
    }

    @JCStressTest
    @Description("A full ring gets room while a producer asks: what it writes into the bytes just zeroed stays.")
    @Outcome(id = "FULL, none", expect = ACCEPTABLE, desc = "asked before the head moved")
    @Outcome(id = "RINGED, 1.1", expect = ACCEPTABLE, desc = "asked afterwards")
    @Outcome(expect = FORBIDDEN, desc = "what was ringed is gone, or what was refused is there")
    @State
    public static class OfferAndRelease extends OneRing {
        private static final int PIECES = 8;

        private final RingDrain drain;

        public OfferAndRelease() {
            super(RingPool.Kind.PLAIN, 0);
            RingWords words = file.words();
            int length = RingPool.CAPACITY / PIECES;
            for (int at = 0; at < RingPool.CAPACITY; at += length) {
                words.putInt(at, length);
                words.putInt(at + Integer.BYTES, MessageDescriptor.TYPE_PADDING);
            }
            words.putLongVolatile(RingPool.CAPACITY + RingDescriptor.TAIL_OFFSET, RingPool.CAPACITY);
            drain = newDrain();
        }

        @Actor
        public final void producer(LL_Result result) {
            result.r1 = offer(1, 1);
        }

        @Actor
        public final void drain() {
            try {
                drain.take(new RingBlock(), 1, (sent, next, goodbye) -> {});
            } catch (RingBrokenException e) {
                throw new IllegalStateException(e);
            }
            drain.release(drain.takenPosition());
        }

        @Arbiter
        public final void rest(LL_Result result) {
            result.r2 = drained(drain);
        }
    }
}
