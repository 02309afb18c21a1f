package io.emberlog.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingFileTest {
    @TempDir
    Path directory;

    private ChannelDirectory channel() throws IOException {
        return ChannelDirectory.open(directory.resolve("channel"));
    }

    @Test
    void aNewRingIsEmptyPrivateAndFound() throws Exception {
        RingFile made = TestRings.create(directory);
        assertThat(channel().rings()).containsExactly(made.path());
        assertThat(made.isOwner()).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.path())))
                .isEqualTo("rw-------");
        assertThat(Files.size(made.path())).isEqualTo(made.length()).isEqualTo(4096 + 65536 + 768);
        assertThat(ChannelDirectory.lockFileOf(made.path())).exists();
        try (var files = Files.list(directory.resolve("channel"))) {
            assertThat(files).hasSize(2);
        }

        RingFile opened = RingFile.openReadOnly(made.path());
        assertThat(opened.identity()).isEqualTo(made.identity());
        assertThat(opened.isOwner()).isFalse();
        assertThat(RingSalvage.inspect(opened).tail()).isZero();
    }

    @Test
    void anOpenedRingIsTheOneThatWasMade() throws Exception {
        UUID uuid = UUID.randomUUID();
        UUID before = UUID.randomUUID();
        WorkerIdentity identity = TestRings.identity(uuid);
        RingFile made = RingFile.create(channel(), RingSpec.of(1 << 20), identity, before, 77);
        RingFile opened = RingFile.open(made.path());

        assertThat(opened.capacity()).isEqualTo(1 << 20);
        assertThat(opened.header().predecessor()).isEqualTo(before);
        assertThat(opened.header().createdEpochNs()).isEqualTo(77);
        assertThat(opened.header().state()).isEqualTo(RingDescriptor.STATE_OPEN);
    }

    @Test
    void aCapacityThatIsNoPowerOfTwoInBoundsIsRefused() throws Exception {
        for (int capacity : new int[] {0, -1, 65535, 32768, 1 << 30, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> RingFile.create(
                            channel(), RingSpec.of(capacity), TestRings.identity(UUID.randomUUID()), null, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ring size=" + capacity)
                    .hasMessageContaining("65536");
        }
    }

    @Test
    void aRingThatExistsIsNotTouchedByASecondAttemptToMakeIt() throws Exception {
        WorkerIdentity identity = TestRings.identity(UUID.randomUUID());
        RingFile made = RingFile.create(channel(), RingSpec.of(TestRings.CAPACITY), identity, null, 1);

        assertThatThrownBy(() -> RingFile.create(channel(), RingSpec.of(TestRings.CAPACITY), identity, null, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("file exists");
        assertThat(ChannelDirectory.lockFileOf(made.path())).exists();
        assertThat(made.path()).exists();
    }

    @Test
    void aDirectoryThatIsGoneIsNamed() throws Exception {
        ChannelDirectory channel = channel();
        Files.delete(channel.path());

        assertThatThrownBy(() -> RingFile.create(
                        channel, RingSpec.of(TestRings.CAPACITY), TestRings.identity(UUID.randomUUID()), null, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot create ring file " + channel.path())
                .hasMessageContaining("no such directory");
    }

    @Test
    void filesThatAreNoRingsAreRefusedWithTheReason() throws Exception {
        Path ring = TestRings.create(directory).path();
        Path other = directory.resolve("other.ring");

        assertThatThrownBy(() -> RingFile.open(directory.resolve("missing.ring")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> RingFile.open(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a regular file");
        Files.createSymbolicLink(other, ring);
        assertThatThrownBy(() -> RingFile.open(other))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a link is not followed");
        Files.delete(other);
        assertThat(new ProcessBuilder("mkfifo", other.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> RingFile.openReadOnly(other))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a regular file");
        Files.delete(other);
        Files.createLink(other, ring);
        assertThatThrownBy(() -> RingFile.open(ring))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has 2 links");
        Files.delete(other);
        Files.write(other, new byte[100]);
        assertThatThrownBy(() -> RingFile.open(other))
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContaining("file length=100");
        Files.write(other, new byte[4096 + 65536 + 768]);
        assertThatThrownBy(() -> RingFile.open(other))
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContaining("magic=0x0");
        Files.write(other, Files.readAllBytes(ring));
        RingFile.open(other);
        try (FileChannel channel = FileChannel.open(other, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 8);
        }
        assertThatThrownBy(() -> RingFile.open(other)).isInstanceOf(RingBrokenException.class);
        Files.write(other, new byte[4096], StandardOpenOption.APPEND);
        assertThatThrownBy(() -> RingFile.open(other))
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContaining("capacity=65536")
                .hasMessageContaining("file length=");
    }

    private static final Instant NOW = Instant.now();

    private List<Path> sweepOf(Path... files) throws IOException {
        for (Path file : files) {
            Files.setLastModifiedTime(file, FileTime.from(NOW.minus(Duration.ofHours(1))));
        }
        return channel().removeLeftovers(NOW.minus(Duration.ofMinutes(10)));
    }

    @Test
    @CrashRow("C1")
    void aLockWithoutARingIsRemovedWhenItIsOld() throws Exception {
        Path lock = Files.createFile(channel().path().resolve("w-00000000-0000-0000-0000-000000000001.lock"));
        assertThat(channel().removeLeftovers(NOW.minus(Duration.ofMinutes(10)))).isEmpty();

        assertThat(sweepOf(lock)).containsExactly(lock);
        assertThat(lock).doesNotExist();
    }

    @Test
    void theMastersLockFileIsNoLeftoverHoweverOld() throws Exception {
        Path lock = Files.createFile(channel().path().resolve("master.lock"));

        assertThat(sweepOf(lock)).isEmpty();
        assertThat(lock).exists();
    }

    @Test
    @CrashRow({"C2", "C3"})
    void aHalfMadeRingIsRemovedWhenItIsOldAndNeverTakenForARing() throws Exception {
        RingFile made = TestRings.create(directory);
        String base = made.path().getFileName().toString().replace(".ring", "");
        Path temp = made.path().resolveSibling(base + ".tmp");
        Path lock = made.path().resolveSibling(base + ".lock");
        for (long filled : new long[] {0, 8192, made.length()}) {
            Files.deleteIfExists(made.path());
            Files.write(temp, new byte[(int) filled]);
            Files.write(lock, new byte[0]);
            assertThat(channel().rings()).isEmpty();
            assertThat(channel().removeLeftovers(NOW.minus(Duration.ofMinutes(10))))
                    .isEmpty();

            assertThat(sweepOf(temp, lock)).containsExactly(temp, lock);
        }
    }

    @Test
    @CrashRow("C4")
    void aRingWhoseOwnerDiedRightAfterTheRenameIsSalvagedAsAnEmptyOne() throws Exception {
        RingFile made = TestRings.create(directory);
        assertThat(sweepOf(made.path(), ChannelDirectory.lockFileOf(made.path())))
                .as("a ring and its lock stay")
                .isEmpty();
        RingFile found = RingFile.open(channel().rings().get(0));
        assertThat(found.seal()).isZero();
        RingSalvage salvage = RingSalvage.start(found, -1, new SlotSequences());

        assertThat(salvage.next(new RingBlock(), 1000, TestRings.NO_HEARTBEATS)).isFalse();
        assertThat(salvage.torn() + salvage.holes()).isZero();
    }
}
