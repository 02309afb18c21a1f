package io.emberlog.ring.control;

import io.emberlog.ring.ChannelDirectory;
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

    /** -1 where the file system or the platform has none. */
    static Integer groupOf(Path path) throws IOException {
        try {
            return (Integer) Files.getAttribute(path, "unix:gid", LinkOption.NOFOLLOW_LINKS);
        } catch (UnsupportedOperationException | IllegalArgumentException none) {
            return -1;
        }
    }

    /** Effective uid of this process; -1 where it cannot be told. A JVM has no way to change it. */
    static int ofThisProcess() {
        return Self.UID;
    }

    private static final class Self {
        static final int UID = ChannelDirectory.selfUid();
    }
}
