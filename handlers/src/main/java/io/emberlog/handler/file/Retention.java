package io.emberlog.handler.file;

import io.emberlog.handler.file.RotatedFiles.Rotated;
import io.emberlog.message.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;

/**
 * Deletes rotated files, the oldest first: never the one that is written, nor the last one while a checkpoint may mean it. What
 * could not be deleted, or because the process died was not, is deleted at the next look. The handler's thread.
 */
final class Retention {
    /** A rotated file with what it has on disk, in all its forms. */
    private record Aged(RotatedFiles log, Rotated rotated, long size, long modifiedMs) {}

    private final RotationSettings settings;
    private final FileOps ops;
    private final WallClock clock;
    private final Reports reports;
    private boolean toldThatNoneIsLeft;

    Retention(RotationSettings settings, FileOps ops, WallClock clock, Reports reports) {
        this.settings = settings;
        this.ops = ops;
        this.clock = clock;
        this.reports = reports;
    }

    /** By number and by age. */
    void apply(RotatedFiles log, NavigableSet<String> listing) throws IOException {
        List<Rotated> all = log.oldestFirst(listing);
        long surplus = all.size() - settings.keepFiles();
        Failures failures = new Failures();
        for (int i = 0; i < all.size(); i++) {
            try {
                if (!log.isHeld(all.get(i)) && (i < surplus || isTooOld(log, all.get(i)))) {
                    delete(log, all.get(i));
                }
            } catch (IOException e) {
                failures.add(e);
            }
        }
        failures.rethrow();
    }

    private boolean isTooOld(RotatedFiles log, Rotated rotated) throws IOException {
        if (settings.maxAgeMs() == Long.MAX_VALUE) {
            return false;
        }
        // a clock that was set a moment ago must not cost files
        return clock.epochNs() / 1_000_000 - aged(log, rotated).modifiedMs() > settings.maxAgeMs() && clock.isSteady();
    }

    /** By the bytes that all have together, and the bytes that are left on the disk. */
    void applyTogether(Collection<RotatedFiles> logs, Path directory) throws IOException {
        if (settings.maxTotalSize() == Long.MAX_VALUE && settings.minFreeSpace() == 0) {
            return;
        }
        long missing =
                settings.minFreeSpace() == 0 ? 0 : Math.max(0, settings.minFreeSpace() - ops.usableSpace(directory));
        if (missing == 0 && settings.maxTotalSize() == Long.MAX_VALUE) {
            toldThatNoneIsLeft = false;
            return;
        }
        List<Aged> oldestFirst = oldestFirst(logs);
        long total = oldestFirst.stream().mapToLong(Aged::size).sum();
        long surplus = Math.max(0, total - settings.maxTotalSize());
        long freed = 0;
        List<String> deleted = new ArrayList<>();
        Failures failures = new Failures();
        for (Aged aged : oldestFirst) {
            if (freed >= Math.max(surplus, missing)) {
                break;
            }
            try {
                delete(aged.log(), aged.rotated());
                freed += aged.size();
                deleted.add(aged.rotated().plain());
            } catch (IOException e) {
                failures.add(e);
            }
        }
        report(deleted, missing > surplus, freed < missing);
        failures.rethrow();
    }

    /** One file that cannot be deleted keeps no other. */
    private static final class Failures {
        private IOException first;

        void add(IOException failure) {
            if (first == null) {
                first = failure;
            } else {
                first.addSuppressed(failure);
            }
        }

        void rethrow() throws IOException {
            if (first != null) {
                throw first;
            }
        }
    }

    private void report(List<String> deleted, boolean forSpace, boolean isStillMissing) {
        if (!deleted.isEmpty()) {
            String which = deleted.size() == 1
                    ? deleted.get(0)
                    : deleted.size() + " rotated files from " + deleted.get(0) + " to "
                            + deleted.get(deleted.size() - 1);
            reports.report(
                    forSpace ? Level.WARN : Level.NOTICE,
                    "deleted " + which + ", for "
                            + (forSpace
                                    ? "less than min_free_space=" + settings.minFreeSpace() + " was left"
                                    : "all together had more than max_total_size=" + settings.maxTotalSize()),
                    null);
        }
        if (isStillMissing && !toldThatNoneIsLeft) {
            reports.report(
                    Level.ERROR,
                    "has no rotated file left to delete, and less than min_free_space=" + settings.minFreeSpace()
                            + " is free",
                    null);
        }
        toldThatNoneIsLeft = isStillMissing;
    }

    /** Of one log in its own order; of several by the time of the last write. */
    private List<Aged> oldestFirst(Collection<RotatedFiles> logs) throws IOException {
        List<Aged> all = new ArrayList<>();
        Listings listings = new Listings();
        for (RotatedFiles log : logs) {
            for (Rotated rotated : log.oldestFirst(listings.of(log))) {
                if (!log.isHeld(rotated)) {
                    all.add(aged(log, rotated));
                }
            }
        }
        if (logs.size() > 1) {
            all.sort(Comparator.comparingLong(Aged::modifiedMs));
        }
        return all;
    }

    private Aged aged(RotatedFiles log, Rotated rotated) throws IOException {
        long size = 0;
        long modifiedMs = 0;
        for (RotatedFile form : rotated.forms()) {
            FileOps.Stat stat = ops.stat(log.at(form.name()));
            if (stat != null) {
                size += stat.size();
                modifiedMs = Math.max(modifiedMs, stat.modifiedMs());
            }
        }
        return new Aged(log, rotated, size, modifiedMs);
    }

    private void delete(RotatedFiles log, Rotated rotated) throws IOException {
        int before =
                log.commands().get() == 0 ? 0 : log.oldestFirst(log.listing()).size();
        for (RotatedFile form : rotated.forms()) {
            ops.delete(log.at(form.name()));
        }
        if (before > 0 && log.commands().get() >= before) {
            log.commands().updateAndGet(now -> Math.min(now, before - 1));
            reports.report(Level.WARN, "deleted " + rotated.plain() + " before archive_command had taken it", null);
        }
    }
}
