package io.emberlog.master.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Predicate;

/**
 * Reads a journal's segments as plain files, in both directions: for tools. One thread; in any process, while a master
 * writes or with none.
 *
 * <p>Where {@link JournalReader} goes through Chronicle, maps the files and needs its listing, this reads through
 * channels alone: it opens files for reading and nothing else, takes no lock, starts in no time, and what it meets in a
 * damaged or hostile file can only be an {@link IOException} or a report to the listener. What both deliver of a whole
 * journal is the same. (docs/decisions/030-tools-read-segments-as-files.md)
 *
 * <p>A document whose CRC32C does not match is reported and stepped over. Where the chain of blocks itself is damaged,
 * the search goes on word by word for the next block that is a document by its framing, its CRC32C and its number. For
 * {@link JournalListener#onBroken} the index is the byte in the segment that the text names.
 */
public final class JournalScanner implements AutoCloseable {
    private static final long NONE = -1;
    private static final SegmentReader.Damage SILENT = (position, what) -> {};

    private final Path directory;
    private final JournalListener listener;
    private final byte[] document = new byte[JournalDocumentWriter.MAX_LENGTH];
    private NavigableMap<Integer, Path> segments;
    private SegmentReader current;
    private int cycle = -1;
    private long expectedSequence = NONE;
    private long bytesBefore;

    private JournalScanner(Path directory, NavigableMap<Integer, Path> segments, JournalListener listener) {
        this.directory = directory;
        this.segments = segments;
        this.listener = listener;
    }

