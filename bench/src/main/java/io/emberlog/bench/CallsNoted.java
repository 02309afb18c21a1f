package io.emberlog.bench;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * How many log calls of a process have returned, in a mapped file of eight bytes that outlives it. The process's one thread
 * that logs writes, another process reads, also while it runs.
 */
final class CallsNoted {
    private static final VarHandle COUNT = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer file;

    private CallsNoted(MappedByteBuffer file) {
        this.file = file;
    }

    /** Made by whoever comes first, with 0 in it. */
    static CallsNoted create(Path path) throws IOException {
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new CallsNoted(channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES));
        }
    }

    /** Release: not before the call itself has done all it does. */
    void note(long calls) {
        COUNT.setRelease(file, 0, calls);
    }

    long calls() {
        return (long) COUNT.getAcquire(file, 0);
    }
}
