package io.emberlog.ring;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * The layout of a channel that several users share: one folder per user, in which only that user and the master write.
 *
 * <pre>
 *   /run/emberlog/CHANNEL         root:emberlog  0775   made by root; the master's lock file lies here
 *   /run/emberlog/CHANNEL/1000    1000:emberlog  2770   made by root, named after the uid of its workers
 *   .../1000/NAME-UUID.ring       1000:emberlog  0660   made by a worker, whatever its umask
 *   .../1000/NAME-UUID.lock       1000:emberlog  0660   the same
 * </pre>
 *
 * The group is the master's alone: workers are not in it. What binds a ring to its user is the kernel's word, never the
 * ring's: the folder and the file belong to that uid, and the first 32 bits of the ring's uuid are that uid, so that no
 * user can name a ring like another's. Any thread; file work.
 */
public final class UserFolders {
    private static final int SET_GID = 02000;
    private static final int GROUP_ALL = 0070;
    private static final int GROUP_WRITE = 0020;
    private static final int OTHERS_ALL = 0007;
    private static final int OTHERS_WRITE = 0002;
    private static final int ROOT = 0;
    private static final int VERSION = 8;
    private static final long VERSION_BITS = 0xF000;
    private static final String MAKE_IT = "; root makes it: emberlog channel create ";

    private UserFolders() {}

    /**
     * A user's folder.
     *
     * @param uid its name, and its owner where {@code problem} is null
     * @param problem why it cannot be used; null when it can
     */
    public record Folder(Path path, int uid, String problem) {}

    /** What a ring in the folder of that user is called: the uid, then 90 random bits; version 8 of RFC 9562. */
    public static UUID newRingUuid(int uid) {
        UUID random = UUID.randomUUID();
        long low = random.getMostSignificantBits() & 0xFFFF_FFFFL & ~VERSION_BITS | VERSION << 12;
        return new UUID((long) uid << Integer.SIZE | low, random.getLeastSignificantBits());
    }

    /** Whether a ring of that name can be that user's. */
    public static boolean isOf(int uid, UUID ring) {
        return userOf(ring).equals(OptionalInt.of(uid));
    }

    /** The user that a ring's name speaks of; empty where it is not named so. The master sees to it that it is the owner. */
    public static OptionalInt userOf(UUID ring) {
        return ring.version() == VERSION
                ? OptionalInt.of((int) (ring.getMostSignificantBits() >>> Integer.SIZE))
                : OptionalInt.empty();
    }

    /** The uid that a file name is, written as the kernel does; empty for any other name. */
    public static OptionalInt uidOf(Path name) {
        String text = name.getFileName() == null ? "" : name.getFileName().toString();
        try {
            int uid = Integer.parseUnsignedInt(text);
            return Integer.toUnsignedString(uid).equals(text) ? OptionalInt.of(uid) : OptionalInt.empty();
        } catch (NumberFormatException other) {
            return OptionalInt.empty();
        }
    }

    /**
     * The folders of a channel, by name. One that does not belong to the user it is named after, or is a link, is listed
     * with the reason.
     */
    public static List<Folder> in(Path channel) throws IOException {
        List<Folder> folders = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(channel)) {
            for (Path entry : entries) {
                OptionalInt uid = uidOf(entry);
                if (uid.isPresent()) {
                    folders.add(new Folder(entry, uid.getAsInt(), problem(entry, uid.getAsInt())));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        folders.sort(java.util.Comparator.comparing(Folder::path));
        return folders;
    }

    private static String problem(Path folder, int uid) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return "is not a directory (a link is not followed)";
        }
        int owner = ChannelDirectory.uid(folder);
        return owner == uid
                ? null
                : "belongs to uid " + Integer.toUnsignedString(owner) + ", not to the uid that it is named after";
    }

    /**
     * Checks a channel on behalf of its master.
     *
     * @throws IOException naming the directory, what is wrong and what would be right
     */
    static void checkChannel(Path channel) throws IOException {
        if (!Files.isDirectory(channel, LinkOption.NOFOLLOW_LINKS)) {
            boolean missing = !Files.exists(channel, LinkOption.NOFOLLOW_LINKS);
            throw new IOException("channel directory " + channel
                    + (missing ? " is missing" : " is not a directory (a link is not followed)") + MAKE_IT + channel);
        }
        int owner = ChannelDirectory.uid(channel);
        if (owner != ROOT) {
            throw new IOException("channel directory " + channel + " of several users belongs to uid "
                    + Integer.toUnsignedString(owner) + ", not to root" + MAKE_IT + channel);
        }
        if ((mode(channel) & OTHERS_WRITE) != 0) {
            throw new IOException("channel directory " + channel + " of several users has mode " + octal(mode(channel))
                    + "; nobody but root and the master's group may write there (chmod 0775)");
        }
    }

    /**
     * Whether a worker of this user that was told that path is to use a user's folder.
     *
     * @return the folder; null when the path is no place of several users
     */
    static Path folderFor(Path path, int self) throws IOException {
        String own = Integer.toUnsignedString(self);
        if (path.endsWith(own)) {
            return isShared(path, self) ? path : null;
        }
        Path below = path.resolve(own);
        return isShared(path, self) && Files.exists(below, LinkOption.NOFOLLOW_LINKS) ? below : null;
    }

    /** Not a directory of this user's alone. */
    private static boolean isShared(Path path, int self) throws IOException {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                && (ChannelDirectory.uid(path) != self || (mode(path) & GROUP_WRITE) != 0);
    }

    /**
     * Checks this user's own folder and the channel around it, on behalf of a worker.
     *
     * @throws IOException as {@link #checkChannel}
     */
    static void checkOwn(Path folder, int self) throws IOException {
        String own = Integer.toUnsignedString(self);
        String problem = problem(folder, self);
        if (problem != null) {
            throw new IOException("folder " + folder + " " + problem + MAKE_IT + folder.getParent() + " --user " + own);
        }
        int mode = mode(folder);
        if ((mode & SET_GID) == 0 || (mode & GROUP_ALL) != GROUP_ALL || (mode & OTHERS_ALL) != 0) {
            throw new IOException("folder " + folder + " has mode " + octal(mode)
                    + "; it is 2770, so that the master's group and nobody else reaches the rings (chmod 2770)");
        }
        Path channel = folder.getParent();
        checkChannel(channel);
        if ((mode(channel) & GROUP_WRITE) != 0 && gid(channel) != gid(folder)) {
            throw new IOException("channel directory " + channel + " may be written by group " + gid(channel)
                    + ", which is not the group " + gid(folder) + " of folder " + folder + MAKE_IT + channel);
        }
    }

    /** What to tell a user who has no folder in a directory that looks like a channel of several users; else empty. */
    static String hint(Path path, int self) throws IOException {
        return ChannelDirectory.uid(path) == ROOT && (mode(path) & GROUP_WRITE) != 0
                ? "; in a channel of several users it has no folder " + Integer.toUnsignedString(self) + MAKE_IT + path
                        + " --user " + Integer.toUnsignedString(self)
                : "";
    }

    private static int mode(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    }

    private static int gid(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:gid", LinkOption.NOFOLLOW_LINKS);
    }

    private static String octal(int mode) {
        return String.format("%04o", mode);
    }
}
