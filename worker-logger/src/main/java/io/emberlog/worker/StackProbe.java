package io.emberlog.worker;

/**
 * Overflows the stack here rather than between a claim and its commit, where it would cost the ring. Too dear for every
 * call (some 0.3 us), so {@link RingWriter} turns it on when it has met the first overflow.
 */
final class StackProbe {
    /**
     * Compiled, as it soon is, this must reach deeper than a write that is still interpreted: 40 frames do not, and every
     * overflow of such a process costs it a ring; 128 do (measured over all distances from the end, on 17).
     */
    private static final int DEPTH = 192;

    private StackProbe() {}

    /** @throws StackOverflowError when little stack is left */
    static long reach() {
        return reach(DEPTH, 1, 2, 3, 4, 5, 6, 7, 8);
    }

    /** The arguments make each frame large. */
    private static long reach(int depth, long a, long b, long c, long d, long e, long f, long g, long h) {
        return depth == 0 ? a ^ h : reach(depth - 1, b, c, d, e, f, g, h, a) + depth;
    }
}
