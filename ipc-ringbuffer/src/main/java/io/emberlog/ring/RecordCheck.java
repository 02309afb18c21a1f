package io.emberlog.ring;

import static io.emberlog.message.MessageDescriptor.CHECK_LENGTH;
import static io.emberlog.message.RingBlockReader.RECORD_HEADER_LENGTH;

import io.emberlog.message.Bytes;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The checksum of a checked record (its layout is in {@link io.emberlog.message.MessageDescriptor}): of the message first,
 * so that a writer can do most of it before it claims, and of what is known after the claim last. The ring's uuid is in
 * it, so that no record of another ring passes, in blocks of a disk that two files had one after the other. One thread at a
 * time; no garbage.
 *
 * <p>Over heap bytes only: on a mapping whose file was cut {@link CRC32C} kills the JVM, where a bulk copy throws.
 */
final class RecordCheck {
    private static final int CHUNK = 4096;

    private final CRC32C crc = new CRC32C();
    private final byte[] end = new byte[Integer.BYTES + Long.BYTES];
    private final long seed;
    /** For messages that are not on the heap; made when the first one comes. */
    private byte[] chunk;

    RecordCheck(UUID ring) {
        seed = ring.getMostSignificantBits() ^ ring.getLeastSignificantBits();
    }

    /** Takes in a message that is about to be written. */
    void message(VarHandleBuffer source, int offset, int length) {
        crc.reset();
        byte[] array = source.byteArray();
        if (array != null) {
            source.boundsCheck(offset, length); // its array can be longer than it is
            crc.update(array, source.wrapAdjustment() + offset, length);
            return;
        }
        if (chunk == null) {
            chunk = new byte[CHUNK];
        }
        for (int at = 0; at < length; at += CHUNK) {
            int bytes = Math.min(CHUNK, length - at);
            source.getBytes(offset + at, chunk, 0, bytes);
            crc.update(chunk, 0, bytes);
        }
    }

    /** The checksum of the message taken in last. */
    int value(int type, long position) {
        Bytes.putInt(end, 0, type);
        Bytes.putLong(end, Integer.BYTES, position ^ seed);
        crc.update(end, 0, end.length);
        return (int) crc.getValue();
    }

    /**
     * Why a record on the heap does not pass; null when it does.
     *
     * @param at of its header, whose length is known to lie within the array and to have room for a check
     */
    String refusal(byte[] bytes, int at, long position) {
        int check = at + Bytes.getInt(bytes, at) - CHECK_LENGTH;
        if (Bytes.getLong(bytes, check) != position) {
            return "record says position=" + Bytes.getLong(bytes, check) + " but stands at position " + position;
        }
        int stored = Bytes.getInt(bytes, check + Long.BYTES);
        crc.reset();
        crc.update(bytes, at + RECORD_HEADER_LENGTH, check - at - RECORD_HEADER_LENGTH);
        int value = value(Bytes.getInt(bytes, at + Integer.BYTES), position);
        return stored == value
                ? null
                : "record CRC=0x" + Integer.toHexString(stored) + " but its bytes give 0x" + Integer.toHexString(value)
                        + " at position " + position;
    }
}
