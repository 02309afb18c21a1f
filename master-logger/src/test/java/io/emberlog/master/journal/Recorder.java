package io.emberlog.master.journal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Remembers what a journal reported. */
final class Recorder implements JournalListener {
    final List<String> broken = new ArrayList<>();
    final List<String> gaps = new ArrayList<>();
    final List<String> losses = new ArrayList<>();
    final List<String> syncFailures = new ArrayList<>();
    final List<String> repairs = new ArrayList<>();
    final List<Path> deleted = new ArrayList<>();

    @Override
    public void onBroken(long index, String what) {
        broken.add(what);
    }

    @Override
    public void onGap(long expectedSequence, long foundSequence) {
        gaps.add(expectedSequence + "->" + foundSequence);
    }

    @Override
    public void onRetentionLoss(String handler, long firstSequence, long lastSequence, long maxSizeBytes) {
        losses.add(handler + ":" + firstSequence + "-" + lastSequence);
    }

    @Override
    public void onSyncFailed(long syncedIndex, Throwable cause) {
        syncFailures.add(syncedIndex + ": " + cause);
    }

    @Override
    public void onSegmentDeleted(Path file, long allocatedBytes) {
        deleted.add(file);
    }

    @Override
    public void onRepaired(Path file, String what) {
        repairs.add(file.getFileName() + ": " + what);
    }
}
