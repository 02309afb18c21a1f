package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.CrashRow;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
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

    /** A directory with something in it stands where the ring's file was: it can be unlinked as little as on a disk that fails. */
    @Test
    void aRingFileThatCannotBeRemovedIsToldOnceAndRemovedAsSoonAsItCanBe() throws Exception {
        RingFile file = RingFile.create(
                ChannelDirectory.open(temp.resolve("channel")),
                RingSpec.of(64 * 1024),
                new WorkerIdentity(UUID.randomUUID(), "w", 1, 1, "", "", "", "host", "process", ""),
                null,
                1);
        Path lock = ChannelDirectory.lockFileOf(file.path());
        try (Journal journal = Journal.open(JournalConfig.in(temp.resolve("journal")), JournalListener.NONE)) {
            MasterEvents events = new MasterEvents(file.identity(), () -> 1, new Alarm(text -> {}, () -> 0));
            RingReaper reaper = new RingReaper(journal, events);
            Files.delete(file.path());
            Path inTheWay = Files.createDirectories(file.path().resolve("in the way"));

            reaper.ended(file, true);
            assertThat(reaper.doWork()).isZero();
            assertThat(events.encode(1 << 17)).isEqualTo(1);
            events.taken();
            assertThat(reaper.doWork()).isZero();
            assertThat(events.hasWaiting()).as("told again").isFalse();
            assertThat(lock).exists();

            Files.delete(inTheWay);
            assertThat(reaper.doWork()).isEqualTo(1);
            assertThat(file.path()).doesNotExist();
            assertThat(lock).doesNotExist();
            assertThat(reaper.doWork()).isZero();
        }
    }

    private static Path lock(ChannelDirectory directory, Instant touched) throws IOException {
        Path ring = directory.path().resolve("worker-" + UUID.randomUUID() + ".ring");
        Path lock = Files.createFile(ChannelDirectory.lockFileOf(ring));
        Files.setLastModifiedTime(lock, FileTime.from(touched));
        return lock;
    }
}
