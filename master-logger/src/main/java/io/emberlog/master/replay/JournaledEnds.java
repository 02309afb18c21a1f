package io.emberlog.master.replay;

import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.RecoveredState;
import io.emberlog.master.journal.RingEnd;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import io.emberlog.ring.SlotSequences;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** How far the journals that were read hold the rings that will be. One thread; remembers only the rings asked for. */
final class JournaledEnds {
    /** Of one ring. */
    static final class End {
        long position = -1;
        boolean ended;
        final SlotSequences sequences = new SlotSequences();
    }

    private final Map<UUID, End> ends = new HashMap<>();
    private final RingBlockReader records = new RingBlockReader();

    /** @param wanted the rings given, and their predecessors */
    JournaledEnds(Set<UUID> wanted) {
        wanted.forEach(uuid -> ends.put(uuid, new End()));
    }

    /** Position -1 if no journal mentions it. */
    End of(UUID ring) {
        return ends.getOrDefault(ring, new End());
    }

    void add(JournalDocumentReader document) {
        if (ends.isEmpty()) {
            return;
        }
        if (document.hasState()) {
            add(document.state());
        }
        for (int i = 0; i < document.sourceCount(); i++) {
            End end = ends.get(document.sourceUuid(i));
            if (end != null) {
                end.position = Math.max(end.position, document.sourceEnd(i));
            }
        }
        for (int i = 0; i < document.segmentCount(); i++) {
            End end = ends.get(document.sourceUuid(document.segmentSource(i)));
            if (end != null) {
                addSequences(document, i, end.sequences);
            }
        }
        for (int i = 0; i < document.endedCount(); i++) {
            End end = ends.get(document.endedUuid(i));
            if (end != null) {
                add(end, document.ended(i));
            }
        }
    }

    private void add(RecoveredState state) {
        ends.forEach((uuid, end) -> {
            RingEnd known = state.rings().get(uuid);
            if (known != null) {
                add(end, known);
            }
        });
    }

    private static void add(End end, RingEnd known) {
        end.position = Math.max(end.position, known.endPosition());
        end.ended |= known.ended();
        known.lastSequences().forEach((slot, last) -> raise(end.sequences, slot, last));
    }

    private void addSequences(JournalDocumentReader document, int segment, SlotSequences sequences) {
        records.wrap(
                document.array(),
                document.segmentOffset(segment),
                document.segmentLength(segment),
                document.segmentPosition(segment));
        while (records.nextRecord()) {
            if (records.type() == MessageDescriptor.TYPE_LOG_BATCH) {
                raise(sequences, records.slot(), records.firstSequence() + records.entryCount() - 1);
            }
        }
    }

    private static void raise(SlotSequences sequences, int slot, long last) {
        if (slot < MessageDescriptor.SLOT_COUNT) {
            sequences.last(slot, Math.max(sequences.last(slot), last));
        }
    }
}
