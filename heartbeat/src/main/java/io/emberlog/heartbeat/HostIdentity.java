package io.emberlog.heartbeat;

import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where this process runs: the machine, its boot, and the pid namespace that gives pids their meaning.
 *
 * @param bootId {@code /proc/sys/kernel/random/boot_id}; empty where unknown
 * @param machineId {@code /etc/machine-id}; empty where unknown
 * @param pidNamespace {@code readlink /proc/self/ns/pid}; empty where unknown
 * @param ownProc whether {@code /proc} shows the pids of our own namespace; false after {@code unshare --pid} without a
 *     fresh mount, where {@code /proc/PID} is somebody else
 */
public record HostIdentity(String bootId, String machineId, String pidNamespace, boolean ownProc) {

    /** How far what this process can see reaches to a worker. */
    enum Reach {
        /** Its pid means the same here. */
        PROCESS,
        /** Same machine (or at least the same running kernel), but its pid means nothing here. */
        MACHINE,
        /** Another machine, or one that cannot be told from another: report, never judge. */
        FOREIGN
    }

    /** Reads the identity of the calling process; what cannot be read is empty. */
    public static HostIdentity read() {
        return new HostIdentity(
                firstLine(Path.of("/proc/sys/kernel/random/boot_id")),
                firstLine(Path.of("/etc/machine-id")),
                link(Path.of("/proc/self/ns/pid")),
                link(Path.of("/proc/self"))
                        .equals(Long.toString(ProcessHandle.current().pid())));
    }

    Reach reach(WorkerIdentity worker) {
        boolean sameBoot = known(bootId) && bootId.equals(worker.bootId());
        boolean machineKnown = known(machineId) && known(worker.machineId());
        if (machineKnown && !machineId.equals(worker.machineId())) {
            return Reach.FOREIGN;
        }
        if (!sameBoot) {
            return machineKnown ? Reach.MACHINE : Reach.FOREIGN;
        }
        boolean sameMachine = machineId.equals(worker.machineId());
        boolean samePids = known(pidNamespace) && pidNamespace.equals(worker.pidNamespace());
        return sameMachine && samePids ? Reach.PROCESS : Reach.MACHINE;
    }

    /** Whether this machine was booted since that worker started, which therefore cannot live any more. */
    boolean bootedSince(WorkerIdentity worker) {
        return known(bootId)
                && known(worker.bootId())
                && !bootId.equals(worker.bootId())
                && reach(worker) == Reach.MACHINE;
    }

    private static boolean known(String id) {
        return id != null && !id.isEmpty();
    }

    private static String firstLine(Path file) {
        String text = ProcFile.read(file, 256);
        int end = text.indexOf('\n');
        return (end < 0 ? text : text.substring(0, end)).trim();
    }

    private static String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            return ""; // not on this platform: pids are then not comparable
        }
    }
}
