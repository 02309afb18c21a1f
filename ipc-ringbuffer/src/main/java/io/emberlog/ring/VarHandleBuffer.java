package io.emberlog.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Agrona's buffer interface over a {@link ByteBuffer} (mapped or heap) with {@link VarHandle}s and bulk gets and puts
 * only. Agrona's own {@code UnsafeBuffer} needs JVM flags or prints warnings, which a worker JVM must do without; this
 * runs on JDK 17 and later with neither. Every access is bounds-checked by the JVM, and a truncated file surfaces as a
 * catchable {@link InternalError}. Little-endian. Any thread; memory order as each method's name says. On a heap buffer
 * only the plain accesses and bulk copies are for use: newer JDKs refuse the ordered ones there.
 */
public class VarHandleBuffer extends TextlessAtomicBuffer {
    private static final VarHandle LONGS = view(long[].class);
    private static final VarHandle INTS = view(int[].class);
    private static final VarHandle SHORTS = view(short[].class);
    private static final VarHandle CHARS = view(char[].class);

    static {
        loadForCompiler("jdk.internal.misc.ScopedMemoryAccess$Scope"); // up to JDK 18
        loadForCompiler("jdk.internal.foreign.MemorySessionImpl"); // since 19
    }

    /**
     * C2 inlines no method that has a class in its signature which is not loaded yet, a method of an access through a
     * {@link VarHandle} neither, and never looks at it again: one JVM in 60 (17, on a busy machine) then kept
     * calling its atomics, down to the native ones at which a cut file ends the JVM, see {@code RingWords#warmUp}; the others
     * had the class loaded in time, by chance.
     */
    private static void loadForCompiler(String name) {
        try {
            Class.forName(name, false, null);
        } catch (ClassNotFoundException otherJdk) {
            return; // which has it under the other name
        }
    }

