package io.emberlog.worker;

import static io.emberlog.message.MessageDescriptor.*;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Bytes;
import io.emberlog.message.Utf8;
import java.util.Arrays;

/**
 * Arguments that wait for their record to be encoded: sections must be written in order, and a fluent call learns its
 * template last. Numbers and short texts are kept as the bytes that they will be in the record, so that what is left then is one
 * copy; other objects are kept as they are, and rendered then. One thread at a time; used again.
 */
final class ArgList {
    /** Longer texts wait as objects. With three bytes a character even these are never cut by themselves (max_text_bytes). */
    private static final int MAX_TEXT = 64;
    /** In the place of a type: the next one of the objects. */
    private static final byte OBJECT = 127;

    /** Most bytes that one argument needs here. */
    private static final int MOST = 1 + Integer.BYTES + MAX_TEXT * Utf8.MAX_BYTES_PER_CHAR;

    private static final int INITIAL = 2 * MOST;
    /** One more than a record has room for, so that the encoder marks it as cut. Further ones are only counted. */
    private static final int MAX = 256;

    private byte[] bytes = new byte[INITIAL];
    private int end;
    private int size;
    private Object[] objects = new Object[4];
    private int objectCount;
    /** Of the bytes, behind the last object's; the bytes alone do not tell an object's mark from the end of a number. */
    private int objectEnd;
    /** The last one beyond MAX: it may be the record's exception. */
    private Object lastBeyond;

    void add(long value) {
        if (hasRoom()) {
            put(LONG, value);
        }
    }

    void add(double value) {
        if (hasRoom()) {
            put(DOUBLE, Double.doubleToRawLongBits(value));
        }
    }

    private void put(int type, long bits) {
        bytes[end] = (byte) type;
        Bytes.putLong(bytes, end + 1, bits);
        end += 1 + Long.BYTES;
        size++;
    }

    void add(float value) {
        if (hasRoom()) {
            bytes[end] = FLOAT;
            Bytes.putFloat(bytes, end + 1, value);
            end += 1 + Float.BYTES;
            size++;
        }
    }

    void add(boolean value) {
        if (hasRoom()) {
            bytes[end++] = (byte) (value ? TRUE : FALSE);
            size++;
        }
    }

    void add(char value) {
        if (hasRoom()) {
            putText(String.valueOf(value));
        }
    }

    void add(Object value) {
        if (!hasRoom()) {
            lastBeyond = value;
            return;
        }
        if (value instanceof String text && text.length() <= MAX_TEXT) {
            putText(text);
        } else if (ObjectText.isWhole(value)) {
            put(LONG, ((Number) value).longValue());
        } else if (value instanceof Double number) {
            put(DOUBLE, Double.doubleToRawLongBits(number));
        } else {
            if (objectCount == objects.length) {
                objects = Arrays.copyOf(objects, 2 * objectCount);
            }
            objects[objectCount++] = value;
            bytes[end++] = OBJECT;
            objectEnd = end;
            size++;
        }
    }

    private void putText(String text) {
        int from = end + 1 + Integer.BYTES;
        int to = Utf8.encode(text, bytes, from, bytes.length);
        bytes[end] = STRING;
        Bytes.putInt(bytes, end + 1, to - from);
        end = to;
        size++;
    }

    private boolean hasRoom() {
        if (size >= MAX) {
            size += size < Integer.MAX_VALUE ? 1 : 0;
            lastBeyond = null;
            return false;
        }
        if (bytes.length - end < MOST) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
        return true;
    }

    /** Of all that were added. */
    int size() {
        return size;
    }

    /** The last value where it is a throwable, else null. */
    Throwable lastThrowable() {
        Object last = size > MAX ? lastBeyond : objectCount > 0 && objectEnd == end ? objects[objectCount - 1] : null;
        return last instanceof Throwable throwable ? throwable : null;
    }

    /** @param count how many of the values, from the first */
    void encode(BatchEncoder batch, int count) {
        if (objectCount == 0 && count == size && batch.args(bytes, end, count)) {
            return;
        }
        batch.beginArgs();
        int at = 0;
        int object = 0;
        for (int i = 0; i < Math.min(count, MAX); i++) {
            switch (bytes[at]) {
                case LONG -> batch.addLong(Bytes.getLong(bytes, at + 1));
                case DOUBLE -> batch.addDouble(Bytes.getDouble(bytes, at + 1));
                case FLOAT -> batch.addFloat(Bytes.getFloat(bytes, at + 1));
                case TRUE, FALSE -> batch.addBoolean(bytes[at] == TRUE);
                case STRING -> batch.addString(bytes, at + 1 + Integer.BYTES, Bytes.getInt(bytes, at + 1));
                default -> ObjectText.add(batch, objects[object++]);
            }
            at += lengthAt(at);
        }
        batch.endArgs();
    }

    private int lengthAt(int at) {
        return switch (bytes[at]) {
            case LONG, DOUBLE -> 1 + Long.BYTES;
            case FLOAT -> 1 + Float.BYTES;
            case STRING -> 1 + Integer.BYTES + Bytes.getInt(bytes, at + 1);
            default -> 1;
        };
    }

    /** Lets go of the application's objects. */
    void clear() {
        end = 0;
        size = 0;
        lastBeyond = null;
        if (objectCount > 0) {
            Arrays.fill(objects, 0, objectCount, null);
            objectCount = 0;
        }
    }
}
