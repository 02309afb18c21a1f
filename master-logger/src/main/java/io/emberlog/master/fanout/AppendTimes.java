package io.emberlog.master.fanout;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When the last {@value #CAPACITY} documents with records were journaled, for the age of a record that waits behind one of them. The
 * drain's thread writes; any thread reads, wait-free.
 *
 * <pre>
 *  entry n, at n mod CAPACITY     i64 number behind the document's last record | i64 appendedEpochNs
 * </pre>
 *
 * The entry that is being written takes the place of number {@code count - CAPACITY}, so a reader that has met that one, or an older
 * one, by the time it is done has met bytes of two entries.
 */
final class AppendTimes {
    static final int CAPACITY = 4096;
    private static final int MASK = CAPACITY - 1;

    private final long firstSequence;
    private final AtomicLongArray entries = new AtomicLongArray(2 * CAPACITY);
    private final AtomicLong count = new AtomicLong();
    /** The writer's. */
    private long lastSequence;

    /** @param nextSequence number that the next record will have */
    AppendTimes(long nextSequence) {
        firstSequence = nextSequence;
        lastSequence = nextSequence;
    }

    /** @param sequenceBehind the document's last record; what is not above the one before has no record */
    void appended(long sequenceBehind, long epochNs) {
        if (sequenceBehind <= lastSequence) {
            return;
        }
        lastSequence = sequenceBehind;
        long n = count.getPlain();
        entries.setRelease(sequenceAt(n), sequenceBehind);
        entries.setRelease(sequenceAt(n) + 1, epochNs);
        count.setRelease(n + 1);
    }

    /** When the record of that number was journaled; -1 where that was too long ago, or is still to come. */
    long epochNs(long sequence) {
        long end = count.getAcquire();
        long oldest = Math.max(0, end - CAPACITY + 1);
        long found = -1;
        long n = end - 1;
        while (n >= oldest && entries.getAcquire(sequenceAt(n)) > sequence) {
            found = entries.getAcquire(sequenceAt(n) + 1);
            n--;
        }
        boolean isFirstBehind = n >= oldest || oldest == 0 && sequence >= firstSequence;
        boolean isWhole = Math.max(n, oldest) > count.getAcquire() - CAPACITY;
        return isFirstBehind && isWhole ? found : -1;
    }

    private static int sequenceAt(long n) {
        return (int) (n & MASK) << 1;
    }
}
