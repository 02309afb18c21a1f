package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

    @Test
    void aLockWhoseFileOrDirectoryWasRemovedIsTakenAgainUnlessAnotherMasterWasFaster() throws Exception {
        Path channel = Files.createDirectory(directory.resolve("renewed"));
        try (MasterLock lock = MasterLock.take(channel, "pid=1")) {
            assertThat(lock.renew()).as("nothing has happened").isFalse();
            Path file = channel.resolve(MasterLock.FILE_NAME);
            Files.delete(file);
            assertThat(lock.renew()).isTrue();
            assertThat(file).hasContent("pid=1");
            assertThat(lock.renew()).isFalse();

            Files.delete(file);
            Files.delete(channel);
            assertThat(lock.renew()).as("no directory, no other master").isFalse();
            Files.createDirectory(channel);
            try (FileChannel other = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                other.lock();
                assertThatThrownBy(lock::renew).isInstanceOf(MasterLock.HeldException.class);
            }
        }
    }

    private boolean kernelHoldsIt() throws Exception {
        Object inode = Files.getAttribute(directory.resolve(MasterLock.FILE_NAME), "unix:ino");
        return Files.readAllLines(Path.of("/proc/locks")).stream()
                .anyMatch(line -> line.contains("POSIX") && line.contains(":" + inode + " "));
    }
}
