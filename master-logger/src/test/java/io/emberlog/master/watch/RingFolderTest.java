package io.emberlog.master.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.heartbeat.CrashForensics;
import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.heartbeat.LivenessConfig;
import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.heartbeat.ProcessProbe;
import io.emberlog.master.drain.Alarm;
import io.emberlog.master.drain.MasterEvents;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
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
    private static final int RINGS = 100;
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

    /** Each costs a mapping and a look every time, whether its name is still there or not. */
    @Test
    void ringsWhoseNamesAreTakenAwayCountAsLongAsTheyAreAtWork() throws Exception {
        ChannelDirectory directory = ChannelDirectory.open(temp.resolve("channel"));
        ProcessProbe probe = new ProcessProbe(HostIdentity.read());
        LivenessMonitor liveness = new LivenessMonitor(
                LivenessConfig.DEFAULTS, () -> 0, probe, new CrashForensics(probe, List.of()), transition -> {});
        RingFolder folder = folder(directory, liveness);
        List<RingFile> found = new ArrayList<>();
        boolean whole = true;
        for (int i = 0; i < RINGS + 20; i++) {
            RingFile.create(
                    directory,
                    RingSpec.of(RingDescriptor.MIN_CAPACITY),
                    new WorkerIdentity(UUID.randomUUID(), "w", 1, 1, "", "", "", "host", "process", ""),
                    null,
                    1);
            whole = folder.scan(TimeUnit.SECONDS.toNanos(10L * i), found);
            try (var files = Files.list(directory.path())) {
                for (Path file : files.toList()) { // its lock, too
                    Files.delete(file);
                }
            }
        }
        assertThat(found).hasSize(RINGS);
        assertThat(whole).isFalse();
        found.forEach(ring -> liveness.remove(ring.identity().ringUuid()));
        RingFile next = RingFile.create(
                directory,
                RingSpec.of(RingDescriptor.MIN_CAPACITY),
                new WorkerIdentity(UUID.randomUUID(), "w", 1, 1, "", "", "", "host", "process", ""),
                null,
                1);
        assertThat(folder.scan(TimeUnit.HOURS.toNanos(1), found)).isTrue();
        assertThat(found.get(found.size() - 1).path()).isEqualTo(next.path());
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
        return folder(directory, null);
    }

    private static RingFolder folder(ChannelDirectory directory, LivenessMonitor liveness) {
        MasterEvents events = new MasterEvents(
                new WorkerIdentity(UUID.randomUUID(), "master", 1, 1, "boot", "machine", "1", "host", "java", null),
                () -> 1,
                new Alarm(line -> {}, () -> 1));
        return new RingFolder(
                directory,
                RingGate.OWN_USER,
                new RingFolder.Limits(ENTRIES, RINGS, 1_000, 3),
                worker -> false,
                events,
                liveness,
                0);
    }
}
