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
    private final int capacity;

    RingWords(ByteBuffer ringAndTrailer, int capacity) {
        super(ringAndTrailer);
        this.capacity = capacity;
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

    /** See {@link Ring#closeTail}. */
    final long closeTail() {
        while (true) {
            long tail = tailVolatile();
            if (tail - headVolatile() > capacity) {
                return tail - SEAL;
            }
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
