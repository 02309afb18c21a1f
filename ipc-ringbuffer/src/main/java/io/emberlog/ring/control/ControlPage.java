package io.emberlog.ring.control;

import static io.emberlog.ring.control.ControlPageDescriptor.*;

import io.emberlog.ring.RingFile;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The mapped control page, for reading. One thread. What it says is checked, but comes from bytes that others write: a
 * page that is broken says nothing, and says so by {@code null}; it never throws for its content. The mapping lasts until
 * the garbage collector frees it.
 */
public final class ControlPage {
    private final Path path;
    private final Object key;
    private final VarHandleBuffer buffer;
    private final byte[] copy = new byte[COPY_LENGTH];
    /** Which copy {@link #read} took; -1 for none. */
    private int newest = -1;

    private ControlPage(Path path, Object key, VarHandleBuffer buffer) {
        this.path = path;
        this.key = key;
        this.buffer = buffer;
    }

    /** Where the page of that channel is, whether it exists or not. */
    public static Path pathIn(Path channelDirectory) {
        return channelDirectory.resolve(FILE_NAME);
    }

    /**
     * Opens the page in that directory.
     *
     * @return null when there is none
     * @throws IOException when it cannot be trusted or read, naming it and why: no regular file with one link, an owner
     *     who is neither this process's user, nor the directory's, nor root, open to writing by others, or of another
     *     size or layout
     */
    public static ControlPage open(Path channelDirectory) throws IOException {
        return open(channelDirectory, MapMode.READ_ONLY, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    static ControlPage open(Path channelDirectory, MapMode mode, Set<OpenOption> options) throws IOException {
        Path path = pathIn(channelDirectory);
        BasicFileAttributes before = attributes(path);
        if (before == null) {
            return null;
        }
        checkTrust(path, before, channelDirectory);
        try (FileChannel channel = FileChannel.open(path, options)) {
            if (channel.size() != FILE_LENGTH) {
                throw new IOException("control page " + path + " has " + channel.size() + " bytes, not " + FILE_LENGTH
                        + ": it was cut, or is none");
            }
            BasicFileAttributes after = attributes(path);
            if (after == null || after.fileKey() != null && !after.fileKey().equals(before.fileKey())) {
                throw new IOException("control page " + path + " was replaced while it was opened");
            }
            MappedByteBuffer mapping = channel.map(mode, 0, FILE_LENGTH);
            mapping.order(ByteOrder.LITTLE_ENDIAN);
            ControlPage page = new ControlPage(path, before.fileKey(), new VarHandleBuffer(mapping));
            page.checkLayout();
            return page;
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException none) {
            return null;
        }
    }

    private static void checkTrust(Path path, BasicFileAttributes attributes, Path directory) throws IOException {
        if (!attributes.isRegularFile()) {
            throw new IOException("control page " + path + " is not a regular file (a link is not followed)");
        }
        Integer owner = Owners.of(path);
        if (owner == null) {
            return; // no owners on this platform
        }
        Object links = Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
        if (!Integer.valueOf(1).equals(links)) {
            throw new IOException("control page " + path + " has " + links + " links; it must have one");
        }
        Set<PosixFilePermission> around = Files.getPosixFilePermissions(directory);
        if (around.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(
                    "control page " + path + " lies in a directory that may be written by anybody (chmod o-w)");
        }
        // a channel of several users: root made it, and its group is the master's alone
        boolean shared =
                Integer.valueOf(0).equals(Owners.of(directory)) && around.contains(PosixFilePermission.GROUP_WRITE);
        if (!shared && owner != 0 && owner != Owners.ofThisProcess() && !owner.equals(Owners.of(directory))) {
            throw new IOException("control page " + path + " belongs to uid " + owner
                    + ", who is neither this process's user nor the directory's");
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        boolean byItsGroup = shared && Owners.groupOf(path).equals(Owners.groupOf(directory));
        if (permissions.contains(PosixFilePermission.GROUP_WRITE) && !byItsGroup
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("control page " + path + " has mode " + PosixFilePermissions.toString(permissions)
                    + "; nobody but its owner may write it (chmod go-w)");
        }
    }

    private void checkLayout() throws IOException {
        try {
            long magic = buffer.getLong(MAGIC_OFFSET);
            int version = buffer.getInt(VERSION_OFFSET);
            int length = buffer.getInt(COPY_LENGTH_OFFSET);
            RingFile.settle();
            if (magic != MAGIC || version != LAYOUT_VERSION || length != COPY_LENGTH) {
                throw new IOException("control page " + path + " has magic 0x" + Long.toHexString(magic) + ", version "
                        + version + " and copies of " + length + " bytes; known here are 0x" + Long.toHexString(MAGIC)
                        + ", " + LAYOUT_VERSION + " and " + COPY_LENGTH);
            }
        } catch (InternalError e) {
            throw new IOException("control page " + path + " was cut while it was opened", e);
        }
    }

    public Path path() {
        return path;
    }

    VarHandleBuffer buffer() {
        return buffer;
    }

    /** Whether the file that has the page's name is still this one. */
    public boolean isInPlace() {
        try {
            BasicFileAttributes now = attributes(path);
            return now != null && (key == null || key.equals(now.fileKey()));
        } catch (IOException unknown) {
            return false; // opening it again will tell
        }
    }

    /**
     * The newest sequence that either copy claims, unchecked: two reads of memory, so cheap enough to poll.
     *
     * @throws InternalError when the file was cut; the page must then not be used any more
     */
    public long sequence() {
        return Math.max(
                buffer.getLongAcquire(copyOffset(0) + SEQUENCE_OFFSET),
                buffer.getLongAcquire(copyOffset(1) + SEQUENCE_OFFSET));
    }

    /**
     * What the page says: the newer of the copies that are whole.
     *
     * @return null when neither is whole; {@link ControlSnapshot#NOTHING} when nothing was ever set
     * @throws InternalError when the file was cut; the page must then not be used any more
     */
    public ControlSnapshot read() {
        ControlSnapshot content = null;
        newest = -1;
        boolean untouched = true;
        for (int i = 0; i < COPIES; i++) {
            // the sequence first: what was written before it by release is then seen; what is written after, fails the
            // CRC
            untouched &= buffer.getLongAcquire(copyOffset(i) + SEQUENCE_OFFSET) == 0;
            buffer.getBytes(copyOffset(i), copy, 0, COPY_LENGTH);
            RingFile.settle();
            ControlSnapshot found = ControlCopy.decode(copy);
            if (found != null && (content == null || found.sequence() > content.sequence())) {
                content = found;
                newest = i;
            }
        }
        return content == null && untouched ? ControlSnapshot.NOTHING : content;
    }

    /** The copy that {@link #read} did not take last. */
    int olderCopy() {
        return newest == 0 ? 1 : 0;
    }
}
