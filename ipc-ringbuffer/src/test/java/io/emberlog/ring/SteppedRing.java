package io.emberlog.ring;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/**
 * A ring file through which a simulated process touches shared memory one step at a time: every store, and every load that
 * is ordered, is a step. One thread.
 */
public final class SteppedRing {
    /** Hears of each step before and after it is taken. */
    public interface Observer {
        /**
         * A step is about to be taken. May run other processes meanwhile; may throw, and it is not taken.
         *
         * @param length bytes of a bulk store; 0 for a load; else 1
         * @return how many of them are stored
         */
        int before(int length);

        /** It is taken. May throw. */
        void after();
    }

    private final Observer observer;

    private SteppedRing(Observer observer) {
        this.observer = observer;
    }

    /** The same file, seen by that process. */
    public static RingFile through(RingFile file, Observer observer) {
        SteppedRing steps = new SteppedRing(observer);
        return new RingFile(
                file,
                bytes -> steps.new Words(bytes, 0),
                bytes -> steps.new Words(bytes, file.capacity()),
                bytes -> steps.new Words(bytes, 0));
    }

    /** A capacity of 0: a buffer that is no ring, a header or a staging area. */
    private final class Words extends RingWords {
        Words(ByteBuffer bytes, int capacity) {
            super(bytes, capacity);
        }

        @Override
        public long getLongVolatile(int index) {
            observer.before(0);
            return super.getLongVolatile(index);
        }

        @Override
        public int getIntVolatile(int index) {
            observer.before(0);
            return super.getIntVolatile(index);
        }

        @Override
        public void putLong(int index, long value) {
            observer.before(1);
            super.putLong(index, value);
            observer.after();
        }

        @Override
        public void putInt(int index, int value) {
            observer.before(1);
            super.putInt(index, value);
            observer.after();
        }

        @Override
        public void putLongRelease(int index, long value) {
            observer.before(1);
            super.putLongRelease(index, value);
            observer.after();
        }

        @Override
        public void putIntRelease(int index, int value) {
            observer.before(1);
            super.putIntRelease(index, value);
            observer.after();
        }

        @Override
        public void putBytes(int index, byte[] src, int offset, int length) {
            super.putBytes(index, src, offset, observer.before(length));
            observer.after();
        }

        @Override
        public void putBytes(int index, DirectBuffer src, int srcIndex, int length) {
            super.putBytes(index, src, srcIndex, observer.before(length));
            observer.after();
        }

        @Override
        public void setMemory(int index, int length, byte value) {
            super.setMemory(index, observer.before(length), value);
            observer.after();
        }

        @Override
        public long getAndAddLong(int index, long delta) {
            observer.before(1);
            long before = super.getAndAddLong(index, delta);
            observer.after();
            return before;
        }

        @Override
        public boolean compareAndSetInt(int index, int expected, int value) {
            observer.before(1);
            boolean set = super.compareAndSetInt(index, expected, value);
            observer.after();
            return set;
        }

        @Override
        public boolean compareAndSetLong(int index, long expected, long value) {
            observer.before(1);
            boolean set = ringCapacity() == 0
                    ? compareAndExchangeLong(index, expected, value) == expected
                    : super.compareAndSetLong(index, expected, value);
            observer.after();
            return set;
        }
    }
}
