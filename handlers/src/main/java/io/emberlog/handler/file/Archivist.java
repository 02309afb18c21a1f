package io.emberlog.handler.file;

import io.emberlog.handler.file.RotatedFiles.Rotated;
import io.emberlog.message.Level;
import io.emberlog.ring.IoReason;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What is done with rotated files behind the handler's back: compressing them ({@link RotatedFileCompressor}) and giving them to
 * a command, one file at a time. What there is to do stands on the disk; a log is looked at when the handler opens it, when a file
 * was rotated, and a minute after something failed. {@link #look} and {@link #stop}: the handler's thread; {@link #doWork} and
 * {@link #waitNs}: the background's.
 *
 * <p>The file rotated last is left alone until a checkpoint is stored that does not mean it any more. The command is run for
 * each file at least once, in order; how many wait for it is in the checkpoint:
 *
 * <pre>
 * row  process dies                                  next start sees               and does
 * F31  before the command has ended with 0 and a     a count of files that wait    runs it for the newest so many, for some
 *      checkpoint says so                                                          perhaps once more
 * </pre>
 */
final class Archivist {
    private static final long RETRY_NS = TimeUnit.MINUTES.toNanos(1);

    /** What an earlier life of this handler has begun, it ends soon. */
    private static final long BUSY_NS = TimeUnit.SECONDS.toNanos(1);

    private final String handler;
    private final FileOps ops;
    private final RotationSettings settings;
    private final Reports reports;
    private final Background background;
    private final RotatedFileCompressor compressor;
    private final ArchiveCommand command;
    /** Those that could not be compressed, to be tried behind the others. */
    private final Set<String> failed = new LinkedHashSet<>();
    /** When each is to be looked at; guarded by itself. */
    private final Map<RotatedFiles, Long> dueNs = new LinkedHashMap<>();

    Archivist(String handler, RotationSettings settings, FileOps ops, Reports reports, Background background) {
        this.handler = handler;
        this.settings = settings;
        this.ops = ops;
        this.reports = reports;
        this.background = background;
        compressor = new RotatedFileCompressor(ops, background);
        command = settings.archiveCommand().isEmpty()
                ? null
                : new ArchiveCommand(settings.archiveCommand(), settings.archiveTimeoutNs(), background);
    }

    /** There may be something to do in that log. */
    void look(RotatedFiles log) {
        lookAt(log, background.nanoTime());
        background.wake(this);
    }

    private void lookAt(RotatedFiles log, long ns) {
        synchronized (dueNs) {
            dueNs.merge(log, ns, (one, other) -> one - other < 0 ? one : other);
        }
    }

    void forget(RotatedFiles log) {
        synchronized (dueNs) {
            dueNs.remove(log);
        }
    }

    void stop() {
        background.stop();
    }

    void tick() {
        background.tick(this);
    }

    /** Until something may be due. */
    long waitNs() {
        long now = background.nanoTime();
        synchronized (dueNs) {
            long wait = RETRY_NS;
            for (long due : dueNs.values()) {
                wait = Math.min(wait, due - now);
            }
            return Math.max(1, wait);
        }
    }

    private RotatedFiles take() {
        long now = background.nanoTime();
        synchronized (dueNs) {
            for (Map.Entry<RotatedFiles, Long> entry : dueNs.entrySet()) {
                if (entry.getValue() - now <= 0) {
                    dueNs.remove(entry.getKey());
                    return entry.getKey();
                }
            }
            return null;
        }
    }

    /** Whether {@link #look} would find something. */
    boolean isNeededFor(RotatedFiles log, NavigableSet<String> listing) throws IOException {
        boolean plain = settings.compression() != null;
        return command != null && log.commands().get() > 0
                || !log.temporary(listing).isEmpty()
                || log.oldestFirst(listing).stream()
                        .anyMatch(rotated -> rotated.forms().size() > 1
                                || plain && !rotated.plainName().isEmpty());
    }

    /** Looks at one log. False: none is due. */
    boolean doWork() {
        RotatedFiles log = take();
        if (log == null) {
            return false;
        }
        long again = RETRY_NS;
        boolean done = false;
        try {
            Closeable claim = ops.claim(log.at(log.path().getFileName() + RotatedName.TEMPORARY), handler);
            try {
                done = work(log);
            } finally {
                claim.close();
            }
        } catch (IOException e) { // an earlier life, which is about to end, works on it
            again = BUSY_NS;
        }
        if (!done) {
            lookAt(log, background.nanoTime() + again);
        }
        return true;
    }

    /** False: something is to be tried again. */
    private boolean work(RotatedFiles log) {
        try {
            NavigableSet<String> listing = log.listing();
            for (String temporary : log.temporary(listing)) {
                ops.delete(log.at(temporary));
            }
            for (Rotated rotated : failedLast(log.oldestFirst(listing))) {
                if (background.isStopped()) {
                    return true;
                }
                if (!log.isHeld(rotated) && !settle(log, rotated)) {
                    return false;
                }
            }
            return command == null || give(log);
        } catch (RotatedFileCompressor.StoppedException e) {
            return true; // the next start goes on
        } catch (IOException e) {
            report(log, "rotated files cannot be looked at: " + IoReason.of(e), e);
            return false;
        }
    }

    private List<Rotated> failedLast(List<Rotated> all) {
        List<Rotated> ordered = new ArrayList<>(all);
        ordered.sort((a, b) -> Boolean.compare(failed.contains(a.plain()), failed.contains(b.plain())));
        return ordered;
    }

    private boolean settle(RotatedFiles log, Rotated rotated) throws RotatedFileCompressor.StoppedException {
        String plain = rotated.plainName();
        if (plain.isEmpty() || rotated.compressed().isEmpty() && settings.compression() == null) {
            return true;
        }
        try {
            if (rotated.compressed().isEmpty()) {
                compressor.compress(log.at(plain), settings.compression());
            } else {
                settleBoth(log, plain, rotated.compressed().get(0));
            }
            failed.remove(plain);
            return true;
        } catch (RotatedFileCompressor.StoppedException e) {
            throw e;
        } catch (IOException | RuntimeException | LinkageError e) {
            failed.add(plain);
            report(log, plain + " could not be compressed, stays as it is and is tried again: " + IoReason.of(e), e);
            return false;
        }
    }

    private void settleBoth(RotatedFiles log, String plain, RotatedFile compressed) throws IOException {
        FileCompression compression = Compressions.all().stream()
                .filter(candidate -> candidate.ending().equals(compressed.ending()))
                .findFirst()
                .orElseThrow(() -> new IOException(
                        compressed.name() + " is there, and what reads " + compressed.ending() + " is not installed"));
        if (!compressor.deletePlainIfEqual(log.at(plain), log.at(compressed.name()), compression)) {
            report(log, plain + " and " + compressed.name() + " are both there and differ; remove the wrong one", null);
        }
    }

    /** False: the command did not take a file. */
    private boolean give(RotatedFiles log) throws IOException {
        for (int waiting = log.commands().get();
                waiting > 0;
                waiting = log.commands().get()) {
            List<Rotated> all = log.oldestFirst(log.listing());
            if (all.isEmpty()) {
                log.commands().compareAndSet(waiting, 0); // somebody took them
                return true;
            }
            Rotated next = all.get(Math.max(0, all.size() - waiting));
            if (log.isHeld(next) || background.isStopped()) {
                return true;
            }
            try {
                command.run(log.at(
                        next.compressed().isEmpty()
                                ? next.plain()
                                : next.compressed().get(0).name()));
            } catch (RotatedFileCompressor.StoppedException e) {
                throw e;
            } catch (IOException e) {
                report(
                        log,
                        "archive_command " + command + " did not take " + next.plain() + ", and is tried again: "
                                + IoReason.why(e),
                        e);
                return false;
            }
            int taken = 1 + Math.max(0, waiting - all.size()); // those that are gone wait for nothing
            log.commands().updateAndGet(now -> Math.max(0, now - taken));
        }
        return true;
    }

    private void report(RotatedFiles log, String what, Throwable cause) {
        reports.report(Level.WARN, log.path().getFileName() + ": " + what, cause);
    }
}
