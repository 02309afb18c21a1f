package io.emberlog.handler.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Every step that the file handler takes on a disk: the seam where tests fail the k-th one, or die in it. An operation
 * that throws may have been done, not done, or done in part; the handler assumes nothing. The handler's thread, and the one that
 * works on rotated files ({@link Archivist}); each for files of its own.
 */
interface FileOps {
    /** Parents included; existing ones are fine. */
    void createDirectories(Path directory) throws IOException;

    /**
     * No other handler of this process gets this path until the answer is closed.
     *
     * @param file in a directory that exists
     * @throws IOException naming the handler that has it
     */
    default Closeable claim(Path file, String handler) throws IOException {
        return () -> {};
    }

    /**
     * For reading and writing. Refuses symbolic links and what is not a regular file.
     *
     * @throws java.nio.file.NoSuchFileException when there is none
     */
    OpenFile open(Path file) throws IOException;

    /**
     * A new, empty file.
     *
     * @throws java.nio.file.FileAlreadyExistsException when there is one
     */
    OpenFile create(Path file) throws IOException;

    /** Identity of what stands at that path now; equal to {@link OpenFile#key} of the same file. Null: nothing there. */
    String key(Path file) throws IOException;

    /** Whether a regular file stands there: neither nothing, nor a directory, a link or whatever else has a name. */
    boolean isFile(Path file) throws IOException;

    /** Null: nothing there. */
    Stat stat(Path file) throws IOException;

    /** Bytes of the file for a figure, on which nothing depends; 0: nothing there. */
    default long length(Path file) throws IOException {
        Stat stat = stat(file);
        return stat == null ? 0 : stat.size();
    }

    /** Sets the time of the last write. */
    void setModified(Path file, long epochMs) throws IOException;

    /** Bytes that this process may still write to the file system of that directory. */
    long usableSpace(Path directory) throws IOException;

    /** Names, in no order; empty when there is no such directory. */
    List<String> list(Path directory) throws IOException;

    /** Atomic; both in one directory. */
    void rename(Path from, Path to) throws IOException;

    void delete(Path file) throws IOException;

    /** Makes creations and renames in that directory durable. */
    void forceDirectory(Path directory) throws IOException;

    /**
     * @param size bytes
     * @param modifiedMs last write, since the epoch
     */
    record Stat(long size, long modifiedMs) {}

    /** One open file. */
    interface OpenFile extends Closeable {
        /** Device and inode or the like; empty where unknown. */
        String key();

        long size() throws IOException;

        /** At most what remains in the buffer; fewer near the end. */
        int read(ByteBuffer into, long position) throws IOException;

        /** Some of what remains in the buffer, at least one byte. */
        int write(ByteBuffer from, long position) throws IOException;

        void truncate(long size) throws IOException;

        /** Contents and length are on the device; after a failure nothing is known of any write since the last success. */
        void force() throws IOException;
    }
}
