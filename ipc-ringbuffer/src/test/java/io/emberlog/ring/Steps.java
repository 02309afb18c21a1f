package io.emberlog.ring;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/**
 * Ends a simulated process after its k-th store into shared memory: hand its buffers to whatever shall die. A bulk
 * store can also be cut in half.
 */
final class Steps {
    /** The simulated process is dead. */
    static final class Halted extends Error {
        private static final long serialVersionUID = 1;
    }

    private final boolean halfOfTheLast;
    private int left;
    private int done;

    private Steps(int steps, boolean halfOfTheLast) {
        this.left = steps;
        this.halfOfTheLast = halfOfTheLast;
    }

    static Steps unlimited() {
        return new Steps(Integer.MAX_VALUE, false);
    }

    /** Dies right after step k, or before the first one when k is 0. */
    static Steps after(int k) {
        return new Steps(k, false);
    }

    /** Dies in the middle of step k. */
    static Steps inTheMiddleOf(int k) {
        return new Steps(k, true);
    }

    int done() {
        return done;
    }

    RingFile through(RingFile file) {
        return new RingFile(file, Header::new, bytes -> new Words(bytes, file.capacity()), Staging::new);
    }

    private void before() {
        if (left == 0) {
            throw new Halted();
        }
    }

    private void after() {
        done++;
        if (--left == 0) {
            throw new Halted();
        }
    }

    private int cut(int length) {
        return left == 1 && halfOfTheLast ? length / 2 : length;
    }

    private final class Header extends VarHandleBuffer {
        Header(ByteBuffer bytes) {
            super(bytes);
        }

        @Override
        public void putLong(int index, long value) {
            before();
            super.putLong(index, value);
            after();
        }

        @Override
        public void putLongRelease(int index, long value) {
            before();
            super.putLongRelease(index, value);
            after();
        }

        @Override
        public void putIntRelease(int index, int value) {
            before();
            super.putIntRelease(index, value);
            after();
        }

        @Override
        public boolean compareAndSetInt(int index, int expected, int value) {
            before();
            boolean set = super.compareAndSetInt(index, expected, value);
            after();
            return set;
        }
    }

    private final class Staging extends VarHandleBuffer {
        Staging(ByteBuffer bytes) {
            super(bytes);
        }

        @Override
        public void putLongRelease(int index, long value) {
            before();
            super.putLongRelease(index, value);
            after();
        }

        @Override
        public void putInt(int index, int value) {
            before();
            super.putInt(index, value);
            after();
        }

        @Override
        public void putBytes(int index, byte[] src, int offset, int length) {
            before();
            super.putBytes(index, src, offset, cut(length));
            after();
        }

        @Override
        public void putBytes(int index, DirectBuffer src, int srcIndex, int length) {
            before();
            super.putBytes(index, src, srcIndex, cut(length));
            after();
        }
    }

    private final class Words extends RingWords {
        Words(ByteBuffer bytes, int capacity) {
            super(bytes, capacity);
        }

        @Override
        public void putLongRelease(int index, long value) {
            before();
            super.putLongRelease(index, value);
            after();
        }

        @Override
        public void putIntRelease(int index, int value) {
            before();
            super.putIntRelease(index, value);
            after();
        }

        @Override
        public void putInt(int index, int value) {
            before();
            super.putInt(index, value);
            after();
        }

        @Override
        public void putBytes(int index, DirectBuffer src, int srcIndex, int length) {
            before();
            super.putBytes(index, src, srcIndex, cut(length));
            after();
        }

        @Override
        public void setMemory(int index, int length, byte value) {
            before();
            super.setMemory(index, cut(length), value);
            after();
        }

        @Override
        public boolean compareAndSetLong(int index, long expected, long value) {
            before();
            boolean set = super.compareAndSetLong(index, expected, value);
            after();
            return set;
        }
    }
}
