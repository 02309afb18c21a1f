package io.emberlog.handler.unix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A file without a name in memory ({@code memfd_create(2)}) that nobody can change any more, so that whoever is passed it may map it
 * without fear. One thread.
 */
public final class SealedMemory implements AutoCloseable {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int F_ADD_SEALS = 1033;

    /** No further seals, no shrinking, no growing, no writing. */
    private static final int SEALS = 1 | 2 | 4 | 8;

    private static final byte[] NAME = "emberlog\0".getBytes(StandardCharsets.US_ASCII);

    private final LibC.Calls c;
    private final int descriptor;

    private SealedMemory(LibC.Calls c, int descriptor) {
        this.c = c;
        this.descriptor = descriptor;
    }

    /** @param bytes taken from its start */
    public static SealedMemory of(byte[] bytes, int length) throws IOException {
        LibC.Calls c = LibC.calls();
        int descriptor = c.memfd_create(NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (descriptor < 0) {
            throw LibC.failed("memfd_create");
        }
        SealedMemory memory = new SealedMemory(c, descriptor);
        try {
            memory.write(bytes, length);
            if (c.fcntl(descriptor, F_ADD_SEALS, SEALS) != 0) {
                throw LibC.failed("sealing a memfd");
            }
            return memory;
        } catch (IOException | RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    private void write(byte[] bytes, int length) throws IOException {
        byte[] rest = bytes;
        int left = length;
        while (left > 0) {
            long written = c.write(descriptor, rest, left);
            if (written <= 0) {
                throw LibC.failed("writing to a memfd");
            }
            left -= (int) written;
            if (left > 0) {
                rest = Arrays.copyOfRange(rest, (int) written, (int) written + left);
            }
        }
    }

    int descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        c.close(descriptor);
    }
}
