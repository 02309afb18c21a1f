package io.emberlog.samples.storm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** When the ids of records came to a service, the last time each. Any thread. */
final class Arrivals {
    /** Most ids of one batch, and more. */
    private static final int BATCH_BITS = 24;

    private final Map<String, Long> last = new HashMap<>();
    private long batches;

    /** @param inOrder whether the order within the batch is that of the service's records */
    synchronized void add(List<String> ids, boolean inOrder) {
        long time = ++batches << BATCH_BITS;
        for (String id : ids) {
            last.put(id, time);
            time += inOrder ? 1 : 0;
        }
    }

    synchronized long batches() {
        return batches;
    }

    synchronized int size() {
        return last.size();
    }

    /** Later ones have larger times; equal ones came together. Null when it never came. */
    synchronized Long last(String id) {
        return last.get(id);
    }

    synchronized Set<String> ids() {
        return Set.copyOf(last.keySet());
    }
}
