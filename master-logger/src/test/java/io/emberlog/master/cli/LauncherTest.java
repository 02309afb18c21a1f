package io.emberlog.master.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the real launcher in a tree of its own, with a JDK and a Maven that only write down how they were called. */
class LauncherTest {
    private static final Path LAUNCHER = Path.of("..", "emberlog");
    private static final String OLD_SOURCE = "master-logger/src/main/java/Old.java";

    @TempDir
    private Path directory;

    private Path home;
    private Path jdk;
    private Path maven;
    private Path calls;

    @BeforeEach
    void makeATreeWithSpacesInItsName() throws IOException {
        home = directory.resolve("a tree");
        calls = directory.resolve("maven-calls");
        write(home.resolve("emberlog"), Files.readString(LAUNCHER), true);
        for (String module : List.of(
                "ipc-ringbuffer", "heartbeat", "handlers", "master-logger", "worker-logger", "samples", "bench")) {
            write(home.resolve(module + "/pom.xml"), "<project/>", false);
            Files.createDirectories(home.resolve(module + "/src/main/java"));
            Files.createDirectories(home.resolve(module + "/src/test/java"));
        }
        write(home.resolve("pom.xml"), "<project/>", false);
        write(home.resolve("master-logger/launcher/pom.xml"), "<project/>", false);
        write(home.resolve(OLD_SOURCE), "", false);
        jdk = jdk("jdk 17", "17.0.15");
        maven = directory.resolve("maven bin");
        fakeMaven("""
                for a; do case $a in -Dlauncher.lib=*) lib=${a#*=} ;; esac; done
                touch "$lib/launcher.jar" "$lib/b.jar" "$lib/a.jar"
                """);
    }

    @Test
    void theFirstUseBuildsAndTheSecondDoesNot() throws Exception {
        Outcome first = launch("--help");
        assertThat(first.exitCode()).isZero();
        assertThat(first.err()).isEqualTo("emberlog: building (first use, a minute or two)\n");
        Outcome second = launch("--help");
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(mavenCalls())
                .singleElement()
                .asString()
                .contains("-pl master-logger/launcher -am", "JAVA_HOME=" + jdk);
    }

    @Test
    void aChangedOrDeletedSourceOrPomBuildsAgainAndATestDoesNot() throws Exception {
        launch("--help");
        letTimePass();
        write(home.resolve("master-logger/src/test/java/T.java"), "", false);
        assertThat(launch("--help").err()).isEmpty();

        letTimePass();
        write(home.resolve("master-logger/src/main/java/New.java"), "", false);
        assertThat(launch("--help").err()).isEqualTo("emberlog: building (sources changed)\n");
        letTimePass();
        Files.delete(home.resolve(OLD_SOURCE));
        assertThat(launch("--help").err()).isEqualTo("emberlog: building (sources changed)\n");
        letTimePass();
        write(home.resolve("samples/pom.xml"), "<project />", false);
        assertThat(launch("--help").err()).isEqualTo("emberlog: building (sources changed)\n");
        assertThat(launch("--help").err()).isEmpty();
        assertThat(mavenCalls()).hasSize(4);
    }

