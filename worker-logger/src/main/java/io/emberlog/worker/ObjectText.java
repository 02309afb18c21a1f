package io.emberlog.worker;

import io.emberlog.message.BatchEncoder;
import java.lang.reflect.Array;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Values of the application as typed values of a record. What is no plain value is rendered here, in the caller's
 * thread, since it may change later. Whatever {@code toString} does (throw, return null, recurse without end) becomes
 * text; nothing leaves this class as an exception, but for what a full heap or stack does to our own code.
 */
final class ObjectText {
    /** An array's text ends after this many characters; the encoder cuts texts anyway. */
    private static final int MAX_ARRAY_TEXT = 64 * 1024;

    private static final int MAX_ARRAY_DEPTH = 8;

    private ObjectText() {}

    /** Adds one argument. */
    static void add(BatchEncoder batch, Object value) {
        if (value instanceof String text) {
            batch.addString(text);
        } else if (isWhole(value)) {
            batch.addLong(((Number) value).longValue());
        } else if (value instanceof Double number) {
            batch.addDouble(number);
        } else if (value instanceof Boolean flag) {
            batch.addBoolean(flag);
        } else if (value instanceof Float number) {
            batch.addFloat(number);
        } else if (value == null) {
            batch.addNull();
        } else {
            batch.addString(of(value));
        }
    }

    /** Puts the value of a pair. */
    static void put(BatchEncoder batch, Object value) {
        if (value instanceof String text) {
            batch.putNullable(text);
        } else if (isWhole(value)) {
            batch.putLong(((Number) value).longValue());
        } else if (value instanceof Double number) {
            batch.putDouble(number);
        } else if (value instanceof Boolean flag) {
            batch.putBoolean(flag);
        } else if (value instanceof Float number) {
            batch.putFloat(number);
        } else {
            batch.putNullable(value == null ? null : of(value));
        }
    }

    static boolean isWhole(Object value) {
        return value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte;
    }

    /** Text of any object; {@code "null"} for null. */
    static String of(Object value) {
        try {
            if (value != null && value.getClass().isArray()) {
                StringBuilder text = new StringBuilder();
                array(text, value, new IdentityHashMap<>());
                return text.toString();
            }
            return plain(value);
        } catch (Throwable e) {
            return failed("toString()", e);
        }
    }

    private static String plain(Object value) {
        if (value == null) {
            return "null";
        }
        try {
            String text = value.toString();
            return text == null ? "null" : text;
        } catch (Throwable e) {
            return failed("toString()", e);
        }
    }

    /** What stands in the record where a method of the application threw. */
    static String failed(String method, Throwable e) {
        return "[FAILED " + method + ": " + e.getClass().getName() + "]";
    }

    private static void array(StringBuilder text, Object array, Map<Object, Object> open) {
        if (open.put(array, array) != null || open.size() > MAX_ARRAY_DEPTH) {
            text.append("[...]");
            return;
        }
        int length = Array.getLength(array);
        text.append('[');
        for (int i = 0; i < length; i++) {
            text.append(i == 0 ? "" : ", ");
            if (text.length() > MAX_ARRAY_TEXT) {
                text.append("...");
                break;
            }
            Object element = Array.get(array, i);
            if (element != null && element.getClass().isArray()) {
                array(text, element, open);
            } else {
                text.append(plain(element));
            }
        }
        text.append(']');
        open.remove(array);
    }
}
