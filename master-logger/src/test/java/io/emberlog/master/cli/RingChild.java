package io.emberlog.master.cli;

import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.Ring;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.VarHandleBuffer;
import java.nio.file.Path;
import java.util.UUID;

/** A worker in a process of its own: fills a ring with so many records, says so, and waits to be killed. */
final class RingChild {
    private RingChild() {}

    public static void main(String[] arguments) throws Exception {
        HostIdentity host = HostIdentity.read();
        WorkerIdentity identity = new WorkerIdentity(
                UUID.randomUUID(),
                "child",
                ProcessHandle.current().pid(),
                0,
                host.bootId(),
                host.machineId(),
                host.pidNamespace(),
                "host",
                "RingChild",
                "");
        RingFile file = RingFile.create(
                ChannelDirectory.open(Path.of(arguments[0])), RingSpec.of(8 << 20), identity, null, 1_000);
        BatchEncoder encoder = new BatchEncoder(64 * 1024, 32 * 1024);
        Ring ring = file.ring();
        int count = Integer.parseInt(arguments[1]);
        for (int i = 1; i <= count; i++) {
            encoder.begin();
            encoder.beginEntry(9, i, 1);
            encoder.text(MessageDescriptor.TEMPLATE, "record " + i);
            encoder.endEntry();
            encoder.finish(0, i);
            VarHandleBuffer source = new VarHandleBuffer(encoder.buffer());
            if (ring.offer(MessageDescriptor.TYPE_LOG_BATCH, source, 0, encoder.length(), true) != Ring.RINGED) {
                throw new IllegalStateException("the ring is full after " + i);
            }
        }
        System.out.println("filled " + file.path());
        System.in.read();
    }
}
