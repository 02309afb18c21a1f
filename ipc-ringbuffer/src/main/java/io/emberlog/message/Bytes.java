package io.emberlog.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Little-endian access to a byte array at any alignment; plain, bounds-checked by the JVM. Any thread. */
public final class Bytes {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle DOUBLES =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOATS =
            MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    private Bytes() {}

    public static int getUnsignedShort(byte[] buffer, int offset) {
        return (short) SHORTS.get(buffer, offset) & 0xFFFF;
    }

    public static void putShort(byte[] buffer, int offset, int value) {
        SHORTS.set(buffer, offset, (short) value);
    }

    public static int getInt(byte[] buffer, int offset) {
        return (int) INTS.get(buffer, offset);
    }

    public static void putInt(byte[] buffer, int offset, int value) {
        INTS.set(buffer, offset, value);
    }

    public static long getLong(byte[] buffer, int offset) {
        return (long) LONGS.get(buffer, offset);
    }

    public static void putLong(byte[] buffer, int offset, long value) {
        LONGS.set(buffer, offset, value);
    }

    public static double getDouble(byte[] buffer, int offset) {
        return (double) DOUBLES.get(buffer, offset);
    }

    public static void putDouble(byte[] buffer, int offset, double value) {
        DOUBLES.set(buffer, offset, value);
    }

    public static float getFloat(byte[] buffer, int offset) {
        return (float) FLOATS.get(buffer, offset);
    }

    public static void putFloat(byte[] buffer, int offset, float value) {
        FLOATS.set(buffer, offset, value);
    }
}
