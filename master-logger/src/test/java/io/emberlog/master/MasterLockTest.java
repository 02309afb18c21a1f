package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterLockTest {
    @TempDir
    Path directory;

    /** To the kernel both are one process, which loses its lock with the first descriptor that is closed. */
    @Test
    void aSecondTryInOneProcessDoesNotDropTheLockOfTheFirst() throws Exception {
        try (MasterLock first = MasterLock.take(directory, "first")) {
            assertThat(first).isNotNull();
            assertThat(kernelHoldsIt()).isTrue();
            assertThatThrownBy(() -> MasterLock.take(directory, "second"))
                    .isInstanceOf(MasterLock.HeldException.class)
                    .hasMessageContaining("another master runs in " + directory);
            assertThat(kernelHoldsIt()).isTrue();
        }
        assertThat(kernelHoldsIt()).isFalse();
        MasterLock.take(directory, "third").close();
    }

    private boolean kernelHoldsIt() throws Exception {
        Object inode = Files.getAttribute(directory.resolve(MasterLock.FILE_NAME), "unix:ino");
        return Files.readAllLines(Path.of("/proc/locks")).stream()
                .anyMatch(line -> line.contains("POSIX") && line.contains(":" + inode + " "));
    }
}
