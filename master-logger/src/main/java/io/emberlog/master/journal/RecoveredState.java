package io.emberlog.master.journal;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the journal says has been taken.
 *
 * @param nextSequence global number of the next record; 0 for an empty journal
 * @param rings ring uuid to its end; the master's own records count as a ring; in ascending order, immutable
 */
public record RecoveredState(long nextSequence, Map<UUID, RingEnd> rings) {
    /** An empty journal. */
    public static final RecoveredState FRESH = new RecoveredState(0, Map.of());

    public RecoveredState {
        rings = Collections.unmodifiableMap(new TreeMap<>(rings));
    }
}
