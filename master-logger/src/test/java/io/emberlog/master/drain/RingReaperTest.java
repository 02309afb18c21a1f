package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.CrashRow;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
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
        RingFile file = ring("w");
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

    @Test
    void itSaysHowManyItRemovedMarksThoseThatAreWholeAndForgetsTheirFiles() throws Exception {
        RingFile whole = ring("whole");
        RingFile lossy = ring("lossy");
        RingFile stuck = ring("stuck");
        try (Journal journal = Journal.open(JournalConfig.in(temp.resolve("journal")), JournalListener.NONE)) {
            MasterEvents events = new MasterEvents(whole.identity(), () -> 1, new Alarm(text -> {}, () -> 0));
            RingReaper reaper = new RingReaper(journal, events);
            Files.delete(stuck.path());
            Path inTheWay = Files.createDirectories(stuck.path().resolve("in the way"));
            reaper.ended(whole, true);
            reaper.ended(lossy, false);
            reaper.ended(stuck, false);
            assertThat(reaper.hasFile(lossy.identity().ringUuid())).isTrue();

            assertThat(reaper.doWork()).isEqualTo(2);
            assertThat(whole.header().state()).isEqualTo(RingDescriptor.STATE_SALVAGED);
            assertThat(lossy.header().state())
                    .as("its owner would take what is lost for synced")
                    .isEqualTo(RingDescriptor.STATE_OPEN);
            assertThat(List.of(whole, lossy))
                    .noneMatch(ring -> reaper.hasFile(ring.identity().ringUuid()));
            assertThat(reaper.hasFile(stuck.identity().ringUuid())).isTrue();

            Files.delete(inTheWay);
            RingFile late = ring("late");
            reaper.ended(late, true);
            assertThat(reaper.doWork())
                    .as("the one that was stuck and the late one")
                    .isEqualTo(2);
            assertThat(reaper.hasFile(stuck.identity().ringUuid())).isFalse();
        }
    }

    @Test
    void whatIsSetAsideKeepsItsBytesAndItsStateAndLosesItsLock() throws Exception {
        RingFile broken = ring("broken");
        try (Journal journal = Journal.open(JournalConfig.in(temp.resolve("journal")), JournalListener.NONE)) {
            RingReaper reaper = new RingReaper(
                    journal, new MasterEvents(broken.identity(), () -> 1, new Alarm(text -> {}, () -> 0)));
            reaper.evidence(broken);
            assertThat(reaper.hasFile(broken.identity().ringUuid())).isTrue();
            assertThat(reaper.doWork()).isEqualTo(1);
        }
        assertThat(broken.header().state()).isEqualTo(RingDescriptor.STATE_OPEN);
        assertThat(broken.path()).doesNotExist();
        assertThat(broken.path().resolveSibling(broken.path().getFileName() + ".quarantined"))
                .exists();
        assertThat(ChannelDirectory.lockFileOf(broken.path())).doesNotExist();
    }

    @Test
    void aNameThatIsTakenGetsANumberAndTheLastOneIsTheEnd() throws Exception {
        Path ring = Files.createFile(temp.resolve("w.ring"));
        for (int number = 0; number <= RingReaper.MOST_NAMES; number++) {
            Path named = RingReaper.setAside(ring);
            assertThat(named).hasFileName("w.ring" + (number == 0 ? "" : "." + number) + ".quarantined");
            Files.createFile(ring);
        }
        assertThatThrownBy(() -> RingReaper.setAside(ring)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(ring).exists();
    }

    @Test
    void oneThatAnEarlierTryHasRenamedIsSetAsideAndOneThatIsGoneIsNot() throws Exception {
        Path ring = temp.resolve("w.ring");
        assertThatThrownBy(() -> RingReaper.setAside(ring)).isInstanceOf(NoSuchFileException.class);
        Path aside = Files.createFile(temp.resolve("w.ring.quarantined"));
        assertThat(RingReaper.setAside(ring)).isEqualTo(aside);
    }

    private RingFile ring(String name) throws IOException {
        return RingFile.create(
                ChannelDirectory.open(temp.resolve("channel")),
                RingSpec.of(64 * 1024),
                new WorkerIdentity(UUID.randomUUID(), name, 1, 1, "", "", "", "host", "process", ""),
                null,
                1);
    }

    private static Path lock(ChannelDirectory directory, Instant touched) throws IOException {
        Path ring = directory.path().resolve("worker-" + UUID.randomUUID() + ".ring");
        Path lock = Files.createFile(ChannelDirectory.lockFileOf(ring));
        Files.setLastModifiedTime(lock, FileTime.from(touched));
        return lock;
    }
}
