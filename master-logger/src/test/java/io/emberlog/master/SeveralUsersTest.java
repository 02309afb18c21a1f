package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerTypes;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.Ring;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.UserFolders;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What one user can do to another by what it puts into its own folder: nothing. The master runs in this JVM, as root, whom
 * no mode stops; with users and a master that are no root: {@code UsersStormTest} of the samples.
 */
class SeveralUsersTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int GROUP = 7123;
    private static final int VICTIM = 5001;
    private static final int HOSTILE = 5002;

    @TempDir
    Path temp;

    private final BatchEncoder encoder = new BatchEncoder(64 * 1024, 32 * 1024);
    private final List<Process> children = new ArrayList<>();
    private long sequence;
    private Path channel;
    private MasterLogger master;

    @BeforeEach
    void aChannelOfTwoUsers() throws IOException {
        NeedsRoot.require();
        channel = make(temp.resolve("channel"), 0, 0775);
        make(channel.resolve("" + VICTIM), VICTIM, 02770);
        make(channel.resolve("" + HOSTILE), HOSTILE, 02770);
    }

    @AfterEach
    void end() {
        children.forEach(Process::destroyForcibly);
        if (master != null) {
            assertThat(master.stop(LIMIT)).as("an orderly stop").isTrue();
        }
    }

    private static Path make(Path directory, int uid, int mode) throws IOException {
        Files.createDirectory(directory);
        Files.setAttribute(directory, "unix:uid", uid);
        Files.setAttribute(directory, "unix:gid", GROUP);
        Files.setAttribute(directory, "unix:mode", mode);
        return directory;
    }

    private Path folder(int uid) {
        return channel.resolve("" + uid);
    }

    private MasterLogger start() throws Exception {
        Path file = temp.resolve("emberlog.toml");
        Files.writeString(file, """
                [channel]
                directory = "%s"
                per_user = true
                [journal]
                directory = "%s"
                [[handlers]]
                name = "file"
                type = "file"
                path = "%s"
                """.formatted(channel, temp.resolve("state"), output()));
        master = new MasterLogger(new ConfigReader(HandlerTypes.installed(), Map.of()).read(file, Map.of()));
        master.start();
        return master;
    }

    private Path output() {
        return temp.resolve("out.log");
    }

    private long linesWith(String text) throws IOException {
        return Files.exists(output())
                ? Files.readAllLines(output()).stream()
                        .filter(line -> line.contains(text))
                        .count()
                : 0;
    }

    private void await(String text, long count) {
        Awaitility.await(text).atMost(LIMIT).until(() -> linesWith(text) == count);
    }

    private RingFile ring(int uid) throws IOException {
        return ring(uid, UserFolders.newRingUuid(uid), null);
    }

    /** As a worker of that user makes it, but for the process: ours, so that it lives. */
    private RingFile ring(int uid, UUID uuid, UUID predecessor) throws IOException {
        WorkerIdentity self = MasterIdentity.of(HostIdentity.read());
        RingFile file = RingFile.create(
                ChannelDirectory.ofUser(new UserFolders.Folder(folder(uid), uid, null)),
                RingSpec.of(1 << 16),
                new WorkerIdentity(
                        uuid,
                        "w" + uid,
                        self.pid(),
                        self.startTimeTicks(),
                        self.bootId(),
                        self.machineId(),
                        self.pidNamespace(),
                        "host",
                        "test",
                        ""),
                predecessor,
                1);
        for (Path path : List.of(file.path(), ChannelDirectory.lockFileOf(file.path()))) {
            Files.setAttribute(path, "unix:uid", uid);
        }
        return file;
    }

    private void log(RingFile file, String text) {
        encoder.begin();
        encoder.beginEntry(9, 1_000_000_000L, 1);
        encoder.text(MessageDescriptor.TEMPLATE, text);
        encoder.endEntry();
        encoder.finish(0, ++sequence);
        VarHandleBuffer source = new VarHandleBuffer(encoder.buffer());
        assertThat(file.ring().offer(MessageDescriptor.TYPE_LOG_BATCH, source, 0, encoder.length(), true))
                .isEqualTo(Ring.RINGED);
    }

    /** A script of the hostile user's own, in its folder. */
    private void hostile(String... lines) throws Exception {
        hostile(List.of("sh", "-c", String.join("\n", lines))).waitFor();
        assertThat(children.get(children.size() - 1).exitValue())
                .as("the hostile script did what it is for")
                .isZero();
    }

    private Process hostile(List<String> command) throws IOException {
        List<String> whole = new ArrayList<>(
                List.of("setpriv", "--reuid", "" + HOSTILE, "--regid", "" + HOSTILE, "--clear-groups", "--"));
        whole.addAll(command);
        // the temp directory is root's alone: the folder is entered before the change of user
        ProcessBuilder builder = new ProcessBuilder(whole)
                .directory(folder(HOSTILE).toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("PATH", "/usr/bin:/bin"); // nothing out of a home of root's
        Process process = builder.start();
        children.add(process);
        return process;
    }

    @Test
    void ringsOfAllUsersAreDrainedAlsoFromFoldersMadeWhileTheMasterRuns() throws Exception {
        log(ring(VICTIM), "of one.");
        start();
        log(ring(HOSTILE), "of two.");
        await("of one.", 1);
        await("of two.", 1);
        make(folder(5003), 5003, 02770);
        log(ring(5003), "of three.");
        await("of three.", 1);

        Path notItsOwn = make(folder(5004), HOSTILE, 02770);
        await(notItsOwn + " belongs to uid 5002, not to the uid that it is named after; its rings are not read", 1);
    }

    @Test
    void aChannelThatAnybodyMayWriteToOrThatIsMissingIsRefused() throws Exception {
        Files.setAttribute(channel, "unix:mode", 0777);
        assertThatThrownBy(this::start)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(channel + " of several users has mode 0777");
        master = null;
        channel = temp.resolve("missing");
        assertThatThrownBy(this::start)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(channel + " is missing; root makes it: emberlog channel create " + channel);
        master = null;
    }

    @Test
    void whatIsNoRingIsToldOnceAndHoldsNobodyUp() throws Exception {
        RingFile victims = ring(VICTIM);
        Path theirs = Files.createFile(folder(HOSTILE).resolve("theirs.ring"));
        Files.setAttribute(theirs, "unix:uid", VICTIM);
        hostile(
                "ln -s /etc/passwd link.ring",
                "mkfifo fifo.ring",
                "mkdir directory.ring",
                "echo no ring at all > \"$(printf 'evil\\nname \\033[2J.ring')\"",
                "echo no ring at all > taken.ring",
                "mkdir taken.ring.quarantined",
                "echo no ring at all > " + "x".repeat(250) + ".ring",
                "echo > one.ring; ln one.ring two.ring",
                "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"socket.ring\")'");
        start();
        log(victims, "untouched.");

        await("untouched.", 1);
        for (String name : List.of("link", "fifo", "directory", "socket")) {
            await("/" + name + ".ring is not a regular file", 1);
        }
        await("one.ring has 2 links", 1);
        await("two.ring has 2 links", 1);
        await("theirs.ring belongs to uid 5001, not to uid 5002", 1);
        await("xxx.ring is broken (file length=", 1);
        await("taken.ring is broken (file length=", 1);
        await("set aside: file length=15", 1);
        assertThat(linesWith("evil")).as("a name is no line of its own").isEqualTo(linesWith("evil\\nname"));
        assertThat(Files.readString(output())).doesNotContain("\033[2J");
        log(victims, "still there.");
        await("still there.", 1);
    }

    @Test
    void aLockFileThatIsNoneOfItsOwnersCannotHoldTheMasterUpNorTakeItsOwnLock() throws Exception {
        RingFile victims = ring(VICTIM);
        List<RingFile> rings = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            rings.add(deadRing(UserFolders.newRingUuid(HOSTILE)));
        }
        Path masters = Files.createFile(channel.resolve(MasterLock.FILE_NAME));
        Path linked = folder(HOSTILE).resolve(lockOf(rings.get(0)));
        Files.delete(linked);
        Files.createLink(linked, masters);
        hostile(
                "rm " + lockOf(rings.get(1)) + "; mkfifo " + lockOf(rings.get(1)),
                "rm " + lockOf(rings.get(2)) + "; ln -s " + masters + " " + lockOf(rings.get(2)));
        holdLease(lockOf(rings.get(3)));
        start();
        await("worker gone (pid 1999999999) found", 4);

        // found later than those above, and so probed later
        Path dead = folder(HOSTILE)
                .resolve(deadRing(UserFolders.newRingUuid(HOSTILE)).path().getFileName());
        await("worker gone (pid 1999999999) died", 1);
        Awaitility.await().atMost(LIMIT).until(() -> Files.notExists(dead));
        log(victims, "still drained.");
        await("still drained.", 1);
        assertThat(lockIsHeld(masters)).as("the master's lock is still held").isTrue();
        assertThat(linesWith("died")).as("no lock, no death").isEqualTo(1);
    }

    @Test
    void aRingThatClaimsToBeOfTheMastersOwnProcessIsJudgedLikeAnyOther() throws Exception {
        WorkerIdentity self = MasterIdentity.of(HostIdentity.read());
        start();
        Path claims = deadRing(UserFolders.newRingUuid(HOSTILE), self.pid(), self.startTimeTicks(), false)
                .path()
                .getFileName();
        await("worker gone (pid " + self.pid() + ") died", 1);
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> Files.notExists(folder(HOSTILE).resolve(claims)));
    }

    @Test
    void aWorkerWhoseGoodbyeAnEarlierMasterTookOutOfItsRingHasStopped() throws Exception {
        deadRing(UserFolders.newRingUuid(HOSTILE), 1_999_999_998L, 1, true);
        deadRing(UserFolders.newRingUuid(HOSTILE));
        start();
        await("worker gone (pid 1999999998) stopped", 1);
        await("worker gone (pid 1999999999) died", 1);
        assertThat(linesWith("(pid 1999999998) died")).isZero();
    }

    /** Of a process that never was, so that its lock is probed. */
    private RingFile deadRing(UUID uuid) throws IOException {
        return deadRing(uuid, 1_999_999_999L, 1, false);
    }

    private RingFile deadRing(UUID uuid, long pid, long startTimeTicks, boolean goodbye) throws IOException {
        WorkerIdentity self = MasterIdentity.of(HostIdentity.read());
        Path place = Files.createDirectories(temp.resolve("making"));
        RingFile file = RingFile.create(
                ChannelDirectory.open(place),
                RingSpec.of(1 << 16),
                new WorkerIdentity(
                        uuid,
                        "gone",
                        pid,
                        startTimeTicks,
                        self.bootId(),
                        self.machineId(),
                        self.pidNamespace(),
                        "host",
                        "test",
                        ""),
                null,
                1);
        if (goodbye) {
            file.header().sayGoodbye();
        }
        // copied by its owner: its lock is nobody's
        Path lock = ChannelDirectory.lockFileOf(file.path());
        for (Path from : List.of(lock, file.path())) {
            Path to = folder(HOSTILE).resolve("." + from.getFileName());
            Files.copy(from, to);
            Files.setAttribute(to, "unix:uid", HOSTILE);
            Files.move(to, folder(HOSTILE).resolve(from.getFileName()));
        }
        return file;
    }

    private static String lockOf(RingFile ring) {
        return ChannelDirectory.lockFileOf(ring.path()).getFileName().toString();
    }

    private void holdLease(String name) throws Exception {
        Process holder = hostile(List.of(
                "python3",
                "-c",
                "import fcntl, signal, sys\n"
                        + "signal.signal(signal.SIGIO, signal.SIG_IGN)\n"
                        + "f = open('" + name + "', 'r+')\n"
                        + "fcntl.fcntl(f, fcntl.F_SETLEASE, fcntl.F_WRLCK)\n"
                        + "print('held', flush=True)\n"
                        + "sys.stdin.read()\n"));
        assertThat(new String(holder.getInputStream().readNBytes(4))).isEqualTo("held");
    }

    private static boolean lockIsHeld(Path file) throws Exception {
        Process asks = new ProcessBuilder(
                        "python3",
                        "-c",
                        "import fcntl, sys\nf = open(sys.argv[1], 'r+')\n"
                                + "try: fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
                                + "except OSError: sys.exit(9)\n",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(asks.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return asks.exitValue() == 9;
    }

    @Test
    void aRingThatIsNamedLikeAnothersOrFollowsItIsSetAsideAndTheOthersIsDrained() throws Exception {
        UUID victims = UserFolders.newRingUuid(VICTIM);
        log(ring(HOSTILE, victims, null), "in the name of another.");
        log(ring(HOSTILE, UserFolders.newRingUuid(HOSTILE), victims), "after another's.");
        start();
        await("set aside: uuid=" + victims, 1);
        await("set aside: predecessor's uuid=" + victims, 1);

        RingFile real = ring(VICTIM, victims, null);
        log(real, "in its own name.");
        await("in its own name.", 1);
        log(ring(HOSTILE), "of its own.");
        await("of its own.", 1);
        assertThat(linesWith("in the name of another.") + linesWith("after another's."))
                .isZero();
        assertThat(real.path()).exists();
    }

    @Test
    void aHundredThousandFilesAndAThousandRingsOfOneUserDelayNoOther() throws Exception {
        hostile("seq -f 'junk%g.ring' 100000 | xargs touch");
        start();
        log(ring(VICTIM), "past the junk.");
        await("past the junk.", 1);
        await(folder(HOSTILE) + " has more than 4096 entries", 1);
        await(folder(HOSTILE) + ": more complaints than 50; the further ones are not told", 1);
        hostile("find . -name 'junk*' -delete 2>/dev/null || true");

        RingFile model = ring(VICTIM);
        hostile("for i in $(seq 600); do truncate -s " + Files.size(model.path()) + " empty$i.ring; done"); // no magic
        log(ring(VICTIM), "past the empty ones.");
        await("past the empty ones.", 1);
    }
}
