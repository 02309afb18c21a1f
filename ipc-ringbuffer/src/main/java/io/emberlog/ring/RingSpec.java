package io.emberlog.ring;

import static io.emberlog.ring.RingDescriptor.*;

import io.emberlog.message.MessageDescriptor;

/**
 * The shape of a ring file, fixed when it is made.
 *
 * @param capacity bytes of the ring, a power of two from {@link RingDescriptor#MIN_CAPACITY} to
 *     {@link RingDescriptor#MAX_CAPACITY}
 * @param stagingLength bytes of the staging area of each writing slot: 0 for none, or a multiple of the page length up
 *     to {@link RingDescriptor#MAX_STAGING_LENGTH}
 * @param checked whether every record carries its position and a CRC32C, so that a ring on a disk can be read after a
 *     power cut, when neither head nor tail can be believed
 */
public record RingSpec(int capacity, int stagingLength, boolean checked) {
    /** @throws IllegalArgumentException naming the value and what would be right */
    public RingSpec {
        checkCapacity(capacity);
        if (!isStagingLength(stagingLength)) {
            throw new IllegalArgumentException("staging length=" + stagingLength + " must be 0 or a multiple of "
                    + PAGE_LENGTH + " up to " + MAX_STAGING_LENGTH);
        }
    }

    /** A ring alone. */
    public static RingSpec of(int capacity) {
        return new RingSpec(capacity, 0, false);
    }

    /** The same with or without a check in every record. */
    public RingSpec withChecks(boolean checks) {
        return new RingSpec(capacity, stagingLength, checks);
    }

    /** Longest message of one record, in bytes. */
    public int maxPayloadLength() {
        return RingDescriptor.maxPayloadLength(capacity) - (checked ? MessageDescriptor.CHECK_LENGTH : 0);
    }

    static boolean isStagingLength(int length) {
        return length >= 0 && length <= MAX_STAGING_LENGTH && length % PAGE_LENGTH == 0;
    }

    /** Bytes of ring positions that the batches of all areas take when they are salvaged, at most. */
    long longestStaged() {
        return (long) MessageDescriptor.SLOT_COUNT * stagingLength;
    }

    long fileLength() {
        return RingDescriptor.fileLength(capacity, stagingLength);
    }
}
