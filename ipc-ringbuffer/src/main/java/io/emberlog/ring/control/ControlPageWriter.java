package io.emberlog.ring.control;

import static io.emberlog.ring.control.ControlPageDescriptor.*;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.emberlog.ring.RingFile;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * Changes the control page of a channel, and makes it where it is missing. Any process that may write in the channel
 * directory, any thread; one at a time, by a lock on {@code control.lock}, which the kernel frees when its holder dies.
 *
 * <p>Crash table of {@link #change}:
 *
 * <pre>
 * id  the process dies after                    the next one sees                  what it does
 * L1  creating control.lock                     a lock that nobody holds           takes it; there is no page yet
 * L2  creating or filling control.tmp           a file of any length               removes it, makes another
 * L3  renaming control.tmp to control           a page that says nothing           takes it; so do workers
 * L4  setting the older copy's sequence to 0    the newer copy, whole              goes on from it; workers keep it
 * L5  writing some or all of that copy          as L4                              as L4
 * L6  setting that copy's sequence              both copies, one newer             goes on from the new one; workers
 *                                                                                  took it at that moment
 * </pre>
 */
public final class ControlPageWriter {
    private static final long LOCK_LIMIT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOCK_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");

    /** A POSIX lock belongs to the process, and closing any descriptor of the file drops it: one user at a time. */
    private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

    private final Path directory;
    private final long lockLimitNs;
    private final UnaryOperator<VarHandleBuffer> throughWhich;

    /** What to make of the rules. */
    @FunctionalInterface
    public interface Change {
        /**
         * @param holding the rules whose time is not over, in the order in which they were set
         * @param sequence of the change: the id of rules that are set by it
         * @return all rules from now on; the same list for no change
         */
        List<LevelRule> apply(List<LevelRule> holding, long sequence);
    }

    /** @param channelDirectory exists, and its owner is this process's user, unless that is root */
    public ControlPageWriter(Path channelDirectory) {
        this(channelDirectory, LOCK_LIMIT_NS, buffer -> buffer);
    }

    /** For tests that stop a writer after one of its stores. */
    ControlPageWriter(Path channelDirectory, long lockLimitNs, UnaryOperator<VarHandleBuffer> throughWhich) {
        this.directory = channelDirectory;
        this.lockLimitNs = lockLimitNs;
        this.throughWhich = throughWhich;
    }

    /**
     * Changes the page. When this returns, the change is in the page: workers take it over within 100 ms.
     *
     * @return what the page says then
     * @throws IllegalArgumentException when the rules do not fit, telling how many do
     * @throws IOException when the page cannot be made, trusted or written, or another process keeps the lock for 5 s
     */
    public ControlSnapshot change(Clock clock, Change change) throws IOException {
        IN_THIS_PROCESS.lock();
        try (FileChannel channel = openLock()) {
            lock(channel);
            return changeLocked(clock, change);
        } catch (InternalError e) {
            throw new IOException("control page " + ControlPage.pathIn(directory) + " was cut while it was written", e);
        } finally {
            IN_THIS_PROCESS.unlock();
        }
    }

    private FileChannel openLock() throws IOException {
        Path path = directory.resolve(LOCK_NAME);
        FileChannel channel = FileChannel.open(
                path,
                Set.of(READ, WRITE, CREATE, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PRIVATE));
        boolean forItsGroup = Files.getPosixFilePermissions(directory).contains(PosixFilePermission.GROUP_WRITE);
        if (forItsGroup && Integer.valueOf(Owners.ofThisProcess()).equals(Owners.of(path))) {
            // not readable by others: a reader's lock would shut writers out
            share(path, EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE));
        } else {
            giveToOwnerOfDirectory(path);
        }
        return channel;
    }

    private FileLock lock(FileChannel channel) throws IOException {
        long start = System.nanoTime();
        while (true) {
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException anotherClassLoader) {
                // as good as another process, but for the close that will drop its lock: still one writer per copy
            }
            if (System.nanoTime() - start > lockLimitNs) {
                throw new IOException("another process has held the lock " + directory.resolve(LOCK_NAME) + " for "
                        + TimeUnit.NANOSECONDS.toMillis(lockLimitNs) + " ms; a change takes milliseconds");
            }
            LockSupport.parkNanos(LOCK_PAUSE_NS);
        }
    }

    private ControlSnapshot changeLocked(Clock clock, Change change) throws IOException {
        ControlPage page = openForWriting();
        if (page == null) {
            make();
            page = openForWriting();
            if (page == null) {
                throw new IOException("control page " + ControlPage.pathIn(directory) + " went while it was made");
            }
        }
        ControlSnapshot found = page.read();
        ControlSnapshot old = found == null ? ControlSnapshot.NOTHING : found;
        // above what either copy claims, also a broken one: readers go by the number
        long claimed = page.sequence();
        long sequence = 1 + Math.max(old.sequence(), claimed < MAX_SEQUENCE ? Math.max(0, claimed) : 0);
        List<LevelRule> holding = new ArrayList<>(old.rules());
        holding.removeIf(rule -> rule.leftNs(clock) <= 0);
        List<LevelRule> rules = change.apply(List.copyOf(holding), sequence);
        if (found != null && rules.equals(old.rules())) {
            return old;
        }
        ControlSnapshot content = new ControlSnapshot(sequence, rules);
        write(throughWhich.apply(page.buffer()), copyOffset(page.olderCopy()), content);
        return content;
    }

    private ControlPage openForWriting() throws IOException {
        return ControlPage.open(directory, MapMode.READ_WRITE, Set.of(READ, WRITE, LinkOption.NOFOLLOW_LINKS));
    }

    static void write(VarHandleBuffer page, int at, ControlSnapshot content) {
        byte[] copy = ControlCopy.encode(content);
        if (copy == null) {
            throw new IllegalArgumentException(content.rules().size() + " level rules do not fit: they have "
                    + (COPY_LENGTH - RULES_OFFSET) + " bytes, each " + TEXTS_OFFSET
                    + " and its texts; unset some (level reset unsets all)");
        }
        page.putLongVolatile(at + SEQUENCE_OFFSET, 0);
        page.putBytes(at + COUNT_OFFSET, copy, COUNT_OFFSET, COPY_LENGTH - COUNT_OFFSET);
        RingFile.settle(); // a cut file faults here at the latest, before the copy counts
        page.putLongRelease(at + SEQUENCE_OFFSET, content.sequence());
    }

    /** Makes a page that says nothing, whole before it has its name; its zeros are written, so that none faults later. */
    private void make() throws IOException {
        Path temp = directory.resolve(TEMP_NAME);
        Files.deleteIfExists(temp);
        try (FileChannel channel = FileChannel.open(
                temp,
                Set.of(READ, WRITE, CREATE_NEW, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PRIVATE))) {
            ByteBuffer page = ByteBuffer.allocate(FILE_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
            page.putLong(MAGIC_OFFSET, MAGIC);
            page.putInt(VERSION_OFFSET, LAYOUT_VERSION);
            page.putInt(COPY_LENGTH_OFFSET, COPY_LENGTH);
            while (page.hasRemaining()) {
                channel.write(page);
            }
            share(
                    temp,
                    EnumSet.of(
                            PosixFilePermission.GROUP_READ,
                            PosixFilePermission.GROUP_WRITE,
                            PosixFilePermission.OTHERS_READ));
            Files.move(temp, ControlPage.pathIn(directory), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(temp);
            throw new IOException("cannot make the control page in " + directory + ": " + e, e);
        }
    }

    /**
     * Who may list the directory may read the page: workers of other users in a service's channel. Who may write in it by
     * its group may change the page: the master that root's command was first with.
     */
    private void share(Path file, Set<PosixFilePermission> asTheDirectory) throws IOException {
        Set<PosixFilePermission> permissions = EnumSet.copyOf(asTheDirectory);
        permissions.retainAll(Files.getPosixFilePermissions(directory));
        permissions.addAll(PRIVATE);
        Integer group = Owners.groupOf(directory);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE) && !group.equals(Owners.groupOf(file))) {
            Files.setAttribute(file, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
        }
        Files.setPosixFilePermissions(file, permissions);
        giveToOwnerOfDirectory(file);
    }

    /** What root makes must be the channel's own user's to change. */
    private void giveToOwnerOfDirectory(Path file) throws IOException {
        Integer owner = Owners.of(directory);
        if (Owners.ofThisProcess() == 0
                && owner != null
                && owner != 0
                && Integer.valueOf(0).equals(Owners.of(file))) {
            Files.setAttribute(file, "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
        }
    }
}
