package io.emberlog.ring;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A directory in which rings lie: that of one user's channel, mode 0700, owned by the user whose processes log there; or
 * one user's folder in a channel of several ({@link UserFolders}). Workers create files in it, the master finds them. Any
 * thread; file work, so never on a caller's.
 */
public final class ChannelDirectory {
    public static final String RING_SUFFIX = ".ring";
    public static final String LOCK_SUFFIX = ".lock";
    public static final String TEMP_SUFFIX = ".tmp";
    public static final String QUARANTINE_SUFFIX = ".quarantined";

    private static final Set<PosixFilePermission> PRIVATE_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> GROUP_FILE = PosixFilePermissions.fromString("rw-rw----");
    private static final Set<PosixFilePermission> PRIVATE_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final int MAX_NAME_LENGTH = 64;
    private static final Pattern WORKERS_FILE =
            Pattern.compile(".*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.[a-z]+");
    private static final String USER_PREFIX = "emberlog-";
    private static final Path SELF_STATUS = Path.of("/proc/self/status");

    /** More than these are not looked at: what lies in a directory is its user's doing. */
    private static final int MAX_ENTRIES = 65_536;

    private static final int NOT_SHARED = -1;

    private final Path path;
    private final boolean userFolder;
    private final int uid;

    private ChannelDirectory(Path path) {
        this(path, false, NOT_SHARED);
    }

    private ChannelDirectory(Path path, boolean userFolder, int uid) {
        this.path = path;
        this.userFolder = userFolder;
        this.uid = uid;
    }

    /**
     * {@code /dev/shm/emberlog-<uid>/default} where {@code /dev/shm} is writable, else the same under the temp
     * directory.
     */
    public static Path defaultPath() {
        Path shm = Path.of("/dev/shm");
        Path base = Files.isWritable(shm) ? shm : Path.of(System.getProperty("java.io.tmpdir"));
        int self = selfUid();
        // no /proc and no owners: the name is as unique on one machine as the number
        String user = self < 0 ? System.getProperty("user.name") : Integer.toString(self);
        return base.resolve(USER_PREFIX + user).resolve("default");
    }

    /**
     * Where a worker of this process puts its rings: its user's folder, when the path names that folder or a channel of
     * several users that has one; else as {@link #open}.
     *
     * @throws IOException as {@link #open}; to root also for a directory of another user; for a folder also when it or the channel around it is open to others than
     *     its user, the master's group and root
     */
    public static ChannelDirectory forWorker(Path directory) throws IOException {
        Path path = directory.toAbsolutePath().normalize();
        int self = selfUid();
        Path folder = self < 0 ? null : UserFolders.folderFor(path, self);
        if (folder == null) {
            ChannelDirectory directoryOfOne = open(path);
            int owner = uid(path);
            if (self == 0 && owner > 0) {
                throw new IOException(
                        "channel directory " + path + " belongs to uid " + owner + ", whose master could not"
                                + " read the rings of uid 0: run as that user, or give the channel folders for several users");
            }
            return directoryOfOne;
        }
        UserFolders.checkOwn(folder, self);
        return new ChannelDirectory(folder, true, self);
    }

    /**
     * The channel's own directory, where its control page lies, for a worker of this process that was told that path: the
     * path itself, or what is around it when it names this user's folder. Checks and makes nothing.
     */
    public static Path channelOf(Path directory) throws IOException {
        Path path = directory.toAbsolutePath().normalize();
        int self = selfUid();
        Path folder = self < 0 ? null : UserFolders.folderFor(path, self);
        return folder == null ? path : folder.getParent();
    }

    /**
     * Opens a channel of several users for its master, which looks for rings in the folders and never makes any.
     *
     * @throws IOException naming the path, what is wrong and what would be right
     */
    public static ChannelDirectory openForUsers(Path directory) throws IOException {
        Path path = directory.toAbsolutePath().normalize();
        UserFolders.checkChannel(path);
        return new ChannelDirectory(path);
    }

    /** A user's folder as its master or a tool sees it; checked by {@link UserFolders#in}. */
    public static ChannelDirectory ofUser(UserFolders.Folder folder) {
        return new ChannelDirectory(folder.path(), true, folder.uid());
    }

