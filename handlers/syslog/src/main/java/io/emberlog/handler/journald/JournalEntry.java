package io.emberlog.handler.journald;

import io.emberlog.handler.format.Utf8Buffer;
import java.util.Arrays;

/**
 * One entry of systemd's native journal protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL), put together field by field. A value without a
 * line feed stands behind {@code =} up to the end of the line; any other behind its length:
 *
 * <pre>
 *   NAME=value\n
 *   NAME\n | u64 length, little-endian | value | \n
 * </pre>
 *
 * One thread; makes no garbage once grown.
 */
final class JournalEntry {
    private static final int LENGTH_FIELD = Long.BYTES;

    private final Utf8Buffer out = new Utf8Buffer(1024);
    private final Utf8Buffer value = new Utf8Buffer(256);

    void clear() {
        out.clear();
    }

    /** Valid up to {@link #length}, until the next field. */
    byte[] bytes() {
        return out.bytes();
    }

    int length() {
        return out.length();
    }

    /** For a name that is put together; {@link #end} must follow. */
    Utf8Buffer name() {
        return out;
    }

    /** An empty buffer for the value of a name that stands in the entry; {@link #end} must follow. */
    Utf8Buffer value() {
        value.clear();
        return value;
    }

    /** Begins a field of that name. */
    Utf8Buffer begin(String name) {
        out.append(name);
        return value();
    }

    /** Ends the field whose value is in {@link #value}. */
    void end() {
        end(value.bytes(), 0, value.length());
    }

    /** Ends the field with these bytes as its value, whatever they are. */
    void end(byte[] bytes, int offset, int length) {
        if (hasLineFeed(bytes, offset, length)) {
            out.append('\n');
            appendLength(length);
        } else {
            out.append('=');
        }
        out.append(bytes, offset, length);
        out.append('\n');
    }

    /** A whole field. */
    void put(String name, long number) {
        out.append(name);
        out.append('=');
        out.append(number);
        out.append('\n');
    }

    private static boolean hasLineFeed(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == '\n') {
                return true;
            }
        }
        return false;
    }

    private void appendLength(long length) {
        for (int i = 0; i < LENGTH_FIELD; i++) {
            out.append((char) (length >>> 8 * i & 0xFF));
        }
    }

    /** Allocates. */
    byte[] toByteArray() {
        return Arrays.copyOf(out.bytes(), out.length());
    }
}
