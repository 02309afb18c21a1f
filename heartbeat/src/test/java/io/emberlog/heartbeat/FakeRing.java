package io.emberlog.heartbeat;

import io.emberlog.message.WorkerIdentity;

/** A ring whose word and lock the test moves by hand; its process is as real as its identity. */
final class FakeRing implements WatchedWorker {

    private final WorkerIdentity identity;
    private final boolean ownJvm;
    long word;
    LockProbe lock = LockProbe.HELD;
    boolean goodbye;
    boolean truncated;
    int lockProbes;

    FakeRing(WorkerIdentity identity) {
        this(identity, false);
    }

    FakeRing(WorkerIdentity identity, boolean ownJvm) {
        this.identity = identity;
        this.ownJvm = ownJvm;
    }

    @Override
    public WorkerIdentity identity() {
        return identity;
    }

    @Override
    public long heartbeatWord() {
        if (truncated) {
            throw new InternalError("a fault occurred in an unsafe memory access operation");
        }
        return word;
    }

    @Override
    public boolean saidGoodbye() {
        if (truncated) {
            throw new InternalError("a fault occurred in an unsafe memory access operation");
        }
        return goodbye;
    }

    @Override
    public LockProbe probeLock() {
        lockProbes++;
        if (truncated) {
            throw new InternalError("a fault occurred in an unsafe memory access operation");
        }
        return lock;
    }

    @Override
    public boolean ownJvm() {
        return ownJvm;
    }
}
