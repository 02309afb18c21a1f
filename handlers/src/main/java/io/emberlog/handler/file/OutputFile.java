package io.emberlog.handler.file;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Timer;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.Level;
import io.emberlog.ring.IoReason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * One file of lines, each record exactly once, whenever the process dies. A checkpoint says how long the file is that
 * holds just the records up to it ({@link FileState}). What stands behind that length is regenerated from the records
 * that come again and compared; the file is cut only from the first difference ({@link LogFile}), so whoever follows
 * the file sees nothing odd.
 *
 * <p>Rotation: write the buffer; store a checkpoint that says the file is about to be renamed, and how; rename; create the new
 * file; force the directory; delete the oldest. The record in hand opens the new file. Where the renamed file may be
 * compressed, deleted, or given to a command, that waits for another checkpoint, stored at the next tick, which does not mean
 * it any more ({@link Housekeeper}, {@link Archivist}).
 *
 * <p>By size or by time ({@link RotationTimer}): what decides need not be the same after a crash. A rotation that was begun is
 * finished because its intent is stored; one that was not is decided anew, but not before everything is compared that
 * stands behind the stored length, for all of that was written without one.
 *
 * <pre>
 * row  process dies (or step fails)              next start sees                     and does
 * F1   before the first checkpoint is stored     no state; nothing of ours in file   goes on at the file's end
 * F2   after a write                             whole lines behind the length       compares, goes on behind them
 * F3   inside a write                            half a line behind the length       compares, goes on inside it
 * F4   after force, before the state is stored   as F2                               as F2
 * F5   after the intent, before the rename       intent; path is the file meant      renames to the name of the intent,
 *                                                                                    whatever is configured now; creates path
 * F6   after the rename                          intent; target is that file         creates path
 * F7   after path was created and written        intent; target is that file         compares path from its start
 * F8   while the oldest are deleted              too many of them                    deletes them at once
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
 * F22  after a record was found to be of the     no intent; the record comes again   decides anew once nothing is left to be
 *      next day, before the intent is stored                                         compared; F5 to F7 from there on
 * F23  after a rotation, before the checkpoint   intent; target is that file, and    as F6 and F7; target is held back until
 *      that releases target                      nobody has touched it               that checkpoint is stored
 * F24  (no death) the wall clock is set          a time before the file's first, or  at most one rotation in ten minutes for
 *                                                far behind it                       that
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

    /** After one that was due by time, the next try comes so much later. */
    private static final long RETRY_NS = TimeUnit.MINUTES.toNanos(1);

    private static final int FIRST_CAPACITY = 1024;

    /** Times the buffer's size: where lines that are appended at once are longer, their room is given back. */
    private static final int MOST_AT_ONCE = 8;

    private final FileSettings settings;
    private final FileOps ops;
    private final HandlerContext context;
    private final Path path;
    private final Housekeeper housekeeper;
    private final RotatedFiles rotated;
    private final RotationTimer timer;
    private Utf8Buffer pending;
    /** Bytes that the buffer is of use for, written or not. */
    private int usual;

    /** Where a checkpoint says this file stands, while it is not open; null when none does. */
    private FileState known;

    /** Null until opened; may be suspended. */
    private LogFile file;

    /** Of the path, from the first opening to the end; null outside. */
    private Closeable claim;

    /** Another file, or none, stands at the path, and it could not be opened. */
    private boolean replaced;

    /** Opening it failed for its own sake, not for that of a checkpoint. */
    private boolean atFault;

    private boolean unforced;
    private long pendingSinceNs;
    private long rotateAbove;
    /** After a rename that failed, none is due by time before this. */
    private long rotateFromNs;

    /** A checkpoint that says so may be stored, and must not be the last word. */
    private boolean rotationBegun;

    private long number;
    private long lastStart;
    /** The name that the file is to get; empty but for the checkpoint that says so. */
    private String target = "";

    /**
     * @param known where the last checkpoint says this file stands; null for one that it does not name
     * @param context asked for a checkpoint where the crash table says so; that checkpoint must hold {@link #state} of this
     *     file
     * @param housekeeper of this life
     */
    OutputFile(
            Path path,
            FileState known,
            FileSettings settings,
            FileOps ops,
            HandlerContext context,
            Housekeeper housekeeper) {
        this.path = path;
        this.known = known;
        this.settings = settings;
        this.ops = ops;
        this.context = context;
        this.housekeeper = housekeeper;
        this.rotated = housekeeper.add(path);
        this.timer = new RotationTimer(settings.rotation().schedule(), housekeeper.clock());
        this.pending = new Utf8Buffer(FIRST_CAPACITY);
        this.usual = Math.max(settings.bufferSize(), FIRST_CAPACITY);
        this.rotateAbove = settings.rotation().maxSize();
        this.rotateFromNs = context.nanoTime();
        if (known != null) {
            know(known.rotation());
        }
    }

    private void know(FileState.Rotation rotation) {
        number = rotation.number();
        lastStart = rotation.lastStart();
        timer.restore(rotation.start());
        rotated.know(timer.dateOf(lastStart), number);
        rotated.commands().set(rotation.commands());
    }

    /** Ready for lines, in a file that a checkpoint names. Nothing happens when it is open. */
    void open() throws IOException {
        if (isOpen()) {
            return;
        }
        atFault = true;
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

    /** Open, and another file stands at its path that could not be opened: what is written goes to one that nobody finds. */
    boolean isReplaced() {
        return replaced;
    }

    /** After {@link #open} or {@link #followReplacement} failed: whether the file is to blame, and not a checkpoint. */
    boolean isAtFault() {
        return atFault;
    }

    private void requestCheckpoint() throws IOException {
        atFault = false;
        context.requestCheckpoint();
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
        know(state.rotation());
        if (state.rotation().isIntended()) {
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
        timer.forget();
        requestCheckpoint();
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

    /**
     * Takes a line into the buffer, behind a rotation where one is due. All or nothing.
     *
     * @param timeNs of its record, since the epoch
     */
    void append(Utf8Buffer line, long timeNs) throws IOException {
        if (replaced) {
            followReplacement();
        }
        if (isRotationDue(line.length(), timeNs)) {
            rotate();
        }
        if (length() == 0) {
            timer.forget();
        }
        timer.begin(timeNs, lastStart);
        if (pending.isEmpty()) {
            pendingSinceNs = context.nanoTime();
        }
        pending.append(line.bytes(), 0, line.length());
    }

    /**
     * Whether the line of a record, and others in front of it, may just be put behind what is there: the file is the right one, nothing is
     * to be compared, and no rotation is due as long as they are no longer than that. If so, the record is thought to be in the file. Only
     * while open.
     */
    boolean admits(long length, long timeNs) {
        if (replaced
                || rotationBegun
                || !isSettled()
                || length() == 0
                || length > rotateAbove - length()
                || timer.isOver(timeNs)) {
            return false;
        }
        timer.begin(timeNs, lastStart);
        return true;
    }

    /**
     * Takes lines of records that it {@link #admits}, those of each batch in their order.
     *
     * @param sinceNs when the first of their records came
     * @return false when they are longer than the length that was asked for, and the file would become too large: none is taken
     */
    boolean appendAdmitted(Utf8Buffer lines, long sinceNs) {
        if (lines.length() > rotateAbove - length()) {
            return false;
        }
        if (pending.isEmpty()) {
            pendingSinceNs = sinceNs;
        }
        usual = Math.max(usual, (int) Math.min(lines.length(), (long) MOST_AT_ONCE * settings.bufferSize()));
        pending.append(lines.bytes(), 0, lines.length());
        return true;
    }

    private boolean isRotationDue(int lineLength, long timeNs) {
        if (rotationBegun) {
            return true; // whatever the clocks say now
        }
        long length = length();
        if (length == 0 || length < file.unverifiedEnd()) {
            return false;
        }
        return length + lineLength > rotateAbove || timer.isOver(timeNs) && context.nanoTime() - rotateFromNs >= 0;
    }

    private long length() {
        return file.position() + pending.length();
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
        long startNs = context.nanoTime();
        try {
            file.write(pending);
        } catch (IOException e) {
            throw new IOException("path=" + path + ": " + IoReason.why(e), e);
        } finally {
            context.metrics().add(Counter.BYTES, before - pending.length());
        }
        context.metrics().wrote(context.nanoTime() - startNs);
        if (pending.bytes().length > 2 * usual) {
            pending = new Utf8Buffer(FIRST_CAPACITY); // after a huge line
        }
    }

    /** Puts what was written on the device. After a failure nothing is known of it, and only a new life can tell. */
    void force() throws HandlerRestartException {
        if (!unforced) {
            return;
        }
        long startNs = context.nanoTime();
        try {
            file.force();
            unforced = false;
            context.metrics().record(Timer.SYNC, context.nanoTime() - startNs);
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
        int commands =
                Math.min(FileState.Rotation.MOST_COMMANDS, rotated.commands().get());
        FileState.Rotation rotation = new FileState.Rotation(target, number, timer.start(), lastStart, commands);
        return new FileState(path.toString(), file.key(), file.position(), (int) file.tailCrc(), rotation);
    }

    /** Leaves the record in hand to the new file; when it throws an ordinary exception, nothing has happened. */
    private void rotate() throws IOException {
        if (!file.key().equals(ops.key(path))) {
            followReplacement();
            rotationBegun = false;
            return;
        }
        write();
        long start = timer.startOrNow();
        String date = timer.dateOf(start);
        number = rotated.nextNumber(date, number, timer.dateOf(lastStart));
        lastStart = start;
        target = rotated.nameOf(date, number);
        FileState intent;
        try {
            intent = state();
            rotationBegun = true;
            context.requestCheckpoint();
            rotationBegun = false;
        } finally {
            // if that threw, the intent may be stored: the same record comes again and with it this step, and until a
            // checkpoint is stored not a byte goes into the file
            target = "";
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
        FileState.Rotation rotation = intent.rotation();
        Path renamed = rotated.at(rotation.target());
        if (!isMeant(renamed, intent)) {
            if (!isMeant(path, intent)) {
                return false;
            }
            if (!rename(renamed, intent)) {
                return true;
            }
        }
        // before anything of it can be found by others
        rotated.rotated(rotation.target(), timer.dateOf(rotation.lastStart()), rotation.number());
        // whatever stands at path now was created after the rename: all of it is to be compared
        file = LogFile.at(openOrCreate(true), 0, context::recordsAreMissing, this::meddledWith);
        rotateAbove = settings.rotation().maxSize();
        timer.forget();
        context.metrics().add(Counter.ROTATIONS, 1);
        housekeeper.rotated(rotated);
        return true;
    }

    private boolean rename(Path renamed, FileState intent) throws IOException {
        try {
            if (ops.key(renamed) != null) {
                throw new IOException(renamed + " exists");
            }
            ops.rename(path, renamed);
            return true;
        } catch (IOException e) {
            if (isMeant(renamed, intent)) {
                return true;
            }
            report(Level.ERROR, "could not be renamed to " + renamed.getFileName() + "; going on in it", e);
            continueAt(intent);
            // before a further line: a next start that still saw the intent would take it along and write it again
            requestCheckpoint();
            rotateAbove = file.position() + Math.max(1, settings.rotation().maxSize() / RETRY_SHARE);
            rotateFromNs = context.nanoTime() + RETRY_NS;
            return false;
        }
    }

    /** logrotate and others put a new file in place of ours: what is in the buffer still belongs to the old one. */
    void followReplacement() throws IOException {
        atFault = replaced;
        String key = ops.key(path);
        if (file.key().equals(key)) {
            replaced = false;
            return;
        }
        if (!replaced) {
            report(Level.NOTICE, key == null ? "was removed or renamed" : "was replaced by another file", null);
        }
        atFault = false;
        write();
        if (settings.forceAtCheckpoint()) {
            force(); // the checkpoint below is behind these lines, and knows the new file only
        }
        LogFile old = file;
        replaced = true;
        atFault = true;
        file = LogFile.atEnd(openOrCreate(settings.create()), this::meddledWith);
        replaced = false;
        old.close();
        timer.forget();
        requestCheckpoint();
    }

    private void meddledWith(String what) {
        report(Level.WARN, "was " + what, null);
    }

    private void report(Level level, String message, Throwable cause) {
        context.report(level, "file handler " + context.name() + ": " + path + " " + message, cause);
    }

    /** Ends; what is in the buffer is lost. */
    void close() throws IOException {
        housekeeper.remove(rotated);
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
