package io.emberlog.handler.file;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.Level;
import io.emberlog.ring.IoReason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lines into many files, by what the records say ({@link PathPattern}); each line exactly once in its file, as {@link
 * OutputFile} does it. Every checkpoint names all files, and one that the stored checkpoint does not name is not written: it is
 * created, a checkpoint that names it is stored, and only then it takes its first line.
 *
 * <pre>
 * row  process dies                                      next start sees              and does
 * F17  after a new file was created, before a            an empty file that the       creates nothing; goes on at its end
 *      checkpoint names it                               checkpoint does not name
 * F18  between the writes of two files                   each as F2 or F3             each as there, at its next record
 * F19  between the intent of one file's rotation and     an intent among the others   finishes it before all else
 *      the rename
 * F20  after a file was closed to open another           as F2, or as it was          as F2
 * </pre>
 */
final class FileTreeHandler implements Handler {
    private static final long CHECK_INTERVAL_NS = 1_000_000_000L;
    private static final long CLEAN_INTERVAL_NS = TimeUnit.MINUTES.toNanos(1);

    private final FileSettings settings;
    private final FileOps ops;
    private final Supplier<Background> backgrounds;
    private final Format format;
    private final PathPattern pattern;
    private final Utf8Buffer line = new Utf8Buffer(1024);
    /** By path relative to the pattern's root. */
    private final Map<String, OutputFile> files = new LinkedHashMap<>();
    /** Those of them that are open; the one not used for longest is first. */
    private final Map<String, OutputFile> open = new LinkedHashMap<>(16, 0.75f, true);
    /** Those of them at whose path nobody can look. */
    private final Set<String> unseen = new HashSet<>();
    /** Outlives a life, for in a next one they cannot be opened either. */
    private final UnopenedFiles unopened;

    private HandlerContext context;
    private Housekeeper housekeeper;
    private long lastCheckNs;
    private long cleanAtNs;
    private int stateLength;
    /** Opening a file failed for its own sake. */
    private boolean atFault;

    /** Of all files together, at least. */
    private int pendingLength;

    private boolean full;

    /** @param backgrounds one for each life, for what is done with rotated files */
    FileTreeHandler(FileSettings settings, FileOps ops, Supplier<Background> backgrounds) {
        this.settings = settings;
        this.ops = ops;
        this.backgrounds = backgrounds;
        this.pattern = settings.pattern();
        this.format = Format.of(settings.format(), settings.zone());
        unopened = new UnopenedFiles(ops, settings.maxFiles());
    }

    @Override
    public void open(HandlerContext newContext) throws IOException {
        context = newContext;
        lastCheckNs = context.nanoTime();
        cleanAtNs = lastCheckNs;
        full = false;
        pendingLength = 0;
        files.clear();
        open.clear();
        unseen.clear();
        housekeeper =
                new Housekeeper(settings.rotation(), ops, context, pattern.root(), this::report, backgrounds.get());
        // the overflow file always has room
        stateLength = FileTreeState.lengthWithout(pattern.toString())
                + FileTreeState.lengthOf(pattern.overflowFile())
                + FileTreeState.ROTATION_LENGTH;
        try {
            ops.createDirectories(pattern.root());
        } catch (AccessDeniedException e) {
            throw new IOException("path=" + pattern + ": no permission for " + e.getFile(), e);
        }
        FileTreeState state = readState();
        if (state != null) {
            state.files().forEach(this::add);
            finishRotations(state);
            housekeeper.found();
        }
    }

    /**
     * So that there is never more than one under way, of which a checkpoint must have the name; but for those of files that cannot be
     * opened, as long as it has room for them.
     */
    private void finishRotations(FileTreeState state) throws IOException {
        for (Map.Entry<String, FileState> file : state.files().entrySet()) {
            if (file.getValue().rotation().isIntended() && ownFile(file.getKey()) == null) {
                if (stateLength + FileTreeState.ROTATION_LENGTH > FileTreeState.MAX_LENGTH) {
                    throw new IOException("the rotation of " + file.getKey() + " cannot be finished");
                }
                stateLength += FileTreeState.ROTATION_LENGTH;
            }
        }
    }

