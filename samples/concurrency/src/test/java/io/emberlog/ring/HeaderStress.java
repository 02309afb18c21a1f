package io.emberlog.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** Words of the header that more than one thread writes, or that one reads while another writes. */
public final class HeaderStress {
    private HeaderStress() {}

    @JCStressTest
    @Description("Two threads ask to be synced: the larger request stays.")
    @Outcome(id = "200", expect = ACCEPTABLE, desc = "the larger one")
    @Outcome(expect = FORBIDDEN, desc = "the larger one was taken back")
    @State
    public static class SyncRequests extends OneRing {
        public SyncRequests() {
            super(RingPool.Kind.PLAIN, 0);
        }

        @Actor
        public final void first() {
            file.header().requestSync(104);
        }

        @Actor
        public final void second() {
            file.header().requestSync(200);
        }

        @Arbiter
        public final void read(J_Result result) {
            result.r1 = file.header().syncRequest();
        }
    }

    @JCStressTest
    @Description("Two threads count drops of one reason and level.")
    @Outcome(id = "3", expect = ACCEPTABLE, desc = "both counted")
    @Outcome(expect = FORBIDDEN, desc = "one was lost")
    @State
    public static class Drops extends OneRing {
        private final long before;

        public Drops() {
            super(RingPool.Kind.PLAIN, 0);
            before = file.header().dropped(1, 9);
        }

        @Actor
        public final void first() {
            file.header().addDropped(1, 9, 1);
        }

        @Actor
        public final void second() {
            file.header().addDropped(1, 9, 2);
        }

        @Arbiter
        public final void read(J_Result result) {
            result.r1 = file.header().dropped(1, 9) - before;
        }
    }

    @JCStressTest
    @Description("A word of 64 bits is read whole while it moves, and never goes back.")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "before")
    @Outcome(id = "0, 0, 4294967296", expect = ACCEPTABLE, desc = "in between")
    @Outcome(id = "0, 4294967296, 4294967296", expect = ACCEPTABLE, desc = "in between")
    @Outcome(id = "4294967296, 4294967296, 4294967296", expect = ACCEPTABLE, desc = "afterwards")
    @Outcome(expect = FORBIDDEN, desc = "torn, or back again")
    @State
    public static class JournaledPosition extends OneRing {
        public JournaledPosition() {
            super(RingPool.Kind.PLAIN, 0);
        }

        @Actor
        public final void master() {
            file.header().journaledPosition(1L << 32);
        }

        @Actor
        public final void worker(JJJ_Result result) {
            RingHeader header = file.header();
            result.r1 = header.journaledPosition();
            result.r2 = header.journaledPosition();
            result.r3 = header.journaledPosition();
        }
    }

    @JCStressTest
    @Description("Who sees the heartbeat behind it sees the goodbye.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "before")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "in between")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "afterwards")
    @Outcome(expect = FORBIDDEN, desc = "the heartbeat overtook the goodbye")
    @State
    public static class GoodbyeAndHeartbeat extends OneRing {
        private final long before;

        public GoodbyeAndHeartbeat() {
            super(RingPool.Kind.PLAIN, 0);
            before = file.header().heartbeatWord();
        }

        @Actor
        public final void worker() {
            file.header().sayGoodbye();
            file.header().beat();
        }

        @Actor
        public final void master(JJ_Result result) {
            result.r1 = file.header().heartbeatWord() - before;
            result.r2 = file.header().saidGoodbye() ? 1 : 0;
        }
    }
}
