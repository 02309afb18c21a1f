package io.emberlog.ring;

import static io.emberlog.ring.RingDescriptor.*;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * A ring file and its mapping: made by a worker, or opened by the master or a tool. The mapping lasts until the garbage
 * collector frees it; JDK 17 offers nothing else without flags. Create and open are file work and belong on a thread of
 * Emberlog's own.
 *
 * <p>Crash table of {@link #create}:
 *
 * <pre>
 * id  the process dies after                   what the next start sees            what it does
 * C1  creating the .lock file                  a free .lock without a ring         removeLeftovers, when it is old
 * C2  creating or filling the .tmp file        a .tmp that nobody holds            removeLeftovers, when it is old
 * C3  mapping, touching, writing the header,   as C2                               as C2; no record was taken yet
 *     forcing it (a checked ring)
 * C4  renaming .tmp to .ring                   a whole, empty ring                 found and salvaged like any other
 * </pre>
 */
public final class RingFile {
    private static final int CHUNK = 256 * 1024;
    private static final long MAX_FILE_LENGTH = new RingSpec(MAX_CAPACITY, MAX_STAGING_LENGTH, false).fileLength();

    private final Path path;
    private final MappedByteBuffer mapping;
    private final RingWords words;
    private final RingHeader header;
    private final WorkerIdentity identity;
    private final RingSpec spec;
    /** Held for the life of the process; null when opened by a reader. Reachable from here so that it stays held. */
    private final FileLock lock;

    private final Function<ByteBuffer, VarHandleBuffer> staging;

    private RingFile(Path path, MappedByteBuffer mapping, RingSpec spec, WorkerIdentity identity, FileLock lock) {
        this.path = path;
        this.mapping = mapping;
        this.spec = spec;
        this.identity = identity;
        this.lock = lock;
        this.header = new RingHeader(new VarHandleBuffer(mapping.slice(0, HEADER_LENGTH)));
        this.words = new RingWords(mapping.slice(HEADER_LENGTH, spec.capacity() + TRAILER_LENGTH), spec.capacity());
        this.staging = VarHandleBuffer::new;
    }

    /** The same file seen through other buffers, for tests that stop a writer after one of its steps. */
    RingFile(RingFile other, Function<ByteBuffer, VarHandleBuffer> header, Function<ByteBuffer, RingWords> words) {
        this(other, header, words, VarHandleBuffer::new);
    }

    /** As above, with staging areas seen through other buffers, too. */
    RingFile(
            RingFile other,
            Function<ByteBuffer, VarHandleBuffer> header,
            Function<ByteBuffer, RingWords> words,
            Function<ByteBuffer, VarHandleBuffer> staging) {
        this.path = other.path;
        this.mapping = other.mapping;
        this.spec = other.spec;
        this.identity = other.identity;
        this.lock = other.lock;
        this.header = new RingHeader(header.apply(mapping.slice(0, HEADER_LENGTH)));
        this.words = words.apply(mapping.slice(HEADER_LENGTH, spec.capacity() + TRAILER_LENGTH));
        this.staging = staging;
    }

    /**
     * Makes a ring file: lock, zeros written ahead (so that a full disk is an {@link IOException} here and not a fault
     * later), mapping, every page touched, header, and only then the name under which the master finds it. A checked ring
     * is forced to its disk on the way, with its name, so that a power cut leaves a whole file; that can take a while.
     *
     * @param predecessor the ring that this one follows; null for the first
     * @throws IOException naming the file; nothing is left behind
     */
    public static RingFile create(
            ChannelDirectory directory, RingSpec spec, WorkerIdentity identity, UUID predecessor, long nowEpochNs)
            throws IOException {
        String base = ChannelDirectory.baseName(identity.name(), identity.ringUuid());
        Path lockPath = directory.path().resolve(base + ChannelDirectory.LOCK_SUFFIX);
        Path temp = directory.path().resolve(base + ChannelDirectory.TEMP_SUFFIX);
        Path ring = directory.path().resolve(base + ChannelDirectory.RING_SUFFIX);
        FileChannel lockChannel = null;
        boolean tempMade = false;
        boolean done = false;
        try {
            lockChannel = open(lockPath, CREATE_NEW, directory);
            directory.setFileMode(lockPath); // before the lock is taken: no descriptor of this file is closed after
            FileLock lock = lockChannel.tryLock();
            if (lock == null) {
                throw new IOException("the lock file just made is locked by another process");
            }
            MappedByteBuffer mapping;
            try (FileChannel channel = open(temp, CREATE_NEW, directory)) {
                tempMade = true;
                directory.setFileMode(temp);
                writeZeros(channel, spec.fileLength());
                if (spec.checked()) {
                    channel.force(true); // its length and its blocks; pages alone are written later
                }
                mapping = channel.map(MapMode.READ_WRITE, 0, spec.fileLength());
            }
            mapping.order(ByteOrder.LITTLE_ENDIAN);
            for (int at = 0; at < mapping.capacity(); at += PAGE_LENGTH) {
                mapping.put(at, (byte) 0);
            }
            RingFile file = new RingFile(ring, mapping, spec, identity, lock);
            file.header.initialise(spec, identity, predecessor, nowEpochNs);
            if (spec.checked()) {
                mapping.force();
            }
            Files.move(temp, ring, StandardCopyOption.ATOMIC_MOVE);
            done = true;
            if (spec.checked()) {
                forceName(directory);
            }
            return file;
        } catch (IOException e) {
            throw new IOException("cannot create ring file " + ring + ": " + reason(e), e);
        } catch (InternalError e) {
            throw new IOException(
                    "cannot create ring file " + ring + ": its mapping faulted (" + e.getMessage()
                            + "); is the file system full?",
                    e);
        } finally {
            // only what this call made: a file that was in its way belongs to someone else
            if (!done && tempMade) {
                Files.deleteIfExists(temp);
            }
            if (!done && lockChannel != null) {
                Files.deleteIfExists(lockPath);
                lockChannel.close();
            }
        }
    }

    /**
     * Its name is there, and a master may have found it: it is this worker's ring, come what may. A device that does not take the
     * name takes it when the kernel writes the directory by itself; until then a power cut would lose the whole ring and not some
     * of it, and neither was promised.
     */
    private static void forceName(ChannelDirectory directory) {
        try {
            directory.force();
        } catch (IOException refused) {
            // as said above
        }
    }

    private static String reason(IOException e) {
        String text = e instanceof java.nio.file.FileSystemException f && f.getReason() != null
                ? f.getReason()
                : e.getMessage();
        if (e instanceof java.nio.file.AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof java.nio.file.NoSuchFileException) {
            return "no such directory";
        }
        return e instanceof java.nio.file.FileAlreadyExistsException ? "file exists: " + e.getMessage() : text;
    }

    private static FileChannel open(Path path, java.nio.file.StandardOpenOption extra, ChannelDirectory directory)
            throws IOException {
        return FileChannel.open(
                path,
                Set.of(READ, WRITE, extra, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(directory.fileMode()));
    }

    private static void writeZeros(FileChannel channel, long length) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(CHUNK);
        long left = length;
        while (left > 0) {
            zeros.clear().limit((int) Math.min(left, CHUNK));
            left -= channel.write(zeros);
        }
    }

    /**
     * Opens a ring of another process for draining.
     *
     * @throws RingBrokenException when its header or size breaks the layout
     * @throws IOException when it cannot be opened, or is not a regular file with one link
     */
    public static RingFile open(Path path) throws IOException, RingBrokenException {
        return open(path, MapMode.READ_WRITE, Set.of(READ, WRITE, LinkOption.NOFOLLOW_LINKS));
    }

    /**
     * As the other, for a caller that has opened the file itself and has checked what it is: a ring in another user's
     * folder, where a name can become another file between two looks.
     *
     * @param channel open for reading and writing; not needed any more when this returns, and closed by the caller
     */
    public static RingFile open(Path path, FileChannel channel) throws IOException, RingBrokenException {
        return map(path, channel, MapMode.READ_WRITE);
    }

    /** As {@link #open}, but the file cannot be changed through the result. */
    public static RingFile openReadOnly(Path path) throws IOException, RingBrokenException {
        return open(path, MapMode.READ_ONLY, Set.of(READ, LinkOption.NOFOLLOW_LINKS));
    }

    private static RingFile open(Path path, MapMode mode, Set<java.nio.file.OpenOption> options)
            throws IOException, RingBrokenException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + " is not a regular file (a link is not followed)");
        }
        Object links = Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
        if (links instanceof Integer count && count != 1 && mode == MapMode.READ_WRITE) {
            throw new IOException(path + " has " + count + " links; a ring has one");
        }
        try (FileChannel channel = FileChannel.open(path, options)) {
            return map(path, channel, mode);
        }
    }

    private static RingFile map(Path path, FileChannel channel, MapMode mode) throws IOException, RingBrokenException {
        try {
            long length = channel.size();
            if (length < fileLength(MIN_CAPACITY) || length > MAX_FILE_LENGTH) {
                throw new RingBrokenException("file length=" + length + " is not that of a ring ("
                        + fileLength(MIN_CAPACITY) + " to " + MAX_FILE_LENGTH + "); the file was cut or is no ring");
            }
            MappedByteBuffer mapping = channel.map(mode, 0, length);
            mapping.order(ByteOrder.LITTLE_ENDIAN);
            RingHeader header = new RingHeader(new VarHandleBuffer(mapping.slice(0, HEADER_LENGTH)));
            WorkerIdentity identity = header.readIdentity(length);
            RingSpec spec = header.spec();
            RingWords.settle();
            if (spec.fileLength() != length) {
                throw new RingBrokenException("its header changed while it was read; it says " + spec
                        + ", which does not give the file length=" + length);
            }
            return new RingFile(path, mapping, spec, identity, null);
        } catch (InternalError e) {
            throw new RingBrokenException(
                    "the mapping faulted (" + e.getMessage() + "): the file was cut while in use");
        }
    }

    public Path path() {
        return path;
    }

    public RingHeader header() {
        return header;
    }

    public WorkerIdentity identity() {
        return identity;
    }

    /** As fixed when the file was made. */
    public RingSpec spec() {
        return spec;
    }

    /** Usable bytes of the ring, a power of two. */
    public int capacity() {
        return spec.capacity();
    }

    /** The claim side; for the process that made the file. */
    public Ring ring() {
        return new Ring(header, words, spec, identity.ringUuid());
    }

    /**
     * The staging area of a slot, new and believed to be empty; for the process that made the file, once a slot.
     *
     * @throws IllegalStateException when the file has none
     */
    public StagingArea stagingArea(int slot) {
        if (spec.stagingLength() == 0) {
            throw new IllegalStateException("staging length=0: this ring was made without staging areas");
        }
        return new StagingArea(header, stagingBuffer(slot), slot, spec.checked(), spec.maxPayloadLength());
    }

    VarHandleBuffer stagingBuffer(int slot) {
        long offset = stagingOffset(
                spec.capacity(), spec.stagingLength(), Objects.checkIndex(slot, MessageDescriptor.SLOT_COUNT));
        return staging.apply(mapping.slice((int) offset, spec.stagingLength()));
    }

    RingWords words() {
        return words;
    }

    /** For a reader of this ring's records; null when they carry no check. */
    RecordCheck newCheck() {
        return spec.checked() ? new RecordCheck(identity.ringUuid()) : null;
    }

    /** Whether this process made the ring and so holds its lock, as far as it knows: see DESIGN on POSIX locks. */
    public boolean isOwner() {
        return lock != null && lock.isValid();
    }

    /**
     * The pages that hold records and nothing else, for a master that gives their memory back: neither the header nor the
     * trailer, whose words a thread of the owner that was away for long may still ask.
     */
    public ByteBuffer recordPages() {
        return mapping.slice(HEADER_LENGTH, spec.capacity());
    }

    /** The pages of all staging areas; empty where there are none. As {@link #recordPages}. */
    public ByteBuffer stagingPages() {
        if (spec.stagingLength() == 0) {
            return mapping.slice(0, 0);
        }
        long offset = stagingOffset(spec.capacity(), spec.stagingLength(), 0);
        return mapping.slice((int) offset, (int) (length() - offset));
    }

    /** Is enqueued there once nothing in this process can reach the mapping any more and it is freed. */
    public PhantomReference<?> mappingFreed(ReferenceQueue<Object> queue) {
        return new PhantomReference<>(mapping, queue);
    }

    /** Bytes of the file. */
    public long length() {
        return mapping.capacity();
    }

    /**
     * Ends the ring: closes the tail ({@link Ring#closeTail}), then stores the real tail and the state SEALED in the
     * header. From then on anyone may salvage it. Safe to repeat and to race.
     *
     * <p>Its owner calls this when it has closed the tail and no {@link Ring#offer} is in flight any more. The master
     * calls it when two witnesses say that the owner is dead, and then waits at least 100 ms before it salvages: should
     * both be wrong, a thread of the owner may be between its commit and its read of the state word, which is a plain
     * load on x86. The commit can still sit in that core's store buffer, unseen by the master, when the load has
     * already found OPEN and the call returns true. Store buffers drain within microseconds (and at every switch to
     * another thread), so after the wait every commit whose caller saw OPEN can be read, and every later one sees SEALED
     * and is repeated in the successor.
     *
     * @return the real tail
     */
    public long seal() {
        try {
            long realTail = words.closeTail();
            header.sealed(realTail);
            return realTail;
        } finally {
            RingWords.settle();
        }
    }

    /**
     * Throws what an earlier read of this thread through {@link #header}, {@link #tail} or {@link #head} met: the {@link
     * InternalError} of a cut file comes late, and would hit whatever runs next. A master calls it behind such
     * reads, ring by ring; drain, salvage and {@link #seal} do so themselves.
     */
    public static void settle() {
        RingWords.settle();
    }

    /**
     * Worker: wakes the drain if it rests, by a new time stamp of this file, of which the kernel tells the master. File work.
     * Where the file's name is gone nobody is woken; no rest is long.
     */
    public void wakeDrain() {
        boolean rests;
        try {
            rests = header.takeDrainRests();
        } finally {
            RingWords.settle();
        }
        if (rests) {
            path.toFile().setLastModified(System.currentTimeMillis());
        }
    }

    /** Claimed end of the ring; with the seal taken off. Momentary, unchecked. */
    public long tail() {
        long tail = words.tailVolatile();
        return tail - head() > spec.capacity() ? tail - SEAL : tail;
    }

    /** Drained up to here. Momentary, unchecked. */
    public long head() {
        return words.headVolatile();
    }
}
