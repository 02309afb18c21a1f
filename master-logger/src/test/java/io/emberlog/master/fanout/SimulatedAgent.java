package io.emberlog.master.fanout;

import io.emberlog.handler.Handler;
import io.emberlog.handler.file.SimulatedDisk.Access;
import io.emberlog.master.journal.HandlerPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** One handler's agent without its thread, with its checkpoints on a disk in memory. For the simulator. */
public final class SimulatedAgent {
    /** The checkpoints of all handlers: they outlive the processes. */
    public static final class Checkpoints {
        private final Map<Path, byte[]> files = new TreeMap<>();

        private CheckpointFiles through(Access access) {
            return new CheckpointFiles() {
                @Override
                public Temp create(Path file) throws IOException {
                    access.before("create", 1);
                    files.put(file, new byte[0]);
                    access.after();
                    return new Temp() {
                        @Override
                        public void write(byte[] bytes) throws IOException {
                            int most = access.before("write", bytes.length);
                            files.put(file, Arrays.copyOf(bytes, most));
                            access.after();
                            if (most < bytes.length) {
                                throw new IOException("no space left on the simulated device");
                            }
                        }

                        @Override
                        public void force() throws IOException {
                            access.before("force", 1);
                        }

                        @Override
                        public void close() {}
                    };
                }

                @Override
                public void rename(Path from, Path to) throws IOException {
                    access.before("rename", 1);
                    files.put(to, files.remove(from));
                    access.after();
                }

                @Override
                public void forceDirectory(Path directory) throws IOException {
                    access.before("forceDirectory", 1);
                }

                @Override
                public byte[] read(Path file, int limit) {
                    byte[] bytes = files.get(file);
                    return bytes == null ? null : Arrays.copyOf(bytes, Math.min(limit, bytes.length));
                }
            };
        }
    }

    private final JournalHead head;
    private final HandlerAgent agent;

    public SimulatedAgent(
            String name,
            Handler handler,
            FanOutConfig config,
            Checkpoints checkpoints,
            Access access,
            long lastIndex,
            long nextSequence) {
        head = new JournalHead(lastIndex, nextSequence);
        agent = new HandlerAgent(new HandlerSpec(name, handler, 0), config, head, checkpoints.through(access));
    }

    /** The drain: a document was appended. */
    public void appended(long documentIndex, long nextSequence, long epochNs) {
        head.appended(documentIndex, nextSequence, epochNs);
    }

    /** One round. */
    public int doWork() {
        return agent.doWork();
    }

    public void requestStop() {
        agent.requestStop();
    }

    public boolean isDone() {
        return agent.isDone();
    }

    public HandlerPlace place() {
        return agent.place();
    }

    /** What ails it; for the message of a run that failed. */
    public String status() {
        return agent.status().toString();
    }

    /** Its process is gone: gives back what it held of the real machine's. */
    public void bury() {
        agent.abandon();
        agent.doWork();
    }
}
