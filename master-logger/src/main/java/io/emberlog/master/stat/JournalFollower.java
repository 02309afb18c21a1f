package io.emberlog.master.stat;

import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalScanner;
import io.emberlog.master.stat.ChannelStat.Journal;
import io.emberlog.message.Heartbeat;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A journal from outside, look by look: what was appended since the last one, and when older records were. One thread. */
final class JournalFollower implements AutoCloseable {
    /** A ring whose owner is gone was drained last, so its goodbye is near the end; further back it is not worth the reading. */
    private static final long GOODBYE_SEARCH_BYTES = 64L << 20;

    private final Path directory;
    private final JournalScanner scanner;
    private final JournalDocumentReader document = new JournalDocumentReader();
    private final RingBlockReader ringRecords = new RingBlockReader();
    private final Map<UUID, Long> recordsByRing = new HashMap<>();
    private final Map<String, Place> places = new HashMap<>();
    private long records;
    private long nextSequence;
    private long appendedEpochNs = -1;

    private JournalFollower(Path directory, JournalScanner scanner) {
        this.directory = directory;
        this.scanner = scanner;
    }

    /**
     * Takes the first look, at the journal's end.
     *
     * @return null when there is no journal
     */
    static JournalFollower open(Path directory) throws IOException, JournalException {
        if (!JournalScanner.isJournal(directory)) {
            return null;
        }
        JournalFollower follower = new JournalFollower(directory, JournalScanner.open(directory, JournalListener.NONE));
        follower.scanner.toEnd();
        if (follower.scanner.previous(follower.document)) {
            follower.took();
            follower.scanner.next(follower.document);
        }
        return follower;
    }

    /** Forgets the counts of the last interval. */
    void beginInterval() {
        records = 0;
        recordsByRing.clear();
    }

    /** Counts what has been appended since the last call. */
    void look() throws IOException {
        while (scanner.next(document)) {
            took();
            records += document.recordCount();
            for (int i = 0; i < document.segmentCount(); i++) {
                recordsByRing.merge(document.sourceUuid(document.segmentSource(i)), countRecords(i), Long::sum);
            }
        }
    }

    /** Of this ring, in this interval. */
    long records(UUID ring) {
        return recordsByRing.getOrDefault(ring, 0L);
    }

    Journal stat(long intervalNs) throws IOException, JournalException {
        long apparent = 0;
        long allocated = 0;
        Map<Integer, Path> segments = JournalScanner.segments(directory);
        for (Path segment : segments.values()) {
            if (Files.exists(segment)) { // retention may delete one meanwhile
                apparent += Files.size(segment);
                allocated += JournalScanner.allocatedBytes(segment);
            }
        }
        return new Journal(
                directory,
                segments.size(),
                firstSequence(),
                nextSequence,
                apparent,
                allocated,
                appendedEpochNs,
                RingSample.perSecond(records, intervalNs),
                JournalScanner.isRefused(directory));
    }

    /**
     * How long the first record that a handler has not done has been in the journal. Remembers the place, so that it need not
     * be looked for while the handler moves little.
     *
     * @return 0 when it has done all
     */
    long lagNs(String handler, long sequence, long nowEpochNs) throws IOException, JournalException {
        if (sequence >= nextSequence) {
            places.remove(handler);
            return 0;
        }
        Place place = places.get(handler);
        if (place == null || sequence < place.firstSequence || sequence >= place.endSequence) {
            place = find(sequence);
            places.put(handler, place);
        }
        return Math.max(0, nowEpochNs - place.appendedEpochNs);
    }

    /** @return those of these rings whose last heartbeat in the journal is a goodbye */
    Set<UUID> goodbyes(Set<UUID> rings) throws IOException, JournalException {
        Set<UUID> wanted = new HashSet<>(rings);
        Set<UUID> goodbyes = new HashSet<>();
        if (wanted.isEmpty()) {
            return goodbyes;
        }
        try (JournalScanner back = JournalScanner.open(directory, JournalListener.NONE)) {
            back.toEnd();
            JournalDocumentReader found = new JournalDocumentReader();
            long budget = GOODBYE_SEARCH_BYTES;
            while (!wanted.isEmpty() && budget > 0 && back.previous(found)) {
                for (int i = found.segmentCount() - 1; i >= 0; i--) {
                    budget -= found.segmentLength(i);
                    UUID ring = found.sourceUuid(found.segmentSource(i));
                    if (wanted.contains(ring)) {
                        judge(found, i, ring, wanted, goodbyes);
                    }
                }
            }
        }
        return goodbyes;
    }

    @Override
    public void close() throws IOException {
        scanner.close();
    }

    /** Looks at the last heartbeat of a piece of a ring; nothing may come behind a goodbye, so one decides. */
    private void judge(JournalDocumentReader in, int segment, UUID ring, Set<UUID> wanted, Set<UUID> goodbyes) {
        wrap(in, segment);
        while (ringRecords.nextRecord()) {
            if (ringRecords.type() == MessageDescriptor.TYPE_HEARTBEAT) {
                wanted.remove(ring);
                if (Heartbeat.isGoodbye(in.array(), ringRecords.payloadOffset())) {
                    goodbyes.add(ring);
                } else {
                    goodbyes.remove(ring);
                }
            }
        }
    }

    private void took() {
        nextSequence = document.firstSequence() + document.recordCount();
        appendedEpochNs = document.appendedEpochNs();
    }

    private long countRecords(int segment) {
        long count = 0;
        wrap(document, segment);
        while (ringRecords.nextRecord()) {
            count += switch (ringRecords.type()) {
                case MessageDescriptor.TYPE_LOG_BATCH -> ringRecords.entryCount();
                case MessageDescriptor.TYPE_DROPPED -> 1;
                default -> 0;
            };
        }
        return count;
    }

    private void wrap(JournalDocumentReader in, int segment) {
        ringRecords.wrap(in.array(), in.segmentOffset(segment), in.segmentLength(segment), in.segmentPosition(segment));
    }

    private long firstSequence() throws IOException, JournalException {
        try (JournalScanner first = JournalScanner.open(directory, JournalListener.NONE)) {
            JournalDocumentReader found = new JournalDocumentReader();
            while (first.next(found)) {
                if (found.recordCount() > 0) {
                    return found.firstSequence();
                }
            }
        }
        return -1;
    }

    private Place find(long sequence) throws IOException, JournalException {
        try (JournalScanner search = JournalScanner.open(directory, JournalListener.NONE)) {
            JournalDocumentReader found = new JournalDocumentReader();
            search.skipSegments(first -> first.firstSequence() <= sequence);
            while (search.next(found)) {
                long end = found.firstSequence() + found.recordCount();
                if (end > sequence) {
                    return new Place(Math.min(sequence, found.firstSequence()), end, found.appendedEpochNs());
                }
            }
        }
        return new Place(sequence, sequence, appendedEpochNs); // damaged to its end: all that can be told
    }

    /** A document, by its numbers. */
    private record Place(long firstSequence, long endSequence, long appendedEpochNs) {}
}
