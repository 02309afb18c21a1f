package io.emberlog.worker;

import io.emberlog.message.BatchEncoder;
import java.util.Arrays;

/**
 * Pairs that wait for their record to be encoded: sections must be written in order. Kept as bits and references, so that
 * numbers are not boxed. One thread at a time; used again.
 */
final class ValueList {
    static final int LONG = 0;
    static final int DOUBLE = 1;
    static final int FLOAT = 2;
    static final int BOOLEAN = 3;
    static final int CHAR = 4;
    static final int OBJECT = 5;

    private static final int INITIAL = 8;
    private static final int MAX = 0xFFFF;

    private String[] keys = new String[INITIAL];
    private byte[] kinds = new byte[INITIAL];
    private long[] bits = new long[INITIAL];
    private Object[] objects = new Object[INITIAL];
    private int size;

    void add(String key, int kind, long value, Object object) {
        if (size == MAX) {
            return; // more than any record holds; the encoder marks the record as cut long before
        }
        if (size == kinds.length) {
            int length = size * 2;
            keys = Arrays.copyOf(keys, length);
            bits = Arrays.copyOf(bits, length);
            objects = Arrays.copyOf(objects, length);
            kinds = Arrays.copyOf(kinds, length); // last: where the heap is full for one of them, all are asked again
        }
        keys[size] = key;
        kinds[size] = (byte) kind;
        bits[size] = value;
        objects[size] = object;
        size++;
    }

    int size() {
        return size;
    }

    /** One argument, straight into the record. */
    static void addArg(BatchEncoder batch, int kind, long bits, Object object) {
        switch (kind) {
            case LONG -> batch.addLong(bits);
            case DOUBLE -> batch.addDouble(Double.longBitsToDouble(bits));
            case FLOAT -> batch.addFloat(Float.intBitsToFloat((int) bits));
            case BOOLEAN -> batch.addBoolean(bits != 0);
            case CHAR -> batch.addString(String.valueOf((char) bits));
            default -> ObjectText.add(batch, object);
        }
    }

    void encodePairs(BatchEncoder batch, int tag) {
        batch.beginPairs(tag);
        for (int i = 0; i < size && batch.key(keys[i] == null ? "null" : keys[i]); i++) {
            putValue(batch, kinds[i], bits[i], objects[i]);
            batch.endPair();
        }
        batch.endPairs();
    }

    private static void putValue(BatchEncoder batch, int kind, long bits, Object object) {
        switch (kind) {
            case LONG -> batch.putLong(bits);
            case DOUBLE -> batch.putDouble(Double.longBitsToDouble(bits));
            case FLOAT -> batch.putFloat(Float.intBitsToFloat((int) bits));
            case BOOLEAN -> batch.putBoolean(bits != 0);
            case CHAR -> batch.putNullable(String.valueOf((char) bits));
            default -> ObjectText.put(batch, object);
        }
    }

    /** Lets go of the application's objects. */
    void clear() {
        Arrays.fill(keys, 0, size, null);
        Arrays.fill(objects, 0, size, null);
        size = 0;
    }
}