    private static VarHandle view(Class<?> arrayType) {
        return MethodHandles.byteBufferViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer buffer;
    private byte[] array;
    private int adjustment;

    public VarHandleBuffer(ByteBuffer buffer) {
        wrap(buffer);
    }

    public VarHandleBuffer(byte[] array) {
        wrap(array);
    }

    @Override
    public void wrap(byte[] bytes) {
        wrap(bytes, 0, bytes.length);
    }

    @Override
    public void wrap(byte[] bytes, int offset, int length) {
        wrap(ByteBuffer.wrap(bytes, offset, length).slice());
    }

    @Override
    public void wrap(ByteBuffer bytes) {
        buffer = bytes.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
        array = bytes.hasArray() ? bytes.array() : null;
        adjustment = bytes.hasArray() ? bytes.arrayOffset() : 0;
    }

    @Override
    public void wrap(ByteBuffer bytes, int offset, int length) {
        wrap(bytes.slice(offset, length));
    }

    @Override
    public void wrap(DirectBuffer source) {
        wrap(source, 0, source.capacity());
    }

    @Override
    public void wrap(DirectBuffer source, int offset, int length) {
        if (source.byteArray() != null) {
            wrap(source.byteArray(), source.wrapAdjustment() + offset, length);
        } else {
            wrap(source.byteBuffer(), source.wrapAdjustment() + offset, length);
        }
    }

    @Override
    public void wrap(long address, int length) {
        throw new UnsupportedOperationException("wrap(address): no raw memory here");
    }

    @Override
    public long addressOffset() {
        throw new UnsupportedOperationException("addressOffset: no raw memory here");
    }

    @Override
    public byte[] byteArray() {
        return array;
    }

    @Override
    public ByteBuffer byteBuffer() {
        return array == null ? buffer : null;
    }

    @Override
    public int capacity() {
        return buffer.capacity();
    }

    @Override
    public void checkLimit(int limit) {
        if (limit < 0 || limit > capacity()) {
            throw new IndexOutOfBoundsException("limit=" + limit + " capacity=" + capacity());
        }
    }

    @Override
    public void boundsCheck(int index, int length) {
        java.util.Objects.checkFromIndexSize(index, length, capacity());
    }

    @Override
    public int wrapAdjustment() {
        return adjustment;
    }

    @Override
    public boolean isExpandable() {
        return false;
    }

    /** A mapping starts at a page; a slice of one at a multiple of 8 from it. Heap arrays are never shared. */
    @Override
    public void verifyAlignment() {
        if (buffer.isDirect() && buffer.alignmentOffset(0, 8) != 0) {
            throw new IllegalStateException("buffer does not start at a multiple of 8 bytes");
        }
    }

    @Override
    public void setMemory(int index, int length, byte value) {
        boundsCheck(index, length);
        int at = index;
        int end = index + length;
        if (value == 0) {
            while (end - at >= ZEROS.length) {
                buffer.put(at, ZEROS, 0, ZEROS.length);
                at += ZEROS.length;
            }
            if (at < end) {
                buffer.put(at, ZEROS, 0, end - at);
            }
            return;
        }
        while (at < end) {
            buffer.put(at++, value);
        }
    }

    private static final byte[] ZEROS = new byte[4096];

    @Override
    public byte getByte(int index) {
        return buffer.get(index);
    }

    @Override
    public void putByte(int index, byte value) {
        buffer.put(index, value);
    }

    @Override
    public void getBytes(int index, byte[] dst) {
        buffer.get(index, dst, 0, dst.length);
    }

    @Override
    public void getBytes(int index, byte[] dst, int offset, int length) {
        buffer.get(index, dst, offset, length);
    }

    @Override
    public void getBytes(int index, MutableDirectBuffer dst, int dstIndex, int length) {
        dst.boundsCheck(dstIndex, length); // its array can be longer than it is
        byte[] bytes = dst.byteArray();
        if (bytes != null) {
            buffer.get(index, bytes, dst.wrapAdjustment() + dstIndex, length);
        } else {
            dst.byteBuffer().put(dst.wrapAdjustment() + dstIndex, buffer, index, length);
        }
    }

    @Override
    public void getBytes(int index, ByteBuffer dst, int length) {
        int at = dst.position();
        getBytes(index, dst, at, length);
        dst.position(at + length);
    }

    @Override
    public void getBytes(int index, ByteBuffer dst, int dstOffset, int length) {
        dst.put(dstOffset, buffer, index, length);
    }

    @Override
    public void putBytes(int index, byte[] src) {
        buffer.put(index, src, 0, src.length);
    }

    @Override
    public void putBytes(int index, byte[] src, int offset, int length) {
        buffer.put(index, src, offset, length);
    }

    @Override
    public void putBytes(int index, ByteBuffer src, int length) {
        int at = src.position();
        putBytes(index, src, at, length);
        src.position(at + length);
    }

    @Override
    public void putBytes(int index, ByteBuffer src, int srcIndex, int length) {
        buffer.put(index, src, srcIndex, length);
    }

    @Override
    public void putBytes(int index, DirectBuffer src, int srcIndex, int length) {
        src.boundsCheck(srcIndex, length); // its array can be longer than it is
        byte[] bytes = src.byteArray();
        if (bytes != null) {
            buffer.put(index, bytes, src.wrapAdjustment() + srcIndex, length);
        } else {
            buffer.put(index, src.byteBuffer(), src.wrapAdjustment() + srcIndex, length);
        }
    }

    @Override
    public long getLong(int index, ByteOrder order) {
        long value = getLong(index);
        return order == ByteOrder.LITTLE_ENDIAN ? value : Long.reverseBytes(value);
    }

    @Override
    public void putLong(int index, long value, ByteOrder order) {
        putLong(index, order == ByteOrder.LITTLE_ENDIAN ? value : Long.reverseBytes(value));
    }

    @Override
    public long getLong(int index) {
        return buffer.getLong(index);
    }

    @Override
    public void putLong(int index, long value) {
        buffer.putLong(index, value);
    }

    @Override
    public int getInt(int index, ByteOrder order) {
        int value = getInt(index);
        return order == ByteOrder.LITTLE_ENDIAN ? value : Integer.reverseBytes(value);
    }

    @Override
    public void putInt(int index, int value, ByteOrder order) {
        putInt(index, order == ByteOrder.LITTLE_ENDIAN ? value : Integer.reverseBytes(value));
    }

    @Override
    public int getInt(int index) {
        return buffer.getInt(index);
    }

    @Override
    public void putInt(int index, int value) {
        buffer.putInt(index, value);
    }

    @Override
    public short getShort(int index, ByteOrder order) {
        short value = getShort(index);
        return order == ByteOrder.LITTLE_ENDIAN ? value : Short.reverseBytes(value);
    }

    @Override
    public void putShort(int index, short value, ByteOrder order) {
        putShort(index, order == ByteOrder.LITTLE_ENDIAN ? value : Short.reverseBytes(value));
    }

    @Override
    public short getShort(int index) {
        return buffer.getShort(index);
    }

    @Override
    public void putShort(int index, short value) {
        buffer.putShort(index, value);
    }

    @Override
    public char getChar(int index, ByteOrder order) {
        char value = getChar(index);
        return order == ByteOrder.LITTLE_ENDIAN ? value : Character.reverseBytes(value);
    }

    @Override
    public void putChar(int index, char value, ByteOrder order) {
        putChar(index, order == ByteOrder.LITTLE_ENDIAN ? value : Character.reverseBytes(value));
    }

    @Override
    public char getChar(int index) {
        return buffer.getChar(index);
    }

    @Override
    public void putChar(int index, char value) {
        buffer.putChar(index, value);
    }

    @Override
    public double getDouble(int index, ByteOrder order) {
        return Double.longBitsToDouble(getLong(index, order));
    }

    @Override
    public double getDouble(int index) {
        return buffer.getDouble(index);
    }

    @Override
    public void putDouble(int index, double value, ByteOrder order) {
        putLong(index, Double.doubleToRawLongBits(value), order);
    }

    @Override
    public void putDouble(int index, double value) {
        buffer.putDouble(index, value);
    }

    @Override
    public float getFloat(int index, ByteOrder order) {
        return Float.intBitsToFloat(getInt(index, order));
    }

    @Override
    public float getFloat(int index) {
        return buffer.getFloat(index);
    }

    @Override
    public void putFloat(int index, float value, ByteOrder order) {
        putInt(index, Float.floatToRawIntBits(value), order);
    }

    @Override
    public void putFloat(int index, float value) {
        buffer.putFloat(index, value);
    }

    @Override
    public long getLongVolatile(int index) {
        return (long) LONGS.getVolatile(buffer, index);
    }

    @Override
    public long getLongAcquire(int index) {
        return (long) LONGS.getAcquire(buffer, index);
    }

    @Override
    public long getLongOpaque(int index) {
        return (long) LONGS.getOpaque(buffer, index);
    }

    @Override
    public void putLongVolatile(int index, long value) {
        LONGS.setVolatile(buffer, index, value);
    }

    @Override
    public void putLongOrdered(int index, long value) {
        LONGS.setRelease(buffer, index, value);
    }

    @Override
    public void putLongRelease(int index, long value) {
        LONGS.setRelease(buffer, index, value);
    }

    @Override
    public void putLongOpaque(int index, long value) {
        LONGS.setOpaque(buffer, index, value);
    }

    @Override
    public long addLongOrdered(int index, long increment) {
        return addLongRelease(index, increment);
    }

    /** Not atomic, as in Agrona: for one writer. */
    @Override
    public long addLongRelease(int index, long increment) {
        long value = getLong(index);
        putLongRelease(index, value + increment);
        return value;
    }

    /** Not atomic, as in Agrona: for one writer. */
    @Override
    public long addLongOpaque(int index, long increment) {
        long value = getLongOpaque(index);
        putLongOpaque(index, value + increment);
        return value;
    }

    @Override
    public boolean compareAndSetLong(int index, long expected, long value) {
        return LONGS.compareAndSet(buffer, index, expected, value);
    }

    @Override
    public long compareAndExchangeLong(int index, long expected, long value) {
        return (long) LONGS.compareAndExchange(buffer, index, expected, value);
    }

    @Override
    public long getAndSetLong(int index, long value) {
        return (long) LONGS.getAndSet(buffer, index, value);
    }

    @Override
    public long getAndAddLong(int index, long delta) {
        return (long) LONGS.getAndAdd(buffer, index, delta);
    }

    @Override
    public int getIntVolatile(int index) {
        return (int) INTS.getVolatile(buffer, index);
    }

    @Override
    public int getIntAcquire(int index) {
        return (int) INTS.getAcquire(buffer, index);
    }

    @Override
    public int getIntOpaque(int index) {
        return (int) INTS.getOpaque(buffer, index);
    }

    @Override
    public void putIntVolatile(int index, int value) {
        INTS.setVolatile(buffer, index, value);
    }

    @Override
    public void putIntOrdered(int index, int value) {
        INTS.setRelease(buffer, index, value);
    }

    @Override
    public void putIntRelease(int index, int value) {
        INTS.setRelease(buffer, index, value);
    }

    @Override
    public void putIntOpaque(int index, int value) {
        INTS.setOpaque(buffer, index, value);
    }

    @Override
    public int addIntOrdered(int index, int increment) {
        return addIntRelease(index, increment);
    }

    /** Not atomic, as in Agrona: for one writer. */
    @Override
    public int addIntRelease(int index, int increment) {
        int value = getInt(index);
        putIntRelease(index, value + increment);
        return value;
    }

    /** Not atomic, as in Agrona: for one writer. */
    @Override
    public int addIntOpaque(int index, int increment) {
        int value = getIntOpaque(index);
        putIntOpaque(index, value + increment);
        return value;
    }

    @Override
    public boolean compareAndSetInt(int index, int expected, int value) {
        return INTS.compareAndSet(buffer, index, expected, value);
    }

    @Override
    public int compareAndExchangeInt(int index, int expected, int value) {
        return (int) INTS.compareAndExchange(buffer, index, expected, value);
    }

    @Override
    public int getAndSetInt(int index, int value) {
        return (int) INTS.getAndSet(buffer, index, value);
    }

    @Override
    public int getAndAddInt(int index, int delta) {
        return (int) INTS.getAndAdd(buffer, index, delta);
    }

    @Override
    public short getShortVolatile(int index) {
        return (short) SHORTS.getVolatile(buffer, index);
    }

    @Override
    public void putShortVolatile(int index, short value) {
        SHORTS.setVolatile(buffer, index, value);
    }

    @Override
    public char getCharVolatile(int index) {
        return (char) CHARS.getVolatile(buffer, index);
    }

    @Override
    public void putCharVolatile(int index, char value) {
        CHARS.setVolatile(buffer, index, value);
    }

    @Override
    public byte getByteVolatile(int index) {
        byte value = buffer.get(index);
        VarHandle.acquireFence();
        return value;
    }

    @Override
    public void putByteVolatile(int index, byte value) {
        VarHandle.releaseFence();
        buffer.put(index, value);
        VarHandle.fullFence();
    }

    @Override
    public int compareTo(DirectBuffer other) {
        int common = Math.min(capacity(), other.capacity());
        for (int i = 0; i < common; i++) {
            int order = Byte.compareUnsigned(getByte(i), other.getByte(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(capacity(), other.capacity());
    }
}
