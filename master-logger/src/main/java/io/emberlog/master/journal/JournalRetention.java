package io.emberlog.master.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Keeps a journal within its size, oldest segments first, never the newest. Call {@link #enforce} now and then on any one thread;
 * the journal must stay open meanwhile, and may be appended to.
 *
 * <p>A segment that all handlers have passed goes when the journal is too large or the segment too old; one that some handler has
 * not passed goes only when the journal is still too large, and the handler's loss is reported: by number, each record once. A
 * live reader keeps the deleted file's bytes until it leaves the file. (docs/decisions/075-age-deletes-nothing-undelivered.md)
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
     * @param places name of each handler to where it is. Handlers that are not named keep nothing.
     * @return segments deleted
     * @throws JournalException {@code UNAVAILABLE} if the directory cannot be read or a file not deleted
     */
    public int enforce(Map<String, HandlerPlace> places) throws JournalException {
        try {
            if (journal.isListingDoubtful()) {
                journal.refreshListing();
            }
            NavigableMap<Integer, Path> segments = SegmentFiles.list(journal.directory());
            NavigableMap<Integer, Path> closed = new TreeMap<>(segments.headMap(journal.currentCycle()));
            if (closed.size() == segments.size() && !closed.isEmpty()) {
                closed.pollLastEntry();
            }
            NavigableMap<Integer, Path> doomed = choose(segments, closed, places);
            if (!doomed.isEmpty()) {
                doomed = beforeNewestState(doomed);
            }
            if (!doomed.isEmpty()) {
                delete(doomed, segments.higherKey(doomed.lastKey()), places);
            }
            return doomed.size();
        } catch (IOException | RuntimeException e) {
            if (!JournalReader.isOfThisProcess(e)) {
                throw (RuntimeException) e;
            }
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

    /**
     * The newest document that says where every ring stands is what recovery begins with: without it a ring that logged
     * nothing since would be unknown, and what the journal had of it would be taken once more. A journal without any has
     * too many rings for one, or is not a master's. It is forced to the device before the one that it takes the place of goes:
     * rings on a disk outlive a power cut, too.
     */
    private NavigableMap<Integer, Path> beforeNewestState(NavigableMap<Integer, Path> doomed) throws JournalException {
        long state = JournalRecovery.newestState(journal.directory(), new JournalDocumentReader());
        if (state < 0) {
            return doomed;
        }
        forceIfItCan(state);
        return new TreeMap<>(doomed.headMap(segmentOf(state)));
    }

    private void forceIfItCan(long index) {
        if (index <= journal.syncedIndex()) {
            return;
        }
        try {
            journal.sync();
        } catch (JournalException refused) {
            return; // told by the journal's listener; and what the device lacks may be the very space that is given
            // back here
        }
    }

    private NavigableMap<Integer, Path> choose(
            NavigableMap<Integer, Path> segments, NavigableMap<Integer, Path> closed, Map<String, HandlerPlace> places)
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
        int passed = passed(places);
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
    private static int passed(Map<String, HandlerPlace> places) {
        int passed = Integer.MAX_VALUE;
        for (HandlerPlace place : places.values()) {
            passed = Math.min(passed, segmentOf(place.storedIndex()));
        }
        return passed;
    }

    private void delete(NavigableMap<Integer, Path> doomed, Integer stays, Map<String, HandlerPlace> places)
            throws IOException, JournalException {
        List<Loss> losses = losses(stays, places);
        for (Path segment : doomed.values()) {
            long allocated = SegmentFiles.allocatedBytes(segment);
            Files.deleteIfExists(segment);
            listener.onSegmentDeleted(segment, allocated);
        }
        journal.refreshListing();
        SegmentFiles.force(journal.directory());
        for (Loss loss : losses) {
            listener.onRetentionLoss(
                    loss.handler, loss.first, loss.last, journal.config().maxSizeBytes());
        }
    }

    /** Records between those a handler has, or still comes to in its open file, and the first document that stays. */
    private List<Loss> losses(Integer stays, Map<String, HandlerPlace> places) throws IOException, JournalException {
        List<Loss> losses = new ArrayList<>();
        JournalDocumentReader document = new JournalDocumentReader();
        try (JournalReader reader = JournalReader.open(journal.directory(), JournalListener.NONE)) {
            if (stays == null || !reader.next(document)) {
                return losses;
            }
            long firstBefore = document.firstSequence();
            if (!reader.toSegment(stays) || !reader.next(document)) {
                return losses;
            }
            long firstRetained = document.firstSequence();
            for (Map.Entry<String, HandlerPlace> handler : places.entrySet()) {
                long from = Math.max(firstBefore, next(reader, document, handler.getValue()));
                if (from < firstRetained) {
                    losses.add(new Loss(handler.getKey(), from, firstRetained - 1));
                }
            }
        }
        return losses;
    }

    /** Number of the first record that the handler cannot have any more once the files are deleted. */
    private long next(JournalReader reader, JournalDocumentReader document, HandlerPlace place) throws IOException {
        if (place.readingIndex() >= 0) {
            Integer behind = SegmentFiles.list(journal.directory()).higherKey(segmentOf(place.readingIndex()));
            return behind != null && reader.toSegment(behind) && reader.next(document)
                    ? document.firstSequence()
                    : Long.MAX_VALUE;
        }
        boolean found = reader.moveTo(place.storedIndex());
        if (!reader.next(document)) {
            return Long.MAX_VALUE;
        }
        return document.firstSequence() + (found ? document.recordCount() : 0);
    }

    private static int segmentOf(long index) {
        return index < 0 ? Integer.MIN_VALUE : ChronicleQueues.cycleOf(index);
    }

    private record Loss(String handler, long first, long last) {}

    private static long total(NavigableMap<?, Path> files) {
        return files.values().stream().mapToLong(SegmentFiles::allocatedBytes).sum();
    }
}
