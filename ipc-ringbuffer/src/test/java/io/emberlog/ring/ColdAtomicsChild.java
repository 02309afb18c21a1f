package io.emberlog.ring;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Has its ring cut to nothing before the first atomic operation on it: no code of this JVM is warm. */
public final class ColdAtomicsChild {
    private ColdAtomicsChild() {}

    public static void main(String[] args) throws Exception {
        RingFile ring = TestRings.create(Path.of(args[0]), new RingSpec(1 << 20, 4096, false));
        RingWords words = ring.words();
        try (FileChannel channel = FileChannel.open(ring.path(), StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        int head = ring.capacity() + RingDescriptor.HEAD_OFFSET;
        Runnable atomic = switch (args[1]) {
            case "long" -> () -> words.compareAndSetLong(head, 0, 0);
            case "int" -> () -> words.compareAndSetInt(head, 0, 0);
            default -> () -> words.getAndAddLong(head, 0);
        };
        String seen = "nothing";
        try {
            atomic.run();
            RingWords.settle();
        } catch (InternalError e) {
            seen = "InternalError";
        }
        System.out.println("survived; ends in " + seen);
    }
}
