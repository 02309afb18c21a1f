package io.emberlog.worker;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Idle scratches, striped by thread id. A scratch in use is in no place of the pool, so user code that logs while it is
 * being rendered takes another one, one that is never given back is simply garbage, and nothing hangs on a thread (no
 * {@code ThreadLocal}: virtual threads and class loaders leave nothing behind). Never blocks: when none is idle, a new
 * one is made.
 */
final class ScratchPool {
    private static final int STRIPES = 64;
    /** References of 4 bytes: one place per pair of cache lines. */
    private static final int STRIDE = 32;

    private final AtomicReferenceArray<Scratch> idle = new AtomicReferenceArray<>(STRIPES * STRIDE);
    private final int maxLength;
    private final int maxTextBytes;

    ScratchPool(int maxLength, int maxTextBytes) {
        this.maxLength = maxLength;
        this.maxTextBytes = maxTextBytes;
    }

    /** Where the calling thread looks first, always: for a writing slot, too. */
    static int home() {
        return (int) Thread.currentThread().getId() & STRIPES - 1;
    }

    Scratch acquire() {
        int home = home();
        Scratch scratch = idle.getAndSet(home * STRIDE, null);
        if (scratch == null) {
            scratch = acquireElsewhere(home);
        }
        scratch.home = home;
        return scratch;
    }

    private Scratch acquireElsewhere(int home) {
        for (int i = 1; i < STRIPES; i++) {
            int at = (home + i & STRIPES - 1) * STRIDE;
            if (idle.getPlain(at) != null) {
                Scratch scratch = idle.getAndSet(at, null);
                if (scratch != null) {
                    return scratch;
                }
            }
        }
        return new Scratch(maxLength, maxTextBytes);
    }

    /** Two threads that give back to one place at once may lose one of the two to the garbage collector: harmless. */
    void release(Scratch scratch) {
        int at = scratch.home * STRIDE;
        for (int i = 0; i < STRIPES; i++) {
            if (idle.getPlain(at) == null) {
                idle.setRelease(at, scratch);
                return;
            }
            at = (at + STRIDE) % (STRIPES * STRIDE);
        }
    }
}
