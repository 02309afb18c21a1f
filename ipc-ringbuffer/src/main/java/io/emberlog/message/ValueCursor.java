package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;

/**
 * Walks the values of one ARGS, FIELDS, MDC or CALLER section over the decoder's bytes, without garbage. In FIELDS and
 * MDC keys and values alternate. The section was validated when the entry was wrapped. One thread; valid until the
 * decoder wraps another entry.
 */
public final class ValueCursor {
    private byte[] buffer;
    private int at;
    private int remaining;
    private int type;
    private int textOffset;
    private int textLength;

    void wrap(byte[] bytes, int offset, int values) {
        buffer = bytes;
        at = offset;
        remaining = values;
        type = NULL;
    }

    /** Values not yet visited; keys count. */
    public int remaining() {
        return remaining;
    }

    /** Moves to the next value. */
    public boolean next() {
        if (remaining == 0) {
            return false;
        }
        remaining--;
        type = buffer[at];
        textOffset = at + 1;
        textLength = 0;
        if (type == STRING) {
            textLength = Bytes.getInt(buffer, at + 1);
            textOffset = at + 1 + Integer.BYTES;
        }
        at += lengthOf(buffer, at);
        return true;
    }

    /** One of NULL, FALSE, TRUE, LONG, DOUBLE, FLOAT, STRING of {@link MessageDescriptor}. */
    public int type() {
        return type;
    }

    /** Of a LONG. */
    public long longValue() {
        return Bytes.getLong(buffer, textOffset);
    }

    /** Of a DOUBLE. */
    public double doubleValue() {
        return Bytes.getDouble(buffer, textOffset);
    }

    /** Of a FLOAT. */
    public float floatValue() {
        return Bytes.getFloat(buffer, textOffset);
    }

    /** The array that {@link #textOffset} points into. */
    public byte[] buffer() {
        return buffer;
    }

    /** Of a STRING. */
    public int textOffset() {
        return textOffset;
    }

    /** Of a STRING, in bytes (0 of others); possibly not valid UTF-8, since a worker wrote it. */
    public int textLength() {
        return textLength;
    }

    /** Allocates; null for NULL; the Java form of the value otherwise. */
    public Object value() {
        return switch (type) {
            case FALSE -> Boolean.FALSE;
            case TRUE -> Boolean.TRUE;
            case LONG -> longValue();
            case DOUBLE -> doubleValue();
            case FLOAT -> floatValue();
            case STRING -> new String(buffer, textOffset, textLength, java.nio.charset.StandardCharsets.UTF_8);
            default -> null;
        };
    }

    private static int lengthOf(byte[] buffer, int at) {
        return switch (buffer[at]) {
            case LONG, DOUBLE -> 1 + Long.BYTES;
            case FLOAT -> 1 + Float.BYTES;
            case STRING -> 1 + Integer.BYTES + Bytes.getInt(buffer, at + 1);
            default -> 1;
        };
    }

    /** @return the end of the value at that place, or -1 when it breaks the rules */
    static int validate(byte[] buffer, int at, int end) {
        if (at >= end) {
            return -1;
        }
        int next;
        switch (buffer[at]) {
            case LONG, DOUBLE -> next = at + 1 + Long.BYTES;
            case STRING -> {
                int text = at + 1 + Integer.BYTES;
                if (text > end) {
                    return -1;
                }
                int length = Bytes.getInt(buffer, at + 1);
                if (length < 0 || length > end - text) {
                    return -1;
                }
                return text + length;
            }
            case NULL, FALSE, TRUE -> next = at + 1;
            case FLOAT -> next = at + 1 + Float.BYTES;
            default -> {
                return -1;
            }
        }
        return next <= end ? next : -1;
    }
}
