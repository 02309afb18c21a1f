package io.emberlog.master.journal;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far the journal holds a ring.
 *
 * @param endPosition ring position up to which every record is in the journal
 * @param ended the ring is finished: never read it again, only unlink it
 * @param lastSequences worker slot to the last sequence journaled from it; in ascending order, immutable
 */
public record RingEnd(long endPosition, boolean ended, Map<Integer, Long> lastSequences) {
    public RingEnd {
        lastSequences = Collections.unmodifiableMap(new TreeMap<>(lastSequences));
    }
}
