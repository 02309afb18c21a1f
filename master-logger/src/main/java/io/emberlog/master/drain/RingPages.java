package io.emberlog.master.drain;

import java.nio.ByteBuffer;
import java.util.Map;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * Frees the memory (on a disk: the blocks) under whole pages of a ring while it stays mapped. Whoever still looks there sees
 * zeros and meets no fault, since the file keeps its length. Through the mapping and not by its name, which by now may be
 * another file's. Any thread.
 */
final class RingPages {
    /** C's. */
    public interface LibC {
        int madvise(long address, long length, int advice);
    }

    private static final int MADV_REMOVE = 9;
    private static final LibC LIBC = load();

    private RingPages() {}

    /** @return false where the platform or the file system cannot; then the memory goes with the mapping */
    static boolean giveBack(ByteBuffer pages) {
        if (LIBC == null || pages.capacity() == 0) {
            return false;
        }
        try {
            long address = Pointer.wrap(Runtime.getRuntime(LIBC), pages).address();
            boolean done = LIBC.madvise(address, pages.capacity(), MADV_REMOVE) == 0;
            java.lang.ref.Reference.reachabilityFence(pages);
            return done;
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }

    private static LibC load() {
        try {
            return "Linux".equals(System.getProperty("os.name"))
                    ? LibraryLoader.loadLibrary(LibC.class, Map.<LibraryOption, Object>of(), "c")
                    : null;
        } catch (RuntimeException | LinkageError e) {
            return null; // as for the process probe: a temp directory without exec, a platform without the library
        }
    }
}
