package io.emberlog.ring;

import java.nio.file.Path;

/** Writes and drains a ring for some laps, as a worker and a master would, and says nothing. */
public final class QuietChild {
    private QuietChild() {}

    public static void main(String[] args) throws Exception {
        RingFile file = TestRings.create(Path.of(args[0]));
        Stream stream = new Stream(1, file.capacity());
        Stream.Writer writer = stream.new Writer(0);
        RingDrain drain = new RingDrain(RingFile.open(file.path()), -1, new SlotSequences());
        RingBlock block = new RingBlock();
        while (file.tail() < 20L * file.capacity()) {
            if (writer.offer(file.ring(), true) == Ring.FULL) {
                while (drain.take(block, 10_000, TestRings.NO_HEARTBEATS) > 0) {
                    readAll(block);
                    drain.release(drain.takenPosition());
                }
            }
        }
        file.header().beat();
        file.header().addDropped(1, 9, 1);
        file.seal();
    }

    private static void readAll(RingBlock block) {
        io.emberlog.message.RingBlockReader reader = new io.emberlog.message.RingBlockReader();
        reader.wrap(block.bytes(), 0, block.length(), block.position());
        while (reader.nextEntry()) {
            continue;
        }
        if (reader.broken() != null) {
            throw new IllegalStateException(reader.broken());
        }
    }
}
