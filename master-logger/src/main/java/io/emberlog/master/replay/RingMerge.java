package io.emberlog.master.replay;

import io.emberlog.handler.LogRecord;
import io.emberlog.ring.SlotSequences;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;

/**
 * The records of several rings in one order: each ring in the order of its positions, a ring behind its predecessor, and
 * apart from that by time, as the master merges what one pass sees. One thread; holds one block of each ring.
 */
final class RingMerge {
    private final JournaledEnds journaled;
    private final PriorityQueue<RingCursor> heads = new PriorityQueue<>(Comparator.comparingLong(RingCursor::key)
            .thenComparing(cursor -> cursor.part().path()));
    private final Map<UUID, List<RingCursor>> successors = new HashMap<>();

    RingMerge(JournaledEnds journaled) {
        this.journaled = journaled;
    }

    /** Hands on every record; returns when there are no more. */
    void run(List<RingCursor> rings, RecordSink sink, Runnable step) throws IOException {
        for (RingCursor first : roots(rings)) {
            start(first, null);
        }
        LogRecord view = new LogRecord();
        while (!heads.isEmpty()) {
            RingCursor ring = heads.poll();
            ring.emit(view, sink);
            advance(ring);
            step.run();
        }
    }

    /** Rings that wait for no other; a circle of predecessors, which only forgery makes, is broken at its first ring. */
    private List<RingCursor> roots(List<RingCursor> rings) {
        Map<UUID, RingCursor> byUuid = new HashMap<>();
        rings.forEach(ring -> byUuid.putIfAbsent(ring.uuid(), ring));
        List<RingCursor> roots = new ArrayList<>();
        for (RingCursor ring : rings) {
            if (waits(ring, byUuid)) {
                successors
                        .computeIfAbsent(ring.predecessor(), uuid -> new ArrayList<>())
                        .add(ring);
            } else {
                roots.add(ring);
            }
        }
        return roots;
    }

    private static boolean waits(RingCursor ring, Map<UUID, RingCursor> byUuid) {
        Set<UUID> seen = new HashSet<>();
        RingCursor at = ring;
        while (at != null && seen.add(at.uuid())) {
            at = at.predecessor() == null ? null : byUuid.get(at.predecessor());
        }
        boolean circle = at != null;
        return !circle && ring.predecessor() != null && byUuid.containsKey(ring.predecessor());
    }

    private void start(RingCursor ring, SlotSequences before) {
        SlotSequences known =
                before == null && ring.predecessor() != null ? journaled.of(ring.predecessor()).sequences : before;
        if (ring.start(journaled.of(ring.uuid()), known)) {
            advance(ring);
        } else {
            finish(ring);
        }
    }

    private void advance(RingCursor ring) {
        if (ring.next()) {
            heads.add(ring);
        } else {
            finish(ring);
        }
    }

    private void finish(RingCursor ring) {
        List<RingCursor> waiting = successors.remove(ring.uuid());
        if (waiting != null) {
            waiting.forEach(successor -> start(successor, ring.sequences(journaled.of(ring.uuid()))));
        }
    }
}