    private FileTreeState readState() {
        byte[] bytes = context.state();
        if (bytes == null) {
            return null;
        }
        FileTreeState state = FileTreeState.decode(bytes, pattern.root()).orElse(null);
        if (state == null) {
            report(Level.WARN, "the checkpoint is not of this path, or cannot be read; begins at the files' ends");
        } else if (!state.pattern().equals(pattern.toString())) {
            report(Level.NOTICE, "follows " + state.pattern() + ", whose files stay as they are");
            return null;
        }
        return state;
    }

    private OutputFile add(String name, FileState known) {
        OutputFile file = new OutputFile(pattern.root().resolve(name), known, settings, ops, context, housekeeper);
        files.put(name, file);
        stateLength += name.equals(pattern.overflowFile()) ? 0 : FileTreeState.lengthOf(name);
        return file;
    }

    private void remove(String name) {
        files.remove(name);
        stateLength -= name.equals(pattern.overflowFile()) ? 0 : FileTreeState.lengthOf(name);
    }

    @Override
    public void handle(LogRecord record) throws IOException {
        if (pendingLength >= settings.bufferSize()) {
            flush();
            context.metrics().add(Counter.BUFFER_OVERFLOWS, 1);
        }
        OutputFile file = opened(pattern.fileFor(record));
        line.clear();
        format.format(record, line);
        file.append(line, record.entry().timestampNs());
        pendingLength += line.length();
    }

    private OutputFile opened(String wanted) throws IOException {
        String overflow = pattern.overflowFile();
        if (files.containsKey(wanted) || hasRoom(wanted)) {
            OutputFile file = ownFile(wanted);
            if (file != null) {
                return file;
            }
        }
        OutputFile file = open.get(overflow);
        return file != null && !file.isReplaced() ? file : openNow(overflow);
    }

    /** @return null where it cannot be opened, and that is not the disk's fault */
    private OutputFile ownFile(String name) throws IOException {
        OutputFile file = open.get(name);
        if (file != null && !file.isReplaced()) {
            return file;
        }
        if (unopened.isKnown(name, context.nanoTime())) {
            return null;
        }
        if (unopened.isKnown(name)) {
            // what stands in the overflow file for it is behind a checkpoint before it takes a line: that must not come
            // again
            context.requestCheckpoint();
        }
        for (boolean isSecond = false; ; isSecond = true) {
            atFault = false;
            try {
                file = openNow(name);
                break;
            } catch (HandlerRestartException e) {
                throw e;
            } catch (IOException e) {
                if (!atFault || !isSecond && !mayBeIts(name)) {
                    throw e;
                }
                if (isSecond) {
                    unopened(name, e);
                    return null;
                } // else the disk works, perhaps since a moment ago
            }
        }
        if (unopened.opened(name)) {
            context.metrics().set(unopened.problems());
            report(Level.NOTICE, "has " + name + " again, which can be opened now");
        }
        return file;
    }

    private boolean mayBeIts(String name) {
        List<Path> besides = new ArrayList<>(List.of(pattern.root()));
        open.keySet().forEach(each -> besides.add(pattern.root().resolve(each).getParent()));
        String probe = "~probe-" + SafeValue.of(context.name(), "", SafeValue.MIN_ROOM);
        return unopened.failed(name, probe, besides, context.nanoTime());
    }

    private void unopened(String name, IOException cause) {
        String problem = "cannot be opened: " + IoReason.of(cause) + "; records for it go to " + pattern.overflowFile();
        boolean isNew = unopened.add(name, problem, context.nanoTime());
        context.metrics().set(unopened.problems());
        if (isNew) {
            report(
                    Level.ERROR,
                    "cannot open " + name + ", and the disk works; records for it go to " + pattern.overflowFile()
                            + " until it can (looked at once a minute)",
                    cause);
        }
    }

    private OutputFile openNow(String name) throws IOException {
        OutputFile file = open.get(name);
        if (file != null) {
            try {
                file.followReplacement();
            } finally {
                atFault = file.isAtFault();
            }
            return file;
        }
        closeOneTooMany();
        file = files.get(name);
        if (file == null) {
            return create(name);
        }
        try {
            file.open();
        } finally {
            atFault = file.isAtFault();
        }
        open.put(name, file);
        return file;
    }

