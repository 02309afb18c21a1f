package io.emberlog.master.drain;

import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.ring.RingBlock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which of the held records go into one document, and in which order: by timestamp, but never one in front of another of
 * its own ring; a ring's key is the newest timestamp of what it has in this document so far. The drain thread only.
 *
 * <p>Use: {@link #begin}, {@link #add} for each ring that holds something, {@link #plan}, {@link #write}; then {@link #rings}
 * and {@link #endPosition} tell what went in.
 */
final class MergePlan {
    /** Most rings in one document. */
    static final int MAX_SOURCES = 32;

    /** Most that a ring's name and what belongs to it takes in a document. */
    static final int SOURCE_ROOM = 1200;
    /** Bytes that a segment has around its records. */
    private static final int SEGMENT_OVERHEAD = 24;

    /** How a ring stands to the others, beside the timestamps. */
    enum Turn {
        /** It waits behind a ring that has used up its budget, when its records are newer. */
        BEHIND,
        /** It goes also then. */
        SAME,
        /** It has waited for so long that it goes before any other; of several such the one whose records were seen first. */
        FIRST
    }

    /** One ring on its way through the plan. */
    private static final class Lane {
        private RingSession session;
        private long until;
        private Turn turn;
        private long seenNs;
        private int order;
        private int block;
        private int record;
        private long key;
        private int length;
        private long startPosition;
        private long endPosition;
        private int source;

        boolean isAtEnd() {
            return block == session.held().blockCount();
        }

        /** False when the next record is not to go. */
        boolean moveToEligible() {
            while (!isAtEnd() && record == session.held().block(block).recordCount()) {
                block++;
                record = isAtEnd() ? 0 : session.held().firstRecord(block);
            }
            return !isAtEnd() && timestamp() <= until;
        }

        long timestamp() {
            return session.held().block(block).timestamp(record);
        }

        long nextKey() {
            return Math.max(key, timestamp());
        }
    }

    private final JournalDocumentWriter writer;
    private final List<Lane> lanes = new ArrayList<>();
    /** Those of {@link #lanes} that may go on, as a heap: what goes first, then by key, then in the order in which they were added. */
    private Lane[] heap = new Lane[MAX_SOURCES];

    private final List<Lane> planned = new ArrayList<>();
    private final List<RingSession> rings = new ArrayList<>();
    private int laneCount;
    private int heapSize;
    private int room;
    private int budget;
    /** The key of the first ring that has used up its budget: what comes behind it waits, unless it has waited for long. */
    private long barrier;

    private int runs;
    private Lane[] runLane = new Lane[64];
    private RingBlock[] runBlock = new RingBlock[64];
    private int[] runFrom = new int[64];
    private int[] runTo = new int[64];

    MergePlan(JournalDocumentWriter writer) {
        this.writer = writer;
    }

    /**
     * @param mostBytes room for sources and segments
     * @param ringBudget most bytes of one ring
     */
    void begin(int mostBytes, int ringBudget) {
        room = mostBytes;
        budget = ringBudget;
        forget();
        barrier = Long.MAX_VALUE;
        planned.clear();
        rings.clear();
    }

    /** Keeps no ring: its file's mapping would stay with it, and of a file in memory the space. */
    private void forget() {
        for (int i = 0; i < laneCount; i++) {
            lanes.get(i).session = null;
        }
        laneCount = 0;
        heapSize = 0;
        Arrays.fill(runBlock, 0, runs, null);
        runs = 0;
    }

    /**
     * @param untilTimestamp the ring's records go up to the first one that is newer
     * @param turn by how long its first record has waited
     */
    void add(RingSession session, long untilTimestamp, Turn turn) {
        if (laneCount == lanes.size()) {
            lanes.add(new Lane());
        }
        Lane lane = lanes.get(laneCount);
        lane.session = session;
        lane.until = untilTimestamp;
        lane.turn = turn;
        lane.seenNs = session.held().isEmpty() ? 0 : session.held().seenNs();
        lane.order = laneCount++;
        lane.block = 0;
        lane.record = session.held().isEmpty() ? 0 : session.held().firstRecord(0);
        lane.key = Long.MIN_VALUE;
        lane.length = 0;
        if (lane.moveToEligible()) {
            push(lane);
        }
    }

    /** Fills the document's room. */
    void plan() {
        while (heapSize > 0) {
            Lane lane = heap[0];
            if (lane.nextKey() > barrier && lane.turn == Turn.BEHIND) {
                pop();
            } else if (!addRun(lane)) {
                return;
            } else if (!lane.moveToEligible()) {
                pop();
            } else if (lane.length >= budget) {
                barrier = Math.min(barrier, lane.nextKey());
                pop();
            } else {
                siftDown();
            }
        }
    }

    /** The records that come before the other rings' next one; false when the document has no room for the first of them. */
    private boolean addRun(Lane lane) {
        RingBlock block = lane.session.held().block(lane.block);
        boolean first = lane.length == 0;
        int overhead = SEGMENT_OVERHEAD + (first ? SOURCE_ROOM : 0);
        int from = lane.record;
        int to = from;
        int length = 0;
        long next = lane.turn == Turn.FIRST ? Long.MAX_VALUE : second();
        while (to < block.recordCount()) {
            int more = block.recordOffset(to + 1) - block.recordOffset(to);
            long key = Math.max(lane.key, block.timestamp(to));
            if (overhead + length + more > room) {
                break;
            }
            if (to > from && (key > next || block.timestamp(to) > lane.until || lane.length + length >= budget)) {
                break;
            }
            lane.key = key;
            length += more;
            to++;
        }
        if (to == from || first && planned.size() == MAX_SOURCES) {
            return false;
        }
        if (first) {
            planned.add(lane);
            lane.startPosition = block.position() + block.recordOffset(from);
        }
        addRun(lane, block, from, to);
        room -= overhead + length;
        lane.record = to;
        lane.length += length;
        lane.endPosition = block.position() + block.recordOffset(to);
        return true;
    }

    private void addRun(Lane lane, RingBlock block, int from, int to) {
        if (runs == runFrom.length) {
            runLane = Arrays.copyOf(runLane, 2 * runs);
            runBlock = Arrays.copyOf(runBlock, 2 * runs);
            runFrom = Arrays.copyOf(runFrom, 2 * runs);
            runTo = Arrays.copyOf(runTo, 2 * runs);
        }
        runLane[runs] = lane;
        runBlock[runs] = block;
        runFrom[runs] = from;
        runTo[runs] = to;
        runs++;
    }

    /**
     * Puts the planned records into the document.
     *
     * @return log records among them
     */
    int write() {
        for (Lane lane : planned) {
            lane.source = writer.addSource(lane.session.identity, lane.startPosition, lane.endPosition);
            if (lane.source < 0) {
                throw new IllegalStateException("no room for a source in remaining=" + writer.remaining());
            }
            rings.add(lane.session);
        }
        int entries = 0;
        for (int i = 0; i < runs; i++) {
            RingBlock block = runBlock[i];
            int offset = block.recordOffset(runFrom[i]);
            int length = block.recordOffset(runTo[i]) - offset;
            if (!writer.addSegment(runLane[i].source, block.position() + offset, block.bytes(), offset, length)) {
                throw new IllegalStateException("no room for a segment of " + length + " in " + writer.remaining());
            }
            for (int record = runFrom[i]; record < runTo[i]; record++) {
                entries += block.entryCount(record);
            }
        }
        return entries;
    }

    /** True when nothing goes. */
    boolean isEmpty() {
        return planned.isEmpty();
    }

    /** The rings that {@link #write} put into the document. */
    List<RingSession> rings() {
        return rings;
    }

    /** Ring position behind the last record of the {@code i}-th of {@link #rings} in the document. */
    long endPosition(int i) {
        return planned.get(i).endPosition;
    }

    // --- the heap --------------------------------------------------------------------------------------------------

    private void push(Lane lane) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, 2 * heapSize);
        }
        int at = heapSize++;
        while (at > 0 && isBefore(lane, heap[(at - 1) / 2])) {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = lane;
    }

    private void pop() {
        heap[0] = heap[--heapSize];
        heap[heapSize] = null;
        if (heapSize > 0) {
            siftDown();
        }
    }

    /** After the key of the first lane grew. */
    private void siftDown() {
        Lane lane = heap[0];
        int at = 0;
        while (2 * at + 1 < heapSize) {
            int child = 2 * at + 1;
            if (child + 1 < heapSize && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], lane)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = lane;
    }

    /** Smallest key of the other lanes. */
    private long second() {
        long key = Long.MAX_VALUE;
        for (int child = 1; child <= 2 && child < heapSize; child++) {
            key = Math.min(key, heap[child].nextKey());
        }
        return key;
    }

    private static boolean isBefore(Lane a, Lane b) {
        boolean first = a.turn == Turn.FIRST;
        if (first != (b.turn == Turn.FIRST)) {
            return first;
        }
        if (first && a.seenNs != b.seenNs) {
            return a.seenNs - b.seenNs < 0;
        }
        long keyA = a.nextKey();
        long keyB = b.nextKey();
        return keyA < keyB || keyA == keyB && a.order < b.order;
    }
}
