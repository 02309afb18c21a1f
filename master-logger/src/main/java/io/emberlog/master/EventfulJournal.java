package io.emberlog.master;

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
        add(Level.CRITICAL, "journal: broken at index {}: {}", Long.toHexString(index), what);
    }

    @Override
    public void onGap(long expectedSequence, long foundSequence) {
        add(Level.CRITICAL, "journal: gap, expected record {} and found {}", expectedSequence, foundSequence);
    }

    @Override
    public void onRetentionLoss(String handler, long records) {
        add(
                Level.ERROR,
                "journal: its size cap deleted {} records that handler {} had not delivered",
                records,
                handler);
    }

    @Override
    public void onSegmentDeleted(Path file, long allocatedBytes) {
        add(Level.DEBUG, "journal: deleted {} ({} bytes)", file, allocatedBytes);
    }

    @Override
    public void onSyncFailed(long afterIndex, Throwable cause) {
        add(Level.CRITICAL, "journal: the device refused to take documents behind index {}: {}", afterIndex, cause);
    }

    @Override
    public void onRepaired(Path file, String what) {
        add(Level.NOTICE, "journal: {}: {}", file, what);
    }

    private void add(Level level, String template, Object... args) {
        events.add(level, MasterEvents.MASTER_LOGGER, template, args);
    }
}
