package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;

/** Writer and reader of the DROPPED message: what a worker could not take between two instants, by reason and level. */
public final class DropReport {
    /** Most items of one message; more go into a further one. Bounds what a reader does for one. */
    public static final int MAX_ITEMS = 128;

    private DropReport() {}

    /** Bytes of a report of that many items. */
    public static int length(int items) {
        return DROPPED_HEADER_LENGTH + items * DROPPED_ITEM_LENGTH;
    }

    /** Writes the header; the items follow by {@link #encodeItem}. */
    public static void encode(byte[] buffer, int offset, long fromEpochNs, long toEpochNs, int items) {
        buffer[offset + DROPPED_VERSION_OFFSET] = VERSION;
        buffer[offset + DROPPED_ZERO_OFFSET] = 0;
        Bytes.putShort(buffer, offset + DROPPED_COUNT_OFFSET, items);
        Bytes.putInt(buffer, offset + DROPPED_ZERO2_OFFSET, 0);
        Bytes.putLong(buffer, offset + DROPPED_FROM_OFFSET, fromEpochNs);
        Bytes.putLong(buffer, offset + DROPPED_TO_OFFSET, toEpochNs);
    }

    public static void encodeItem(
            byte[] buffer, int offset, int item, int reason, int severity, long count, long total) {
        int at = offset + length(item);
        Bytes.putLong(buffer, at, (reason & 0xFF) | (severity & 0xFF) << 8);
        Bytes.putLong(buffer, at + Long.BYTES, count);
        Bytes.putLong(buffer, at + 2 * Long.BYTES, total);
    }

    public static boolean isValid(byte[] buffer, int offset, int length) {
        if (length < DROPPED_HEADER_LENGTH || buffer[offset + DROPPED_VERSION_OFFSET] != VERSION) {
            return false;
        }
        int items = items(buffer, offset);
        if (items > MAX_ITEMS || length < length(items)) {
            return false;
        }
        for (int item = 0; item < items; item++) {
            if (count(buffer, offset, item) < 0 || total(buffer, offset, item) < 0) {
                return false;
            }
        }
        return true;
    }

    public static int items(byte[] buffer, int offset) {
        return Bytes.getUnsignedShort(buffer, offset + DROPPED_COUNT_OFFSET);
    }

    public static long fromEpochNs(byte[] buffer, int offset) {
        return Bytes.getLong(buffer, offset + DROPPED_FROM_OFFSET);
    }

    public static long toEpochNs(byte[] buffer, int offset) {
        return Bytes.getLong(buffer, offset + DROPPED_TO_OFFSET);
    }

    public static int reason(byte[] buffer, int offset, int item) {
        return buffer[offset + length(item)] & 0xFF;
    }

    public static int severity(byte[] buffer, int offset, int item) {
        return buffer[offset + length(item) + 1] & 0xFF;
    }

    public static long count(byte[] buffer, int offset, int item) {
        return Bytes.getLong(buffer, offset + length(item) + Long.BYTES);
    }

    /** Over the life of the ring. */
    public static long total(byte[] buffer, int offset, int item) {
        return Bytes.getLong(buffer, offset + length(item) + 2 * Long.BYTES);
    }
}
