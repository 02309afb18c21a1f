package io.emberlog.heartbeat;

import io.emberlog.message.WorkerIdentity;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.UUID;

/** Identities as workers of this machine write them. */
final class Identities {

    static final HostIdentity HOST = HostIdentity.read();

    private Identities() {}

    static WorkerIdentity of(long pid, long startTimeTicks, String pidNamespace) {
        return of(pid, startTimeTicks, HOST.bootId(), HOST.machineId(), pidNamespace);
    }

    static WorkerIdentity of(long pid, long startTimeTicks, String bootId, String machineId, String pidNamespace) {
        return new WorkerIdentity(
                UUID.randomUUID(), "w", pid, startTimeTicks, bootId, machineId, pidNamespace, "host", "test", "");
    }

    /** A process that this one can see. */
    static WorkerIdentity of(long pid) {
        return of(pid, ProcStat.read(pid).orElseThrow().startTimeTicks(), HOST.pidNamespace());
    }

    static WorkerIdentity self() {
        return of(ProcessHandle.current().pid());
    }

    /** Our pid, but of a process that was there before us. */
    static WorkerIdentity reused() {
        WorkerIdentity self = self();
        return of(self.pid(), self.startTimeTicks() - 1, HOST.pidNamespace());
    }

    static WorkerIdentity inOtherPidNamespace() {
        return of(self().pid(), self().startTimeTicks(), "pid:[1]");
    }

    static WorkerIdentity onOtherMachine() {
        return of(self().pid(), self().startTimeTicks(), HOST.bootId(), "another machine", HOST.pidNamespace());
    }

    static Path codeOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
