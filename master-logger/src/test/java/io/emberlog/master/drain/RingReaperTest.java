package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reaper leaves that dies between its two unlinks; the rows before them are in {@link DrainAgentTest}. */
class RingReaperTest {
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

    @TempDir
    Path temp;

    @Test
    @CrashRow("P4")
    void aLockFileWhoseRingIsGoneIsRemovedOnceItIsOld() throws IOException {
        ChannelDirectory directory = ChannelDirectory.open(temp.resolve("channel"));
        Path old = lock(directory, NOW.minusSeconds(600));
        Path young = lock(directory, NOW);
        assertThat(directory.removeLeftovers(NOW.minusSeconds(60))).containsExactly(old);
        assertThat(young).exists();
    }

    @Test
    @CrashRow("P5")
    void behindBothUnlinksNothingIsLeftToDo() throws IOException {
        ChannelDirectory directory = ChannelDirectory.open(temp.resolve("channel"));
        assertThat(directory.rings()).isEmpty();
        assertThat(directory.removeLeftovers(NOW)).isEmpty();
    }

    private static Path lock(ChannelDirectory directory, Instant touched) throws IOException {
        Path ring = directory.path().resolve("worker-" + UUID.randomUUID() + ".ring");
        Path lock = Files.createFile(ChannelDirectory.lockFileOf(ring));
        Files.setLastModifiedTime(lock, FileTime.from(touched));
        return lock;
    }
}
