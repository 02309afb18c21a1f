package io.emberlog.master.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Keeps a journal within its size, oldest segments first, never the newest. Call {@link #enforce} now and then on any one thread;
 * the journal must stay open meanwhile, and may be appended to.
 *
 * <p>A segment that all handlers have passed goes when the journal is too large or the segment too old; one that some handler has
 * not passed goes only when the journal is still too large, and the handler's loss is counted and reported. A live reader keeps
 * the deleted file's bytes until it leaves the file.
 *
 * <p>The process dies after this step:
 *
 * <pre>
 *  J17 some segments deleted        fewer segments                             readers start at the first retained document
 *  J18 listing refreshed            the same                                   nothing left to do
 *  J19 directory forced             the same, also after power loss            nothing left to do
 * </pre>
 */
public final class JournalRetention {
    private final Journal journal;
    private final JournalListener listener;

    public JournalRetention(Journal journal) {
        this.journal = journal;
        listener = journal.listener();
    }

    /**
     * @param handlerIndexes name of each handler to the index of the last document it is done with, or -1 for none. Handlers that
     *     are not named keep nothing.
     * @return segments deleted
     * @throws JournalException {@code UNAVAILABLE} if the directory cannot be read or a file not deleted
     */
    public int enforce(Map<String, Long> handlerIndexes) throws JournalException {
        try {
            NavigableMap<Integer, Path> segments = SegmentFiles.list(journal.directory());
            NavigableMap<Integer, Path> closed = new TreeMap<>(segments.headMap(journal.currentCycle()));
            if (closed.size() == segments.size() && !closed.isEmpty()) {
                closed.pollLastEntry();
            }
            NavigableMap<Integer, Path> doomed = choose(segments, closed, handlerIndexes);
            if (!doomed.isEmpty()) {
                delete(doomed, segments.higherKey(doomed.lastKey()), handlerIndexes);
            }
            return doomed.size();
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Reason.UNAVAILABLE, "directory=" + journal.directory() + ": " + e, e);
        }
    }

    /** Disk space the journal takes now, files set aside included. */
    public long allocatedBytes() throws JournalException {
        try {
            return total(SegmentFiles.list(journal.directory())) + total(SegmentFiles.listBroken(journal.directory()));
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Reason.UNAVAILABLE, "directory=" + journal.directory() + ": " + e, e);
        }
    }

    private NavigableMap<Integer, Path> choose(
            NavigableMap<Integer, Path> segments, NavigableMap<Integer, Path> closed, Map<String, Long> handlerIndexes)
            throws IOException {
        JournalConfig config = journal.config();
        long excess = total(segments) - config.maxSizeBytes();
        for (Map.Entry<String, Path> broken :
                SegmentFiles.listBroken(journal.directory()).entrySet()) {
            long allocated = SegmentFiles.allocatedBytes(broken.getValue());
            excess += allocated;
            if (excess > 0) {
                Files.deleteIfExists(broken.getValue());
                listener.onSegmentDeleted(broken.getValue(), allocated);
                excess -= allocated;
            }
        }
        int passed = passed(handlerIndexes);
        long oldest =
                config.maxAgeMs() == 0 ? Long.MIN_VALUE : journal.epochClock().time() - config.maxAgeMs();
        NavigableMap<Integer, Path> doomed = new TreeMap<>();
        for (Map.Entry<Integer, Path> segment : closed.entrySet()) {
            boolean old = segment.getKey() < passed
                    && Files.getLastModifiedTime(segment.getValue()).toMillis() < oldest;
            if (excess <= 0 && !old) {
                break;
            }
            doomed.put(segment.getKey(), segment.getValue());
            excess -= SegmentFiles.allocatedBytes(segment.getValue());
        }
        return doomed;
    }

    /** Number of the oldest segment that some handler may still read in. */
    private static int passed(Map<String, Long> handlerIndexes) {
        int passed = Integer.MAX_VALUE;
        for (long index : handlerIndexes.values()) {
            passed = Math.min(passed, index < 0 ? Integer.MIN_VALUE : ChronicleQueues.cycleOf(index));
        }
        return passed;
    }

    private void delete(NavigableMap<Integer, Path> doomed, Integer stays, Map<String, Long> handlerIndexes)
            throws IOException, JournalException {
        Map<String, Long> losses = losses(stays, handlerIndexes);
        for (Path segment : doomed.values()) {
            long allocated = SegmentFiles.allocatedBytes(segment);
            Files.deleteIfExists(segment);
            listener.onSegmentDeleted(segment, allocated);
        }
        journal.refreshListing();
        SegmentFiles.force(journal.directory());
        losses.forEach(listener::onRetentionLoss);
    }

    /** Records between what a handler has done and the first document that stays. */
    private Map<String, Long> losses(Integer stays, Map<String, Long> handlerIndexes) throws JournalException {
        Map<String, Long> losses = new HashMap<>();
        JournalDocumentReader document = new JournalDocumentReader();
        try (JournalReader reader = JournalReader.open(journal.directory(), JournalListener.NONE)) {
            if (stays == null || !reader.toSegment(stays) || !reader.next(document)) {
                return losses;
            }
            long firstRetained = document.firstSequence();
            handlerIndexes.forEach((handler, index) -> {
                long done = done(reader, document, index);
                if (done < firstRetained) {
                    losses.put(handler, firstRetained - done);
                }
            });
        }
        return losses;
    }

    /** Number of the first record that a handler has not done. */
    private static long done(JournalReader reader, JournalDocumentReader document, long index) {
        boolean found = reader.moveTo(index);
        if (!reader.next(document)) {
            return Long.MAX_VALUE;
        }
        return document.firstSequence() + (found ? document.recordCount() : 0);
    }

    private static long total(NavigableMap<?, Path> files) {
        return files.values().stream().mapToLong(SegmentFiles::allocatedBytes).sum();
    }
}
