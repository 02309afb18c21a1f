package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;

/** Writer and reader of the HEARTBEAT message. */
public final class Heartbeat {
    private Heartbeat() {}

    /** @param buffer at least {@link MessageDescriptor#HEARTBEAT_LENGTH} bytes behind {@code offset} */
    public static void encode(byte[] buffer, int offset, long sentEpochNs, long nextCheckInEpochNs, boolean goodbye) {
        Bytes.putInt(buffer, offset + HEARTBEAT_VERSION_OFFSET, VERSION);
        Bytes.putInt(buffer, offset + HEARTBEAT_FLAGS_OFFSET, goodbye ? HEARTBEAT_GOODBYE : 0);
        Bytes.putLong(buffer, offset + HEARTBEAT_SENT_OFFSET, sentEpochNs);
        Bytes.putLong(buffer, offset + HEARTBEAT_NEXT_OFFSET, nextCheckInEpochNs);
    }

    public static boolean isValid(byte[] buffer, int offset, int length) {
        return length >= HEARTBEAT_LENGTH && Bytes.getInt(buffer, offset + HEARTBEAT_VERSION_OFFSET) == VERSION;
    }

    public static boolean isGoodbye(byte[] buffer, int offset) {
        return (Bytes.getInt(buffer, offset + HEARTBEAT_FLAGS_OFFSET) & HEARTBEAT_GOODBYE) != 0;
    }

    public static long sentEpochNs(byte[] buffer, int offset) {
        return Bytes.getLong(buffer, offset + HEARTBEAT_SENT_OFFSET);
    }

    public static long nextCheckInEpochNs(byte[] buffer, int offset) {
        return Bytes.getLong(buffer, offset + HEARTBEAT_NEXT_OFFSET);
    }
}
