package io.emberlog.master.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.BooleanSupplier;
import net.openhft.chronicle.bytes.BytesIn;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.TailerState;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * Reads a journal, forward. One thread at a time: a handler's, or a tool's in any process, while a master writes or with none.
 *
 * <p>Opens the files read-only and writes nothing in the directory; the only lock is a shared one on the metadata file for the
 * moment of opening. Each reader has mappings of its own, so it outlives {@link Journal#reopen()} and an interrupt of its
 * thread costs only itself.
 *
 * <p>A damaged document is reported and stepped over. If the damage hides where the next document starts, reading goes on in
 * the next segment. Records that are thereby missing, or were deleted by retention
 * before this reader came to them, show as a gap in their numbers and are reported as such.
 *
 * <p>What says nothing of the files, but that they cannot be read now, is thrown unchecked, as Chronicle does: it is unknown then
 * where the reader stands, so it is to be closed.
 */
public final class JournalReader implements AutoCloseable {
    private static final long NONE = -1;
    private static final long LISTING_CHECK_NS = 1_000_000_000L;

    /** A document and the few bytes of Chronicle's around it. */
    private static final int MAX_BLOCK_LENGTH = JournalDocumentWriter.MAX_LENGTH + 64;

    private final Path directory;
    private final JournalListener listener;
    private SingleChronicleQueue queue;
    private ExcerptTailer tailer;
    private byte[] document = new byte[64 << 10];
    private int length;
    private long index = NONE;
    private long expectedSequence = NONE;
    private long damagedAt = NONE;
    private long listedNs = System.nanoTime();

    private JournalReader(Path directory, JournalListener listener) {
        this.directory = directory;
        this.listener = listener;
        queue = ChronicleQueues.openForReading(directory);
        tailer = tailer(queue);
    }

    private static ExcerptTailer tailer(SingleChronicleQueue of) {
        ExcerptTailer atStart = of.createTailer();
        atStart.singleThreadedCheckDisabled(true);
        return atStart;
    }

    /**
     * Starts at the first retained document.
     *
     * @throws JournalException {@code UNAVAILABLE} if there is no journal in the directory or it cannot be read
     */
    public static JournalReader open(Path directory, JournalListener listener) throws JournalException {
        Path metadata = directory.resolve(ChronicleQueues.METADATA_FILE);
        try {
            if (!Files.isReadable(metadata) || Files.size(metadata) == 0) {
                throw new JournalException(
                        JournalException.Reason.UNAVAILABLE,
                        "directory=" + directory + " holds no journal that can be read: "
                                + ChronicleQueues.METADATA_FILE
                                + (Files.exists(metadata) ? " is not readable or empty" : " is missing")
                                + "; a master makes it at start");
            }
            return new JournalReader(directory, listener);
        } catch (IOException | RuntimeException | Error e) {
            throw new JournalException(
                    JournalException.Reason.UNAVAILABLE, "directory=" + directory + " cannot be read: " + e, e);
        }
    }

    /**
     * Takes the next whole document.
     *
     * @param into is wrapped around an array of this reader: valid until the next call
     * @return false if there is none yet
     */
    public boolean next(JournalDocumentReader into) {
        while (read()) {
            if (!into.wrap(document, length)) {
                listener.onBroken(index, into.problem());
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

    /** Of the document that {@link #next} took last, or -1. Grows with every document, not by one. */
    public long index() {
        return index;
    }

    /** Number that the next record should have, or -1 before the first document and after a move. */
    public long expectedSequence() {
        return expectedSequence;
    }

    /** The next document is the first retained one. */
    public void toStart() {
        forget();
        toFirstListed();
    }

    private void toFirstListed() {
        checkListing();
        move(() -> tailer.toStart() != null);
    }

    /**
     * Chronicle takes a directory that could be read in part only for all there is ({@link SegmentWriter#checkListing}): whoever
     * then begins at the first segment listed would pass over records that are there.
     */
    private void checkListing() {
        try {
            NavigableMap<Integer, Path> segments = SegmentFiles.list(directory);
            boolean beingMade = segments.size() == 1; // it is named, and then listed
            if (!segments.isEmpty() && !beingMade && queue.firstCycle() > segments.firstKey()) {
                throw new IOException(directory + " has the segment "
                        + segments.firstEntry().getValue().getFileName() + ", and is listed without it");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next document is the first that is appended after this call. */
    public void toEnd() {
        forget();
        move(() -> tailer.toEnd() != null);
    }

    /**
     * The next document is the one with this index.
     *
     * @return false if it is not in the journal: then the next document is the first retained one, or, if the document is behind
     *     damage in its segment, the first of the next segment
     */
    public boolean moveTo(long documentIndex) {
        forget();
        if (documentIndex >= 0 && isBehindDamage(documentIndex)) {
            damagedAt = documentIndex;
            return false;
        }
        boolean found = documentIndex >= 0 && move(() -> tailer.moveToIndex(documentIndex));
        if (!found) {
            toFirstListed();
        }
        return found;
    }

    /**
     * The next document is the one behind this index, where a checkpoint left off.
     *
     * @param nextSequence number of the first record behind the checkpoint: if the next document starts with another, {@link
     *     #next} reports a gap; -1 where unknown
     * @return false if {@link #moveTo} says so, and with its consequence
     */
    public boolean moveAfter(long documentIndex, long nextSequence) {
        boolean found = moveTo(documentIndex) && read();
        index = found ? documentIndex : NONE;
        expectedSequence = nextSequence;
        return found;
    }

    @Override
    public void close() {
        queue.close();
    }

    /** Index of the last readable document, or -1. */
    static long lastIndex(Path directory) throws JournalException, IOException {
        try (JournalReader reader = open(directory, JournalListener.NONE)) {
            for (int cycle : SegmentFiles.list(directory).descendingKeySet()) {
                if (reader.toSegment(cycle)) {
                    while (reader.read()) {
                        continue;
                    }
                    if (reader.index != NONE) {
                        return reader.index;
                    }
                }
            }
            return NONE;
        }
    }

    /** The next document is the first of the segment. */
    boolean toSegment(int cycle) {
        forget();
        return move(() -> tailer.moveToCycle(cycle));
    }

    /** Chronicle throws IOExceptions that it does not declare. */
    private static boolean move(BooleanSupplier move) {
        try {
            return move.getAsBoolean();
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException unchecked) {
            return unchecked;
        }
        return thrown instanceof IOException failure
                ? new UncheckedIOException(failure)
                : new IllegalStateException(thrown);
    }

    private void forget() {
        index = NONE;
        expectedSequence = NONE;
        damagedAt = NONE;
    }

    /** Copies the next queue document, whole or not, steps over what cannot be read. */
    private boolean read() {
        if (damagedAt != NONE && !toBehindDamage()) {
            return false;
        }
        boolean looked = false;
        while (true) {
            try {
                if (readOne()) {
                    return true;
                }
                // A newer segment is begun only after this one got its end, so a second look must find one or the
                // other.
                if (tailer.state() != TailerState.FOUND_IN_CYCLE || tailer.cycle() >= queue.lastCycle()) {
                    if (isListingOld() && reopenBehind(tailer.cycle())) {
                        continue;
                    }
                    return false;
                }
                if (looked && !toNextSegment("segment " + tailer.cycle() + " has no end")) {
                    return false;
                }
                looked = !looked;
            } catch (Throwable e) { // damaged framing shows as about any of them; InternalError is a fault
                if (isOfThisProcess(e)) {
                    throw unchecked(e);
                }
                if (!stepOver(e)) {
                    return false;
                }
            }
        }
    }

    /**
     * No memory, no descriptors, no mapping, a device that does not answer: says nothing of the file, which must not be stepped
     * over for it, nor be taken for shorter than it is. Damage shows as anything but an IOException.
     */
    static boolean isOfThisProcess(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof OutOfMemoryError || t instanceof IOException || t instanceof UncheckedIOException) {
                return true;
            }
        }
        return false;
    }

    private boolean readOne() {
        try (DocumentContext context = tailer.readingDocument()) {
            if (!context.isPresent()) {
                return false;
            }
            long blockLength = context.wire().bytes().readRemaining();
            if (blockLength > MAX_BLOCK_LENGTH) {
                // Not to be believed, or Chronicle goes that far and faults behind the end of the file.
                throw new IllegalStateException("block of length " + blockLength);
            }
            index = context.index();
            length = -1;
            context.wire().read(ChronicleQueues.FIELD).bytes(this::copy);
            return true;
        }
    }

    private void copy(BytesIn<?> bytes) {
        long available = bytes.readRemaining();
        if (available > JournalDocumentWriter.MAX_LENGTH) {
            length = 0; // not a document of ours, whatever it is
            return;
        }
        length = (int) available;
        if (document.length < length) {
            document = new byte[JournalDocumentWriter.MAX_LENGTH];
        }
        bytes.read(document, 0, length);
    }

    private boolean stepOver(Throwable cause) {
        damagedAt = tailer.index();
        listener.onBroken(damagedAt, "unreadable: " + cause);
        return toBehindDamage();
    }

    /** False leaves the tailer where it was: nothing may be read before this, called again, says true. */
    private boolean toBehindDamage() {
        boolean found = toSegmentBehind(ChronicleQueues.cycleOf(damagedAt));
        if (found) {
            damagedAt = NONE;
        }
        return found;
    }

    /** Chronicle finds an index by following lengths, and follows a wrong one out of the file, into a fault. */
    private boolean isBehindDamage(long documentIndex) {
        Path segment = SegmentFiles.path(directory, ChronicleQueues.cycleOf(documentIndex));
        try {
            return Files.exists(segment)
                    && ChronicleQueues.ROLL_CYCLE.toSequenceNumber(documentIndex)
                            >= SegmentFiles.documentsBeforeDamage(segment);
        } catch (IOException e) {
            throw new UncheckedIOException(segment + " cannot be looked at", e);
        }
    }

    /**
     * Whether it is time to look at the directory itself: this segment has its end, and Chronicle's listing knows of none behind it.
     * A journal that was opened again may have set that listing aside and made another, which this reader would never hear of.
     */
    private boolean isListingOld() {
        boolean atEnd = tailer.state() == TailerState.END_OF_CYCLE || tailer.state() == TailerState.UNINITIALISED;
        return atEnd && isTimeToList();
    }

    private boolean isTimeToList() {
        long now = System.nanoTime();
        if (now - listedNs < LISTING_CHECK_NS) {
            return false;
        }
        listedNs = now;
        return true;
    }

    /** False, and what is thrown, leave this reader as it was: a new tailer that did not move would be at the journal's start. */
    private boolean reopenBehind(int cycle) throws IOException {
        Map.Entry<Integer, Path> next = SegmentFiles.list(directory).higherEntry(cycle);
        if (next == null || !SegmentFiles.isBegun(next.getValue())) {
            return false;
        }
        SingleChronicleQueue unused = ChronicleQueues.openForReading(directory);
        try {
            ExcerptTailer moved = tailer(unused);
            if (!move(() -> moved.moveToCycle(next.getKey()))) {
                return false;
            }
            SingleChronicleQueue old = queue;
            queue = unused;
            tailer = moved;
            unused = old;
            return true;
        } finally {
            unused.close();
        }
    }

    private boolean toNextSegment(String what) {
        listener.onBroken(tailer.index(), what);
        return toSegmentBehind(tailer.cycle());
    }

    private boolean toSegmentBehind(int cycle) {
        try {
            Integer next = SegmentFiles.list(directory).higherKey(cycle);
            return next != null && (move(() -> tailer.moveToCycle(next)) || isTimeToList() && reopenBehind(cycle));
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be listed", e);
        } catch (RuntimeException e) {
            if (isOfThisProcess(e)) {
                throw e;
            }
            listener.onBroken(tailer.index(), "no segment behind it: " + e);
            return false;
        }
    }
}
