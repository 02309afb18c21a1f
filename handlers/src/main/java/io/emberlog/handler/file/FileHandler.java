package io.emberlog.handler.file;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.Level;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Lines into one file, each record exactly once, whenever the process dies. A checkpoint says how long the file is that
 * holds just the records up to it ({@link FileState}). What stands behind that length is regenerated from the records
 * that come again and compared; the file is cut only from the first difference ({@link LogFile}), so whoever follows
 * the file sees nothing odd.
 *
 * <p>Rotation: write the buffer; store a checkpoint that says the file is about to be renamed; rename; create the new
 * file; force the directory; delete the oldest. The record in hand opens the new file.
 *
 * <pre>
 * row  process dies (or step fails)              next start sees                     and does
 * F1   before the first checkpoint is stored     no state; nothing of ours in file   goes on at the file's end
 * F2   after a write                             whole lines behind the length       compares, goes on behind them
 * F3   inside a write                            half a line behind the length       compares, goes on inside it
 * F4   after force, before the state is stored   as F2                               as F2
 * F5   after the intent, before the rename       intent; path is the file meant      renames, creates path
 * F6   after the rename                          intent; path.n is that file         creates path
 * F7   after path was created and written        intent; path.n is that file         compares path from its start
 * F8   while the oldest are deleted              too many of them                    deletes them at the next rotation
 * F9   inside the repair of any other row        the same row or the next one        the same again
 * F10  power fails                               any part of what was not forced     cuts from the first difference
 * F11  fsync fails                               (new life) the state before         writes everything since again
 * F12  a write fails, perhaps half-way           (same life) bytes of doubt          keeps its buffer; compares as F3
 * F13  the rename fails                          (same life) path still there        stores "not rotating", goes on in
 *                                                                                    path, tries again a tenth later
 * F14  another renames, removes, replaces path   a file that is not the one meant    reports; goes on at its end; what
 *                                                                                    came since the checkpoint is there
 *                                                                                    at least once
 * F15  another cuts the file (copytruncate)      a file that is too short            reports; goes on at its end; no
 *                                                                                    promise for what was cut
 * F16  another program writes to the file        bytes of its among ours             reports while it runs; after a
 *                                                                                    crash they may be cut: do not
 * </pre>
 *
 * F10 needs {@code fsync = checkpoint} and a caller whose checkpoints never pass its own synced records.
 */
final class FileHandler implements Handler {
    private static final long CHECK_INTERVAL_NS = 1_000_000_000L;

    /** After a failed rotation the file may grow by this share before the next try. */
    private static final int RETRY_SHARE = 10;

    private final FileSettings settings;
    private final FileOps ops;
    private final Format format;
    private final Path path;
    private final NumberedFiles numbered;
    private final Utf8Buffer line = new Utf8Buffer(1024);
    private final Utf8Buffer pending;

    private HandlerContext context;
    private LogFile file;
    private long pendingSinceNs;
    private long lastCheckNs;
    private long rotateAbove;
    private long number;
    private boolean rotating;

    FileHandler(FileSettings settings, FileOps ops) {
        this.settings = settings;
        this.ops = ops;
        this.path = settings.path();
        this.format = Format.of(settings.format(), settings.zone());
        this.numbered = new NumberedFiles(ops, path);
        this.pending = new Utf8Buffer(settings.bufferSize());
    }

    @Override
    public void open(HandlerContext newContext) throws IOException {
        context = newContext;
        pending.clear();
        rotating = false;
        number = 0;
        rotateAbove = settings.maxSize();
        lastCheckNs = context.nanoTime();
        try {
            ops.createDirectories(path.getParent());
            resume(readState());
        } catch (AccessDeniedException e) {
            String user = System.getProperty("user.name");
            throw new IOException(
                    "path=" + path + ": no permission; let user '" + user + "' write the file and its directory"
                            + " (refused: " + e.getFile() + ")",
                    e);
        }
    }

    private FileState readState() {
        byte[] bytes = context.state();
        if (bytes == null) {
            return null;
        }
        FileState state = FileState.decode(bytes).orElse(null);
        if (state == null) {
            report(Level.ERROR, "the checkpoint cannot be read; records since it are written once more", null);
        } else if (!state.path().equals(path.toString())) {
            report(Level.NOTICE, "follows " + state.path() + ", which stays as it is", null);
            return null;
        }
        return state;
    }

    private void resume(FileState state) throws IOException {
        if (state == null) {
            startAtEnd(settings.create());
            return;
        }
        number = state.number();
        if (state.rotating()) {
            if (!finishRotation(state)) {
                reportStranger();
                startAtEnd(settings.create());
            }
        } else if (isMeant(path, state)) {
            continueAt(state);
        } else {
            reportStranger();
            startAtEnd(settings.create());
        }
    }

    private void reportStranger() {
        report(
                Level.WARN,
                "is not the file of the last checkpoint (removed, replaced or cut); records since then may be there"
                        + " twice or in another file",
                null);
    }

    /** A file that we know nothing of; on disk as our starting point before the first line. */
    private void startAtEnd(boolean create) throws IOException {
        file = LogFile.atEnd(openOrCreate(create), this::meddledWith);
        context.requestCheckpoint();
    }

    private void continueAt(FileState state) throws IOException {
        file = LogFile.at(openOrCreate(false), state.length(), this::meddledWith);
    }

