package io.emberlog.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChannelDirectoryTest {
    private static final int NOBODY = 65534;

    @TempDir
    Path directory;

    @Test
    void aMissingDirectoryIsMadeForItsOwnerOnly() throws Exception {
        Path path = directory.resolve("emberlog-x").resolve("default");
        assertThat(ChannelDirectory.open(path).path()).isEqualTo(path);
        for (Path made : List.of(path, path.getParent())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                    .isEqualTo("rwx------");
        }
        ChannelDirectory.open(path);
    }

    @Test
    void whatIsNoPrivateDirectoryIsRefusedWithTheReason() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> ChannelDirectory.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file + " is not a directory");
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        assertThatThrownBy(() -> ChannelDirectory.open(link))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a link is not followed");
        Path linkedParent = Files.createSymbolicLink(directory.resolve("emberlog-y"), directory);
        assertThatThrownBy(() -> ChannelDirectory.open(linkedParent.resolve("default")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a link is not followed");
        Path open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwx---"));
        assertThatThrownBy(() -> ChannelDirectory.open(open))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("rwxrwx---")
                .hasMessageContaining("chmod 700");
    }

    @Test
    void theDefaultIsNamedAfterTheUserOfThisProcess() throws Exception {
        int uid = (Integer) Files.getAttribute(directory, "unix:uid");

        assertThat(ChannelDirectory.selfUid()).isEqualTo(uid);
        assertThat(ChannelDirectory.defaultPath().endsWith(Path.of("emberlog-" + uid, "default")))
                .isTrue();
    }

    @Test
    void anotherUserHasAnotherDefaultAndIsRefusedHere() throws Exception {
        asRoot();
        Path shared = Files.createTempDirectory("cross-uid");
        try {
            Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
            Path roots = ChannelDirectory.open(shared.resolve("channel")).path();
            Files.setPosixFilePermissions(roots, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path squatted = Files.createDirectory(shared.resolve("emberlog-" + NOBODY));
            Path own = shared.resolve("own");
            List<String> command = new ArrayList<>(
                    List.of("setpriv", "--reuid", "" + NOBODY, "--regid", "" + NOBODY, "--clear-groups"));
            command.addAll(Jvms.command(
                            Jvms.ownJava(),
                            readableClassPath(shared),
                            DirectoryChild.class,
                            roots,
                            squatted.resolve("default"),
                            own)
                    .command());
            Path notes = Files.createDirectory(shared.resolve("notes"));
            Jvms.Outcome outcome = Jvms.run(new ProcessBuilder(command).directory(shared.toFile()), notes);

            assertThat(outcome.err()).isEmpty();
            assertThat(outcome.out().lines())
                    .containsExactly(
                            "/dev/shm/emberlog-65534/default",
                            "channel directory " + roots + " belongs to uid 0, not to uid 65534",
                            "channel directory " + squatted
                                    + " belongs to uid 0, not to uid 65534 that it is named after",
                            "opened " + own);
            // root may look at another user's directory, but not take one made by another for its own
            assertThat(ChannelDirectory.open(own).path()).isEqualTo(own);
            Path roomOfRoot = Files.createDirectory(shared.resolve("emberlog-0"));
            Files.setAttribute(roomOfRoot, "unix:uid", NOBODY);
            assertThatThrownBy(() -> ChannelDirectory.open(roomOfRoot.resolve("default")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("belongs to uid 65534");
        } finally {
            deleteTree(shared);
        }
    }

    /** A copy that the other user may read; the build may lie in a home of root's. */
    private static List<Path> readableClassPath(Path shared) throws IOException, InterruptedException {
        Path copy = Files.createDirectory(shared.resolve("classes"));
        List<Path> copied = new ArrayList<>();
        for (Path place : Jvms.classPath()) {
            Path target = copy.resolve(copied.size() + "-" + place.getFileName());
            run("cp", "-r", place.toString(), target.toString());
            copied.add(target);
        }
        run("chmod", "-R", "a+rX", copy.toString());
        return copied;
    }

    @Test
    void aFullDiskIsAClearErrorAndLeavesNothingBehind() throws Exception {
        asRoot();
        Path mount = Files.createDirectory(directory.resolve("tiny"));
        Process process = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mount.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            Jvms.skipUnlessCi("cannot mount a tmpfs here: " + said);
        }
        try {
            ChannelDirectory channel = ChannelDirectory.open(mount.resolve("channel"));
            assertThatThrownBy(() -> RingFile.create(
                            channel, RingSpec.of(1 << 20), TestRings.identity(UUID.randomUUID()), null, 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot create ring file " + channel.path())
                    .hasMessageContaining("No space left on device");
            assertThat(new File(channel.path().toString()).list()).isEmpty();
            RingFile.create(channel, RingSpec.of(1 << 16), TestRings.identity(UUID.randomUUID()), null, 1);
        } finally {
            run("umount", "-l", mount.toString());
        }
    }

    private static void asRoot() {
        if (ChannelDirectory.selfUid() != 0) {
            Jvms.skipUnlessCi("needs root, to be another user and to mount");
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }

    private static void deleteTree(Path root) throws IOException {
        List<Path> all;
        try (var files = Files.walk(root)) {
            all = files.sorted(java.util.Comparator.reverseOrder()).collect(Collectors.toList());
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
