package io.emberlog.heartbeat;

import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Finds out why a worker died. Monitor's thread only; used by one monitor. Reads at most a few files of bounded length
 * per worker and death, follows no link, and throws nothing: what cannot be found out is left out.
 *
 * <p>The evidence, strongest first:
 *
 * <pre>
 *   goodbye seen                               ended in order
 *   boot id differs from ours                  ended with an earlier boot of this machine
 *   hs_err_pid PID .log of this very process   crashed: SIGSEGV (0xb) in C [libfoo.so+0x12], thread main, JRE ...
 *   unexplained OOM kill in its cgroup         killed by the kernel's OOM killer
 *   wait status, while it is a zombie          killed by SIGTERM; exited with status 3 without goodbye
 *   none                                       ended without goodbye (SIGKILL or halt)
 * </pre>
 *
 * <p>A crash report counts if it names the pid, is no older than the process (pids are reused, in containers always),
 * and belongs to the process's user; where that user is not known, only reports in the directories handed in are read.
 * A cgroup that vanished with its worker (a container's, usually) tells no more of OOM kills.
 */
public final class CrashForensics {

    private static final int CMDLINE_LIMIT = 64 * 1024;
    private static final String ERROR_FILE = "-XX:ErrorFile=";
    private static final int SIGKILL = 9;
    private static final long CLOCK_SLACK_MS = 2_000;

    private final ProcessProbe processes;
    private final List<Path> directories;
    private final MemoryCgroup cgroups = MemoryCgroup.visible();
    private final Map<Path, WeakReference<OomLedger>> ledgers = new HashMap<>();

    /** @param directories further places to look for {@code hs_err_pid*.log}, trusted as far as their files' format */
    public CrashForensics(ProcessProbe processes, List<Path> directories) {
        this.processes = processes;
        this.directories = List.copyOf(directories);
    }

    /**
     * Notes what will not be there any more once the worker is dead.
     *
     * @param ownerUid of its ring; -1 for not known. Another user's process is not looked at
     */
    CaseFile open(WorkerIdentity worker, int ownerUid) {
        try {
            return noteWhileAlive(worker, ownerUid);
        } catch (RuntimeException e) {
            return new CaseFile(worker, OptionalInt.empty(), List.of(), Optional.empty()); // watched all the same
        }
    }

    private CaseFile noteWhileAlive(WorkerIdentity worker, int ownerUid) {
        List<Path> places = new ArrayList<>();
        String name = "hs_err_pid" + worker.pid() + ".log";
        directories.forEach(directory -> places.add(directory.resolve(name)));
        Path proc = Path.of("/proc", Long.toString(worker.pid()));
        boolean visible = processes.probe(worker, ownerUid) == ProcessState.ALIVE
                && processes.host().ownProc();
        OptionalInt uid = visible ? ProcessProbe.uidOf(worker.pid()) : OptionalInt.empty();
        if (uid.isEmpty()) {
            return new CaseFile(worker, uid, List.copyOf(places), Optional.empty());
        }
        Optional<Path> cwd = link(proc.resolve("cwd"));
        errorFile(worker, proc, cwd).ifPresent(places::add);
        cwd.ifPresent(directory -> places.add(directory.resolve(name)));
        places.add(Path.of("/tmp", name));
        places.add(Path.of(System.getProperty("java.io.tmpdir"), name));
        Optional<OomLedger> kills = cgroups.killCounter(worker.pid()).map(this::ledger);
        return new CaseFile(worker, uid, places.stream().distinct().toList(), kills);
    }

    /** To be called every few seconds, slower than a death takes to be noticed. */
    void refresh() {
        ledgers.values().removeIf(ledger -> ledger.get() == null);
        for (WeakReference<OomLedger> reference : ledgers.values()) {
            OomLedger ledger = reference.get();
            if (ledger != null) {
                ledger.refresh();
            }
        }
    }

    /** @param lastSeenAgoNs since the last sign of life, where there was one */
    DeathReport report(CaseFile file, boolean goodbye, OptionalLong lastSeenAgoNs) {
        try {
            return findOut(file, goodbye, lastSeenAgoNs);
        } catch (RuntimeException e) {
            // a death must be reported whatever its traces hold
            return new DeathReport(
                    goodbye,
                    goodbye ? DeathReport.IN_ORDER : "ended without goodbye (its traces cannot be read)",
                    Optional.empty(),
                    false,
                    OptionalInt.empty(),
                    OptionalLong.empty());
        }
    }

    private DeathReport findOut(CaseFile file, boolean goodbye, OptionalLong lastSeenAgoNs) {
        WorkerIdentity worker = file.worker();
        OptionalLong uptimeNs = uptimeNs(worker, lastSeenAgoNs);
        OptionalInt status = processes.waitStatus(worker);
        OptionalInt signal = status.isPresent() && (status.getAsInt() & 0x7f) != 0
                ? OptionalInt.of(status.getAsInt() & 0x7f)
                : OptionalInt.empty();
        if (goodbye) {
            return new DeathReport(true, DeathReport.IN_ORDER, Optional.empty(), false, signal, uptimeNs);
        }
        if (processes.host().bootedSince(worker)) {
            return unexpected("ended with an earlier boot of this machine", signal, uptimeNs);
        }
        for (Path place : file.crashReports()) {
            Optional<HsErr> crash = crashReport(place, file);
            if (crash.isPresent()) {
                String text = crash.get().summary() + ", see " + Untrusted.oneLine(place.toString(), 300);
                return new DeathReport(
                        false,
                        Untrusted.oneLine(text, DeathReport.MAX_TEXT),
                        Optional.of(place),
                        false,
                        signal,
                        uptimeNs);
            }
        }
        boolean mayBeKill = status.isEmpty() || signal.isPresent() && signal.getAsInt() == SIGKILL;
        if (mayBeKill && file.kills().isPresent() && file.kills().get().claim()) {
            String text = "killed by the kernel's OOM killer";
            return new DeathReport(false, text, Optional.empty(), true, signal, uptimeNs);
        }
        return unexpected(endOf(status, signal), signal, uptimeNs);
    }

    private static DeathReport unexpected(String text, OptionalInt signal, OptionalLong uptimeNs) {
        return new DeathReport(false, text, Optional.empty(), false, signal, uptimeNs);
    }

    private static String endOf(OptionalInt status, OptionalInt signal) {
        if (signal.isPresent()) {
            return "killed by " + signalName(signal.getAsInt());
        }
        return status.isPresent()
                ? "exited with status " + (status.getAsInt() >> 8 & 0xff) + " without goodbye"
                : "ended without goodbye (SIGKILL or halt)";
    }

    private static String signalName(int signal) {
        for (jnr.constants.platform.Signal known : jnr.constants.platform.Signal.values()) {
            if (known.defined() && known.intValue() == signal) {
                return known.name();
            }
        }
        return "signal " + signal;
    }

    private Optional<HsErr> crashReport(Path place, CaseFile file) {
        OptionalLong startEpochMs = startEpochMs(file.worker());
        return Untrusted.head(place, HsErr.HEAD_BYTES)
                .filter(head -> file.uid().isEmpty() || file.uid().getAsInt() == head.ownerUid())
                .filter(head -> startEpochMs.isEmpty()
                        || head.modified().toMillis() >= startEpochMs.getAsLong() - CLOCK_SLACK_MS)
                .flatMap(head -> HsErr.parse(head.text(), file.worker().pid()));
    }

    /** {@code -XX:ErrorFile=} of its command line, with {@code %p} as the JVM expands it. */
    private static Optional<Path> errorFile(WorkerIdentity worker, Path proc, Optional<Path> cwd) {
        for (String argument :
                ProcFile.read(proc.resolve("cmdline"), CMDLINE_LIMIT).split("\0")) {
            if (argument.startsWith(ERROR_FILE)) {
                String name = argument.substring(ERROR_FILE.length()).replace("%p", Long.toString(worker.pid()));
                try {
                    Path path = Path.of(name);
                    return path.isAbsolute() ? Optional.of(path) : cwd.map(directory -> directory.resolve(path));
                } catch (InvalidPathException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private OomLedger ledger(Path counter) {
        WeakReference<OomLedger> known = ledgers.get(counter);
        OomLedger ledger = known == null ? null : known.get();
        if (ledger == null) {
            ledger = new OomLedger(counter);
            ledgers.put(counter, new WeakReference<>(ledger));
        }
        return ledger;
    }

    private OptionalLong uptimeNs(WorkerIdentity worker, OptionalLong lastSeenAgoNs) {
        OptionalLong age = ageNs(worker);
        if (age.isEmpty() || lastSeenAgoNs.isEmpty()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Math.max(0, age.getAsLong() - lastSeenAgoNs.getAsLong()));
    }

    private OptionalLong startEpochMs(WorkerIdentity worker) {
        OptionalLong age = ageNs(worker);
        return age.isEmpty()
                ? age
                : OptionalLong.of(System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(age.getAsLong()));
    }

    /** Since the process started, whether it still runs or not. */
    private OptionalLong ageNs(WorkerIdentity worker) {
        boolean sameBoot = !worker.bootId().isEmpty()
                && worker.bootId().equals(processes.host().bootId());
        String uptime = ProcFile.read(Path.of("/proc/uptime"), 64);
        int end = uptime.indexOf(' ');
        if (!sameBoot || worker.startTimeTicks() <= 0 || end < 0) {
            return OptionalLong.empty();
        }
        double startedSeconds = (double) worker.startTimeTicks() / Posix.TICKS_PER_SECOND;
        double ageSeconds = Double.parseDouble(uptime.substring(0, end)) - startedSeconds;
        return OptionalLong.of((long) (Math.max(0, ageSeconds) * TimeUnit.SECONDS.toNanos(1)));
    }

    private static Optional<Path> link(Path path) {
        try {
            return Optional.of(Files.readSymbolicLink(path));
        } catch (IOException | SecurityException e) {
            return Optional.empty(); // another user's process
        }
    }
}
