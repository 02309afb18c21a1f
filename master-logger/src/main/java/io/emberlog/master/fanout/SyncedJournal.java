package io.emberlog.master.fanout;

import java.util.function.LongPredicate;

/**
 * How far the journal is on its device. A checkpoint that knew more of the journal than a power cut leaves of it would make its
 * handler skip what comes later, or number it twice; so none is stored before the journal is synced that far. Any thread.
 */
public interface SyncedJournal {
    /** Checkpoints wait for nothing: they may be ahead of what a power cut leaves of the journal. */
    SyncedJournal NOT_AWAITED = of(index -> true, () -> {});

    /** Whether this document and all before it are on the device; -1 is in front of the first. */
    boolean covers(long documentIndex);

    /** Asks for what is appended now; does not wait. */
    void request();

    /** The same of two functions. */
    static SyncedJournal of(LongPredicate covers, Runnable request) {
        return new SyncedJournal() {
            @Override
            public boolean covers(long documentIndex) {
                return documentIndex < 0 || covers.test(documentIndex);
            }

            @Override
            public void request() {
                request.run();
            }
        };
    }
}
