package io.emberlog.master.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.master.drain.Alarm;
import io.emberlog.master.drain.MasterEvents;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the owner of one folder can make the master remember is bounded. */
class RingFolderTest {
    private static final int ENTRIES = 4;

    @TempDir
    Path temp;

    @Test
    void namesThatAreRenewedInAFolderTooLargeToBeSeenWholeDoNotPileUp() throws Exception {
        ChannelDirectory directory = ChannelDirectory.open(temp.resolve("channel"));
        RingFolder folder = folder(directory);
        List<RingFile> found = new ArrayList<>();
        int named = 0;
        for (int round = 1; round <= 10; round++) {
            try (var old = Files.list(directory.path())) {
                for (Path path : old.toList()) {
                    Files.delete(path);
                }
            }
            for (int i = 0; i < 2 * ENTRIES; i++) {
                // a directory cannot be opened as a ring, and is tried again later
                Files.createDirectory(directory.path().resolve("name" + named++ + ChannelDirectory.RING_SUFFIX));
            }
            folder.scan(TimeUnit.SECONDS.toNanos(10 * round), found);
            assertThat(folder.waiting()).as("round %d", round).isBetween(1, ENTRIES);
        }
        assertThat(found).isEmpty();
    }

    @Test
    void filesOfAWorkerThatIsJustStartingAreNoDebrisWhateverTheWallClockSaysOfTheirAge() throws Exception {
        ChannelDirectory directory = ChannelDirectory.open(temp.resolve("channel"));
        RingFolder folder = folder(directory);
        String name = "worker-" + UUID.randomUUID();
        Path temporary = Files.createFile(directory.path().resolve(name + ChannelDirectory.TEMP_SUFFIX));
        Path lock = Files.createFile(directory.path().resolve(name + ChannelDirectory.LOCK_SUFFIX));
        for (Path file : List.of(temporary, lock)) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(3_652))));
        }
        folder.removeDebris(0);
        folder.removeDebris(RingFolder.DEBRIS_AGE_NS - 1);
        assertThat(temporary).exists();
        folder.removeDebris(RingFolder.DEBRIS_AGE_NS);
        assertThat(temporary).doesNotExist();
        assertThat(lock)
                .as("a lock beside a .tmp is looked at on its own from then on")
                .exists();
        folder.removeDebris(RingFolder.DEBRIS_AGE_NS + 1);
        folder.removeDebris(2 * RingFolder.DEBRIS_AGE_NS + 1);
        assertThat(lock).doesNotExist();
    }

    private static RingFolder folder(ChannelDirectory directory) {
        MasterEvents events = new MasterEvents(
                new WorkerIdentity(UUID.randomUUID(), "master", 1, 1, "boot", "machine", "1", "host", "java", null),
                () -> 1,
                new Alarm(line -> {}, () -> 1));
        return new RingFolder(
                directory,
                RingGate.OWN_USER,
                new RingFolder.Limits(ENTRIES, 100, 1_000, 3),
                worker -> false,
                events,
                null,
                0);
    }
}
