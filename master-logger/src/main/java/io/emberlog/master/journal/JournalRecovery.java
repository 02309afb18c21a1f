package io.emberlog.master.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Finds out what the journal has taken, for a master that starts and after {@link Journal#reopen()}.
 *
 * <p>Segments backward to the newest that has a STATE among its first documents, then documents forward: each STATE replaces
 * what was known, each other document adds to it. Forward, because a chain of documents can always be followed in that direction,
 * whatever a crash has done to Chronicle's index. Reads at most two segments, since the drain makes the second document of every
 * segment a STATE.
 */
public final class JournalRecovery {
    /** A STATE is looked for in this many documents at the start of a segment. */
    private static final int STATE_WITHIN = 8;

    private final JournalListener listener;
    private final Map<UUID, Ring> rings = new HashMap<>();
    private long nextSequence;

    private JournalRecovery(JournalListener listener) {
        this.listener = listener;
    }

    /** For the drain's thread, while nothing is appended. Broken documents and gaps are reported to the journal's listener. */
    public static RecoveredState recover(Journal journal) throws JournalException {
        return recover(journal.directory(), journal.listener());
    }

    /** The same for a tool; with a master running, a state of some moment between start and end of the call. */
    public static RecoveredState recover(Path directory, JournalListener listener) throws JournalException {
        try (JournalReader reader = JournalReader.open(directory, listener)) {
            return new JournalRecovery(listener).recover(directory, reader);
        } catch (RuntimeException | Error e) {
            if (!JournalReader.isOfThisProcess(e)) {
                throw e;
            }
            throw new JournalException(
                    JournalException.Reason.UNAVAILABLE, "directory=" + directory + " cannot be read: " + e, e);
        }
    }

    private RecoveredState recover(Path directory, JournalReader reader) throws JournalException {
        JournalDocumentReader document = new JournalDocumentReader();
        reader.moveTo(newestState(directory, document)); // from the first retained one where there is none
        while (reader.next(document)) {
            if (document.hasState()) {
                replace(document.state());
            }
            add(document, reader.index());
        }
        Map<UUID, RingEnd> ends = new HashMap<>();
        rings.forEach((uuid, ring) -> ends.put(uuid, ring.toEnd()));
        return new RecoveredState(nextSequence, ends);
    }

    /** Index of the newest document that is known to say where everything stands, or -1. Reports nothing: what is read here is read again. */
    static long newestState(Path directory, JournalDocumentReader document) throws JournalException {
        try (JournalReader reader = JournalReader.open(directory, JournalListener.NONE)) {
            for (int cycle : SegmentFiles.list(directory).descendingKeySet()) {
                boolean found = reader.toSegment(cycle);
                for (int i = 0; found && i < STATE_WITHIN && reader.next(document); i++) {
                    if (document.hasState()) {
                        return reader.index();
                    }
                }
            }
            return -1;
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Reason.UNAVAILABLE, "directory=" + directory + " cannot be listed: " + e, e);
        }
    }

    private void replace(RecoveredState state) {
        rings.clear();
        state.rings().forEach((uuid, end) -> rings.put(uuid, new Ring(end)));
        nextSequence = state.nextSequence();
    }

    private void add(JournalDocumentReader document, long index) {
        nextSequence = document.firstSequence() + document.recordCount();
        for (int i = 0; i < document.sourceCount(); i++) {
            Ring ring = ring(document.sourceUuid(i));
            ring.endPosition = Math.max(ring.endPosition, document.sourceEnd(i));
        }
        for (int i = 0; i < document.segmentCount(); i++) {
            Ring ring = ring(document.sourceUuid(document.segmentSource(i)));
            int end = document.segmentOffset(i) + document.segmentLength(i);
            int stopped = RingRecords.lastSequences(
                    document.array(), document.segmentOffset(i), document.segmentLength(i), ring.lastSequences);
            if (stopped != end) {
                listener.onBroken(index, "segment " + i + " holds no record at " + stopped + " of " + end);
            }
        }
        for (int i = 0; i < document.endedCount(); i++) {
            RingEnd end = document.ended(i);
            Ring ring = ring(document.endedUuid(i));
            ring.ended = true;
            ring.endPosition = Math.max(ring.endPosition, end.endPosition());
            end.lastSequences().forEach((slot, last) -> ring.lastSequences.merge(slot, last, Math::max));
        }
    }

    private Ring ring(UUID uuid) {
        return rings.computeIfAbsent(uuid, key -> new Ring());
    }

    private static final class Ring {
        private final Map<Integer, Long> lastSequences = new HashMap<>();
        private long endPosition;
        private boolean ended;

        Ring() {}

        Ring(RingEnd end) {
            endPosition = end.endPosition();
            ended = end.ended();
            lastSequences.putAll(end.lastSequences());
        }

        RingEnd toEnd() {
            return new RingEnd(endPosition, ended, lastSequences);
        }
    }
}
