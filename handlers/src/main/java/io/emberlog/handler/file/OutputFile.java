package io.emberlog.handler.file;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.Level;
import io.emberlog.ring.IoReason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * One file of lines, each record exactly once, whenever the process dies. A checkpoint says how long the file is that
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
 * F21  records behind the length are gone from   lines that exist nowhere else       keeps them; looks for the first line
 *      the journal                                                                   that comes, else goes on at the end
 * </pre>
 *
 * F10 needs {@code fsync = checkpoint} and a caller whose checkpoints never pass its own synced records.
 *
 * <p>One thread. Use: {@link #open}, {@link #append}, {@link #write}; before a checkpoint {@link #write} and {@link #force},
 * then {@link #state}.
 */
final class OutputFile {
    /** After a failed rotation the file may grow by this share before the next try. */
    private static final int RETRY_SHARE = 10;

    private static final int FIRST_CAPACITY = 1024;

    private final FileSettings settings;
    private final FileOps ops;
    private final HandlerContext context;
    private final Path path;
    private final NumberedFiles numbered;
    private Utf8Buffer pending;

    /** Where a checkpoint says this file stands, while it is not open; null when none does. */
    private FileState known;

    /** Null until opened; may be suspended. */
    private LogFile file;

    /** Of the path, from the first opening to the end; null outside. */
    private Closeable claim;

    private boolean unforced;
    private long pendingSinceNs;
    private long rotateAbove;
    private long number;
    private boolean rotating;

    /**
     * @param known where the last checkpoint says this file stands; null for one that it does not name
     * @param context asked for a checkpoint where the crash table says so; that checkpoint must hold {@link #state} of this
     *     file
     */
    OutputFile(Path path, FileState known, FileSettings settings, FileOps ops, HandlerContext context) {
        this.path = path;
        this.known = known;
        this.settings = settings;
        this.ops = ops;
        this.context = context;
        this.numbered = new NumberedFiles(ops, path);
        this.pending = new Utf8Buffer(FIRST_CAPACITY);
        this.rotateAbove = settings.maxSize();
    }

    /** Ready for lines, in a file that a checkpoint names. Nothing happens when it is open. */
    void open() throws IOException {
        if (isOpen()) {
            return;
        }
        try {
            ops.createDirectories(path.getParent());
            if (claim == null) {
                claim = ops.claim(path, context.name());
            }
            if (file != null) {
                reopen();
            } else {
                resume(known);
            }
        } catch (AccessDeniedException e) {
            String user = System.getProperty("user.name");
            throw new IOException(
                    "path=" + path + ": no permission; let user '" + user + "' write the file and its directory"
                            + " (refused: " + e.getFile() + ")",
                    e);
        }
    }

    boolean isOpen() {
        return file != null && file.isOpen();
    }

    private void reopen() throws IOException {
        FileOps.OpenFile opened;
        try {
            opened = ops.open(path);
        } catch (NoSuchFileException e) {
            opened = null;
        }
        if (opened != null && opened.key().equals(file.key())) {
            file.resume(opened);
            return;
        }
        if (opened != null) {
            opened.close();
        }
        report(Level.NOTICE, opened == null ? "was removed or renamed" : "was replaced by another file", null);
        startAtEnd(settings.create());
    }

    /** Writes and forces what it has and closes the file until {@link #open}. */
    void suspend() throws IOException {
        write();
        if (settings.forceAtCheckpoint()) {
            force();
        }
        known = state();
        pending = new Utf8Buffer(FIRST_CAPACITY); // there may be a thousand files like this
        file.suspend();
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
        file = LogFile.at(openOrCreate(false), state.length(), context::recordsAreMissing, this::meddledWith);
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
            return state.isOf(opened);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Takes a line into the buffer, behind a rotation where one is due. All or nothing. */
    void append(Utf8Buffer line) throws IOException {
        long length = file.position() + pending.length();
        if (length > 0 && length + line.length() > rotateAbove && length >= file.unverifiedEnd()) {
            rotate();
        }
        if (pending.isEmpty()) {
            pendingSinceNs = context.nanoTime();
        }
        pending.append(line.bytes(), 0, line.length());
    }

    /** Nothing stands in the file that is still to be compared. Only while open. */
    boolean isSettled() {
        return file.unverifiedEnd() <= file.position();
    }

    /** Bytes in the buffer. */
    int pendingLength() {
        return pending.length();
    }

    /** Writes the buffer when it has waited for long enough. */
    void writeIfDue(long nowNs) throws IOException {
        if (!pending.isEmpty() && nowNs - pendingSinceNs >= settings.flushIntervalNs()) {
            write();
        }
    }

    void write() throws IOException {
        int before = pending.length();
        if (before == 0) {
            return;
        }
        unforced = true;
        try {
            file.write(pending);
        } catch (IOException e) {
            throw new IOException("path=" + path + ": " + IoReason.why(e), e);
        } finally {
            context.metrics().add(Counter.BYTES, before - pending.length());
        }
        if (pending.bytes().length > 2 * Math.max(settings.bufferSize(), FIRST_CAPACITY)) {
            pending = new Utf8Buffer(FIRST_CAPACITY); // after a huge line
        }
        context.metrics().add(Counter.WRITES, 1);
    }

    /** Puts what was written on the device. After a failure nothing is known of it, and only a new life can tell. */
    void force() throws HandlerRestartException {
        if (!unforced) {
            return;
        }
        try {
            file.force();
            unforced = false;
        } catch (IOException e) {
            throw new HandlerRestartException("path=" + path + ": fsync failed", e);
        }
    }

    /** Where it stands, with nothing in the buffer. */
    FileState state() throws IOException {
        if (!isOpen()) {
            return known;
        }
        file.meet();
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
            closeFile();
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
        file = LogFile.at(openOrCreate(true), 0, context::recordsAreMissing, this::meddledWith);
        rotateAbove = settings.maxSize();
        context.metrics().add(Counter.ROTATIONS, 1);
        try {
            numbered.prune(settings.keepFiles());
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
    void followReplacement() throws IOException {
        String key = ops.key(path);
        if (file.key().equals(key)) {
            return;
        }
        report(Level.NOTICE, key == null ? "was removed or renamed" : "was replaced by another file", null);
        write();
        if (settings.forceAtCheckpoint()) {
            force(); // the checkpoint below is behind these lines, and knows the new file only
        }
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

    /** Ends; what is in the buffer is lost. */
    void close() throws IOException {
        try {
            closeFile();
        } finally {
            if (claim != null) {
                claim.close();
                claim = null;
            }
        }
    }

    private void closeFile() throws IOException {
        LogFile old = file;
        file = null;
        if (old != null) {
            old.close();
        }
    }
}
