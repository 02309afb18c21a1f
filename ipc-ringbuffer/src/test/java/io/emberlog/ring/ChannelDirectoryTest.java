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
    void rootMakesNoRingInADirectoryWhoseUsersMasterCouldNotReadIt() throws Exception {
        asRoot();
        Path others = ChannelDirectory.open(directory.resolve("others")).path();
        Files.setAttribute(others, "unix:uid", NOBODY);

        assertThatThrownBy(() -> ChannelDirectory.forWorker(others))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(others + " belongs to uid " + NOBODY)
                .hasMessageContaining("run as that user");
        assertThat(ChannelDirectory.open(others).path())
                .as("a master or a tool of root's")
                .isEqualTo(others);
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

    @Test
    void aWorkerTakesItsUsersFolderWhetherItIsToldThatOrTheChannel() throws Exception {
        asRoot();
        Path channel = channelOfUsers(0775, 7);
        Path folder = folder(channel, "0", 0, 7, 02770);
        for (Path told : List.of(channel, folder)) {
            ChannelDirectory place = ChannelDirectory.forWorker(told);

            assertThat(place.path()).isEqualTo(folder);
            assertThat(place.channel()).isEqualTo(channel);
            assertThat(UserFolders.userOf(place.newRingUuid())).hasValue(0);
            assertThat(place.newRingUuid()).isNotEqualTo(place.newRingUuid());
        }
        Path single = directory.resolve("single");
        assertThat(ChannelDirectory.forWorker(single).path()).isEqualTo(single);
        assertThat(ChannelDirectory.forWorker(single).channel()).isEqualTo(single);
        assertThat(UserFolders.newRingUuid(-2).version()).isEqualTo(8);
        assertThat(UserFolders.newRingUuid(-2).toString()).startsWith("fffffffe-");
        assertThat(UserFolders.userOf(UserFolders.newRingUuid(-2))).hasValue(-2);
        assertThat(UserFolders.isOf(-2, UserFolders.newRingUuid(-2))).isTrue();
        assertThat(UserFolders.isOf(-2, UserFolders.newRingUuid(2))).isFalse();
        assertThat(UserFolders.userOf(UUID.randomUUID()))
                .as("of one user's channel")
                .isEmpty();
    }

    @Test
    void filesInAUsersFolderAreForItsGroupWhateverTheUmask() throws Exception {
        asRoot();
        Path folder = folder(channelOfUsers(0775, 7), "0", 0, 7, 02770);
        Path notes = Files.createDirectory(directory.resolve("notes"));
        List<String> command = new ArrayList<>(List.of("sh", "-c", "umask 0077; exec \"$0\" \"$@\""));
        command.addAll(Jvms.command(Jvms.ownJava(), Jvms.classPath(), UserFolderChild.class, folder)
                .command());

        Jvms.Outcome outcome = Jvms.run(new ProcessBuilder(command).directory(directory.toFile()), notes);

        assertThat(outcome.err()).isEmpty();
        try (var files = Files.list(folder)) {
            List<Path> made = files.toList();
            assertThat(made).hasSize(2);
            for (Path file : made) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as("mode of " + file)
                        .isEqualTo("rw-rw----");
                assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(7);
            }
        }
    }

    @Test
    void aFolderOrChannelThatIsOpenToOthersIsRefusedWithWhatWouldBeRight() throws Exception {
        asRoot();
        Path channel = channelOfUsers(0775, 7);
        Path folder = folder(channel, "0", 0, 7, 02770);
        refused(folder, folder, "unix:mode", 0770, 02770, "has mode 0770; it is 2770");
        refused(folder, folder, "unix:mode", 02775, 02770, "has mode 2775; it is 2770");
        refused(channel, folder, "unix:uid", NOBODY, 0, "belongs to uid 65534, not to the uid that it is named after");
        refused(folder, channel, "unix:uid", NOBODY, 0, "belongs to uid 65534, not to root; root makes it");
        refused(folder, channel, "unix:mode", 0777, 0775, "has mode 0777; nobody but root and the master's group");
        refused(folder, channel, "unix:gid", 8, 7, "may be written by group 8, which is not the group 7");
        assertThat(ChannelDirectory.forWorker(channel).path()).isEqualTo(folder);

        Path linked = channelOfUsers(0775, 7);
        Files.createSymbolicLink(linked.resolve("0"), folder);
        assertThatThrownBy(() -> ChannelDirectory.forWorker(linked)).hasMessageContaining("a link is not followed");
    }

    private static void refused(Path told, Path which, String attribute, int wrong, int right, String why)
            throws IOException {
        Files.setAttribute(which, attribute, wrong);
        assertThatThrownBy(() -> ChannelDirectory.forWorker(told))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(which + " ")
                .hasMessageContaining(why);
        Files.setAttribute(which, attribute, right);
        Files.setAttribute(which, "unix:mode", attribute.endsWith("mode") ? right : mode(which));
    }

    private static int mode(Path path) throws IOException {
        return path.endsWith("0") ? 02770 : 0775;
    }

    @Test
    void onlyFoldersOfTheUserTheyAreNamedAfterAreListedWithoutAProblem() throws Exception {
        asRoot();
        Path channel = channelOfUsers(0775, 7);
        folder(channel, "1000", 1000, 7, 02770);
        folder(channel, "1001", 1000, 7, 02770);
        folder(channel, "4294967294", -2, 7, 02770);
        folder(channel, "01000", 1000, 7, 02770);
        folder(channel, "-1", 1000, 7, 02770);
        folder(channel, "work", 1000, 7, 02770);
        Files.createSymbolicLink(channel.resolve("1002"), channel.resolve("1000"));
        Files.createFile(channel.resolve("1003"));

        assertThat(UserFolders.in(channel))
                .extracting(folder -> folder.path().getFileName() + ": " + folder.problem())
                .containsExactly(
                        "1000: null",
                        "1001: belongs to uid 1000, not to the uid that it is named after",
                        "1002: is not a directory (a link is not followed)",
                        "1003: is not a directory (a link is not followed)",
                        "4294967294: null");
    }

    private int channels;

    private Path channelOfUsers(int mode, int gid) throws IOException {
        return folder(directory, "channel" + channels++, 0, gid, mode);
    }

    private static Path folder(Path parent, String name, int uid, int gid, int mode) throws IOException {
        Path folder = Files.createDirectory(parent.resolve(name));
        Files.setAttribute(folder, "unix:uid", uid);
        Files.setAttribute(folder, "unix:gid", gid);
        Files.setAttribute(folder, "unix:mode", mode);
        return folder;
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
        Path mount = mountTmpfs("256k");
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

    @Test
    void sevenRingsOfTheDefaultSizeFitIntoTheSharedMemoryThatAContainerHasByDefault() throws Exception {
        asRoot();
        Path mount = mountTmpfs("64m");
        try {
            ChannelDirectory channel = ChannelDirectory.open(mount.resolve("channel"));
            RingSpec spec = RingSpec.of(RingDescriptor.DEFAULT_CAPACITY);
            for (int i = 0; i < 7; i++) {
                RingFile.create(channel, spec, TestRings.identity(UUID.randomUUID()), null, 1);
            }
            assertThatThrownBy(() -> RingFile.create(channel, spec, TestRings.identity(UUID.randomUUID()), null, 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No space left on device");
            assertThat(channel.path().toFile().list()).hasSize(14);
        } finally {
            run("umount", "-l", mount.toString());
        }
    }

    private Path mountTmpfs(String size) throws Exception {
        Path mount = Files.createDirectory(directory.resolve("tmpfs"));
        Process process = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", mount.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            Jvms.skipUnlessCi("cannot mount a tmpfs here: " + said);
        }
        return mount;
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
