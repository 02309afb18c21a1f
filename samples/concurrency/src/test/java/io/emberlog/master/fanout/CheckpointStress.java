package io.emberlog.master.fanout;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.io.IOException;
import java.nio.file.Path;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** What threads share of the checkpoints. */
public final class CheckpointStress {
    private static final Path STATE = Path.of("state");

    private CheckpointStress() {}

    /** r1: what the handler's thread heard; r2: what is stored when close has returned; r3: what is stored in the end. */
    @JCStressTest
    @Description("A handler that was given up stores nothing any more once its store is closed.")
    @Outcome(id = "stored, new, new", expect = ACCEPTABLE, desc = "stored before")
    @Outcome(id = "refused, old, old", expect = ACCEPTABLE, desc = "came too late")
    @Outcome(expect = FORBIDDEN, desc = "stored after it was closed")
    @State
    public static class StoreAndClose {
        private final MemoryCheckpointFiles files = new MemoryCheckpointFiles();
        private final CheckpointStore store = new CheckpointStore(STATE, "handler", files, (what, cause) -> {
            throw new IllegalStateException(what);
        });

        @Actor
        public final void handler(LLL_Result result) {
            try {
                store.store(new Checkpoint(5, 1, 7, new byte[0]));
                result.r1 = "stored";
            } catch (IOException e) {
                result.r1 = "refused";
            }
        }

        @Actor
        public final void master(LLL_Result result) {
            store.close();
            result.r2 = files.isStored() ? "new" : "old";
        }

        @Arbiter
        public final void later(LLL_Result result) {
            result.r3 = files.isStored() ? "new" : "old";
        }
    }

    @JCStressTest
    @Description("Who sees a stored index finds that checkpoint in its file.")
    @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "before")
    @Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "in between")
    @Outcome(id = "5, 1", expect = ACCEPTABLE, desc = "afterwards")
    @Outcome(expect = FORBIDDEN, desc = "retention would believe what is not stored")
    @State
    public static class StoredIndex {
        private final MemoryCheckpointFiles files = new MemoryCheckpointFiles();
        private final CheckpointStore store = new CheckpointStore(STATE, "handler", files, (what, cause) -> {});

        @Actor
        public final void handler() {
            try {
                store.store(new Checkpoint(5, 1, 7, new byte[0]));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Actor
        public final void retention(JJ_Result result) {
            result.r1 = store.storedIndex();
            result.r2 = files.isStored() ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("Who sees that a document was appended sees its index and the number behind it.")
    @Outcome(id = "0, 4, 10", expect = ACCEPTABLE, desc = "before")
    @Outcome(id = "0, 5, 10", expect = ACCEPTABLE, desc = "in between")
    @Outcome(id = "0, 4, 12", expect = ACCEPTABLE, desc = "in between: the index was read before")
    @Outcome(id = "0, 5, 12", expect = ACCEPTABLE, desc = "in between")
    @Outcome(id = "1, 5, 12", expect = ACCEPTABLE, desc = "afterwards")
    @Outcome(expect = FORBIDDEN, desc = "a document without its index")
    @State
    public static class Appended {
        private final JournalHead head = new JournalHead(4, 10);

        @Actor
        public final void drain() {
            head.appended(5, 12, 1);
        }

        @Actor
        public final void agent(JJJ_Result result) {
            result.r1 = head.documents();
            result.r2 = head.lastIndex();
            result.r3 = head.nextSequence();
        }
    }
}
