package io.emberlog.heartbeat;

import static io.emberlog.heartbeat.WorkerState.ALIVE;
import static io.emberlog.heartbeat.WorkerState.DEAD;
import static io.emberlog.heartbeat.WorkerState.HUNG;
import static io.emberlog.heartbeat.WorkerState.STOPPED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Worker JVMs that really hold locks, stop, crash and vanish; only the monitor's clock is stepped. */
class RealWorkersTest {

    /** What the design promises, on the monitor's clock, wherever processes can be compared. */
    private static final Duration A_SECOND = Duration.ofSeconds(1);

    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private final Station station = new Station();
    private Child child;

    @AfterEach
    void endTheWorker() {
        if (child != null) {
            child.close();
        }
    }

    private void watch(Child started) {
        child = started;
        station.watch(child);
        awaitState(ALIVE);
    }

    /** Lets the worker's word move; the clock moves one step only each time it did. */
    private void awaitState(WorkerState state) {
        long[] word = {child.heartbeatWord()};
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            if (child.heartbeatWord() != word[0]) {
                word[0] = child.heartbeatWord();
                station.quiet(Station.STEP);
            }
            return station.state(child) == state;
        });
    }

    @Test
    void aKilledWorkerIsReportedDeadWithinASecond() throws Exception {
        watch(Child.start(directory));

        child.kill();
        station.quiet(A_SECOND);

        assertThat(station.last().to()).isEqualTo(DEAD);
        assertThat(station.death().text()).isEqualTo("ended without goodbye (SIGKILL or halt)");
        assertThat(station.death().uptimeNs()).isPresent();
        assertThat(station.death().oomKilled()).isFalse();
    }

    @Test
    void aHaltedWorkerIsReportedDead() throws Exception {
        watch(Child.start(directory));

        child.say("3");
        child.process.waitFor();
        station.quiet(A_SECOND);

        assertThat(station.death().text()).isEqualTo("ended without goodbye (SIGKILL or halt)");
    }

    @Test
    void aWorkerThatSaidGoodbyeEndsInOrder() throws Exception {
        watch(Child.start(directory));

        station.goodbye(child);
        child.kill();
        station.quiet(A_SECOND);

        assertThat(station.reported).extracting(Transition::to).containsExactly(ALIVE, STOPPED, DEAD);
        assertThat(station.death().inOrder()).isTrue();
    }

    @Test
    void aStoppedWorkerIsHungNeverDeadAndAliveWhenItContinues() throws Exception {
        watch(Child.start(directory));

        child.stop();
        station.quiet(A_MINUTE.multipliedBy(60));
        assertThat(station.reported).extracting(Transition::to).containsExactly(ALIVE, HUNG);
        child.signal("CONT");
        awaitState(ALIVE);

        assertThat(station.reported).extracting(Transition::to).containsExactly(ALIVE, HUNG, ALIVE);
    }

    @Test
    void aStoppedWorkerThatIsKilledIsReportedDead() throws Exception {
        watch(Child.start(directory));
        child.stop();
        station.quiet(A_MINUTE);

        child.kill();
        station.quiet(A_SECOND);

        assertThat(station.reported).extracting(Transition::to).containsExactly(ALIVE, HUNG, DEAD);
    }

    @Test
    void aWorkerThatReadItsOwnDirectoryAndLostItsLockIsNeverDead() throws Exception {
        watch(Child.start(directory));
        assertThat(child.probeLock()).isEqualTo(LockProbe.HELD);

        child.say("read-own-directory");
        assertThat(child.answer()).isEqualTo("done");
        assertThat(child.probeLock()).as("dropped by the kernel").isEqualTo(LockProbe.FREE);
        child.stop();
        station.quiet(A_MINUTE);

        assertThat(station.reported).extracting(Transition::to).containsExactly(ALIVE, HUNG);
    }

    @Test
    void aZombieIsDeadAndTellsItsSignal() throws Exception {
        // sh starts the JVM in the background, then becomes a process that never waits for it
        Path script = directory.resolve("parent.sh");
        Files.writeString(script, "exec 3<&0\n\"$@\" <&3 &\nexec sleep 1000 >/dev/null\n");
        watch(Child.startUnder(List.of("sh", script.toString()), directory));
        long pid = child.identity().pid();

        Child.signal("TERM", pid);
        await().until(() -> ProcStat.read(pid).orElseThrow().ended());
        station.quiet(A_SECOND);

        assertThat(Files.exists(Path.of("/proc", Long.toString(pid)))).isTrue();
        assertThat(station.last().to()).isEqualTo(DEAD);
        assertThat(station.death().text()).isEqualTo("exited with status 143 without goodbye");
    }

    @Test
    void aCrashedJvmIsDeadWithItsCrashReport() throws Exception {
        watch(Child.start(directory, "-XX:ErrorFile=" + directory + "/crash-%p.txt", "-XX:-CreateCoredumpOnCrash"));
        long pid = child.visiblePid();

        child.signal("SEGV");
        child.process.waitFor();
        station.quiet(A_SECOND);

        assertThat(station.death().text()).startsWith("crashed: SIGSEGV (0xb)").contains(" in C [", "thread, OpenJDK");
        assertThat(station.death().hsErrPath()).contains(directory.resolve("crash-" + pid + ".txt"));
        assertThat(station.death().inOrder()).isFalse();
    }

    @Test
    void aCrashReportInTheWorkersOwnDirectoryIsFound() throws Exception {
        watch(Child.start(directory, "-XX:-CreateCoredumpOnCrash"));
        long pid = child.visiblePid();

        child.signal("SEGV");
        child.process.waitFor();
        station.quiet(A_SECOND);

        assertThat(station.death().hsErrPath()).contains(directory.resolve("hs_err_pid" + pid + ".log"));
    }

    @Test
    void aWorkerInItsOwnPidNamespaceIsJudgedByLockAndWord() throws Exception {
        Available.require(canUnshare(), "the right to create pid namespaces");
        watch(Child.startUnder(List.of("unshare", "--pid", "--fork", "--kill-child"), directory));
        assertThat(child.identity().pid()).isEqualTo(1);
        assertThat(station.processes.probe(child.identity())).isEqualTo(ProcessState.UNKNOWN);

        child.stop();
        station.quiet(A_MINUTE);
        assertThat(station.reported).extracting(Transition::to).containsExactly(ALIVE, HUNG);
        child.kill();
        station.quiet(A_SECOND.multipliedBy(4));

        assertThat(station.last().to()).isEqualTo(DEAD);
    }

    @Test
    void aWorkerOverItsMemoryLimitIsReportedAsKilledByTheOomKiller() throws Exception {
        Path cgroup = memoryCgroupWithLimit(160L << 20);
        try {
            String enter = "echo $$ > " + cgroup + "/cgroup.procs && exec \"$0\" \"$@\"";
            watch(Child.startUnder(List.of("sh", "-c", enter), directory, "-Xmx32m", "-XX:MaxDirectMemorySize=4g"));

            child.say("eat-memory");
            child.process.waitFor();
            station.quiet(A_SECOND);

            assertThat(station.death().text()).isEqualTo("killed by the kernel's OOM killer");
            assertThat(station.death().oomKilled()).isTrue();
        } finally {
            await().ignoreExceptions().until(() -> Files.deleteIfExists(cgroup));
        }
    }

    private static Path memoryCgroupWithLimit(long bytes) throws IOException {
        Path own = MemoryCgroup.visible()
                .killCounter(ProcessHandle.current().pid())
                .map(Path::getParent)
                .orElse(Path.of("/nonexistent"));
        boolean writable = Files.isWritable(own) && Files.exists(own.resolve("memory.limit_in_bytes"));
        Available.require(writable, "a writable cgroup v1 memory controller");
        Path cgroup = Files.createDirectory(own.resolve("emberlog-test-" + UUID.randomUUID()));
        Files.writeString(cgroup.resolve("memory.limit_in_bytes"), Long.toString(bytes));
        return cgroup;
    }

    private static boolean canUnshare() throws Exception {
        return new ProcessBuilder("unshare", "--pid", "--fork", "true").start().waitFor() == 0;
    }
}
