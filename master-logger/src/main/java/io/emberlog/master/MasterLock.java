package io.emberlog.master;

import io.emberlog.ring.ChannelDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Keeps a second master out of a directory, and tells it who is there. The kernel frees the lock when this process ends,
 * however it ends. The file stays; only its lock means something.
 */
public final class MasterLock implements AutoCloseable {
    static final String FILE_NAME = "master.lock";

    private static final int MAX_TEXT = 4096;

    /** Another master holds the directory. */
    static final class HeldException extends Exception {
        private static final long serialVersionUID = 1;

        HeldException(String message) {
            super(message);
        }
    }

    /**
     * Directories that a master of this JVM holds are system properties of this name and the directory's, so that every
     * class loader knows of them; the value is what the master says of itself. Their lock file must not be opened a second
     * time: closing any descriptor of it would drop the lock of the first, for POSIX locks belong to the process.
     */
    private static final String HELD_HERE = "io.emberlog.master.lock:";

    /** Of whoever else locked the file in this JVM, kept open for the same reason; and those {@link #leaveToTheProcess left to it}. */
    private static final Queue<FileChannel> NEVER_CLOSED = new ConcurrentLinkedQueue<>();

    private final Path directory;
    private final String owner;
    private FileChannel channel;
    /** Which file it is; null where that cannot be told. */
    private Object key;

    /** Whether a master has ever had that directory: its lock file stays. */
    public static boolean isIn(Path directory) {
        return Files.isRegularFile(directory.resolve(FILE_NAME), LinkOption.NOFOLLOW_LINKS);
    }

    private MasterLock(Path directory, String owner, FileChannel channel) throws IOException {
        this.directory = directory;
        this.owner = owner;
        this.channel = channel;
        this.key = keyOf(directory.resolve(FILE_NAME));
    }

    private static Object keyOf(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    static MasterLock take(Path directory, String owner) throws IOException, HeldException {
        Path real = directory.toRealPath();
        Object holder = System.getProperties().putIfAbsent(HELD_HERE + real, owner);
        if (holder != null) {
            throw held(directory, holder.toString());
        }
        boolean taken = false;
        try {
            MasterLock lock = takeFile(real, owner);
            taken = true;
            return lock;
        } finally {
            if (!taken) {
                System.clearProperty(HELD_HERE + real);
            }
        }
    }

    /**
     * What the master of a directory says of itself, without touching a lock that this JVM holds. Any thread.
     *
     * @return empty when no master has ever been there, or its file cannot be read
     */
    public static Optional<String> owner(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        String here = System.getProperty(HELD_HERE + directory.toRealPath());
        if (here != null) {
            return Optional.of(here);
        }
        Path file = directory.resolve(FILE_NAME);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || !Files.isReadable(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(new String(in.readNBytes(MAX_TEXT), StandardCharsets.UTF_8));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
    }

    private static HeldException held(Path directory, String holder) {
        String who = holder.strip().replace('\n', ' ');
        return new HeldException("another master runs in " + directory + (who.isEmpty() ? "" : ": " + who));
    }

    private static MasterLock takeFile(Path directory, String owner) throws IOException, HeldException {
        Path file = directory.resolve(FILE_NAME);
        FileChannel channel = open(directory, file);
        boolean close = true;
        try {
            FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException inThisJvm) {
                close = false;
                NEVER_CLOSED.add(channel);
                throw held(directory, "in this very process");
            }
            if (lock == null) {
                throw held(directory, Files.readString(file));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(owner.getBytes(StandardCharsets.UTF_8)), 0);
            close = false;
            return new MasterLock(directory, owner, channel);
        } finally {
            if (close) {
                channel.close();
            }
        }
    }

    /**
     * Somebody may have removed the file, or the directory, which workers then make anew: a lock on a file without a name
     * keeps nobody out. One thread, and never beside {@link #close}.
     *
     * @return true when the lock had to be taken again
     * @throws HeldException when another master was faster
     */
    boolean renew() throws IOException, HeldException {
        if (key == null || !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return false; // nobody can be there
        }
        try {
            if (key.equals(keyOf(directory.resolve(FILE_NAME)))) {
                return false;
            }
        } catch (NoSuchFileException removed) {
            // as if it were another
        } catch (IOException closed) {
            return false; // a directory that may not be looked into: nothing is known
        }
        MasterLock next = takeFile(directory, owner);
        FileChannel before = channel;
        channel = next.channel;
        key = next.key;
        before.close();
        return true;
    }

    private static FileChannel open(Path directory, Path file) throws IOException {
        try {
            return FileChannel.open(
                    file,
                    Set.of(
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.CREATE,
                            LinkOption.NOFOLLOW_LINKS),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (AccessDeniedException e) {
            throw new IOException(whyDenied(directory, file), e);
        }
    }

    /** Most often the first start was by hand, as root. */
    private static String whyDenied(Path directory, Path file) {
        String self = Integer.toUnsignedString(ChannelDirectory.selfUid());
        try {
            return "lock file " + ownerOf(file) + "; this master's uid " + self
                    + " may not open it: a master of another user runs in " + directory
                    + " or has run there. End it; then start this one as that user, or have root remove the file"
                    + " (in a journal directory all files must change hands: chown -R " + self + " " + directory + ")";
        } catch (IOException | UnsupportedOperationException noSuchFile) {
            return "lock file " + file + " cannot be made by uid " + self + ": it may not write to the directory";
        }
    }

    private static String ownerOf(Path file) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Object uid = Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        return file + " belongs to uid " + Integer.toUnsignedString((Integer) uid) + " ("
                + attributes.owner().getName() + ", " + PosixFilePermissions.toString(attributes.permissions()) + ")";
    }

    /** Nobody gives it back: the kernel does, when the process ends. */
    void leaveToTheProcess() {
        NEVER_CLOSED.add(channel); // or it would be closed when the last reference is gone
    }

    @Override
    public void close() throws IOException {
        if (!channel.isOpen()) {
            return; // closed before: the entry, if there is one, is another's
        }
        try {
            channel.close();
        } finally {
            System.clearProperty(HELD_HERE + directory);
        }
    }
}