    /**
     * Opens the directory, making it (and the per-user directory above it) where missing.
     *
     * @throws IOException naming the path and what is wrong: not a directory, a symbolic link, of another owner, or
     *     open to others
     */
    public static ChannelDirectory open(Path directory) throws IOException {
        Path path = directory.toAbsolutePath().normalize();
        Path parent = path.getParent();
        if (parent != null
                && parent.getFileName() != null
                && parent.getFileName().toString().startsWith(USER_PREFIX)) {
            if (!Files.exists(parent, LinkOption.NOFOLLOW_LINKS)) {
                create(parent);
            }
            verify(parent);
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (parent != null) {
                createAbove(parent);
            }
            create(path);
        }
        verify(path);
        return new ChannelDirectory(path);
    }

    private static void createAbove(Path parent) throws IOException {
        try {
            Files.createDirectories(parent);
        } catch (FileAlreadyExistsException e) { // says only that it is there
            throw new NotDirectoryException(e.getFile());
        }
    }

    private static void create(Path path) throws IOException {
        try {
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PRIVATE_DIRECTORY));
        } catch (FileAlreadyExistsException raced) {
            // another process of this user made it; verify() decides whether it will do
        }
    }

    private static void verify(Path path) throws IOException {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("channel directory " + path + " is not a directory (a link is not followed)");
        }
        int owner = uid(path);
        int self = selfUid();
        if (owner >= 0 && self >= 0 && owner != self && path.endsWith(USER_PREFIX + self)) {
            // root, too: in /dev/shm anyone could have made it first
            throw new IOException("channel directory " + path + " belongs to uid " + owner + ", not to uid " + self
                    + " that it is named after");
        }
        if (owner >= 0 && self >= 0 && owner != self && self != 0) {
            throw new IOException("channel directory " + path + " belongs to uid " + owner + ", not to uid " + self
                    + UserFolders.hint(path, self));
        }
        if (owner >= 0) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
            if (permissions.contains(PosixFilePermission.OTHERS_WRITE)
                    || permissions.contains(PosixFilePermission.GROUP_WRITE)) {
                throw new IOException(
                        "channel directory " + path + " has mode " + PosixFilePermissions.toString(permissions)
                                + "; nobody but its owner may write there (chmod 700)");
            }
        }
    }

    /** Effective uid of this process; -1 where the platform has none. */
    public static int selfUid() {
        try {
            // /proc/self itself is a link that belongs to root
            for (String line : Files.readAllLines(SELF_STATUS, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("Uid:")) {
                    return Integer.parseUnsignedInt(line.split("\\s+")[2]);
                }
            }
            return -1;
        } catch (IOException | RuntimeException noProc) {
            return uidOfNewFile();
        }
    }

    private static int uidOfNewFile() {
        try {
            Path probe = Files.createTempFile("emberlog", null);
            try {
                return uid(probe);
            } finally {
                Files.delete(probe);
            }
        } catch (IOException | RuntimeException unknown) {
            return -1; // the caller then cannot compare owners, and does not
        }
    }

    /** -1 where the file system or the platform has none. */
    static int uid(Path path) {
        try {
            return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException unknown) {
            return -1;
        }
    }

    public Path path() {
        return path;
    }

    /** Whether its files live in memory and are gone after a reboot (tmpfs, ramfs); what is not known counts as a disk. */
    public boolean isInMemory() {
        try {
            String type = Files.getFileStore(path).type();
            return type.equals("tmpfs") || type.equals("ramfs");
        } catch (IOException | RuntimeException unknown) {
            return false;
        }
    }

    /** Makes the names in it, and its own, outlive a power cut. */
    void force() throws IOException {
        force(path);
        for (Path above = path.getParent(); above != null; above = above.getParent()) {
            try {
                force(above);
            } catch (IOException notOurs) {
                return; // a directory that may not be read was not made by this process, nor is anything above it
            }
        }
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** The channel's own directory: this one, or that around a user's folder. */
    public Path channel() {
        return userFolder ? path.getParent() : path;
    }

    /** What a new ring of this process is to be called here. */
    public UUID newRingUuid() {
        return userFolder ? UserFolders.newRingUuid(uid) : UUID.randomUUID();
    }

    /** With what mode a worker makes files here, before its umask. */
    Set<PosixFilePermission> fileMode() {
        return userFolder ? GROUP_FILE : PRIVATE_FILE;
    }

    /** Gives a file just made the mode that it is to have, whatever the umask took. */
    void setFileMode(Path file) throws IOException {
        if (userFolder) {
            Files.setPosixFilePermissions(file, GROUP_FILE);
        }
    }

    /** Ring files that are complete, in no order. */
    public List<Path> rings() throws IOException {
        return list(RING_SUFFIX);
    }

    /**
     * What a directory holds.
     *
     * @param files in no order
     * @param whole false when there are more entries than were looked at
     */
    public record Listing(List<Path> files, boolean whole) {}

    /** Ring files as {@link #rings}, but looks at no more than that many entries: the work of one look is bounded. */
    public Listing rings(int mostEntries) throws IOException {
        return list(RING_SUFFIX, mostEntries);
    }

    /**
     * Removes what workers left that died while they made a ring (C1 to C3 of {@link RingFile}): {@code .tmp} files, and
     * {@code .lock} files without a ring, that nobody has touched since {@code before}. Choose it minutes ago: a worker
     * that is still at it then fails to make its ring, and says so. Locks are not probed, since closing the descriptor
     * would drop a lock of this process. Only names that end in a uuid are a worker's: the master's lock file stays. Looks at
     * a bounded number of entries.
     *
     * @return what was removed
     */
    public List<Path> removeLeftovers(Instant before) throws IOException {
        List<Path> removed = new ArrayList<>();
        removeLeftovers(before, removed);
        removeLeftovers(before, removed); // lock files are left over once there is nothing beside them
        return removed;
    }

    private void removeLeftovers(Instant before, List<Path> removed) throws IOException {
        for (Path file : leftovers()) {
            try {
                if (Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                                .toInstant()
                                .isBefore(before)
                        && removeLeftover(file)) {
                    removed.add(file);
                }
            } catch (NoSuchFileException gone) {
                // its worker finished or cleaned up in this moment
            }
        }
    }

    /** What {@link #removeLeftovers} would remove if it were old, for a caller that goes by another clock. */
    public List<Path> leftovers() throws IOException {
        List<Path> found = new ArrayList<>(list(TEMP_SUFFIX));
        for (Path lock : list(LOCK_SUFFIX)) {
            if (!Files.exists(sibling(lock, LOCK_SUFFIX, RING_SUFFIX), LinkOption.NOFOLLOW_LINKS)
                    && !Files.exists(sibling(lock, LOCK_SUFFIX, TEMP_SUFFIX), LinkOption.NOFOLLOW_LINKS)) {
                found.add(lock);
            }
        }
        found.removeIf(
                file -> !WORKERS_FILE.matcher(file.getFileName().toString()).matches());
        return found;
    }

    /**
     * Removes one of {@link #leftovers}.
     *
     * @return false when it is no file, or is gone already
     */
    public boolean removeLeftover(Path file) throws IOException {
        return !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) && Files.deleteIfExists(file);
    }

    private static Path sibling(Path file, String suffix, String other) {
        String name = file.getFileName().toString();
        return file.resolveSibling(name.substring(0, name.length() - suffix.length()) + other);
    }

    List<Path> list(String suffix) throws IOException {
        return list(suffix, MAX_ENTRIES).files();
    }

    private Listing list(String suffix, int mostEntries) throws IOException {
        List<Path> found = new ArrayList<>();
        int seen = 0;
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(path)) {
            for (Path file : stream) {
                if (++seen > mostEntries) {
                    return new Listing(found, false);
                }
                if (file.getFileName().toString().endsWith(suffix)) {
                    found.add(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return new Listing(found, true);
    }

    /** The file name without suffix of a ring: the worker's name made harmless, and the uuid. */
    static String baseName(String workerName, UUID uuid) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < workerName.length() && name.length() < MAX_NAME_LENGTH; i++) {
            char c = workerName.charAt(i);
            boolean harmless = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '_'
                    || c == '-'
                    || c == '.' && name.length() > 0;
            name.append(harmless ? c : '_');
        }
        return (name.length() == 0 ? "worker" : name) + "-" + uuid;
    }

    /** The lock file that belongs to a ring file. */
    public static Path lockFileOf(Path ring) {
        return sibling(ring, RING_SUFFIX, LOCK_SUFFIX);
    }
}
