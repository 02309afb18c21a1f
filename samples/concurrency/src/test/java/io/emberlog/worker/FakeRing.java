package io.emberlog.worker;

import io.emberlog.ring.Ring;
import io.emberlog.ring.VarHandleBuffer;
import java.util.UUID;

/** A ring without bytes that keeps the rules of a real one: what matters is which of its states each call sees. */
final class FakeRing extends WorkerRing {
    private final UUID uuid = new UUID(1, 2);
    private volatile boolean closed;
    private volatile boolean sealed;
    /** Plain, as the bytes of a record are; published by what the writer does afterwards. */
    private int taken;

    private int takenAtSeal;

    /** Records that a master finds which salvages as soon as the ring says SEALED. */
    int takenAtSeal() {
        return takenAtSeal;
    }

    int taken() {
        return taken;
    }

    @Override
    int offer(int type, VarHandleBuffer source, int length, boolean mayUseReserve) {
        if (closed) {
            return Ring.SEALED;
        }
        taken++;
        return sealed ? Ring.SEALED : Ring.RINGED;
    }

    @Override
    int offerLast(int type, VarHandleBuffer source, int length) {
        return offer(type, source, length, true);
    }

    @Override
    void closeTail() {
        closed = true;
    }

    @Override
    void seal() {
        sealed = true;
        takenAtSeal = taken;
    }

    @Override
    boolean isOpen() {
        return !closed;
    }

    @Override
    int stage(
            int slot,
            long sequence,
            VarHandleBuffer source,
            int offset,
            int length,
            int entryCount,
            int highestSeverity) {
        throw new UnsupportedOperationException("stage");
    }

    @Override
    int publish(int slot, boolean mayUseReserve) {
        return Ring.RINGED;
    }

    @Override
    int staged(int slot) {
        return 0;
    }

    @Override
    int stagedSeverity(int slot) {
        return 0;
    }

    @Override
    int stagingRoom() {
        return 0;
    }

    @Override
    UUID uuid() {
        return uuid;
    }

    @Override
    int capacity() {
        return 1024;
    }

    @Override
    int maxPayloadLength() {
        return 128;
    }

    @Override
    long tail() {
        return 0;
    }

    @Override
    long backlog() {
        return 0;
    }

    @Override
    boolean isJournaledTo(long position) {
        return false;
    }

    @Override
    boolean isSyncedTo(long position) {
        return false;
    }

    @Override
    void requestSync(long position) {}

    @Override
    void beat() {}

    @Override
    void tellControlSequence(long sequence) {}

    @Override
    void sayGoodbye() {}

    private final java.util.concurrent.atomic.AtomicLong drops = new java.util.concurrent.atomic.AtomicLong();

    @Override
    void addDropped(int reason, int severity, long count) {
        drops.addAndGet(count);
    }

    @Override
    long dropped(int reason, int severity) {
        return drops.get();
    }

    @Override
    boolean isInPlace() {
        return true;
    }
}
