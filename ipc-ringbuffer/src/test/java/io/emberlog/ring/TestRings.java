package io.emberlog.ring;

import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** Rings in a directory of the test's. */
final class TestRings {
    static final int CAPACITY = RingDescriptor.MIN_CAPACITY;
    static final RingBlock.HeartbeatListener NO_HEARTBEATS = (sent, next, goodbye) -> {};

    private TestRings() {}

    static WorkerIdentity identity(UUID uuid) {
        return new WorkerIdentity(
                uuid, "tester", ProcessHandle.current().pid(), 42, "boot", "machine", "pid:[1]", "host", "test", "");
    }

    static RingFile create(Path directory) throws IOException {
        return create(directory, CAPACITY);
    }

    static RingFile create(Path directory, int capacity) throws IOException {
        return create(directory, RingSpec.of(capacity));
    }

    /** A ring whose records are checked. */
    static RingFile createChecked(Path directory) throws IOException {
        return create(directory, new RingSpec(CAPACITY, 0, true));
    }

    static RingFile create(Path directory, RingSpec spec) throws IOException {
        return create(directory, spec, UUID.randomUUID());
    }

    static RingFile create(Path directory, RingSpec spec, UUID uuid) throws IOException {
        return RingFile.create(ChannelDirectory.open(directory.resolve("channel")), spec, identity(uuid), null, 1);
    }
}
