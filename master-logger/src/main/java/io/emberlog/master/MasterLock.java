package io.emberlog.master;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Keeps a second master out of a directory, and tells it who is there. The kernel frees the lock when this process ends,
 * however it ends. The file stays; only its lock means something.
 */
final class MasterLock implements AutoCloseable {
    static final String FILE_NAME = "master.lock";

    /** Another master holds the directory. */
    static final class HeldException extends Exception {
        private static final long serialVersionUID = 1;

        HeldException(String message) {
            super(message);
        }
    }

    private final FileChannel channel;

    private MasterLock(FileChannel channel) {
        this.channel = channel;
    }

    static MasterLock take(Path directory, String owner) throws IOException, HeldException {
        Path file = directory.resolve(FILE_NAME);
        FileChannel channel = FileChannel.open(
                file,
                Set.of(
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE,
                        LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        boolean taken = false;
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                String holder = Files.readString(file).strip().replace('\n', ' ');
                throw new HeldException(
                        "another master runs in " + directory + (holder.isEmpty() ? "" : ": " + holder));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(owner.getBytes(StandardCharsets.UTF_8)), 0);
            taken = true;
            return new MasterLock(channel);
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException inThisJvm) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
