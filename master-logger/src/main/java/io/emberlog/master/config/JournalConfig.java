package io.emberlog.master.config;

import java.nio.file.Path;

/**
 * The journal and what lies beside it.
 *
 * @param directory absolute; the state directory: journal, checkpoints
 * @param maxSizeBytes the journal is kept below this by deleting whole segments, oldest first
 * @param minFreeBytes draining pauses while the disk has less free space than this
 * @param segmentSizeBytes a new journal file is begun at this size
 */
public record JournalConfig(Path directory, long maxSizeBytes, long minFreeBytes, long segmentSizeBytes) {}
