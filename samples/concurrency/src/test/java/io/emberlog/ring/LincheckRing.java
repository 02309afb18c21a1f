package io.emberlog.ring;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * A ring as its users see it, for Lincheck, which runs generated scenarios in many orders of their steps; a step is one access
 * to the mapped file.
 */
public final class LincheckRing {
    private static final int SLOTS = 3;

    private LincheckRing() {}

    /** One access to shared memory is one step, by whichever type it is made; what is above that is taken apart. */
    public static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .addGuarantee(forClasses(
                                VarHandleBuffer.class.getName(),
                                RingWords.class.getName(),
                                "org.agrona.DirectBuffer",
                                "org.agrona.MutableDirectBuffer",
                                "org.agrona.concurrent.AtomicBuffer")
                        .methods(LincheckRing::isAccess)
                        .treatAsAtomic())
                .addGuarantee(forClasses(RingHeader.class.getName())
                        .methods("journaledBatches")
                        .treatAsAtomic())
                .addGuarantee(forClasses(
                                "io.emberlog.message.BatchEncoder",
                                "io.emberlog.message.RingBlockReader",
                                RingBlock.class.getName(),
                                SlotSequences.class.getName())
                        .allMethods()
                        .ignore());
    }

    private static boolean isAccess(String method) {
        return method.startsWith("get")
                || method.startsWith("put")
                || method.startsWith("compareAnd")
                || method.startsWith("setMemory")
                || method.startsWith("tail")
                || method.startsWith("head");
    }

    /** With one producer the ring is a bounded queue: each answer is one that a queue behind a lock could have given. */
    public static final class Queue extends OneRing {
        private final RingDrain drain = newDrain();
        private int sequence;

        public Queue() {
            super(RingPool.Kind.PLAIN, RingPool.CAPACITY - recordLength() - 8L);
        }

        @Operation(nonParallelGroup = "producer")
        public String offer() {
            return offer(1, ++sequence);
        }

        @Operation(nonParallelGroup = "master")
        public String drain() {
            String found = drained(drain);
            drain.release(drain.takenPosition());
            return found;
        }
    }

    /**
     * Several producers, the drain and the seal. A drain may find nothing though a later call has returned already: it waits
     * in front of an unfinished claim. So no queue, but in the end: what was ringed is there once and in each producer's order,
     * and what was refused is not.
     */
    public static final class Producers extends OneRing {
        private final RingDrain drain = newDrain();
        private final int[] sequences = new int[SLOTS];
        private final List<String> ringed = new ArrayList<>();
        private String taken = NONE;

        public Producers() {
            super(RingPool.Kind.PLAIN, RingPool.CAPACITY - recordLength() - 8L);
        }

        @Operation(nonParallelGroup = "first")
        public void first() {
            offerNext(1);
        }

        @Operation(nonParallelGroup = "second")
        public void second() {
            offerNext(2);
        }

        private void offerNext(int slot) {
            int next = ++sequences[slot];
            if (offer(slot, next).equals("RINGED")) {
                synchronized (ringed) {
                    ringed.add(slot + "." + next);
                }
            }
        }

        @Operation(nonParallelGroup = "master")
        public void drain() {
            taken = joined(taken, drained(drain));
            drain.release(drain.takenPosition());
        }

        @Operation(nonParallelGroup = "owner")
        public void close() {
            ring.closeTail();
        }

        @Validate
        public void everythingRingedIsThereOnceAndInOrder() {
            String all = joined(taken, drained(drain));
            List<String> found = all.equals(NONE) ? List.of() : List.of(all.split(" "));
            for (int slot = 1; slot < SLOTS; slot++) {
                String prefix = slot + ".";
                List<String> of =
                        found.stream().filter(id -> id.startsWith(prefix)).toList();
                List<String> wanted =
                        ringed.stream().filter(id -> id.startsWith(prefix)).toList();
                if (!of.equals(wanted)) {
                    throw new IllegalStateException("ringed " + ringed + " but found " + found);
                }
            }
            if (found.size() != ringed.size()) {
                throw new IllegalStateException("ringed " + ringed + " but found " + found);
            }
        }
    }

    /** {@link RingHeader#requestSync} is a register that keeps the largest value. */
    @Param(name = "position", gen = IntGen.class, conf = "1:9")
    public static final class SyncRequest extends OneRing {
        public SyncRequest() {
            super(RingPool.Kind.PLAIN, 0);
        }

        @Operation(params = "position")
        public void request(int position) {
            file.header().requestSync(position);
        }

        @Operation
        public long read() {
            return file.header().syncRequest();
        }
    }
}
