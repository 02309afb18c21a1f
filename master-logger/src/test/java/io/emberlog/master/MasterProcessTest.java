package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.master.cli.Emberlog;
import io.emberlog.master.cli.ExitCodes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The master as a supervisor runs it: a process with exit codes and signals. */
class MasterProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private final List<Process> processes = new ArrayList<>();
    private List<String> prefix = List.of();
    /** Null for where the output goes. */
    private Path errors;

    @AfterEach
    void endWhatWasStarted() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    private Path config(String channel) throws IOException {
        Path file = temp.resolve("emberlog.toml");
        Files.writeString(file, """
                [channel]
                directory = "%s"
                [journal]
                directory = "%s"
                [[handlers]]
                name = "file"
                type = "file"
                path = "%s"
                """.formatted(channel, temp.resolve("state"), temp.resolve("app.log")));
        return file;
    }

    private Process emberlog(Path output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Emberlog.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(errors == null)
                .redirectOutput(output.toFile())
                .redirectError(
                        errors == null ? ProcessBuilder.Redirect.PIPE : ProcessBuilder.Redirect.to(errors.toFile()))
                .start();
        processes.add(process);
        return process;
    }

    private Process runningMaster(Path output) throws IOException {
        Process master = emberlog(
                output,
                "master",
                "--config",
                config(temp.resolve("channel").toString()).toString());
        Path log = temp.resolve("app.log");
        Awaitility.await() // for what it writes of its start, so that this is over
                .atMost(LIMIT)
                .until(() -> !master.isAlive()
                        || Files.exists(log) && Files.readString(log).contains("(pid " + master.pid() + ") drains"));
        assertThat(master.isAlive()).as(Files.readString(output)).isTrue();
        return master;
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void sigtermDrainsAndExitsZeroWithoutAWord() throws Exception {
        Path output = temp.resolve("out");
        Process master = runningMaster(output);
        master.destroy();
        assertThat(exitCode(master)).as(Files.readString(output)).isEqualTo(ExitCodes.DONE);
        assertThat(output).isEmptyFile();
    }

    @Test
    void sigtermInTheMiddleOfTheStartEndsItWithoutAWord() throws Exception {
        Path output = temp.resolve("out");
        Process master = emberlog(
                output,
                "master",
                "--config",
                config(temp.resolve("channel").toString()).toString());
        Path lock = temp.resolve("channel/master.lock");
        Awaitility.await().pollInterval(Duration.ofMillis(1)).atMost(LIMIT).until(() -> Files.exists(lock));
        master.destroy();
        assertThat(exitCode(master)).as(Files.readString(output)).isIn(ExitCodes.TERMINATED, ExitCodes.DONE);
        assertThat(output).isEmptyFile();
    }

    @Test
    void sigintDrainsAndExitsZero() throws Exception {
        Process master = runningMaster(temp.resolve("out"));
        new ProcessBuilder("kill", "-INT", Long.toString(master.pid())).start().waitFor();
        assertThat(exitCode(master)).isEqualTo(ExitCodes.DONE);
    }

    private static void hangUp(Process master) throws Exception {
        assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(master.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private void awaitLine(Path log, String text) {
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> Files.exists(log) && Files.readString(log).contains(text));
    }

    @Test
    void sighupReadsTheConfigurationAgainOrRefusesItWhole() throws Exception {
        Path output = temp.resolve("out");
        // as nohup and some supervisors start it: with the signal ignored
        prefix = List.of("sh", "-c", "trap '' HUP; exec \"$@\"", "sh");
        Process master = runningMaster(output);
        Path file = temp.resolve("emberlog.toml");
        Path log = temp.resolve("app.log");
        String good = Files.readString(file);
        awaitLine(log, "drains ");

        Files.writeString(file, good + "keep_files = 3\n[master]\nhung_after = \"1 s\"\nhung_aftr = 1\n");
        hangUp(master);
        awaitLine(
                log,
                "configuration not reloaded, nothing is changed: " + file
                        + ":12:1: master.hung_aftr: unknown key \"hung_aftr\"; did you mean hung_after?");
        Awaitility.await().atMost(LIMIT).until(() -> Files.readString(output).contains("not reloaded: " + file));

        Files.writeString(file, good + "keep_files = 3\n[master]\nhung_after = \"1 s\"\n");
        hangUp(master);
        awaitLine(log, "configuration: master.hung_after \"500 ms\" -> \"1 s\"; handler file: keep_files 7 -> 3");

        Files.move(log, temp.resolve("app.log.moved"));
        hangUp(master);
        awaitLine(log, "configuration read again, nothing in it has changed");
        assertThat(Files.readString(temp.resolve("app.log.moved")))
                .contains("keep_files 7 -> 3")
                .doesNotContain("read again");

        Files.delete(file);
        hangUp(master);
        awaitLine(log, "nothing is changed: " + file + ": there is no such file");
        master.destroy();
        assertThat(exitCode(master)).as(Files.readString(output)).isEqualTo(ExitCodes.DONE);
    }

    private String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    @Test
    void aHandlerThatCannotWriteIsToldOnStderrWithItsReasonWhenItWorksAgainAndAtTheStop() throws Exception {
        Path file = config(temp.resolve("channel").toString());
        Files.writeString(
                file, Files.readString(file) + "[[handlers]]\ntype = \"console\"\n[master]\nstop_deadline = \"1 s\"\n");
        Path log = Files.createDirectory(temp.resolve("app.log"));
        Path err = temp.resolve("err");
        errors = err;
        Process master = emberlog(Path.of("/dev/full"), "master", "--config", file.toString());
        String refused = "cannot be opened: path=" + log + " is not a regular file";
        String full = "flush failed: stdout: No space left on device";
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> !master.isAlive()
                        || read(err).contains("emberlog: WARN handler file: " + refused + "; is tried again")
                                && read(err).contains("emberlog: WARN handler console: " + full + "; is tried again"));
        assertThat(master.isAlive()).as(read(err)).isTrue();
        Files.delete(log);
        Awaitility.await().atMost(LIMIT).until(() -> read(err).contains("emberlog: INFO handler file: works again"));
        assertThat(read(err).lines()).hasSize(3);
        master.destroy();
        assertThat(exitCode(master)).as(read(err)).isEqualTo(ExitCodes.FINDINGS);
        assertThat(read(err).lines().skip(3))
                .hasSize(2)
                .first()
                .asString()
                .matches("emberlog: ERROR handler console has not finished in time and was given up with .* to go:"
                        + " .*: stdout: No space left on device; what is behind .*");
    }

    @Test
    void aSecondMasterExitsThreeAndNamesTheFirst() throws Exception {
        Process first = runningMaster(temp.resolve("out"));
        Path output = temp.resolve("second");
        Process second = emberlog(
                output, "master", "--config", temp.resolve("emberlog.toml").toString());
        assertThat(exitCode(second)).isEqualTo(ExitCodes.ANOTHER_MASTER);
        assertThat(output).content().contains("another master runs").contains("pid=" + first.pid());
        assertThat(first.isAlive()).isTrue();
    }

    @Test
    void aChannelDirectoryThatIsAFileExitsFourAndNamesIt() throws Exception {
        Path notADirectory = Files.writeString(temp.resolve("file"), "x");
        Path output = temp.resolve("out");
        Process master = emberlog(
                output, "master", "--config", config(notADirectory.toString()).toString());
        assertThat(exitCode(master)).isEqualTo(ExitCodes.IO);
        assertThat(output).content().contains(notADirectory.toString()).contains("not a directory");
    }

    @Test
    void aLockFileOfAnotherUserExitsFourAndSaysWhoseItIsAndWhatToDo() throws Exception {
        NeedsRoot.require();
        Path state = Files.createDirectory(temp.resolve("state"));
        Path lock = Files.createFile(state.resolve(MasterLock.FILE_NAME));
        Files.setAttribute(lock, "unix:mode", 0600);
        Files.setAttribute(lock, "unix:uid", 5001);
        // root without the right to open any file: a user like any other, who can read the class path
        prefix = List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--");
        Path output = temp.resolve("out");
        Process master = emberlog(
                output,
                "master",
                "--config",
                config(temp.resolve("channel").toString()).toString());
        assertThat(exitCode(master)).as(Files.readString(output)).isEqualTo(ExitCodes.IO);
        assertThat(output)
                .content()
                .contains("lock file " + lock
                        + " belongs to uid 5001 (5001, rw-------); this master's uid 0 may not open it")
                .contains("start this one as that user, or have root remove the file")
                .contains("chown -R 0 " + state);
    }

    @Test
    void aStateDirectoryThatCannotBeMadeExitsFourAndNamesIt() throws Exception {
        Path notADirectory = Files.writeString(temp.resolve("file"), "x");
        Path file = config(temp.resolve("channel").toString());
        Files.writeString(
                file, Files.readString(file).replace(temp.resolve("state").toString(), notADirectory + "/state"));
        Path output = temp.resolve("out");
        Process master = emberlog(output, "master", "--config", file.toString());
        assertThat(exitCode(master)).isEqualTo(ExitCodes.IO);
        assertThat(output).content().contains(notADirectory.toString());
    }
}
