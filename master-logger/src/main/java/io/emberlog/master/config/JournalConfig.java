package io.emberlog.master.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The journal and what lies beside it.
 *
 * @param directory absolute; the state directory: journal, checkpoints
 * @param maxSizeBytes the journal is kept below this by deleting whole segments, oldest first
 * @param maxAge a journal file older than this goes once every handler has passed it; zero for never
 * @param minFreeBytes draining pauses while the disk has less free space than this
 * @param segmentSizeBytes a new journal file is begun at this size
 * @param sync how often it is forced to its device; zero for never by time
 * @param syncLevel severity from which a record is forced to the device at once; {@link #NO_LEVEL} for none
 */
public record JournalConfig(
        Path directory,
        long maxSizeBytes,
        Duration maxAge,
        long minFreeBytes,
        long segmentSizeBytes,
        Duration sync,
        int syncLevel) {
    /** Above every severity. */
    public static final int NO_LEVEL = Integer.MAX_VALUE;
}
