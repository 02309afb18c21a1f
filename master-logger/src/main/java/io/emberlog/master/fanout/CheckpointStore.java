package io.emberlog.master.fanout;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * One handler's checkpoint on disk. {@link #load} and {@link #store}: the handler's thread; {@link #storedIndex} and {@link
 * #close}: any.
 *
 * <p>Position and handler state are one file, so no crash can part them. The process dies after this step of {@link #store}:
 *
 * <pre>
 *  K1  temp file created or emptied   the old checkpoint, an empty .tmp        reads the old; the next store empties .tmp
 *  K2  some of it written             the old, a torn .tmp                     the same
 *  K3  all of it written, forced      the old, a whole .tmp                    the same
 *  K4  renamed                        the new (after a power cut either)       goes on from the one it finds
 *  K5  directory forced               the new                                  goes on from it
 * </pre>
 *
 * A step fails instead:
 *
 * <pre>
 *  K6  create, write, force, rename   the old                                  IOException; the next store begins at K1, with a
 *                                                                              new file: a second force of the same means nothing
 *  K7  directory force                the new (after a power cut either)       IOException: unknown which one is stored; load
 *                                                                              forces the directory before it believes the new
 * </pre>
 *
 * {@link #load} finds a file that is no checkpoint of this handler:
 *
 * <pre>
 *  K8  dies before it is set aside    the same broken file                     finds it again
 *  K9  dies after it is set aside     .broken, no checkpoint                   starts at the first retained record
 *  K10 setting aside fails            the same broken file                     reported; starts at the first retained record, the
 *                                                                              next store replaces the file
 * </pre>
 */
public final class CheckpointStore {
    private static final String DIRECTORY = "checkpoints";
    private static final String SUFFIX = ".ckpt";
    private static final long NOT_LOADED = -1;

    /** A disk that takes longer for a rename must not keep a master from stopping. */
    private static final long CLOSE_WAIT_NS = 5_000_000_000L;

    private static final long CLOSE_PARK_NS = 100_000L;

    /** Hears of a checkpoint that cannot be used. */
    @FunctionalInterface
    interface BrokenListener {
        void onBroken(String what, IOException cause);
    }

    private final String name;
    private final Path directory;
    private final Path file;
    private final Path temp;
    private final CheckpointFiles files;
    private final BrokenListener listener;
    private volatile long storedIndex = NOT_LOADED;
    private volatile boolean closed;
    /** Set before {@code closed} is read and the file replaced; {@link #close} sets that and then reads this. */
    private volatile boolean replacing;

    CheckpointStore(Path stateDirectory, String name, CheckpointFiles files, BrokenListener listener) {
        this.name = Objects.requireNonNull(name, "name");
        this.files = files;
        this.listener = listener;
        String safeName = SafeName.of(name);
        directory = stateDirectory.resolve(DIRECTORY);
        file = directory.resolve(safeName + SUFFIX);
        temp = directory.resolve(safeName + SUFFIX + ".tmp");
    }

    /** Makes the directory for the checkpoints and brings its name to the device. */
    static void createDirectory(Path stateDirectory) throws IOException {
        StateDirectories.create(stateDirectory.resolve(DIRECTORY));
    }

    /**
     * How far the checkpoints of all handlers reach, also of those no longer configured; each -1 where there is none.
     *
     * @param documentIndex highest in any of them
     * @param nextSequence highest in any of them
     */
    public record Reach(long documentIndex, long nextSequence) {}

    /**
     * Broken ones are left out; nothing is set aside. For any process.
     *
     * @throws IOException a checkpoint is there and cannot be read
     */
    public static Reach reach(Path stateDirectory) throws IOException {
        long documentIndex = -1;
        long nextSequence = -1;
        for (byte[] file : whole(stateDirectory)) {
            Checkpoint checkpoint = CheckpointDescriptor.decode(file);
            documentIndex = Math.max(documentIndex, checkpoint.documentIndex());
            nextSequence = Math.max(nextSequence, checkpoint.nextSequence());
        }
        return new Reach(documentIndex, nextSequence);
    }

    /**
     * What a checkpoint tells others than its handler.
     *
     * @param nextSequence number of the first record not done; -1 where unknown
     * @param gate what was kept from the handler up to there
     */
    public record Stored(long nextSequence, GateState gate) {}

    /**
     * For any process: by handler, also of those no longer configured. Broken checkpoints are left out; nothing is set aside.
     *
     * @throws IOException a checkpoint is there and cannot be read
     */
    public static Map<String, Stored> stored(Path stateDirectory) throws IOException {
        Map<String, Stored> all = new TreeMap<>();
        for (byte[] file : whole(stateDirectory)) {
            GateState gate = GateState.decode(CheckpointDescriptor.decode(file).gate());
            all.put(
                    CheckpointDescriptor.name(file),
                    new Stored(CheckpointDescriptor.nextSequence(file), gate == null ? GateState.EMPTY : gate));
        }
        return all;
    }

    private static List<byte[]> whole(Path stateDirectory) throws IOException {
        Path checkpoints = stateDirectory.resolve(DIRECTORY);
        List<byte[]> files = new ArrayList<>();
        if (Files.isDirectory(checkpoints)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(checkpoints, "*" + SUFFIX)) {
                for (Path each : stream) {
                    byte[] bytes = CheckpointFiles.REAL.read(each, CheckpointDescriptor.MAX_LENGTH + 1);
                    if (bytes != null && CheckpointDescriptor.problem(bytes) == null) {
                        files.add(bytes);
                    }
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        return files;
    }

    /**
     * What is stored, or {@link Checkpoint#START}.
     *
     * @throws IOException a checkpoint may be there and cannot be read; nothing is known, so nothing may be delivered
     */
    Checkpoint load() throws IOException {
        byte[] bytes = files.read(file, CheckpointDescriptor.MAX_LENGTH + 1);
        if (bytes == null) {
            return Checkpoint.START;
        }
        String problem = CheckpointDescriptor.problem(bytes);
        if (problem == null && !CheckpointDescriptor.name(bytes).equals(name)) {
            problem = "it belongs to handler " + CheckpointDescriptor.name(bytes);
        }
        if (problem != null) {
            setAside(problem);
            storedIndex = NOT_LOADED;
            return Checkpoint.START;
        }
        files.forceDirectory(directory); // its rename may be one whose force failed
        Checkpoint checkpoint = CheckpointDescriptor.decode(bytes);
        storedIndex = checkpoint.documentIndex();
        return checkpoint;
    }

    /**
     * Replaces what is stored; returns once that is durable.
     *
     * @throws IOException it is unknown whether this or the one before is stored
     */
    void store(Checkpoint checkpoint) throws IOException {
        checkOpen();
        try (CheckpointFiles.Temp writing = files.create(temp)) {
            writing.write(CheckpointDescriptor.encode(name, checkpoint));
            writing.force();
        }
        replacing = true;
        try {
            checkOpen();
            files.rename(temp, file);
            files.forceDirectory(directory);
            storedIndex = checkpoint.documentIndex();
        } finally {
            replacing = false;
        }
    }

    /** Journal index of the stored checkpoint, which the handler will not go back before; -1 when none is known. */
    long storedIndex() {
        return storedIndex;
    }

    /**
     * From now on nothing is stored: the handler was given up, and its place may soon belong to another master. A replacement
     * that has begun is waited for, within bounds: a checkpoint that came later would send the other one back to before what
     * it has done.
     */
    void close() {
        closed = true;
        long start = System.nanoTime();
        while (replacing && System.nanoTime() - start < CLOSE_WAIT_NS) {
            LockSupport.parkNanos(this, CLOSE_PARK_NS);
        }
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("checkpoint=" + file + ": the handler was given up, nothing is stored any more");
        }
    }

    private void setAside(String problem) {
        Path broken = directory.resolve(file.getFileName() + ".broken");
        IOException failure = null;
        try {
            files.rename(file, broken);
            files.forceDirectory(directory);
        } catch (IOException e) {
            failure = e;
        }
        listener.onBroken(
                "checkpoint " + file + " is broken: " + problem
                        + "; starts at the first retained record, so records are" + " delivered again; "
                        + (failure == null ? "kept as " + broken : "cannot be set aside"),
                failure);
    }
}
