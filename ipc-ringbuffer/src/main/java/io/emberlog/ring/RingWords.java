package io.emberlog.ring;

import static io.emberlog.ring.RingDescriptor.HEAD_CACHE_OFFSET;
import static io.emberlog.ring.RingDescriptor.HEAD_OFFSET;
import static io.emberlog.ring.RingDescriptor.SEAL;
import static io.emberlog.ring.RingDescriptor.TAIL_OFFSET;

import java.nio.ByteBuffer;

/**
 * The ring and its trailer as Agrona sees them, and the words of the trailer by name. Any thread.
 *
 * <p>Agrona computes free space in 32 bits. A thread that read the head and was then kept from running while its
 * neighbours wrote 2 GiB (1 GiB when the ring was sealed meanwhile) gets a negative backlog and would claim space that
 * is not free, or claim in a sealed ring. So the one CAS that claims is checked in 64 bits; such a claim is refused with
 * an exception before it changes anything, and the caller retires the ring.
 */
class RingWords extends VarHandleBuffer {
    private static volatile int one = 1;
    private static byte[][] sink;
    private static final int BATCH = 1_000;
    private static final int MIN_BATCHES = 20;
    /** Of three atomics; interpreted they take microseconds, compiled some tens of nanoseconds. */
    private static final long COMPILED_NS = 300;

    /** Of three atomics called by interpreted code: some 200 ns once they are compiled, several microseconds before. */
    private static final long FROM_OUTSIDE_NS = 1_500;

    private static final long MAX_WARM_UP_NS = 500_000_000L;

    static {
        try {
            warmUp();
        } catch (OutOfMemoryError noRoom) { // of direct memory, say: this class must not be broken for good by that
            sink = null;
        }
    }

    private final int capacity;

    RingWords(ByteBuffer ringAndTrailer, int capacity) {
        super(ringAndTrailer);
        this.capacity = capacity;
    }

    /**
     * The interpreter's compare-and-set is a native call that dies of SIGBUS, with the JVM, when the file behind the mapping
     * was cut; compiled code ends in an {@link InternalError} (measured on 17 and 25; nothing in between).
     * So it is compiled before the first mapping is touched: in a few milliseconds, or later where the compiler's threads
     * find no processor. Compiled code shows by its speed. What is left: a JVM that does not compile in time, or at all.
     */
    private static void warmUp() {
        VarHandleBuffer scratch = new VarHandleBuffer(ByteBuffer.allocateDirect(3 * Long.BYTES));
        long start = System.nanoTime();
        int fast = 0;
        for (int batch = 0; fast < 3 || batch < MIN_BATCHES; batch++) {
            long from = System.nanoTime();
            atomics(scratch);
            long to = System.nanoTime();
            fast = to - from < BATCH * COMPILED_NS && isFastFromOutside(scratch) ? fast + 1 : 0;
            if (to - start > MAX_WARM_UP_NS) {
                return;
            }
        }
    }

    /**
     * The loop of {@link #atomics} is fast once they are compiled into it; a first caller of elsewhere needs them compiled
     * by themselves, and those may still wait for the compiler. This method is called too seldom to be compiled soon.
     */
    private static boolean isFastFromOutside(VarHandleBuffer scratch) {
        long from = System.nanoTime();
        scratch.compareAndSetLong(0, 0, 0);
        scratch.compareAndSetInt(Long.BYTES, 0, 0);
        scratch.getAndAddLong(2 * Long.BYTES, 1);
        return System.nanoTime() - from < FROM_OUTSIDE_NS;
    }

    private static void atomics(VarHandleBuffer scratch) {
        for (int i = 0; i < BATCH; i++) {
            scratch.compareAndSetLong(0, i, i + 1L);
            scratch.compareAndSetInt(Long.BYTES, i, i + 1);
            scratch.getAndAddLong(2 * Long.BYTES, 1);
        }
    }

    /**
     * Throws the error of an earlier access of this thread that met a cut file. Such an access goes on with garbage, and
     * the error waits: on JDK 17 for the thread's next call into the VM, on 25 for its next safepoint poll, which lies behind
     * the end of a {@code try} where the compiler has put all of it into one method. Without this it would hit whatever
     * runs then, another ring or the journal. {@link Ring#offer} asks {@link RingHeader#settleIfCut} first, for its speed.
     */
    static void settle() {
        // an array of arrays whose sizes are not constant is made by the VM, from compiled code too; a native method's
        // return would not do
        sink = new byte[one][0];
    }

    final int ringCapacity() {
        return capacity;
    }

    final long tailVolatile() {
        return getLongVolatile(capacity + TAIL_OFFSET);
    }

    final long headVolatile() {
        return getLongVolatile(capacity + HEAD_OFFSET);
    }

    final void headRelease(long position) {
        putLongRelease(capacity + HEAD_OFFSET, position);
    }

    /** Bytes claimed and not released; far above the capacity when closed, below 0 when the drain overtakes this read. */
    final long backlog() {
        // the tail first: the head that is read after it is never behind the one that the tail was claimed against
        long tail = tailVolatile();
        return tail - headVolatile();
    }

    /**
     * As {@link #backlog}, or more, without a look at the head, which the drain's processor has just written: against the head
     * that somebody here saw last, Agrona or {@link #backlogAnew}.
     */
    final long mostBacklog() {
        long tail = tailVolatile();
        return tail - getLongVolatile(capacity + HEAD_CACHE_OFFSET);
    }

    /** As {@link #backlog}, and keeps the head for {@link #mostBacklog}. An older one of another thread may replace it: no harm. */
    final long backlogAnew() {
        long tail = tailVolatile();
        long head = headVolatile();
        putLongRelease(capacity + HEAD_CACHE_OFFSET, head);
        return tail - head;
    }

    /** See {@link Ring#closeTail}. */
    final long closeTail() {
        while (true) {
            long tail = tailVolatile();
            if (tail - headVolatile() > capacity) {
                return tail - SEAL;
            }
            settle();
            if (super.compareAndSetLong(capacity + TAIL_OFFSET, tail, tail + SEAL)) {
                return tail;
            }
        }
    }

    @Override
    public boolean compareAndSetLong(int index, long expected, long value) {
        if (index == capacity + TAIL_OFFSET
                && value - getLongVolatile(capacity + HEAD_CACHE_OFFSET) > capacity
                && value - headVolatile() > capacity) {
            throw new IllegalStateException("claim up to " + value + " does not lie within capacity=" + capacity
                    + " of head=" + headVolatile());
        }
        return super.compareAndSetLong(index, expected, value);
    }
}
