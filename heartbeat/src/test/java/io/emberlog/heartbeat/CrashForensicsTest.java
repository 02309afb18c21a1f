package io.emberlog.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is believed of files that anybody may have put there. */
class CrashForensicsTest {

    private static final OptionalLong JUST_NOW = OptionalLong.of(500_000_000);
    private static final String NO_REASON = "ended without goodbye (SIGKILL or halt)";

    @TempDir
    Path directory;

    private final ProcessProbe processes = new ProcessProbe(Identities.HOST);
    private final WorkerIdentity worker = Identities.self();

    private Path crashReport() {
        return directory.resolve("hs_err_pid" + worker.pid() + ".log");
    }

    private DeathReport report() {
        CrashForensics forensics = new CrashForensics(processes, List.of(directory));
        return forensics.report(forensics.open(worker, -1), false, JUST_NOW);
    }

    private void write(long pid) throws IOException {
        Files.writeString(crashReport(), HsErrTest.sample(pid));
    }

    @Test
    void aCrashReportInADirectoryHandedInIsFound() throws IOException {
        write(worker.pid());

        assertThat(report().hsErrPath()).contains(crashReport());
        assertThat(report().text()).startsWith("crashed: SIGSEGV (0xb) in C [libc.so.6+0x85f14], thread main, OpenJDK");
    }

    @Test
    void aGoodbyeFoundInTheRestOfTheRingTurnsTheDeathIntoAnOrderlyEnd() throws IOException {
        assertThat(report().withGoodbye().text()).isEqualTo("ended in order");
        assertThat(report().withGoodbye().inOrder()).isTrue();

        write(worker.pid());
        assertThat(report().withGoodbye().inOrder())
                .as("it crashed all the same")
                .isFalse();
    }

    @Test
    void aCrashReportOfAnEarlierProcessWithTheSamePidIsIgnored() throws IOException {
        write(worker.pid());
        Files.setLastModifiedTime(crashReport(), FileTime.from(Instant.now().minusSeconds(86_400)));

        assertThat(report().text()).isEqualTo(NO_REASON);
    }

    @Test
    void aCrashReportThatNamesAnotherPidIsIgnored() throws IOException {
        write(worker.pid() + 1);

        assertThat(report().text()).isEqualTo(NO_REASON);
    }

    @Test
    void aCrashReportOfAnotherUserIsIgnored() throws IOException {
        Available.require(Available.root(), "root, to give a file away");
        write(worker.pid());
        Files.setAttribute(crashReport(), "unix:uid", 65534);

        assertThat(report().text()).isEqualTo(NO_REASON);
    }

    @Test
    void aSymbolicLinkIsNotFollowed() throws IOException {
        Path elsewhere = directory.resolve("elsewhere");
        Files.writeString(elsewhere, HsErrTest.sample(worker.pid()));
        Files.createSymbolicLink(crashReport(), elsewhere);

        assertThat(report().text()).isEqualTo(NO_REASON);
    }

    @Test
    void aFifoDoesNotStallTheMonitor() throws Exception {
        new ProcessBuilder("mkfifo", crashReport().toString()).start().waitFor();

        assertThat(report().text()).isEqualTo(NO_REASON);
        int descriptor = Posix.openForRead(crashReport());
        assertThat(descriptor).as("opened without waiting for a writer").isNotNegative();
        Posix.close(descriptor);
    }

    @Test
    void aDirectoryOrAnEmptyFileIsNoCrashReport() throws IOException {
        Files.createDirectory(crashReport());
        assertThat(report().text()).isEqualTo(NO_REASON);

        Files.delete(crashReport());
        Files.createFile(crashReport());
        assertThat(report().text()).isEqualTo(NO_REASON);
    }

    @Test
    void onlyTheBeginningOfAFileIsRead() throws IOException {
        write(worker.pid());
        try (SeekableByteChannel out = Files.newByteChannel(crashReport(), StandardOpenOption.WRITE)) {
            out.position(8L << 30).write(ByteBuffer.wrap(new byte[1])); // sparse: no memory holds this
        }

        assertThat(report().text()).startsWith("crashed: ");
    }

    @Test
    void aWorkerOfAnotherNamespaceIsLookedForOnlyWhereToldTo() {
        WorkerIdentity other = Identities.inOtherPidNamespace();

        CaseFile file = new CrashForensics(processes, List.of(directory)).open(other, -1);

        assertThat(file.crashReports()).containsExactly(directory.resolve("hs_err_pid" + other.pid() + ".log"));
        assertThat(file.uid()).isEmpty();
        assertThat(file.kills()).isEmpty();
    }

    @Test
    void anIdentityThatMakesNoSenseStillGetsAReport() {
        CrashForensics forensics = new CrashForensics(processes, List.of(directory));
        WorkerIdentity nonsense = Identities.of(-1, -1, null, null, null);

        assertThat(forensics
                        .report(forensics.open(nonsense, -1), false, JUST_NOW)
                        .text())
                .isEqualTo("ended without goodbye (its traces cannot be read)");
        assertThat(forensics
                        .report(forensics.open(nonsense, -1), true, JUST_NOW)
                        .text())
                .isEqualTo("ended in order");
    }

    @Test
    void anOomKillExplainsOneDeathInItsCgroupAndNoLaterOne() throws IOException {
        Path counter = directory.resolve("memory.oom_control");
        write(counter, 3);
        OomLedger ledger = new OomLedger(counter);
        CaseFile file = new CaseFile(worker, OptionalInt.empty(), List.of(), Optional.of(ledger));
        CrashForensics forensics = new CrashForensics(processes, List.of());
        assertThat(forensics.report(file, false, JUST_NOW).oomKilled())
                .as("before")
                .isFalse();

        write(counter, 4);

        assertThat(forensics.report(file, true, JUST_NOW).oomKilled())
                .as("said goodbye")
                .isFalse();
        assertThat(forensics.report(file, false, JUST_NOW).text()).isEqualTo("killed by the kernel's OOM killer");
        assertThat(forensics.report(file, false, JUST_NOW).text()).isEqualTo(NO_REASON);
    }

    @Test
    void anOomKillIsOpenForOneRefreshAndForgottenAfterTwo() throws IOException {
        Path counter = directory.resolve("memory.events");
        write(counter, 0);
        OomLedger once = new OomLedger(counter);
        OomLedger twice = new OomLedger(counter);
        write(counter, 1);

        once.refresh();
        twice.refresh();
        twice.refresh();

        assertThat(once.claim()).isTrue();
        assertThat(twice.claim()).isFalse();
    }

    @Test
    void aCgroupThatVanishedExplainsNothing() throws IOException {
        Path counter = directory.resolve("memory.events");
        write(counter, 1);
        OomLedger ledger = new OomLedger(counter);
        Files.delete(counter);

        ledger.refresh();

        assertThat(ledger.claim()).isFalse();
    }

    private static void write(Path counter, int kills) throws IOException {
        Files.writeString(counter, "oom_kill_disable 0\nunder_oom 0\noom_kill " + kills + "\n");
    }
}
