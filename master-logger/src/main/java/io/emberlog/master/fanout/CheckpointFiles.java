package io.emberlog.master.fanout;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The steps on files that a checkpoint takes; a seam, so that a test can fail or stop at each of them. */
interface CheckpointFiles {
    /** The file system. */
    CheckpointFiles REAL = new Real();

    /** A file that is being written. */
    interface Temp extends Closeable {
        void write(byte[] bytes) throws IOException;

        /** Brings it to the device. */
        void force() throws IOException;
    }

    /** Makes the file, or empties it if it is there. */
    Temp create(Path file) throws IOException;

    /** Replaces {@code to}, in one step. */
    void rename(Path from, Path to) throws IOException;

    /** Brings renames in the directory to the device. */
    void forceDirectory(Path directory) throws IOException;

    /** @return at most {@code limit} bytes from the front; null when there is no such file */
    byte[] read(Path file, int limit) throws IOException;

    /** {@link CheckpointFiles#REAL}. */
    final class Real implements CheckpointFiles {
        private static final FileAttribute<?> OWNER_ONLY =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

        @Override
        public Temp create(Path file) throws IOException {
            FileChannel channel = FileChannel.open(
                    file,
                    Set.of(
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE,
                            LinkOption.NOFOLLOW_LINKS),
                    OWNER_ONLY);
            return new RealTemp(channel);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }

        @Override
        public byte[] read(Path file, int limit) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(limit, channel.size()));
                int read = 0;
                while (bytes.hasRemaining() && read >= 0) {
                    read = channel.read(bytes);
                }
                byte[] front = new byte[bytes.position()];
                bytes.flip().get(front);
                return front;
            } catch (NoSuchFileException e) {
                return null;
            }
        }
    }

    /** One descriptor from create to close, so that no error of the device is lost between write and force. */
    final class RealTemp implements Temp {
        private final FileChannel channel;

        RealTemp(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(true);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
