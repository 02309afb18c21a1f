package io.emberlog.heartbeat;

import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Asks the kernel whether a worker's process exists: {@code kill(pid, 0)}, then the start time in {@code
 * /proc/PID/stat}, since pids are reused. Any thread; never waits; sends no signal.
 *
 * <p>What the answers rest on:
 *
 * <pre>
 *   other boot id, machine id or pid namespace; pid out of range  -> UNKNOWN
 *   ESRCH                                                         -> GONE
 *   exists (or EPERM), start time differs                         -> GONE     the pid was reused
 *   exists, zombie with no thread left                            -> GONE
 *   exists, and belongs to another user than the ring             -> UNKNOWN  the ring names a process not its own
 *   exists (or EPERM), start time agrees or cannot be read        -> ALIVE
 *   any other error, no native library                            -> UNKNOWN
 * </pre>
 */
public final class ProcessProbe {

    /** Above what any kernel hands out (Linux: 2^22); zero and below would ask about process groups. */
    private static final long MAX_PID = Integer.MAX_VALUE;

    private final HostIdentity host;

    public ProcessProbe(HostIdentity host) {
        this.host = host;
    }

    public ProcessState probe(WorkerIdentity worker) {
        if (!askable(worker)) {
            return ProcessState.UNKNOWN;
        }
        ProcessState state = exists(worker.pid());
        if (state != ProcessState.ALIVE || !host.ownProc()) {
            return state;
        }
        Optional<ProcStat> stat = ProcStat.read(worker.pid());
        if (stat.isEmpty()) {
            return exists(worker.pid()); // it ended just now, or /proc hides it from us
        }
        return !sameStart(stat.get(), worker) || stat.get().ended() ? ProcessState.GONE : ProcessState.ALIVE;
    }

    /**
     * As {@link #probe(WorkerIdentity)}, for a ring whose owner is known.
     *
     * @param ownerUid by the kernel's word; -1 for not known
     */
    ProcessState probe(WorkerIdentity worker, int ownerUid) {
        ProcessState state = probe(worker);
        if (state != ProcessState.ALIVE || ownerUid < 0 || !host.ownProc()) {
            return state;
        }
        OptionalInt uid = uidOf(worker.pid());
        return uid.isPresent() && uid.getAsInt() != ownerUid ? ProcessState.UNKNOWN : state;
    }

    /** The effective uid of a process, or root's where it may not be looked at; empty when it is gone or hidden. */
    static OptionalInt uidOf(long pid) {
        try {
            return OptionalInt.of((Integer) Files.getAttribute(Path.of("/proc", Long.toString(pid)), "unix:uid"));
        } catch (IOException | SecurityException e) {
            return OptionalInt.empty();
        }
    }

    /** How it ended, as {@code waitpid} tells its parent; known only while it is a zombie that we may look at. */
    OptionalInt waitStatus(WorkerIdentity worker) {
        if (!askable(worker) || !host.ownProc()) {
            return OptionalInt.empty();
        }
        return ProcStat.read(worker.pid())
                .filter(stat -> stat.ended() && sameStart(stat, worker) && stat.waitStatus() != 0)
                .map(stat -> OptionalInt.of(stat.waitStatus()))
                .orElse(OptionalInt.empty());
    }

    HostIdentity host() {
        return host;
    }

    private boolean askable(WorkerIdentity worker) {
        return worker.pid() > 0 && worker.pid() <= MAX_PID && host.reach(worker) == HostIdentity.Reach.PROCESS;
    }

    private static boolean sameStart(ProcStat stat, WorkerIdentity worker) {
        return worker.startTimeTicks() == 0 || worker.startTimeTicks() == stat.startTimeTicks();
    }

    private static ProcessState exists(long pid) {
        return switch (Posix.existence(pid)) {
            case EXISTS -> ProcessState.ALIVE;
            case ABSENT -> ProcessState.GONE;
            case UNKNOWN -> ProcessState.UNKNOWN;
        };
    }
}
