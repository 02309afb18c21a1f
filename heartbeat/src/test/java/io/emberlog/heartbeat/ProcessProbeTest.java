package io.emberlog.heartbeat;

import static io.emberlog.heartbeat.ProcessState.ALIVE;
import static io.emberlog.heartbeat.ProcessState.GONE;
import static io.emberlog.heartbeat.ProcessState.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.message.WorkerIdentity;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessProbeTest {

    private final ProcessProbe probe = new ProcessProbe(Identities.HOST);
    private final List<Process> started = new ArrayList<>();

    private Process start(String... command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        started.add(process);
        return process;
    }

    @AfterEach
    void endWhatWasStarted() {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void aRunningProcessIsAlive() {
        assertThat(probe.probe(Identities.self())).isEqualTo(ALIVE);
    }

    @Test
    void aProcessOfAnotherUserThanTheRingsIsNoWitness() {
        int uid = ProcessProbe.uidOf(Identities.self().pid()).orElseThrow();

        assertThat(probe.probe(Identities.self(), uid)).isEqualTo(ALIVE);
        assertThat(probe.probe(Identities.self(), uid + 1)).isEqualTo(UNKNOWN);
        assertThat(probe.probe(Identities.self(), -1)).as("owner not known").isEqualTo(ALIVE);
        assertThat(probe.probe(Identities.reused(), uid + 1)).isEqualTo(GONE);
        CrashForensics forensics = new CrashForensics(probe, List.of());
        assertThat(forensics.open(Identities.self(), uid).uid()).hasValue(uid);
        CaseFile forged = forensics.open(Identities.self(), uid + 1);
        assertThat(forged.uid()).isEmpty();
        assertThat(forged.crashReports()).isEmpty();
        assertThat(forged.kills()).as("another's OOM kill is not claimed").isEmpty();
    }

    @Test
    void aKilledProcessIsGone() throws Exception {
        Process process = start("sleep", "1000");
        WorkerIdentity worker = Identities.of(process.pid());
        assertThat(probe.probe(worker)).isEqualTo(ALIVE);

        process.destroyForcibly().waitFor();

        assertThat(probe.probe(worker)).isEqualTo(GONE);
    }

    @Test
    void aStoppedProcessIsAlive() throws Exception {
        Process process = start("sleep", "1000");
        WorkerIdentity worker = Identities.of(process.pid());

        Child.signal("STOP", process.pid());
        await().until(() -> ProcStat.read(process.pid()).orElseThrow().state() == 'T');

        assertThat(probe.probe(worker)).isEqualTo(ALIVE);
    }

    @Test
    void aPidThatNowBelongsToALaterProcessIsGone() {
        assertThat(probe.probe(Identities.reused())).isEqualTo(GONE);
    }

    @Test
    void anUnknownStartTimeIsNotHeldAgainstIt() {
        assertThat(probe.probe(Identities.of(Identities.self().pid(), 0, Identities.HOST.pidNamespace())))
                .isEqualTo(ALIVE);
    }

    @Test
    void aZombieIsGoneAndTellsHowItEnded() throws Exception {
        Process parent = start("sh", "-c", "sleep 1000 & echo $!; exec sleep 1000");
        long pid = Long.parseLong(parent.inputReader().readLine());
        WorkerIdentity worker = Identities.of(pid);
        await().until(() -> parent.info().command().orElse("").endsWith("sleep")); // it will not wait for its child
        assertThat(probe.waitStatus(worker)).isEmpty();

        Child.signal("KILL", pid);
        await().until(() -> probe.probe(worker) == GONE);

        assertThat(Files.exists(Path.of("/proc", Long.toString(pid)))).isTrue();
        assertThat(probe.waitStatus(worker)).hasValue(9);
    }

    @Test
    void aProcessWhoseFirstThreadEndedIsAlive() throws Exception {
        Process process = start(
                "python3",
                "-c",
                "import ctypes, threading, time\n"
                        + "threading.Thread(target=lambda: time.sleep(1000)).start()\n"
                        + "print('ready', flush=True)\n"
                        + "ctypes.CDLL(None).pthread_exit(None)");
        Available.require("ready".equals(process.inputReader().readLine()), "python3 with ctypes");
        WorkerIdentity worker = Identities.of(process.pid());

        await().until(() -> ProcStat.read(process.pid()).orElseThrow().state() == 'Z');

        assertThat(probe.probe(worker)).isEqualTo(ALIVE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32 | 1})
    void aPidThatNoProcessCanHaveIsNotAskedFor(long pid) {
        assertThat(probe.probe(Identities.of(pid, 1, Identities.HOST.pidNamespace())))
                .isEqualTo(UNKNOWN);
    }

    @Test
    void aPidOfAnotherNamespaceBootOrMachineIsUnknown() {
        WorkerIdentity self = Identities.self();
        assertThat(probe.probe(Identities.inOtherPidNamespace())).isEqualTo(UNKNOWN);
        assertThat(probe.probe(Identities.onOtherMachine())).isEqualTo(UNKNOWN);
        assertThat(probe.probe(Identities.of(
                        self.pid(), self.startTimeTicks(), "another boot", self.machineId(), self.pidNamespace())))
                .isEqualTo(UNKNOWN);
    }

    @Test
    void aProcFileSystemOfAnotherNamespaceIsNotBelieved() {
        HostIdentity host = Identities.HOST;
        ProcessProbe blind =
                new ProcessProbe(new HostIdentity(host.bootId(), host.machineId(), host.pidNamespace(), false));

        assertThat(blind.probe(Identities.reused()))
                .as("start time not compared")
                .isEqualTo(ALIVE);
        assertThat(blind.waitStatus(Identities.self())).isEmpty();
    }

    @Test
    void aProcessOfAnotherUserIsAlive(@TempDir Path directory) throws Exception {
        Available.require(Available.root(), "root, to ask as another user");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> command = new ArrayList<>(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));

        command.addAll(askElsewhere(readableClassPath(directory), "-Djava.io.tmpdir=/tmp"));

        assertThat(start(command.toArray(String[]::new)).inputReader().readLine())
                .isEqualTo("EXISTS ALIVE");
    }

    @Test
    void withoutNativeCodeEveryProcessIsUnknown() throws Exception {
        List<String> command = askElsewhere(classPath(), "-Djnr.ffi.provider=no.such.provider");

        assertThat(start(command.toArray(String[]::new)).inputReader().readLine())
                .isEqualTo("UNKNOWN UNKNOWN");
    }

    private static List<String> askElsewhere(String classPath, String option) {
        WorkerIdentity self = Identities.self();
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                option,
                "-cp",
                classPath,
                AskElsewhere.class.getName(),
                Long.toString(self.pid()),
                Long.toString(self.startTimeTicks()));
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Copies of what this JVM runs, where any user may read them. */
    private static String readableClassPath(Path directory) throws IOException {
        List<String> copies = new ArrayList<>();
        for (String entry : classPath().split(File.pathSeparator)) {
            Path from = Path.of(entry);
            Path to = directory.resolve(copies.size() + "-" + from.getFileName());
            if (Files.exists(from)) { // a module may have no tests
                copy(from, to);
                copies.add(to.toString());
            }
        }
        return String.join(File.pathSeparator, copies);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    /** Prints what another process learns of this one. */
    static final class AskElsewhere {

        private AskElsewhere() {}

        public static void main(String[] args) {
            long pid = Long.parseLong(args[0]);
            WorkerIdentity worker = Identities.of(pid, Long.parseLong(args[1]), Identities.HOST.pidNamespace());
            System.out.println(Posix.existence(pid) + " " + new ProcessProbe(Identities.HOST).probe(worker));
        }
    }
}
