package io.emberlog.ring.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Who owns files, as numbers. */
final class Owners {
    private Owners() {}

    /** Null where the file system or the platform has none. */
    static Integer of(Path path) throws IOException {
        try {
            return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException | IllegalArgumentException none) {
            return null;
        }
    }

    /** Effective uid of this process; -1 where it cannot be told. */
    static int ofThisProcess() {
        return io.emberlog.ring.ChannelDirectory.selfUid();
    }
}
