package io.emberlog.handler.file;

import io.emberlog.handler.HandlerContext;
import io.emberlog.message.Level;
import io.emberlog.ring.IoReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Looks after the rotated files of all logs of one handler: deletes what is too much ({@link Retention}) and hands the rest to
 * the {@link Archivist}, and tells what they take ({@link DiskUse}). One life of the handler; its thread.
 */
final class Housekeeper {
    /** Between looks for what is to be deleted, and after one that failed. */
    private static final long LOOK_NS = TimeUnit.SECONDS.toNanos(10);

    private final RotationSettings settings;
    private final FileOps ops;
    private final HandlerContext context;
    private final Path directory;
    private final Reports reports;
    private final WallClock clock;
    private final Retention retention;
    private final Archivist archivist;
    private final DiskUse diskUse;
    private final Set<RotatedFiles> logs = new LinkedHashSet<>();
    /** Rotated, and perhaps still meant by the stored checkpoint. */
    private final Set<RotatedFiles> held = new LinkedHashSet<>();
    /** Those in which something is still to be deleted. */
    private final Set<RotatedFiles> unpruned = new LinkedHashSet<>();

    private long nextLookNs;

    /** @param directory that holds them all, for the space that is left */
    Housekeeper(
            RotationSettings settings,
            FileOps ops,
            HandlerContext context,
            Path directory,
            Reports reports,
            Background background) {
        this.settings = settings;
        this.ops = ops;
        this.context = context;
        this.directory = directory;
        this.clock = new WallClock(context);
        this.retention = new Retention(settings, ops, clock, reports);
        this.archivist = new Archivist(context.name(), settings, ops, reports, background);
        this.reports = reports;
        this.diskUse = new DiskUse(ops, context, directory);
        nextLookNs = context.nanoTime();
    }

    WallClock clock() {
        return clock;
    }

    RotatedFiles add(Path path) {
        RotatedFiles log = new RotatedFiles(ops, path, settings.name());
        logs.add(log);
        return log;
    }

    /** The handler does not know it any more. */
    void remove(RotatedFiles log) {
        logs.remove(log);
        held.remove(log);
        unpruned.remove(log);
        archivist.forget(log);
    }

    /** An earlier life may have left something undone in all that is known. */
    void found() {
        pruneAll(logs);
        Listings listings = new Listings();
        for (RotatedFiles log : logs) {
            boolean isNeeded;
            try {
                isNeeded = archivist.isNeededFor(log, listings.of(log));
            } catch (IOException e) {
                isNeeded = true; // whoever looks says why it cannot
            }
            if (isNeeded) {
                archivist.look(log);
            }
        }
    }

    /** A file was renamed, in this life or, as this one found, before it. */
    void rotated(RotatedFiles log) {
        if (settings.hasBackgroundWork() || settings.deletesAtAnyTime()) {
            held.add(log); // else nothing touches the newest, and the checkpoint is saved
        }
        if (!settings.archiveCommand().isEmpty()) {
            log.commands().incrementAndGet();
        }
        pruneAll(List.of(log));
    }

    private void pruneAll(Collection<RotatedFiles> which) {
        Listings listings = new Listings();
        for (RotatedFiles log : which) {
            try {
                retention.apply(log, listings.of(log));
                unpruned.remove(log);
            } catch (IOException e) {
                unpruned.add(log);
                cannotDelete(e);
            }
        }
    }

    private void cannotDelete(IOException e) {
        reports.report(Level.WARN, "old files could not be deleted, which is tried again: " + IoReason.of(e), e);
    }

    /** @throws IOException out of the checkpoint that the release of a rotated file takes */
    void tick(long nowNs) throws IOException {
        if (!held.isEmpty()) {
            context.requestCheckpoint();
            for (RotatedFiles log : held) {
                log.release();
                if (settings.hasBackgroundWork()) {
                    archivist.look(log);
                }
            }
            held.clear();
            nextLookNs = nowNs;
        }
        deleteIfDue(nowNs);
        archivist.tick();
        diskUse.tick(nowNs, logs);
    }

    /** Looks now and then for what is to be deleted; does not throw for what it finds. */
    void deleteIfDue(long nowNs) {
        if (nowNs - nextLookNs >= 0) {
            nextLookNs = nowNs + LOOK_NS;
            deleteWhatIsTooMuch();
        }
    }

    private void deleteWhatIsTooMuch() {
        pruneAll(List.copyOf(settings.maxAgeMs() == Long.MAX_VALUE ? unpruned : logs));
        if (settings.deletesAtAnyTime()) {
            try {
                retention.applyTogether(logs, directory);
            } catch (IOException e) {
                cannotDelete(e);
            }
        }
    }

    void close() {
        archivist.stop();
    }
}
