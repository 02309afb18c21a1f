package io.emberlog.master.fanout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Directories in the state directory. */
final class StateDirectories {
    private StateDirectories() {}

    /** 0700, and its name on the device; nothing if it is there. */
    static void create(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            CheckpointFiles.REAL.forceDirectory(directory.toAbsolutePath().getParent());
        }
    }
}
