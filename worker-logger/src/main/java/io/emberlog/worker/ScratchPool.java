package io.emberlog.worker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;

/**
 * Scratches, for one call each. A thread that logs again and again has one bound to it, which costs it no atomic operation
 * and so does not wait for the last record's bytes to reach the ring; other threads share a stock. A scratch in use is
 * nobody else's, so user code that logs while it is being rendered takes another one, and one that is never given back is
 * simply garbage. Nothing hangs on a thread, and a binding holds its thread weakly: no {@code ThreadLocal}, so virtual
 * threads and class loaders leave nothing behind. Never blocks: when none is idle, a new one is made.
 *
 * <p>Both kinds have places by thread id. Of the threads that share a place one is bound for as long as it lives.
 */
final class ScratchPool {
    /** Calls in a row by one thread with one scratch of the stock, after which that is bound to it. */
    static final int CALLS_TO_BIND = 64;

    /**
     * Calls in a row that find their bound scratch in the middle of a record: it was never given back, or a rendering logs that
     * often. One whose record was only begun is let go at once: it may hold objects of the application for ever.
     */
    static final int CALLS_TO_LET_GO = 64;

    private static final int STRIPES = 64;
    /** References of 4 bytes: one place per pair of cache lines. */
    private static final int STRIDE = 32;

    private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(Scratch[].class);

    private final Scratch[] bound = new Scratch[STRIPES * STRIDE];
    private final Scratch[] stock = new Scratch[STRIPES * STRIDE];
    private final int maxLength;
    private final int maxTextBytes;

    ScratchPool(int maxLength, int maxTextBytes) {
        this.maxLength = maxLength;
        this.maxTextBytes = maxTextBytes;
    }

    /** Where the calling thread looks first, always: for a writing slot, too. */
    static int home() {
        return home(Thread.currentThread());
    }

    private static int home(Thread thread) {
        return (int) thread.getId() & STRIPES - 1;
    }

    Scratch acquire() {
        Thread thread = Thread.currentThread();
        int home = home(thread);
        // A plain read will do: what is bound to this thread was put there by it, and a binding is made once.
        Scratch own = bound[home * STRIDE];
        if (own != null && own.isBoundTo(thread)) {
            if (!own.inUse) {
                own.inUse = true;
                return own;
            }
            if (!own.rendering || ++own.foundInUse == CALLS_TO_LET_GO) {
                PLACE.setRelease(bound, home * STRIDE, null);
            }
        }
        return acquireOfStock(thread, home);
    }

    private Scratch acquireOfStock(Thread thread, int home) {
        Scratch scratch = (Scratch) PLACE.getAndSet(stock, home * STRIDE, null);
        if (scratch == null) {
            scratch = acquireElsewhere(home);
        }
        scratch.home = home;
        if (scratch.isUsedAgainBy(thread.getId())) {
            bind(scratch, thread, home * STRIDE);
        }
        return scratch;
    }

    private Scratch acquireElsewhere(int home) {
        for (int i = 1; i < STRIPES; i++) {
            int at = (home + i & STRIPES - 1) * STRIDE;
            if (stock[at] != null) {
                Scratch scratch = (Scratch) PLACE.getAndSet(stock, at, null);
                if (scratch != null) {
                    return scratch;
                }
            }
        }
        return new Scratch(maxLength, maxTextBytes);
    }

    private void bind(Scratch scratch, Thread thread, int at) {
        Scratch before = (Scratch) PLACE.getAcquire(bound, at);
        if (before != null && before.isBoundToTheLiving()) {
            return;
        }
        try {
            scratch.bindTo(new WeakReference<>(thread));
        } catch (OutOfMemoryError noRoom) {
            return; // it goes without
        }
        if (!PLACE.compareAndSet(bound, at, before, scratch)) {
            scratch.bindTo(null);
        }
    }

    /** Two threads that give back to one place at once may lose one of the two to the garbage collector: harmless. */
    void release(Scratch scratch) {
        if (scratch.isBound()) {
            scratch.inUse = false;
            scratch.rendering = false;
            scratch.foundInUse = 0;
            return;
        }
        int at = scratch.home * STRIDE;
        for (int i = 0; i < STRIPES; i++) {
            if (stock[at] == null) {
                PLACE.setRelease(stock, at, scratch);
                return;
            }
            at = (at + STRIDE) % (STRIPES * STRIDE);
        }
    }
}