    private FileOps.OpenFile openOrCreate(boolean create) throws IOException {
        FileOps.OpenFile opened;
        try {
            opened = ops.open(path);
        } catch (NoSuchFileException e) {
            if (!create) {
                throw new IOException("path=" + path + " does not exist, and create = false", e);
            }
            opened = ops.create(path);
        }
        try {
            ops.forceDirectory(path.getParent());
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    private boolean isMeant(Path candidate, FileState state) throws IOException {
        try (FileOps.OpenFile opened = ops.open(candidate)) {
            return state.length() == 0
                    ? opened.key().equals(state.key())
                    : LogFile.tailCrc(opened, state.length()) == (state.tailCrc() & 0xFFFF_FFFFL);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public void handle(LogRecord record) throws IOException {
        if (pending.length() >= settings.bufferSize()) {
            write();
        }
        line.clear();
        format.format(record, line);
        long length = file.position() + pending.length();
        if (length > 0 && length + line.length() > rotateAbove && length >= file.unverifiedEnd()) {
            rotate();
        }
        if (pending.isEmpty()) {
            pendingSinceNs = context.nanoTime();
        }
        pending.append(line.bytes(), 0, line.length());
    }

    @Override
    public void flush() throws IOException {
        write();
    }

    @Override
    public void tick(long nowNs) throws IOException {
        if (!pending.isEmpty() && nowNs - pendingSinceNs >= settings.flushIntervalNs()) {
            write();
        }
        if (nowNs - lastCheckNs >= CHECK_INTERVAL_NS) {
            followReplacement();
            lastCheckNs = nowNs;
        }
    }

    @Override
    public void reopen() throws IOException {
        followReplacement();
    }

    private void write() throws IOException {
        int before = pending.length();
        if (before == 0) {
            return;
        }
        try {
            file.write(pending);
        } finally {
            context.metrics().add(Counter.BYTES, before - pending.length());
        }
        context.metrics().add(Counter.WRITES, 1);
    }

    @Override
    public byte[] checkpoint() throws IOException {
        write();
        if (settings.forceAtCheckpoint()) {
            try {
                file.force();
            } catch (IOException e) {
                throw new HandlerRestartException("path=" + path + ": fsync failed", e);
            }
        }
        return state().encode();
    }

    private FileState state() throws IOException {
        return new FileState(path.toString(), file.key(), file.position(), (int) file.tailCrc(), rotating, number);
    }

    /** Leaves the record in hand to the new file; when it throws an ordinary exception, nothing has happened. */
    private void rotate() throws IOException {
        if (!file.key().equals(ops.key(path))) {
            followReplacement();
            return;
        }
        write();
        number = numbered.nextNumber(number);
        rotating = true;
        FileState intent;
        try {
            intent = state();
            context.requestCheckpoint();
        } finally {
            // if that threw, the intent may be stored: the same record comes again and with it this step, and until a
            // checkpoint is stored not a byte goes into the file
            rotating = false;
        }
        try {
            close();
            if (!finishRotation(intent)) {
                throw new IOException("path=" + path + " changed while it was rotated");
            }
        } catch (HandlerRestartException e) {
            throw e;
        } catch (IOException e) {
            throw new HandlerRestartException("path=" + path + ": rotation stopped half-way", e);
        }
    }

    /**
     * From a stored intent, as often as need be, to an open file: the new one, or the old one where it cannot be renamed.
     *
     * @return false when neither name holds the file meant
     */
    private boolean finishRotation(FileState intent) throws IOException {
        Path target = numbered.numbered(intent.number());
        if (!isMeant(target, intent)) {
            if (!isMeant(path, intent)) {
                return false;
            }
            if (!rename(target, intent)) {
                return true;
            }
        }
        // whatever stands at path now was created after the rename: all of it is to be compared
        file = LogFile.at(openOrCreate(true), 0, this::meddledWith);
        rotateAbove = settings.maxSize();
        context.metrics().add(Counter.ROTATIONS, 1);
        try {
            numbered.prune(intent.number(), settings.keepFiles());
        } catch (IOException e) {
            report(Level.WARN, "old files could not be deleted; tried again at the next rotation", e);
        }
        return true;
    }

    private boolean rename(Path target, FileState intent) throws IOException {
        try {
            if (ops.key(target) != null) {
                throw new IOException(target + " exists");
            }
            ops.rename(path, target);
            return true;
        } catch (IOException e) {
            if (isMeant(target, intent)) {
                return true;
            }
            report(Level.ERROR, "could not be renamed to " + target.getFileName() + "; going on in it", e);
            continueAt(intent);
            // before a further line: a next start that still saw the intent would take it along and write it again
            context.requestCheckpoint();
            rotateAbove = file.position() + Math.max(1, settings.maxSize() / RETRY_SHARE);
            return false;
        }
    }

    /** logrotate and others put a new file in place of ours: what is in the buffer still belongs to the old one. */
    private void followReplacement() throws IOException {
        String key = ops.key(path);
        if (file.key().equals(key)) {
            return;
        }
        report(Level.NOTICE, key == null ? "was removed or renamed" : "was replaced by another file", null);
        write();
        LogFile old = file;
        file = LogFile.atEnd(openOrCreate(settings.create()), this::meddledWith);
        old.close();
        context.requestCheckpoint();
    }

    private void meddledWith(String what) {
        report(Level.WARN, "was " + what, null);
    }

    private void report(Level level, String message, Throwable cause) {
        context.report(level, "file handler " + context.name() + ": " + path + " " + message, cause);
    }

    @Override
    public void close() throws IOException {
        LogFile old = file;
        file = null;
        if (old != null) {
            old.close();
        }
    }
}