    private OutputFile create(String name) throws IOException {
        OutputFile file = add(name, null);
        try {
            file.open();
        } catch (IOException | RuntimeException e) {
            // by no checkpoint that is known to be stored: the next try begins anew
            atFault = file.isAtFault();
            remove(name);
            try {
                file.close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed); // what was thrown first says what the caller has to do
            }
            throw e;
        }
        open.put(name, file);
        return file;
    }

    private void closeOneTooMany() throws IOException {
        if (open.size() >= settings.maxOpenFiles()) {
            Iterator<OutputFile> leastRecent = open.values().iterator();
            OutputFile idle = leastRecent.next();
            try {
                idle.suspend();
            } finally {
                if (!idle.isOpen()) { // also when closing it failed
                    leastRecent.remove();
                }
            }
        }
    }

    private boolean hasRoom(String name) throws IOException {
        if (fits(name)) {
            return true;
        }
        long now = context.nanoTime();
        if (now - cleanAtNs >= 0 && isOverflowSettled()) {
            cleanAtNs = now + CLEAN_INTERVAL_NS;
            forgetRemoved();
            if (fits(name)) {
                full = false;
                return true;
            }
        }
        if (!full) {
            full = true;
            report(
                    Level.ERROR,
                    "has " + files.size() + " files, and no room for " + name + " (max_files=" + settings.maxFiles()
                            + ", and what a checkpoint can name); records for further files go to "
                            + pattern.overflowFile() + " until files are removed");
        }
        return false;
    }

    /**
     * Whether nothing stands in the overflow file that a life before this one wrote behind its checkpoint. Until those records
     * have come again, they must find no more room than they did then, or they would be in two files.
     */
    private boolean isOverflowSettled() {
        OutputFile file = files.get(pattern.overflowFile());
        return file == null || file.isOpen() && file.isSettled();
    }

    private boolean fits(String name) {
        int counted = files.size() - (files.containsKey(pattern.overflowFile()) ? 1 : 0);
        return counted < settings.maxFiles() && stateLength + FileTreeState.lengthOf(name) <= FileTreeState.MAX_LENGTH;
    }

    /** Files that are not open and were taken away make room for others. */
    private void forgetRemoved() throws IOException {
        for (String name : List.copyOf(files.keySet())) {
            if (!open.containsKey(name) && isGone(pattern.root().resolve(name))) {
                files.get(name).close(); // gives its path back: the name may come again
                remove(name);
            }
        }
    }

    private boolean isGone(Path file) {
        try {
            return ops.key(file) == null;
        } catch (IOException e) {
            return false; // who may not look does not know
        }
    }

    @Override
    public void flush() throws IOException {
        for (OutputFile file : open.values()) {
            file.write();
        }
        pendingLength = 0;
    }

    @Override
    public void tick(long nowNs) throws IOException {
        pendingLength = 0;
        try {
            for (OutputFile file : open.values()) {
                file.writeIfDue(nowNs);
                pendingLength += file.pendingLength();
            }
        } finally {
            housekeeper.deleteIfDue(nowNs); // where nothing can be written, that may be the remedy
        }
        housekeeper.tick(nowNs);
        if (nowNs - lastCheckNs >= CHECK_INTERVAL_NS) {
            reopen();
            lastCheckNs = nowNs;
        }
    }

    @Override
    public void reopen() throws IOException {
        for (String name : List.copyOf(open.keySet())) {
            OutputFile file = open.get(name);
            try {
                file.followReplacement();
                unseen.remove(name);
            } catch (HandlerRestartException e) {
                throw e;
            } catch (IOException e) { // if it was replaced, its next record tries again, and says what is wrong
                if (!file.isReplaced() && unseen.add(name)) {
                    report(Level.WARN, "cannot see whether " + name + " is still the file that it writes", e);
                }
            }
        }
    }

    @Override
    public byte[] checkpoint() throws IOException {
        flush();
        Map<String, FileState> states = new LinkedHashMap<>();
        for (Map.Entry<String, OutputFile> entry : files.entrySet()) {
            OutputFile file = entry.getValue();
            if (settings.forceAtCheckpoint() && file.isOpen()) {
                file.force();
            }
            FileState state = file.state();
            if (state != null) {
                states.put(entry.getKey(), state);
            }
        }
        return new FileTreeState(pattern.toString(), states).encode();
    }

    private void report(Level level, String message) {
        report(level, message, null);
    }

    private void report(Level level, String message, Throwable cause) {
        context.report(level, "file handler " + context.name() + ": " + pattern + " " + message, cause);
    }

    @Override
    public void close() throws IOException {
        IOException failed = null;
        if (housekeeper != null) {
            housekeeper.close();
        }
        for (OutputFile file : files.values()) {
            try {
                file.close();
            } catch (IOException e) {
                failed = e;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
