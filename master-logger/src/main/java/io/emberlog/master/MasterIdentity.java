package io.emberlog.master;

import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.master.fanout.ReportSink;
import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Who this master is: the source of its own records, and how it knows rings of its own JVM. */
final class MasterIdentity {
    private static final int START_TIME_FIELD_BEHIND_COMM = 19;

    private MasterIdentity() {}

    /** With a new uuid at each call, so that the ids of a master's records are never used again. */
    static WorkerIdentity of(HostIdentity host) {
        return new WorkerIdentity(
                UUID.randomUUID(),
                ReportSink.MASTER_PROCESS,
                ProcessHandle.current().pid(),
                startTimeTicks(),
                host.bootId(),
                host.machineId(),
                host.pidNamespace(),
                hostName(),
                ReportSink.MASTER_PROCESS,
                ReportSink.MASTER_SERVICE);
    }

    private static long startTimeTicks() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ");
            return Long.parseLong(fields[START_TIME_FIELD_BEHIND_COMM]);
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            String name = System.getenv("HOSTNAME");
            return name == null ? "" : name;
        }
    }
}
