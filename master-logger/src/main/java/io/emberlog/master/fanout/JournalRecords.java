package io.emberlog.master.fanout;

import io.emberlog.handler.LogRecord;
import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.message.RingBlockReader;
import io.emberlog.message.WorkerIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * The log records of a journal document, one after the other, with their numbers. One thread; used again for any number of
 * documents. Makes garbage per document and drop report, not per record.
 *
 * <pre>{@code
 * while (reader.next(document)) {
 *     records.wrap(document, reader.index());
 *     while (records.next(record)) { ... }
 * }
 * }</pre>
 *
 * <p>The document's own structure was checked with its CRC32C; the bytes in its segments came from workers. Where they break the
 * rules, the listener hears it and the rest of that segment is skipped. The numbers of the segments behind it are then counted back
 * from the end of the document, so that they stay what they would have been, and the next document's number is always {@link
 * #endSequence}.
 */
public final class JournalRecords {
    private final JournalListener listener;
    private final RingBlockReader ring = new RingBlockReader();
    private final Map<UUID, WorkerIdentity> workers = new HashMap<>();
    private final List<UUID> ended = new ArrayList<>();
    private WorkerIdentity[] sources = new WorkerIdentity[8];
    private JournalDocumentReader document;
    private RingBlockReader counter;
    /** Records behind each segment up to the document's end; counted when the first one is broken. */
    private long[] behind = new long[8];

    private long documentIndex;
    private int segment;
    private boolean inSegment;
    private boolean counted;
    private long nextSequence;
    private long endSequence;

    /** @param listener hears of broken segments by {@link JournalListener#onBroken} */
    public JournalRecords(JournalListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    /**
     * Starts at the first record.
     *
     * @param whole what {@link JournalDocumentReader#wrap} accepted; kept, and must not change until the next call
     * @param index of the document in the journal, for reports
     */
    public void wrap(JournalDocumentReader whole, long index) {
        forgetEnded();
        document = whole;
        documentIndex = index;
        segment = -1;
        inSegment = false;
        counted = false;
        nextSequence = whole.firstSequence();
        endSequence = nextSequence + whole.recordCount();
        int count = whole.sourceCount();
        if (sources.length < count) {
            sources = new WorkerIdentity[count];
        }
        for (int source = 0; source < count; source++) {
            WorkerIdentity known = workers.get(whole.sourceUuid(source));
            if (known == null) {
                known = whole.sourceIdentity(source);
                workers.put(known.ringUuid(), known);
            }
            sources[source] = known;
        }
        for (int i = 0; i < whole.endedCount(); i++) {
            ended.add(whole.endedUuid(i));
        }
    }

    /**
     * Moves to the next record.
     *
     * @param into valid until the next call, and as long as the document is
     * @return false at the end of the document
     */
    public boolean next(LogRecord into) {
        while (true) {
            if (inSegment && ring.nextEntry()) {
                if (nextSequence == endSequence) {
                    return tooMany();
                }
                WorkerIdentity worker = sources[document.segmentSource(segment)];
                into.wrap(worker, ring.position(), ring.index(), nextSequence++, ring.entry());
                return true;
            }
            if (inSegment && ring.broken() != null) {
                broken(ring.broken());
            }
            inSegment = ++segment < document.segmentCount();
            if (!inSegment) {
                return tooFew();
            }
            wrap(ring, segment);
        }
    }

    /** Number behind the document's last record. */
    public long endSequence() {
        return endSequence;
    }

    private void wrap(RingBlockReader walker, int which) {
        walker.wrap(
                document.array(),
                document.segmentOffset(which),
                document.segmentLength(which),
                document.segmentPosition(which));
    }

    /** Goes on with the next segment, under the number it has if all segments from there on are whole. */
    private void broken(String what) {
        listener.onBroken(
                documentIndex,
                "segment " + segment + " of ring " + document.sourceUuid(document.segmentSource(segment)) + ": " + what
                        + "; the rest of it is skipped");
        if (!counted) {
            countBehind();
        }
        nextSequence = Math.max(nextSequence, endSequence - behind[segment]);
    }

    /** Once a document: one whose every segment is broken would cost the square of their number. */
    private void countBehind() {
        int count = document.segmentCount();
        if (behind.length < count) {
            behind = new long[count];
        }
        behind[count - 1] = 0;
        for (int which = count - 1; which > segment; which--) {
            behind[which - 1] = behind[which] + count(which);
        }
        counted = true;
    }

    private int count(int which) {
        if (counter == null) {
            counter = new RingBlockReader();
        }
        int count = 0;
        wrap(counter, which);
        while (counter.nextEntry()) {
            count++;
        }
        return count;
    }

    private boolean tooMany() {
        listener.onBroken(documentIndex, "more records than recordCount=" + document.recordCount());
        inSegment = false;
        segment = document.segmentCount();
        return false;
    }

    private boolean tooFew() {
        if (nextSequence != endSequence && !counted) {
            listener.onBroken(
                    documentIndex,
                    "recordCount=" + document.recordCount() + " and " + (endSequence - nextSequence)
                            + " fewer in the segments");
        }
        nextSequence = endSequence;
        segment = document.segmentCount();
        return false;
    }

    /** A ring that has ended is in no later document, so what is remembered is bounded by the rings in use. */
    private void forgetEnded() {
        ended.forEach(workers::remove);
        ended.clear();
    }
}
