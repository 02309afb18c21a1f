package io.emberlog.ring;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Has its ring cut to nothing while it is mapped, and goes on with each thing a worker or a master does to it. */
public final class TruncatedChild {
    /** One thing done to a ring. */
    private interface Deed {
        void run() throws Exception;
    }

    private static int late;
    private static long sequence = 1;

    private TruncatedChild() {}

    public static void main(String[] args) throws Exception {
        RingFile worker = TestRings.create(Path.of(args[0]), new RingSpec(1 << 20, 4096, false));
        Stream stream = new Stream(1, worker.capacity());
        Stream.Writer writer = stream.new Writer(0);
        while (writer.offer(worker.ring(), true) == Ring.RINGED) {
            continue;
        }
        RingFile master = RingFile.open(worker.path());
        RingDrain drain = new RingDrain(master, -1, new SlotSequences());
        RingBlock block = new RingBlock();
        drain.take(block, 100_000, TestRings.NO_HEARTBEATS);
        Ring ring = worker.ring();
        StagingArea area = worker.stagingArea(0);
        VarHandleBuffer entry = new VarHandleBuffer(new byte[64]);
        try (FileChannel channel = FileChannel.open(worker.path(), StandardOpenOption.WRITE)) {
            channel.truncate(Long.parseLong(args[1]));
        }
        // often enough to be compiled, which is where a fault is hardest to turn into an error
        for (int round = 0; round < 3000; round++) {
            faultOf(() -> drain.take(block, 100_000, TestRings.NO_HEARTBEATS));
            faultOf(() -> drain.release(drain.takenPosition()));
            faultOf(() -> settled(() -> writer.offer(ring, true)));
            faultOf(() -> new RingDrain(master, -1, new SlotSequences()));
            faultOf(() ->
                    RingSalvage.start(master, -1, new SlotSequences()).next(block, 100_000, TestRings.NO_HEARTBEATS));
            faultOf(() -> settled(() -> {
                worker.header().addDropped(1, 9, 1);
                worker.header().settleIfCut();
            }));
            faultOf(() -> settled(() -> {
                area.stage(sequence++, entry, 0, entry.capacity(), 1, 9);
                area.publish(ring, true);
            }));
            faultOf(master::seal);
        }
        String seen = faultOf(() -> drain.take(block, 100_000, TestRings.NO_HEARTBEATS));
        System.out.println("survived; take ends in " + seen + "; late " + late);
    }

    /** Where the header is gone, none of these may return and leave its error to whoever runs next. */
    private static void settled(Deed deed) throws Exception {
        boolean returned = false;
        try {
            deed.run();
            returned = true;
        } finally {
            try {
                RingWords.settle();
            } catch (InternalError e) {
                late += returned ? 1 : 0;
            }
        }
    }

    private static String faultOf(Deed deed) throws Exception {
        try {
            deed.run();
            return "nothing";
        } catch (InternalError | RingBrokenException | IllegalStateException | IllegalArgumentException e) {
            return e.getClass().getSimpleName();
        }
    }
}
