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
 */
public record JournalConfig(
        Path directory, long maxSizeBytes, Duration maxAge, long minFreeBytes, long segmentSizeBytes) {}
