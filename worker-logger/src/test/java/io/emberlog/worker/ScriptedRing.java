package io.emberlog.worker;

import io.emberlog.ring.VarHandleBuffer;
import java.util.UUID;

/** A real ring with places where a test steps in. What a step throws comes out of the ring as a fault would. */
final class ScriptedRing extends WorkerRing {
    /** Runs around one offer. */
    interface Step {
        Step NONE = (type, result) -> result;

        /** @return what offer returns instead */
        int run(int type, int result);
    }

    private static final int TYPE_STAGED = 1;

    final WorkerRing real;
    volatile Step beforeStage = Step.NONE;
    volatile Step afterStage = Step.NONE;
    volatile Step beforePublish = Step.NONE;
    volatile Step afterPublish = Step.NONE;
    volatile Step beforeOffer = Step.NONE;
    volatile Step afterOffer = Step.NONE;
    volatile Runnable beforeSeal = () -> {};
    volatile Runnable beforeClose = () -> {};
    volatile Runnable afterClose = () -> {};
    volatile Runnable afterSeal = () -> {};
    volatile Runnable afterCount = () -> {};
    volatile Runnable beforeWake = () -> {};

    ScriptedRing(WorkerRing real) {
        this.real = real;
    }

    @Override
    boolean isWakeWanted() {
        beforeWake.run();
        return real.isWakeWanted();
    }

    @Override
    void wakeDrain() {
        real.wakeDrain();
    }

    @Override
    int offer(int type, VarHandleBuffer source, int length, boolean mayUseReserve) {
        beforeOffer.run(type, 0);
        return afterOffer.run(type, real.offer(type, source, length, mayUseReserve));
    }

    @Override
    int offerLast(int type, VarHandleBuffer source, int length) {
        beforeOffer.run(type, 0);
        return afterOffer.run(type, real.offerLast(type, source, length));
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
        beforeStage.run(TYPE_STAGED, 0);
        return afterStage.run(
                TYPE_STAGED, real.stage(slot, sequence, source, offset, length, entryCount, highestSeverity));
    }

    @Override
    int publish(int slot, boolean mayUseReserve) {
        beforePublish.run(TYPE_STAGED, 0);
        return afterPublish.run(TYPE_STAGED, real.publish(slot, mayUseReserve));
    }

    @Override
    int staged(int slot) {
        return real.staged(slot);
    }

    @Override
    int stagedSeverity(int slot) {
        return real.stagedSeverity(slot);
    }

    @Override
    int stagingRoom() {
        return real.stagingRoom();
    }

    @Override
    void seal() {
        beforeSeal.run();
        real.seal();
        afterSeal.run();
    }

    @Override
    void closeTail() {
        beforeClose.run();
        real.closeTail();
        afterClose.run();
    }

    @Override
    boolean isInPlace() {
        return real.isInPlace();
    }

    @Override
    boolean isOpen() {
        return real.isOpen();
    }

    @Override
    UUID uuid() {
        return real.uuid();
    }

    @Override
    int capacity() {
        return real.capacity();
    }

    @Override
    int maxPayloadLength() {
        return real.maxPayloadLength();
    }

    @Override
    long tail() {
        return real.tail();
    }

    @Override
    long backlog() {
        return real.backlog();
    }

    @Override
    boolean isJournaledTo(long position) {
        return real.isJournaledTo(position);
    }

    @Override
    boolean isSyncedTo(long position) {
        return real.isSyncedTo(position);
    }

    @Override
    void requestSync(long position) {
        real.requestSync(position);
    }

    @Override
    void beat() {
        real.beat();
    }

    @Override
    void tellControlSequence(long sequence) {
        real.tellControlSequence(sequence);
    }

    @Override
    void sayGoodbye() {
        real.sayGoodbye();
    }

    @Override
    void addDropped(int reason, int severity, long count) {
        real.addDropped(reason, severity, count);
    }

    @Override
    void settleIfCut() {
        afterCount.run();
        real.settleIfCut();
    }

    @Override
    long dropped(int reason, int severity) {
        return real.dropped(reason, severity);
    }
}
