package io.emberlog.master.watch;

import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.UserFolders;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.UUID;

/**
 * How the master opens what lies in a directory of rings: with the trust that its layout allows. The watch thread only.
 */
interface RingGate {
    /** Who owns the files, by the kernel's word; -1 where the layout does not say. */
    int owner();

    /**
     * @throws RingBrokenException when the file is one that no worker makes: it is to be set aside
     * @throws IOException when it cannot be opened, or is no file that may be: it stays
     */
    RingFile ring(Path path) throws IOException, RingBrokenException;

    /** Open for reading and writing, never waiting. */
    FileChannel lock(Path path) throws IOException;

    /** One user's own directory: whoever can write there can do to the master what it likes, being the same user. */
    RingGate OWN_USER = new RingGate() {
        @Override
        public int owner() {
            return -1;
        }

        @Override
        public RingFile ring(Path path) throws IOException, RingBrokenException {
            return RingFile.open(path);
        }

        @Override
        public FileChannel lock(Path path) throws IOException {
            // throws NoSuchFileException of its own
            if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isRegularFile()) {
                throw new IOException(path + " is not a regular file (a link is not followed)");
            }
            // for reading, too: a FIFO that takes its place in this moment would wait for a reader
            return FileChannel.open(
                    path, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        }
    };

    /** A folder in which that user, who may be hostile, writes. */
    static RingGate of(int uid) {
        return new RingGate() {
            @Override
            public int owner() {
                return uid;
            }

            @Override
            public RingFile ring(Path path) throws IOException, RingBrokenException {
                try (FileChannel channel = ForeignFile.open(path, uid)) {
                    RingFile file = RingFile.open(path, channel);
                    check("uuid", file.identity().ringUuid());
                    check("predecessor's uuid", file.header().predecessor());
                    RingFile.settle();
                    return file;
                } catch (InternalError e) {
                    throw new RingBrokenException(
                            "the mapping faulted (" + e.getMessage() + "): the file was cut while in use");
                }
            }

            private void check(String what, UUID uuid) throws RingBrokenException {
                if (uuid != null && !UserFolders.isOf(uid, uuid)) {
                    throw new RingBrokenException(what + "=" + uuid + " is not of the user who owns it, uid="
                            + Integer.toUnsignedString(uid) + ": it is named like a ring of another");
                }
            }

            @Override
            public FileChannel lock(Path path) throws IOException {
                return ForeignFile.open(path, uid);
            }
        };
    }
}
