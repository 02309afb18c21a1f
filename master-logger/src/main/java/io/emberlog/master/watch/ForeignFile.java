package io.emberlog.master.watch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import jnr.constants.platform.Errno;
import jnr.constants.platform.OpenFlags;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * Opens files in a folder that another user writes, who may swap a name between two looks at it. Three steps, none of which
 * waits:
 *
 * <pre>
 *   open(name, O_PATH | O_NOFOLLOW)        holds the file without opening it: no FIFO waits, no device acts, no lease
 *                                          is broken, and closing drops no lock of this process
 *   fstat                                  regular, of that user, one link: not the master's lock file under another name
 *   open(/proc/self/fd/N, O_RDWR |         the very file that was checked; EWOULDBLOCK where its owner holds a lease,
 *        O_NONBLOCK)                       who cannot take one any more while it is open
 * </pre>
 *
 * Any thread.
 */
final class ForeignFile {
    /** The same on every architecture that a JDK is built for; jnr-constants does not have it. */
    private static final int O_PATH = 010000000;

    private static final POSIX NATIVE = POSIXFactory.getNativePOSIX();

    private ForeignFile() {}

    /**
     * @param owner uid that the file must belong to
     * @return open for reading and writing; the caller closes it
     * @throws NoSuchFileException when there is no such name
     * @throws IOException saying what the file is instead
     */
    static FileChannel open(Path path, int owner) throws IOException {
        int held = descriptor(path, path.toString(), O_PATH | OpenFlags.O_NOFOLLOW.intValue());
        try {
            check(path, owner, held);
            int open = descriptor(path, procPath(held), OpenFlags.O_RDWR.intValue() | OpenFlags.O_NONBLOCK.intValue());
            try {
                return FileChannel.open(Path.of(procPath(open)), StandardOpenOption.READ, StandardOpenOption.WRITE);
            } finally {
                NATIVE.close(open);
            }
        } finally {
            NATIVE.close(held);
        }
    }

    private static void check(Path path, int owner, int descriptor) throws IOException {
        Map<String, Object> facts = Files.readAttributes(Path.of(procPath(descriptor)), "unix:isRegularFile,uid,nlink");
        if (!Boolean.TRUE.equals(facts.get("isRegularFile"))) {
            throw new IOException(path + " is not a regular file (a link is not followed)");
        }
        if (!facts.get("uid").equals(owner)) {
            throw new IOException(path + " belongs to uid " + Integer.toUnsignedString((Integer) facts.get("uid"))
                    + ", not to uid " + Integer.toUnsignedString(owner) + " whose folder it is in");
        }
        if (!facts.get("nlink").equals(1)) {
            throw new IOException(path + " has " + facts.get("nlink") + " links; a file of a worker has one");
        }
    }

    private static int descriptor(Path path, String name, int flags) throws IOException {
        int descriptor = NATIVE.open(name, flags | OpenFlags.O_CLOEXEC.intValue(), 0);
        if (descriptor >= 0) {
            return descriptor;
        }
        int errno = NATIVE.errno();
        if (errno == Errno.ENOENT.intValue()) {
            throw new NoSuchFileException(path.toString());
        }
        if (errno == Errno.EACCES.intValue()) {
            throw new IOException(path + ": permission denied; a ring in a user's folder has mode 0660");
        }
        if (errno == Errno.EWOULDBLOCK.intValue()) {
            throw new IOException(path + " is leased by a process of its owner");
        }
        throw new IOException(path + " cannot be opened: errno=" + errno + " ("
                + Errno.valueOf(errno).description() + ")");
    }

    private static String procPath(int descriptor) {
        return "/proc/self/fd/" + descriptor;
    }
}
