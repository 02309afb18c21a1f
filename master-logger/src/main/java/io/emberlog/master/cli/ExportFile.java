package io.emberlog.master.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file that is there whole or not at all: written under another name beside it, forced, then given its own. One thread.
 * A process that dies leaves at most {@code .NAME.PID.tmp}.
 */
final class ExportFile implements AutoCloseable {
    private final Path target;
    private final Path temp;
    private final boolean overwrite;
    private final FileChannel channel;
    private boolean finished;

    /**
     * @param overwrite an existing file may be replaced
     * @throws FileAlreadyExistsException it exists and must not be
     */
    ExportFile(Path target, boolean overwrite) throws IOException {
        this.target = target.toAbsolutePath();
        this.overwrite = overwrite;
        if (!overwrite && Files.exists(this.target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        temp = this.target.resolveSibling(
                "." + this.target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        channel = FileChannel.open(
                temp,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
    }

    OutputStream stream() {
        return Channels.newOutputStream(channel);
    }

    /** Gives it its name; whoever took the name meanwhile keeps it, unless it may be overwritten. */
    void finish() throws IOException {
        channel.force(true);
        if (overwrite) {
            Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.createLink(target, temp); // unlike a rename, it fails where something is
            Files.delete(temp);
        }
        finished = true;
        try (FileChannel directory = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /** Unfinished, nothing is left. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (!finished) {
            Files.deleteIfExists(temp);
        }
    }
}