    @Test
    void aFailedBuildShowsItsErrorsNamesItsLogAndKeepsTheOldJars() throws Exception {
        launch("--help");
        fakeMaven("echo '[INFO] chatter'; echo '[ERROR] Old.java:[1,1] broken'; exit 1");
        letTimePass();
        write(home.resolve("master-logger/src/main/java/New.java"), "", false);

        Outcome failed = launch("--help");
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.out()).isEmpty();
        assertThat(failed.err())
                .contains("[ERROR] Old.java:[1,1] broken\n")
                .doesNotContain("chatter")
                .endsWith("emberlog: the build failed; the whole log is " + home
                        + "/master-logger/launcher/target/launcher-build.log\n");
        assertThat(home.resolve("master-logger/launcher/target/lib/launcher.jar"))
                .exists();
        assertThat(launch("--help").exitCode()).isEqualTo(1);
    }

    @Test
    void linksAndOtherDirectoriesLeadToTheSameTree() throws Exception {
        launch("--help");
        Path bin = Files.createDirectories(directory.resolve("my bin"));
        Files.createSymbolicLink(directory.resolve("absolute"), home.resolve("emberlog"));
        Files.createSymbolicLink(bin.resolve("emb"), Path.of("../absolute"));

        for (String command : List.of(bin.resolve("emb").toString(), "../a tree/emberlog", "./emb")) {
            Outcome outcome = run(bin, Map.of(), command, "stat", "two words", "");
            assertThat(outcome.err()).isEmpty();
            assertThat(outcome.lines())
                    .contains("-Demberlog.home=" + home)
                    .endsWith(
                            "-jar", home + "/master-logger/launcher/target/lib/launcher.jar", "stat", "two words", "");
        }
    }

    @Test
    void commandsGoToTheModuleThatOwnsThem() throws Exception {
        String lib = home + "/master-logger/launcher/target/lib/";
        assertThat(launch("demo", "--json").lines())
                .endsWith(
                        "-cp",
                        lib + "a.jar:" + lib + "b.jar:" + lib + "launcher.jar",
                        "io.emberlog.samples.demo.Demo",
                        "--json");
        String benchLib = home + "/bench/target/lib/";
        Outcome bench = launch("bench", "-f", "1");
        assertThat(bench.err()).contains("building (first use");
        assertThat(bench.lines())
                .endsWith(
                        "-cp",
                        benchLib + "a.jar:" + benchLib + "b.jar:" + benchLib + "launcher.jar",
                        "io.emberlog.bench.Bench",
                        "-f",
                        "1");
        assertThat(launch("tail").lines()).endsWith("-jar", lib + "launcher.jar", "tail");
        assertThat(launch().lines()).endsWith("-jar", lib + "launcher.jar");
        assertThat(mavenCalls()).hasSize(2).last().asString().contains("-pl bench -am");
    }

    @Test
    void theMasterGetsAServerJvmAndShortCommandsAQuickOne() throws Exception {
        assertThat(launch("stat").lines())
                .contains("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dchronicle.announcer.disable=true")
                .doesNotContain("-Demberlog.tty.out=true");
        assertThat(launch("master").lines())
                .contains("java.base/jdk.internal.ref=ALL-UNNAMED")
                .doesNotContain("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
        Map<String, String> own = Map.of("JAVA_HOME", jdk.toString(), "EMBERLOG_JAVA_OPTS", "-XX:+UsePerfData");
        assertThat(run(home, own, "./emberlog", "master").lines())
                .as("the later one is in force")
                .containsSubsequence("-XX:-UsePerfData", "-XX:+UsePerfData");
    }

    @Test
    void theMastersHeapBeginsSmallUnlessTheUserHasAWordOnIt() throws Exception {
        assertThat(launch("master").lines()).contains("-Xms32m");
        assertThat(launch("tail").lines()).doesNotContain("-Xms32m");
        for (String variable :
                List.of("EMBERLOG_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")) {
            for (String option : List.of("-Xmx24m", "-Xms1g", "-XX:MaxHeapSize=24m", "-XX:InitialRAMPercentage=5")) {
                Map<String, String> own = Map.of("JAVA_HOME", jdk.toString(), variable, "-Dx=y " + option);
                assertThat(run(home, own, "./emberlog", "master").lines())
                        .as(variable + "=" + option)
                        .doesNotContain("-Xms32m");
            }
        }
    }

    @Test
    void onlyJava24AndLaterIsToldAboutNativeAccess() throws Exception {
        launch("stat");
        assertThat(run(home, Map.of("JAVA_HOME", jdk("jdk 25", "25.0.1").toString()), "./emberlog", "stat")
                        .lines())
                .contains("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
        assertThat(launch("stat").lines())
                .doesNotContain("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    }

    @Test
    void aJdkIsTakenFromJavaHomeElseFromThePath() throws Exception {
        launch("stat");
        Path old = jdk("jdk 11", "11.0.2");
        Outcome fromPath =
                run(home, Map.of("JAVA_HOME", old.toString(), "PATH", jdk + "/bin:/usr/bin:/bin"), "./emberlog");
        assertThat(fromPath.exitCode()).isZero();
        assertThat(fromPath.lines()).first().isEqualTo(jdk + "/bin/java");

        Outcome none = run(home, Map.of("JAVA_HOME", old.toString(), "PATH", old + "/bin:/usr/bin:/bin"), "./emberlog");
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err())
                .isEqualTo("emberlog: needs a JDK 17 or later: JAVA_HOME=" + old
                        + " is Java 11.0.2; java on PATH is Java 11.0.2; set JAVA_HOME to one\n");
    }

    @Test
    void withoutMavenTheBuildSaysWhatToInstall() throws Exception {
        Files.delete(maven.resolve("mvn"));
        Path tools = Files.createDirectories(directory.resolve("tools"));
        for (String tool : List.of("sh", "find", "head", "mkdir", "rm", "dirname", "uname", "readlink", "flock")) {
            Files.createSymbolicLink(tools.resolve(tool), toolAt(tool));
        }
        Outcome outcome = run(home, Map.of("PATH", tools.toString()), "./emberlog");
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .isEqualTo("emberlog: must build first, which takes Maven: install it (apt install maven) or put mvn on"
                        + " PATH\n");
    }

    @Test
    void aRuntimeWithoutCompilerRunsWhatIsBuiltAndSaysWhyItCannotBuild() throws Exception {
        launch("stat");
        Files.delete(jdk.resolve("bin/javac"));
        assertThat(launch("stat").exitCode()).isZero();
        letTimePass();
        write(home.resolve("master-logger/src/main/java/New.java"), "", false);
        assertThat(launch("stat").err())
                .isEqualTo("emberlog: must build first, which takes a JDK: " + jdk
                        + " has no javac; set JAVA_HOME to a JDK\n");
    }

    @Test
    void aBuiltTreeRunsWithoutBeingWritten() throws Exception {
        launch("stat");
        try (var paths = Files.walk(home)) {
            for (Path path : paths.toList()) {
                Files.setPosixFilePermissions(
                        path,
                        PosixFilePermissions.fromString(
                                Files.isDirectory(path) || path.endsWith("emberlog") ? "r-xr-xr-x" : "r--r--r--"));
            }
        }
        Instant before = Files.getLastModifiedTime(home.resolve("master-logger/launcher/target"))
                .toInstant();
        assertThat(launch("stat").exitCode()).isZero();
        assertThat(Files.getLastModifiedTime(home.resolve("master-logger/launcher/target"))
                        .toInstant())
                .isEqualTo(before);
        try (var paths = Files.walk(home)) {
            for (Path path : paths.filter(Files::isDirectory).toList()) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    @Test
    void classesAreArchivedOncePerJdkAndGivenToCommandsAndTheMaster() throws Exception {
        archivingJdk(jdk);
        Path archive = lib().resolve("classes-X.jsa");
        assertThat(launch("stat").lines()).contains("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off");
        assertThat(archive).hasContent("made");
        assertThat(launch("master").lines()).contains("-XX:SharedArchiveFile=" + archive);
        assertThat(launch("demo").out()).doesNotContain("SharedArchiveFile");
        assertThat(launch("bench").out()).doesNotContain("SharedArchiveFile");
        assertThat(dumps()).hasSize(1);

        Path other = jdk("jdk 25", "25.0.1");
        write(
                other.resolve("release"),
                "IMPLEMENTOR=\"A & B/C\"\nJAVA_VERSION=\"25.0.1\"\nJAVA_RUNTIME_VERSION=\"25.0.1+8\"\n",
                false);
        archivingJdk(other);
        Map<String, String> environment = Map.of("JAVA_HOME", other.toString());
        assertThat(run(home, environment, "./emberlog", "master").out()).doesNotContain("SharedArchiveFile");
        Outcome outcome = run(home, environment, "./emberlog", "stat");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.lines())
                .contains("-XX:SharedArchiveFile=" + lib().resolve("classes-A___B_C-25.0.1+8.jsa"), "-Xlog:aot*=off");
        assertThat(dumps()).hasSize(2);
        assertThat(archives()).hasSize(2); // and nothing that was needed to make them
    }

    @Test
    void anArchiveThatCannotBeMadeIsNotTriedAgainAndNotMissed() throws Exception {
        write(
                jdk.resolve("bin/java"),
                "#!/bin/sh\ncase \"$*\" in *Rehearsal*) echo r >>'" + dumpLog()
                        + "'; echo no; echo no >&2; exit 1 ;; esac\n" + "printf '%s\\n' \"$0\" \"$@\"\n",
                true);
        for (int i = 0; i < 3; i++) {
            Outcome outcome = launch("stat");
            assertThat(outcome.exitCode()).isZero();
            assertThat(outcome.out()).doesNotContain("SharedArchiveFile").doesNotContain("no\n");
            assertThat(outcome.err()).doesNotContain("no\n");
        }
        assertThat(dumps()).hasSize(1);
    }

    @Test
    void aNewBuildMakesANewArchive() throws Exception {
        archivingJdk(jdk);
        launch("stat");
        letTimePass();
        write(home.resolve("master-logger/src/main/java/New.java"), "", false);
        assertThat(launch("master").out()).contains("SharedArchiveFile"); // in the build's time, not in the master's
        assertThat(dumps()).hasSize(2);
    }

    @Test
    void ofTwoFirstStartsOneMakesTheArchiveAndTheOtherDoesNotWait() throws Exception {
        launch("demo");
        Files.deleteIfExists(lib().resolve("classes-X.jsa"));
        archivingJdk(jdk);
        Path begun = directory.resolve("begun");
        Path go = directory.resolve("go");
        String java = Files.readString(jdk.resolve("bin/java"));
        String wait = "case \"$*\" in *Rehearsal*) : >'" + begun + "'; while [ ! -e '" + go
                + "' ]; do sleep 0.01; done ;; esac\n";
        write(jdk.resolve("bin/java"), java.replace("#!/bin/sh\n", "#!/bin/sh\n" + wait), true);

        CompletableFuture<Outcome> first = CompletableFuture.supplyAsync(() -> {
            try {
                return runIn(Files.createDirectory(directory.resolve("first")), home, Map.of(), "./emberlog", "stat");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        while (!Files.exists(begun)) {
            assertThat(first).isNotDone();
            Thread.onSpinWait();
        }
        assertThat(launch("stat").out()).doesNotContain("SharedArchiveFile");
        Files.createFile(go);
        assertThat(first.get(60, TimeUnit.SECONDS).out()).contains("SharedArchiveFile");
        assertThat(launch("stat").out()).contains("SharedArchiveFile");
        assertThat(dumps()).hasSize(1);
    }

    /** The real JDK, which takes an archive only if it is its own, and a program of two classes. */
    @Test
    void whateverHappensToAnArchiveNobodySeesAnythingOfIt() throws Exception {
        home = Files.move(home, directory.resolve("tree")); // JDK 17 archives no classes of a path with spaces
        Path real = Path.of(System.getProperty("java.home"));
        Path jar = directory.resolve("program.jar");
        makeProgram(jar);
        fakeMaven("for a; do case $a in -Dlauncher.lib=*) lib=${a#*=} ;; esac; done; cp -p '" + jar
                + "' \"$lib/launcher.jar\"\n");
        assertThat(real(real).out()).isEqualTo("stat\n");
        Path archive = archives().get(0);
        assertThat(archive).isNotEmptyFile();
        assertThat(takesTheArchive(real)).isTrue();
        byte[] whole = Files.readAllBytes(archive);

        for (byte[] broken : List.of(
                Arrays.copyOf(whole, whole.length / 2),
                Arrays.copyOf(whole, 100),
                new byte[whole.length],
                new byte[1])) {
            replace(archive, broken);
            assertThat(takesTheArchive(real)).isFalse();
        }
        byte[] ofAnother = whole.clone();
        for (int i = 0; i + 4 < 1_000; i++) { // the name of the JVM that made it stands somewhere in the head
            if (new String(whole, i, 4, StandardCharsets.ISO_8859_1).equals("Open")) {
                ofAnother[i] = 'X';
            }
        }
        assertThat(ofAnother).isNotEqualTo(whole);
        replace(archive, ofAnother);
        assertThat(takesTheArchive(real)).isFalse();

        replace(archive, whole);
        assertThat(takesTheArchive(real)).isTrue();
        Files.setLastModifiedTime(
                lib().resolve("launcher.jar"), FileTime.from(Instant.now().minusSeconds(7200)));
        assertThat(takesTheArchive(real)).isFalse();
    }

    /** Also looks at what the program printed. */
    private boolean takesTheArchive(Path real) throws Exception {
        Path loaded = directory.resolve("loaded");
        Files.deleteIfExists(loaded);
        Outcome outcome = run(
                home,
                Map.of("JAVA_HOME", real.toString(), "EMBERLOG_JAVA_OPTS", "-Xlog:class+load:file=" + loaded),
                "./emberlog",
                "stat");
        assertThat(outcome).isEqualTo(new Outcome(0, "stat\n", ""));
        return Files.readString(loaded).contains("io.emberlog.master.cli.Emberlog source: shared objects file");
    }

    private Outcome real(Path real) throws Exception {
        return run(home, Map.of("JAVA_HOME", real.toString()), "./emberlog", "stat");
    }

    private static void replace(Path file, byte[] bytes) throws IOException {
        Files.delete(file);
        Files.write(file, bytes);
    }

    private void makeProgram(Path jar) throws IOException {
        Path sources = directory.resolve("program");
        String head = "package io.emberlog.master.cli; public class ";
        String main = " { public static void main(String[] a) { ";
        Path program = sources.resolve("Emberlog.java");
        write(program, head + "Emberlog" + main + "System.out.println(String.join(\" \", a)); } }", false);
        Path rehearsal = sources.resolve("Rehearsal.java");
        write(rehearsal, head + "Rehearsal" + main + "Emberlog.main(a); } }", false);
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", sources.toString(), program.toString(), rehearsal.toString()))
                .isZero();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "io.emberlog.master.cli.Emberlog");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (String name : List.of("Emberlog", "Rehearsal")) {
                String entry = "io/emberlog/master/cli/" + name + ".class";
                out.putNextEntry(new JarEntry(entry));
                out.write(Files.readAllBytes(sources.resolve(entry)));
            }
        }
    }

    /** One that writes down each archive it is to make. */
    private void archivingJdk(Path made) throws IOException {
        write(made.resolve("bin/java"), """
                #!/bin/sh
                for a; do
                    case $a in
                        -XX:SharedArchiveFile=*) archive=${a#*=} ;;
                        -XX:DumpLoadedClassList=*) echo java/lang/Object >"${a#*=}" && exit ;;
                    esac
                done
                case "$*" in *-Xshare:dump*) printf made >"$archive" && echo "$archive" >>'LOG' && exit ;; esac
                printf '%s\\n' "$0" "$@"
                """.replace("LOG", dumpLog().toString()), true);
    }

    private Path dumpLog() {
        return directory.resolve("dumps");
    }

    private List<String> dumps() throws IOException {
        return Files.readAllLines(dumpLog());
    }

    private Path lib() {
        return home.resolve("master-logger/launcher/target/lib");
    }

    private List<Path> archives() throws IOException {
        try (var files = Files.list(lib())) {
            return files.filter(file -> file.getFileName().toString().contains(".jsa"))
                    .toList();
        }
    }

    @Test
    void theExitCodeIsTheProgramsOwn() throws Exception {
        launch("stat");
        write(jdk.resolve("bin/java"), "#!/bin/sh\nexit 3\n", true);
        assertThat(launch("master").exitCode()).isEqualTo(3);
        write(jdk.resolve("bin/java"), "#!/bin/sh\nkill -TERM $$\n", true);
        assertThat(launch("stat").exitCode()).isEqualTo(143);
    }

    private Path jdk(String name, String version) throws IOException {
        Path made = directory.resolve(name);
        write(made.resolve("bin/java"), "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\"\n", true);
        write(made.resolve("bin/javac"), "#!/bin/sh\n", true);
        write(made.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\n", false);
        return made;
    }

    private void fakeMaven(String script) throws IOException {
        write(maven.resolve("mvn"), "#!/bin/sh\necho \"$* JAVA_HOME=$JAVA_HOME\" >>'" + calls + "'\n" + script, true);
    }

    private static void write(Path file, String text, boolean executable) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        if (executable) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /** Sources an hour old, built half an hour ago: what is touched next is newer, whatever the clock's grain. */
    private void letTimePass() throws IOException {
        Instant now = Instant.now();
        try (var paths = Files.walk(home)) {
            for (Path path : paths.toList()) {
                Files.setLastModifiedTime(path, FileTime.from(now.minusSeconds(3600)));
            }
        }
        Files.setLastModifiedTime(
                home.resolve("master-logger/launcher/target/lib/.stamp"), FileTime.from(now.minusSeconds(1800)));
    }

    private List<String> mavenCalls() throws IOException {
        return Files.readAllLines(calls);
    }

    private static Path toolAt(String tool) {
        return Files.exists(Path.of("/usr/bin", tool)) ? Path.of("/usr/bin", tool) : Path.of("/bin", tool);
    }

    private Outcome launch(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = "./emberlog";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return run(home, Map.of(), command);
    }

    private Outcome run(Path where, Map<String, String> environment, String... command) throws Exception {
        return runIn(directory, where, environment, command);
    }

    private Outcome runIn(Path outputs, Path where, Map<String, String> environment, String... command)
            throws Exception {
        Path out = outputs.resolve("out");
        Path err = outputs.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(where.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("PATH", maven + ":/usr/bin:/bin");
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private record Outcome(int exitCode, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }
}
