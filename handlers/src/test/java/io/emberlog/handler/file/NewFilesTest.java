package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.lab.Peer;
import io.emberlog.ring.CrashRow;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real files and directories, real users and groups, and a umask that leaves nothing to anybody else where it could cut something. */
class NewFilesTest {
    /** Nobody's; they need no entry in /etc/passwd or /etc/group. */
    private static final int MASTER = 7711;

    private static final int SHIPPER = 7712;
    private static final int GROUP = 7713;

    private static final List<LogRecord> RECORDS = IntStream.range(0, 60)
            .mapToObj(i -> Records.plain(i, "record " + i + "."))
            .toList();

    @TempDir
    Path temp;

    private Path directory;

    @BeforeEach
    void make() throws IOException {
        Files.setAttribute(temp, "unix:mode", 0755); // others are to come so far
        directory = Files.createDirectory(temp.resolve("log"));
        Files.setAttribute(directory, "unix:mode", 0755);
    }

    private static void asRoot() {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root && "true".equals(System.getenv("CI"))) {
            Assertions.fail("needs root, to be other users");
        }
        Assumptions.assumeTrue(root, "skipped: needs root, to be other users");
    }

    private Path log() {
        return directory.resolve("app.log");
    }

    private HandlerSettings settings(Map<String, Object> given) {
        Map<String, Object> all = new HashMap<>(Map.of("path", log().toString(), "time_zone", "utc"));
        all.putAll(given);
        return HandlerSettings.of("test", FileSettings.KEYS, all);
    }

    private NewFiles asked(Map<String, Object> given) {
        return NewFiles.of(settings(given));
    }

    private Handler handler(HandlerSettings settings, NewFiles newFiles) {
        return new FileHandler(FileSettings.of(settings), new DiskFileOps(newFiles), InlineBackground::new);
    }

    private static String mode(Path path) {
        return String.format("%04o", number(path, "unix:mode") & 07777);
    }

    private static String group(Path path) {
        return Integer.toString(number(path, "unix:gid"));
    }

    private static int number(Path path, String attribute) {
        try {
            return (Integer) Files.getAttribute(path, attribute, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Of all that is below the directory, but the state of {@link FileHandlerKillTest}'s caller. */
    private Map<String, Path> below(Path top) throws IOException {
        Map<String, Path> paths = new TreeMap<>();
        try (Stream<Path> all = Files.walk(top)) {
            all.filter(path -> !path.equals(top) && !path.endsWith("state"))
                    .forEach(path -> paths.put(top.relativize(path).toString(), path));
        }
        return paths;
    }

    @ParameterizedTest
    @CsvSource({
        "640, 0640",
        "0640, 0640",
        "0600, 0600",
        "0644, 0644",
        "0660, 0660",
        "0664, 0664",
        "rw-r-----, is no such mode",
        "416416, is no such mode",
        "64, is no such mode",
        "0680, is no such mode",
        "4640, 'has a setuid, setgid or sticky bit'",
        "1640, 'has a setuid, setgid or sticky bit'",
        "0750, lets somebody execute the file",
        "0641, lets somebody execute the file",
        "0440, 'does not let the owner, who is the master''s user, read and write'",
        "0240, 'does not let the owner, who is the master''s user, read and write'",
        "0666, lets everybody write",
        "0642, lets everybody write"
    })
    void aModeIsWhatItSaysOrRefusedWithWhatIsAllowed(String text, String expected) throws IOException {
        if (expected.startsWith("0")) {
            asked(Map.of("mode", text)).makeFile(log());
            assertThat(mode(log())).isEqualTo(expected);
        } else {
            assertThatThrownBy(() -> settings(Map.of("mode", text)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "mode: \"" + text + "\" " + expected + "; allowed: three octal digits, or four that begin"
                                    + " with 0, by which the owner reads and writes, others do not write, and nobody executes,"
                                    + " like \"0600\", \"0640\", \"0644\" or \"0660\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"no such group", "-1", "+4", "4294967295", "''"})
    void aGroupThatIsNotThereIsRefusedByName(String group) {
        assertThatThrownBy(() -> new FileHandlerFactory().create(settings(Map.of("group", group))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("group: \"" + group + "\" is no group of this machine; allowed: the name of a group that is"
                        + " there, or a number");
    }

    @Test
    void aGroupIsFoundByItsNameOrAnyNumber() {
        FileHandlerFactory factory = new FileHandlerFactory();
        assertThatCode(() -> factory.create(settings(Map.of("group", "daemon"))))
                .doesNotThrowAnyException();
        assertThatCode(() -> factory.create(settings(Map.of("group", "" + GROUP))))
                .doesNotThrowAnyException();
    }

    /** 0077, the smallest that is met with (UMask= of a unit), and 0000, by which a file would be open to all. */
    @ParameterizedTest
    @CsvSource({"0077, 0644, 0755", "0000, 0600, 0700", "0027, 0660, 0750"})
    void filesRotatedOnesCompressedOnesAndDirectoriesAreAsAskedWhateverTheUmask(
            String umask, String asked, String directories) throws Exception {
        run(List.of(), umask, classPath(), "new/kill.log", "9000", "mode", asked, "compress", "gzip");
        run(List.of(), umask, classPath(), "tree/{worker}/sub/kill.log", "3000", "mode", asked);
        Map<String, Path> made = below(directory);
        assertThat(made)
                .containsKeys("new/kill.log", "new/kill.log.1.gz", "tree/w0/sub/kill.log", "tree/w4/sub/kill.log");
        assertThat(made).noneSatisfy((name, path) -> assertThat(name).contains("~new"));
        assertThat(made)
                .allSatisfy((name, path) ->
                        assertThat(mode(path)).isEqualTo(Files.isDirectory(path) ? directories : asked));
    }

    @Test
    void whereNothingIsAskedForTheUmaskTakesWhatItAlwaysTook() throws Exception {
        run(List.of(), "0077", classPath(), "new/kill.log", "10");
        assertThat(mode(directory.resolve("new"))).isEqualTo("0700");
        assertThat(mode(directory.resolve("new/kill.log"))).isEqualTo("0600");
        directory = Files.createDirectory(temp.resolve("second"));
        run(List.of(), "0022", classPath(), "new/kill.log", "10");
        assertThat(mode(directory.resolve("new"))).isEqualTo("0755");
        assertThat(mode(directory.resolve("new/kill.log"))).isEqualTo("0640");
    }

    /** A group alone is asked for to be read by it. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aMemberOfTheGroupReadsWhatRootsMasterOrAnotherUsersWrites(boolean isRoot) throws Exception {
        asRoot();
        if (!isRoot) {
            Files.setAttribute(directory, "unix:uid", MASTER);
        }
        List<String> user = isRoot ? List.of() : as(MASTER, MASTER, "--groups", "" + GROUP);
        run(user, "0077", isRoot ? classPath() : readable(), "{worker}/kill.log", "3000", "group", "" + GROUP);
        Map<String, Path> made = below(directory);
        assertThat(made).containsKeys("w0", "w0/kill.log", "w4/kill.log");
        assertThat(made).allSatisfy((name, path) -> {
            assertThat(group(path)).isEqualTo("" + GROUP);
            assertThat(mode(path)).isEqualTo(Files.isDirectory(path) ? "0750" : "0640");
        });
        List<String> cat = List.of("cat", directory.resolve("w0/kill.log").toString());
        assertThat(exit(as(SHIPPER, SHIPPER, "--groups", "" + GROUP), cat)).isZero();
        assertThat(exit(as(SHIPPER, SHIPPER, "--clear-groups"), cat)).isNotZero();
    }

    @Test
    void whoIsNoMemberOfTheGroupIsToldSoAndLeavesNothing() throws Exception {
        asRoot();
        Files.setAttribute(directory, "unix:uid", MASTER);
        List<String> command = command(
                as(MASTER, MASTER, "--clear-groups"), "0022", readable(), "kill.log", "10", "group", "" + GROUP);
        assertThat(exit(List.of(), command)).isNotZero();
        assertThat(Files.readString(temp.resolve("out")))
                .contains("path=" + directory.resolve("kill.log") + ": its group cannot be " + GROUP
                        + ": Operation not permitted; allowed: a group that user '");
        assertThat(below(directory)).isEmpty();
    }

    @Test
    void atNoMomentIsAFileOrDirectoryMoreOpenThanAskedOrThereByItsNameAndLessOpen() throws IOException {
        String group = "root".equals(System.getProperty("user.name")) ? "" + GROUP : group(directory);
        List<String> seen = new ArrayList<>();
        Path made = directory.resolve("made");
        NewFiles newFiles = asked(Map.of("mode", "0660", "group", group)).with(unfinished -> {
            Path file = Files.isDirectory(unfinished) || Files.isDirectory(made) ? made : log();
            Path there = Files.exists(unfinished) ? unfinished : file;
            boolean isGroups = group(there).equals(group);
            seen.add(mode(there)
                    + (isGroups || !group.equals("" + GROUP) ? " group" : "")
                    + (Files.exists(file) ? " named" : ""));
        });
        newFiles.makeFile(log());
        String before = group.equals("" + GROUP) ? "" : " group";
        assertThat(seen).containsExactly("0600" + before, "0600 group", "0660 group", "0660 group named");
        seen.clear();
        newFiles.makeDirectory(made);
        assertThat(seen).containsExactly("0700" + before, "0700 group", "0750 group", "0750 group named");
    }

    @Test
    @CrashRow({"F32", "F33"})
    void aDeathInAnyStepLeavesWhatTheNextStartGoesOnWithAndTidiesUp() throws IOException {
        HandlerSettings settings = settings(
                Map.of("path", directory.resolve("a/b/app.log").toString(), "mode", "0664", "max_size", 1000L));
        int step = 0;
        boolean[] died = {true};
        while (died[0]) {
            step++;
            int fatal = step;
            int[] steps = {0};
            died[0] = false;
            ModelCaller caller = new ModelCaller(17, 7);
            Handler mortal = handler(settings, NewFiles.of(settings).with(unfinished -> {
                if (++steps[0] == fatal) {
                    died[0] = true;
                    throw new StackOverflowError("dies");
                }
            }));
            try {
                caller.run(mortal, RECORDS);
            } catch (StackOverflowError death) {
                mortal.close(); // gives the path back, as the end of the process would
                caller.run(handler(settings, NewFiles.of(settings)), RECORDS);
            }
            assertThat(lines()).as("step %d", step).hasSize(RECORDS.size());
            Map<String, Path> made = below(directory);
            assertThat(made)
                    .allSatisfy((name, path) ->
                            assertThat(mode(path)).isEqualTo(Files.isDirectory(path) ? "0755" : "0664"));
            assertThat(made).hasSizeGreaterThan(5);
            assertThat(made.keySet()).noneMatch(name -> name.contains("~new"));
            for (Path path :
                    made.values().stream().sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
        assertThat(step).as("steps of two directories and several files").isGreaterThan(15);
    }

    private List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, Path> each : below(directory).entrySet()) {
            if (each.getKey().startsWith("a/b/app.log")) {
                lines.addAll(Files.readAllLines(each.getValue()));
            }
        }
        return lines;
    }

    @Test
    void aStepThatFailsLeavesNoTraceAndNoFileIsPutInPlaceOfAnother() throws IOException {
        for (int step = 1; step <= 2; step++) {
            int failing = step;
            int[] steps = {0};
            NewFiles newFiles = asked(Map.of("mode", "0644")).with(unfinished -> {
                if (++steps[0] == failing) {
                    throw new IOException("no");
                }
            });
            assertThatThrownBy(() -> newFiles.makeFile(log())).hasMessage("no");
            steps[0] = 0;
            assertThatThrownBy(() -> newFiles.makeDirectory(directory.resolve("made")))
                    .hasMessage("no");
            assertThat(below(directory)).isEmpty();
        }
        Files.writeString(log(), "another's");
        assertThatThrownBy(() -> asked(Map.of("mode", "0644")).makeFile(log()))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(below(directory)).containsOnlyKeys("app.log");
        assertThat(log()).hasContent("another's");
    }

    @Test
    void whatIsThereAlreadyKeepsItsModeAndSoDoesItWhenItIsRotated() throws IOException {
        Files.setAttribute(Files.writeString(log(), "old\n"), "unix:mode", 0604);
        Files.setAttribute(directory, "unix:mode", 0711);
        HandlerSettings settings = settings(Map.of("mode", "0644", "max_size", 2000L));
        new ModelCaller(17, 7).run(handler(settings, NewFiles.of(settings)), RECORDS);
        assertThat(mode(directory)).isEqualTo("0711");
        assertThat(Files.readAllLines(directory.resolve("app.log.1"))).startsWith("old");
        assertThat(mode(directory.resolve("app.log.1"))).isEqualTo("0604");
        assertThat(mode(directory.resolve("app.log.2"))).isEqualTo("0644");
        assertThat(mode(log())).isEqualTo("0644");
    }

    @Test
    void afterAnotherRenamedTheFileTheNewOneIsAsAskedUnlessThatOneMadeIt() throws IOException {
        HandlerSettings settings = settings(Map.of("mode", "0644", "max_size", "0", "rotate", "never"));
        Handler handler = handler(settings, NewFiles.of(settings));
        new ModelCaller(17, 7) {
            @Override
            protected void between(int taken) throws IOException {
                if (taken == 20) {
                    Files.move(log(), directory.resolve("first"));
                    handler.reopen();
                    assertThat(mode(log())).isEqualTo("0644");
                } else if (taken == 40) {
                    Files.move(log(), directory.resolve("second"));
                    Files.setAttribute(Files.createFile(log()), "unix:mode", 0660);
                    handler.reopen();
                }
            }
        }.run(handler, RECORDS);
        assertThat(mode(log())).isEqualTo("0660");
        assertThat(Files.readAllLines(log())).hasSize(20);
    }

    @Test
    void aDirectoryInOneThatGivesItsGroupOnGivesItOnToo() throws IOException {
        asRoot();
        Files.setAttribute(directory, "unix:gid", GROUP);
        Files.setAttribute(directory, "unix:mode", 02755);
        HandlerSettings settings =
                settings(Map.of("path", directory.resolve("a/b/app.log").toString(), "mode", "0640"));
        new ModelCaller(17, 7).run(handler(settings, NewFiles.of(settings)), RECORDS);
        assertThat(below(directory)).hasSize(3).allSatisfy((name, path) -> {
            assertThat(group(path)).isEqualTo("" + GROUP);
            assertThat(mode(path)).isEqualTo(Files.isDirectory(path) ? "2750" : "0640");
        });
    }

    @Test
    void aDirectoryThatAnotherMakesMeanwhileIsTaken() throws IOException {
        Path made = directory.resolve("made");
        asked(Map.of("mode", "0600"))
                .with(unfinished -> Files.createDirectories(made.resolve("others")))
                .makeDirectory(made);
        assertThat(below(directory)).containsOnlyKeys("made", "made/others");
    }

    @Test
    void theNameForAnUnfinishedFileIsNotTooLongForTheLongestName() throws IOException {
        Path longest = directory.resolve("x".repeat(255));
        asked(Map.of("mode", "0600")).makeFile(longest);
        assertThat(below(directory)).containsOnlyKeys(longest.getFileName().toString());
    }

    /** The kernel takes the bit from whoever sets a mode and is not of the group. */
    @Test
    void aDirectoryOfAGroupsDirectoryIsTheGroupsAlsoWhereTheMasterIsNoMember() throws Exception {
        asRoot();
        Files.setAttribute(directory, "unix:uid", MASTER);
        Files.setAttribute(directory, "unix:gid", GROUP);
        Files.setAttribute(directory, "unix:mode", 02755);
        run(as(MASTER, MASTER, "--clear-groups"), "0022", readable(), "new/kill.log", "10", "mode", "0640");
        assertThat(mode(directory.resolve("new"))).isEqualTo("2750");
        assertThat(group(directory.resolve("new/kill.log"))).isEqualTo("" + GROUP);
        assertThat(mode(directory.resolve("new/kill.log"))).isEqualTo("0640");
    }

    @Test
    void twoHandlersThatMakeFilesAtOnceMakeTwo() throws IOException {
        Path web = directory.resolve("web.log");
        NewFiles other = NewFiles.of(HandlerSettings.of(
                "web-api", new FileHandlerFactory().settings(), Map.of("path", web.toString(), "mode", "0644")));
        Path apiWeb = directory.resolve("api-web.log");
        NewFiles one = NewFiles.of(HandlerSettings.of(
                        "web", new FileHandlerFactory().settings(), Map.of("path", apiWeb.toString(), "mode", "0600")))
                .with(unfinished -> {
                    if (!Files.exists(web)) {
                        other.makeFile(web);
                    }
                });
        one.makeFile(apiWeb);
        assertThat(Files.isSameFile(web, apiWeb)).isFalse();
        assertThat(mode(web)).isEqualTo("0644");
        assertThat(mode(apiWeb)).isEqualTo("0600");
    }

    private static List<String> as(int uid, int gid, String... more) {
        Peer.program("setpriv", "util-linux");
        List<String> command = new ArrayList<>(List.of("setpriv", "--reuid", "" + uid, "--regid", "" + gid));
        command.addAll(List.of(more));
        command.add("--");
        return command;
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    /** Copies, for others cannot read a repository in root's home. */
    private String readable() throws IOException, InterruptedException {
        Path copies = Files.createDirectory(temp.resolve("classes"));
        List<String> copied = new ArrayList<>();
        for (String element : classPath().split(File.pathSeparator)) {
            Path copy = copies.resolve(copied.size() + "-" + Path.of(element).getFileName());
            assertThat(exit(List.of(), List.of("cp", "-r", element, copy.toString())))
                    .isZero();
            copied.add(copy.toString());
        }
        assertThat(exit(List.of(), List.of("chmod", "-R", "a+rX", copies.toString())))
                .isZero();
        return String.join(File.pathSeparator, copied);
    }

    private List<String> command(List<String> user, String umask, String classPath, String path, String... more) {
        List<String> command = new ArrayList<>(user);
        command.addAll(List.of("sh", "-c", "umask " + umask + "; exec \"$0\" \"$@\""));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                classPath,
                FileHandlerKillTest.class.getName(),
                directory.toString(),
                path));
        command.addAll(List.of(more));
        return command;
    }

    /** A process of its own with a handler, which takes so many records; a directory has one state at a time. */
    private void run(List<String> user, String umask, String classPath, String path, String... more)
            throws IOException, InterruptedException {
        Files.deleteIfExists(directory.resolve("state"));
        int exit = exit(List.of(), command(user, umask, classPath, path, more));
        assertThat(exit).as(Files.readString(temp.resolve("out"))).isZero();
    }

    private int exit(List<String> user, List<String> command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(user);
        all.addAll(command);
        Process process = new ProcessBuilder(all)
                .directory(temp.toFile())
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("out").toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
