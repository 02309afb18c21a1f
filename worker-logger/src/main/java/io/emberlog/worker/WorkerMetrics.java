package io.emberlog.worker;

import io.emberlog.message.DropReason;
import java.util.Map;

/**
 * What a worker has done since it was opened; momentary, so that numbers of calls in flight may be in one field and not
 * yet in another.
 *
 * @param appended records acknowledged
 * @param bytes of those records as they stand in the ring, without the ring's own header and padding
 * @param largestRecord bytes of the largest of them
 * @param dropped records not taken, by reason; reasons without any are absent
 * @param ringUsed bytes in the current ring that the master has not taken yet; 0 when there is no ring
 * @param ringCapacity bytes of the current ring; 0 when there is none
 * @param staged bytes that wait in staging areas to become batches; 0 in immediate mode
 * @param batches batches that went from a staging area into a ring
 * @param rings rings made so far; more than one when a ring was replaced
 */
public record WorkerMetrics(
        long appended,
        long bytes,
        int largestRecord,
        Map<DropReason, Long> dropped,
        long ringUsed,
        int ringCapacity,
        long staged,
        long batches,
        int rings) {

    /** Records not taken, whatever the reason. */
    public long droppedTotal() {
        return dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Sums over slots. */
    static final class Sums {
        long appended;
        long bytes;
        int largest;
        long batches;

        void add(long slotAppended, long slotBytes, int slotLargest, long slotBatches) {
            appended += slotAppended;
            bytes += slotBytes;
            batches += slotBatches;
            largest = Math.max(largest, slotLargest);
        }
    }
}
