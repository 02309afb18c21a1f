package io.emberlog.master;

import io.emberlog.master.drain.LossEvent;
import io.emberlog.master.drain.MasterEvents;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.message.Level;
import java.nio.file.Path;

/** Makes records of what the journal reports. Any thread. */
final class EventfulJournal implements JournalListener {
    private final MasterEvents events;

    EventfulJournal(MasterEvents events) {
        this.events = events;
    }

    @Override
    public void onBroken(long index, String what) {
        events.addUrgent(Level.CRITICAL, "journal: broken at index {}: {}", Long.toHexString(index), what);
    }

    @Override
    public void onGap(long expectedSequence, long foundSequence) {
        events.addUrgent(
                Level.CRITICAL, "journal: gap, expected record {} and found {}", expectedSequence, foundSequence);
    }

    @Override
    public void onRetentionLoss(String handler, long firstSequence, long lastSequence, long maxSizeBytes) {
        long records = lastSequence - firstSequence + 1;
        events.add(
                Level.ERROR,
                MasterEvents.MASTER_LOGGER,
                "handler '{}' lost records {} to {} ({}): they were deleted because the journal exceeded"
                        + " journal.max_size ({} bytes)",
                new Object[] {handler, firstSequence, lastSequence, records, maxSizeBytes},
                LossEvent.fields(LossEvent.RETENTION, handler, firstSequence, lastSequence));
    }

    @Override
    public void onSegmentDeleted(Path file, long allocatedBytes) {
        add(Level.DEBUG, "journal: deleted {} ({} bytes)", file, allocatedBytes);
    }

    @Override
    public void onSyncFailed(long afterIndex, Throwable cause) {
        events.addUrgent(
                Level.CRITICAL,
                "journal: the device refused to take documents behind index {}: {}",
                Long.toHexString(afterIndex),
                cause);
    }

    @Override
    public void onRepaired(Path file, String what) {
        add(Level.NOTICE, "journal: {}: {}", file, what);
    }

    private void add(Level level, String template, Object... args) {
        events.add(level, MasterEvents.MASTER_LOGGER, template, args);
    }
}
