package io.emberlog.master.fanout;

import java.util.concurrent.atomic.AtomicLong;

/** How far the journal is written. The drain's thread writes; any thread reads. */
final class JournalHead {
    private final AtomicLong lastIndex;
    private final AtomicLong nextSequence;
    private final AtomicLong documents = new AtomicLong();
    private final AppendTimes times;

    /**
     * @param lastIndex of the last document; -1 when there is none
     * @param nextSequence number that the next record will have
     */
    JournalHead(long lastIndex, long nextSequence) {
        this.lastIndex = new AtomicLong(lastIndex);
        this.nextSequence = new AtomicLong(nextSequence);
        times = new AppendTimes(nextSequence);
    }

    /**
     * Ends with a volatile store. Its partner is the volatile load of {@link #documents} in {@link AgentThread}: either the agent's
     * thread sees this document before it parks, or the drain sees that it has parked.
     *
     * @param epochNs wall clock
     */
    void appended(long documentIndex, long sequenceBehind, long epochNs) {
        times.appended(sequenceBehind, epochNs);
        lastIndex.setRelease(documentIndex);
        nextSequence.setRelease(sequenceBehind);
        documents.set(documents.getPlain() + 1);
    }

    long lastIndex() {
        return lastIndex.getAcquire();
    }

    long nextSequence() {
        return nextSequence.getAcquire();
    }

    /** When the record of that number was journaled; -1 where that was too long ago, or is still to come. */
    long appendedEpochNs(long sequence) {
        return times.epochNs(sequence);
    }

    /** Appended since the start. */
    long documents() {
        return documents.get();
    }
}
