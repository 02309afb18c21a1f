package io.emberlog.master.journal;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What a journal needs to know; checked when made, immutable.
 *
 * @param directory holds nothing but the journal; created 0700 if missing
 * @param maxSizeBytes disk space that {@link JournalRetention} keeps the journal within; at least two segments
 * @param maxAgeMs age at which a segment that every handler has passed is deleted; 0 means age deletes nothing
 * @param segmentBytes a file is closed before a document would make it longer than this; 256 KiB to 1 GiB
 * @param rollIntervalMs a file is closed when it is this old, however short; at least five minutes
 * @param freeSpaceWatermarkBytes {@link Journal#hasSpace()} turns false when the file system has less than this to give
 */
public record JournalConfig(
        Path directory,
        long maxSizeBytes,
        long maxAgeMs,
        long segmentBytes,
        long rollIntervalMs,
        long freeSpaceWatermarkBytes) {
    /** 256 MiB: what recovery may have to read at start, and the step in which retention frees space. */
    public static final long DEFAULT_SEGMENT_BYTES = 256L << 20;

    /** 8 GiB. */
    public static final long DEFAULT_MAX_SIZE_BYTES = 8L << 30;

    /** One hour. */
    public static final long DEFAULT_ROLL_INTERVAL_MS = 3_600_000;

    /** 64 MiB. */
    public static final long DEFAULT_FREE_SPACE_WATERMARK_BYTES = 64L << 20;

    private static final long MIN_SEGMENT_BYTES = 256 << 10;
    private static final long MAX_SEGMENT_BYTES = 1 << 30;
    private static final long MIN_ROLL_INTERVAL_MS = 300_000;

    public JournalConfig {
        Objects.requireNonNull(directory, "directory");
        check(segmentBytes >= MIN_SEGMENT_BYTES && segmentBytes <= MAX_SEGMENT_BYTES, "segmentBytes", segmentBytes);
        check(maxSizeBytes >= 2 * segmentBytes, "maxSizeBytes", maxSizeBytes);
        check(maxAgeMs >= 0, "maxAgeMs", maxAgeMs);
        check(rollIntervalMs >= MIN_ROLL_INTERVAL_MS, "rollIntervalMs", rollIntervalMs);
        check(freeSpaceWatermarkBytes >= 0, "freeSpaceWatermarkBytes", freeSpaceWatermarkBytes);
    }

    /** The defaults for everything but the place. */
    public static JournalConfig in(Path directory) {
        return new JournalConfig(
                directory,
                DEFAULT_MAX_SIZE_BYTES,
                0,
                DEFAULT_SEGMENT_BYTES,
                DEFAULT_ROLL_INTERVAL_MS,
                DEFAULT_FREE_SPACE_WATERMARK_BYTES);
    }

    private static void check(boolean valid, String name, long value) {
        if (!valid) {
            throw new IllegalArgumentException(name + "=" + value + ": segmentBytes is " + MIN_SEGMENT_BYTES + " to "
                    + MAX_SEGMENT_BYTES + ", maxSizeBytes at least twice that, rollIntervalMs at least "
                    + MIN_ROLL_INTERVAL_MS + ", nothing is negative");
        }
    }
}