    /**
     * Starts in front of the first retained document.
     *
     * @throws JournalException {@code UNAVAILABLE} if the directory cannot be listed or holds no journal
     */
    public static JournalScanner open(Path directory, JournalListener listener) throws JournalException {
        try {
            if (!isJournal(directory)) {
                throw new JournalException(
                        JournalException.Reason.UNAVAILABLE, directory + " holds no journal: no segment (*.cq4) in it");
            }
            return new JournalScanner(directory, SegmentFiles.list(directory), listener);
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Reason.UNAVAILABLE, directory + " cannot be listed: " + e.getMessage(), e);
        }
    }

    /** Whether the directory has what a master makes in it when it opens a journal: also one that is still empty. */
    public static boolean isJournal(Path directory) throws IOException {
        return Files.isDirectory(directory)
                && (Files.exists(directory.resolve(ChronicleQueues.METADATA_FILE))
                        || !SegmentFiles.list(directory).isEmpty());
    }

    /** Whether the device did not take documents of it, and they have not been written again since. */
    public static boolean isRefused(Path directory) throws IOException {
        return ForceFailure.since(directory) != ForceFailure.NONE;
    }

    /**
     * Takes the next whole document.
     *
     * @param into is wrapped around an array of this scanner: valid until the next call
     * @return false if there is none yet; a later call looks again
     */
    public boolean next(JournalDocumentReader into) throws IOException {
        while (current != null || openNext()) {
            if (!current.locate(expectedSequence, this::broken)) {
                if (!leave()) {
                    return false;
                }
                continue;
            }
            long at = current.position();
            if (current.load(document, into) < 0) {
                broken(at, into.problem());
                continue;
            }
            long firstSequence = into.firstSequence();
            if (expectedSequence != NONE && firstSequence != expectedSequence) {
                listener.onGap(expectedSequence, firstSequence);
            }
            expectedSequence = firstSequence + into.recordCount();
            return true;
        }
        return false;
    }

    /**
     * Takes the whole document in front of this place and steps back in front of it. Reports nothing.
     *
     * @return false at the start of the journal
     */
    public boolean previous(JournalDocumentReader into) throws IOException {
        expectedSequence = NONE;
        while (current != null || openLast()) {
            while (current.back()) {
                long at = current.position();
                if (current.locate(NONE, SILENT) && current.load(document, into) >= 0) {
                    current.to(at);
                    return true;
                }
                current.to(at);
            }
            Integer before = segments.lowerKey(cycle);
            if (before == null) {
                return false;
            }
            if (!open(before)) {
                return false; // deleted meanwhile, and those before it
            }
            current.toEnd();
        }
        return false;
    }

    /** The next document is the first that is appended after this call. */
    public void toEnd() throws IOException {
        expectedSequence = NONE;
        segments = SegmentFiles.list(directory);
        close();
        if (openLast()) {
            current.toEnd();
        }
    }

    /**
     * Leaves out whole segments at the journal's start: the next document is the first one of the newest segment that begins
     * early enough. Reads one document of each segment from the newest back to that one. Reports nothing.
     *
     * @param early asked for the first whole document of a segment
     * @return segments left out; 0 when none begins early enough, and the next document is the first retained one
     */
    public int skipSegments(Predicate<JournalDocumentReader> early) throws IOException {
        expectedSequence = NONE;
        segments = SegmentFiles.list(directory);
        close();
        cycle = -1;
        bytesBefore = 0;
        JournalDocumentReader first = new JournalDocumentReader();
        for (int candidate : segments.descendingKeySet()) {
            try (SegmentReader reader = new SegmentReader(segments.get(candidate))) {
                if (!reader.locate(NONE, SILENT) || reader.load(document, first) < 0 || !early.test(first)) {
                    continue;
                }
            } catch (NoSuchFileException e) {
                break; // deleted meanwhile, and those before it
            }
            NavigableMap<Integer, Path> before = segments.headMap(candidate, false);
            if (!before.isEmpty()) {
                cycle = before.lastKey();
                for (Path skipped : before.values()) {
                    bytesBefore += Files.exists(skipped) ? Files.size(skipped) : 0;
                }
            }
            return before.size();
        }
        return 0;
    }

    /**
     * To be asked when {@link #next} finds nothing more in evidence that is to be read to the last byte: looks behind the
     * place where the newest segment stops. A power cut may take a page in the middle and leave those behind it.
     *
     * @return true if {@link #next} will find a document there; that one is then reported as lying behind damage
     */
    public boolean searchBehindEnd() throws IOException {
        if (current == null) {
            return false;
        }
        long stop = current.position();
        if (!current.searchOn(expectedSequence, this::broken)) {
            return false;
        }
        long found = current.position();
        current.to(stop);
        if (current.locate(expectedSequence, this::broken)) {
            return true; // a living master has appended here meanwhile, nothing is damaged
        }
        current.to(found);
        broken(stop, "nothing is written there, but documents follow at byte " + found);
        return true;
    }

    /** Number that the next record should have, or -1 before the first document and after a move. */
    public long expectedSequence() {
        return expectedSequence;
    }

    /** Bytes of files that lie behind this place, for showing progress. */
    public long bytesRead() {
        return bytesBefore + (current == null ? 0 : current.position());
    }

    @Override
    public void close() throws IOException {
        if (current != null) {
            current.close();
            current = null;
        }
    }

    private void broken(long position, String what) {
        listener.onBroken(position, directory.relativize(current.path()) + " at byte " + position + ": " + what);
    }

    private boolean openLast() throws IOException {
        while (!segments.isEmpty()) {
            if (open(segments.lastKey())) {
                current.toEnd();
                return true;
            }
        }
        return false;
    }

    private boolean openNext() throws IOException {
        while (true) {
            Integer next = segments.higherKey(cycle);
            if (next == null) {
                segments = SegmentFiles.list(directory);
                next = segments.higherKey(cycle);
            }
            if (next == null) {
                return false;
            }
            if (open(next)) {
                return true;
            }
        }
    }

    /** False if retention deleted it meanwhile. */
    private boolean open(int wanted) throws IOException {
        bytesBefore += current == null ? 0 : current.size();
        close();
        Path path = segments.get(wanted);
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            segments.remove(wanted);
            listener.onBroken(0, directory.relativize(path) + " is not a regular file; left out");
            cycle = Math.max(cycle, wanted);
            return false;
        }
        try {
            current = new SegmentReader(path);
            cycle = wanted;
            return true;
        } catch (NoSuchFileException deleted) {
            segments.remove(wanted);
            return false;
        }
    }

    /** At the end of what can be read of a segment: goes on to the next one if there is one. */
    private boolean leave() throws IOException {
        if (!current.isEnded()) {
            segments = SegmentFiles.list(directory);
            if (segments.higherKey(cycle) == null) {
                return false;
            }
            // A newer segment is begun only after this one got its end, so a second look must find one or the other.
            if (current.locate(expectedSequence, this::broken)) {
                return true;
            }
            if (!current.isEnded() && !current.isLost()) {
                broken(current.position(), "the segment has no end");
                if (current.searchOn(expectedSequence, this::broken)) {
                    return true;
                }
            }
        }
        long size = current.size();
        close();
        bytesBefore += size;
        return openNext();
    }

    /** Segment files in the order of their numbers, with names as in the directory. For tools that show them. */
    public static Map<Integer, Path> segments(Path directory) throws IOException {
        return SegmentFiles.list(directory);
    }

    /** Bytes of disk that a segment takes; Chronicle makes files that are much longer than that. */
    public static long allocatedBytes(Path segment) {
        return SegmentFiles.allocatedBytes(segment);
    }
}
