package io.emberlog.master.replay;

import io.emberlog.handler.LogRecord;
import io.emberlog.master.fanout.JournalRecords;
import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalScanner;
import io.emberlog.master.replay.JournaledEnds.End;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.IoReason;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Reads evidence to its last byte: the journals by number, then what only rings hold. One thread. Memory does not grow with
 * the evidence, but for the number of rings; nothing on disk is changed.
 */
public final class Replay {
    /** A record is stamped before it is appended; this much is left for clocks that were set. */
    static final long CLOCK_MARGIN_NS = TimeUnit.MINUTES.toNanos(1);

    private final Evidence evidence;
    private final boolean force;
    private final RecordSink sink;
    private final ReplayProgress progress;
    private final ReplayReport report = new ReplayReport();
    private final List<RingCursor> rings = new ArrayList<>();
    private long sinceEpochNs = Long.MIN_VALUE;
    private long total;
    private long bytesBefore;

    /**
     * @param force reads rings whose owner lives, too
     * @param sink gets every record
     */
    public Replay(Evidence evidence, boolean force, RecordSink sink, ReplayProgress progress) {
        this.evidence = evidence;
        this.force = force;
        this.sink = sink;
        this.progress = progress;
    }

    /**
     * Leaves out the journal files in which every record is older: those that end more than a minute before that time, by the
     * master's clock at append. To be called before {@link #run}; without it every file is read.
     */
    public void since(long epochNs) {
        sinceEpochNs = epochNs < Long.MIN_VALUE + CLOCK_MARGIN_NS ? Long.MIN_VALUE : epochNs - CLOCK_MARGIN_NS;
    }

    /**
     * Opens the rings and asks for their owners, so that a caller can refuse before a record has been handed on; to be
     * called once, before {@link #run}.
     */
    public ReplayReport open() {
        OwnerProbe owners = new OwnerProbe();
        for (Path path : evidence.rings().keySet()) {
            ReplayReport.RingPart part = report.ring(path);
            part.quarantined = path.getFileName().toString().endsWith(ChannelDirectory.QUARANTINE_SUFFIX);
            try {
                RingFile file = RingFile.openReadOnly(path);
                part.worker = file.identity().name();
                part.pid = file.identity().pid();
                part.state = state(file.header().state());
                boolean otherBoot = owners.isOfOtherBoot(file);
                part.resynced = otherBoot && file.spec().checked();
                part.doubtful = otherBoot && !file.spec().checked();
                part.refused = owners.livingOwner(file).orElse(null);
                if (force || part.refused == null) {
                    part.refused = null;
                    rings.add(new RingCursor(file, part));
                    total += file.length();
                }
                RingFile.settle();
            } catch (RingBrokenException e) {
                part.broken = e.getMessage();
            } catch (IOException e) {
                part.broken = "cannot be read: " + IoReason.at(part.path(), e);
            } catch (InternalError e) {
                part.broken = "the mapping faulted (" + e.getMessage() + "): the file was cut while it was read";
            }
        }
        return report;
    }

    /** @throws IOException only out of the sink; what cannot be read is in the report */
    public ReplayReport run() throws IOException {
        JournaledEnds ends = new JournaledEnds(wanted());
        for (Path journal : evidence.journals()) {
            total += size(journal);
        }
        for (Path journal : evidence.journals()) {
            read(journal, ends);
        }
        long journals = bytesBefore;
        List<RingCursor> unfinished = new ArrayList<>();
        for (RingCursor ring : rings) {
            if (!isFinished(ring, ends.of(ring.uuid()))) {
                unfinished.add(ring);
            }
        }
        new RingMerge(ends)
                .run(
                        unfinished,
                        sink,
                        () -> progress.at(
                                journals
                                        + unfinished.stream()
                                                .mapToLong(RingCursor::bytesRead)
                                                .sum(),
                                total));
        report.rings().forEach(this::judge);
        for (Path file : evidence.deadLetters()) {
            readDeadLetters(file);
        }
        return report;
    }

    private void readDeadLetters(Path file) throws IOException {
        ReplayReport.DeadLetterPart part = report.deadLetter(file);
        LogRecord record = new LogRecord();
        try (DeadLetterReader reader = new DeadLetterReader(file)) {
            boolean more = true;
            while (more) {
                try {
                    more = reader.next(record);
                } catch (DeadLetterReader.BadLineException e) {
                    part.broken++;
                    report.finding(file, e.getMessage());
                    continue;
                } catch (IOException e) {
                    part.broken++;
                    report.finding(file, "cannot be read on: " + IoReason.at(file, e));
                    return;
                }
                if (more) {
                    part.records++;
                    sink.accept(record);
                }
            }
            part.doubles = reader.doubles();
        }
    }

    private Set<UUID> wanted() {
        Set<UUID> wanted = new HashSet<>();
        for (RingCursor ring : rings) {
            wanted.add(ring.uuid());
            if (ring.predecessor() != null) {
                wanted.add(ring.predecessor());
            }
        }
        return wanted;
    }

    /** The journal has all of it; or lacks what the ring, by its own header, has given to it. */
    private boolean isFinished(RingCursor ring, End end) {
        if (end.ended) {
            ring.part().journaledBytes = end.position;
            return true;
        }
        long stated = ring.statedPosition();
        if (end.position >= 0 && end.position < stated) {
            report.finding(
                    ring.part().path(),
                    "positions " + end.position + " to " + stated
                            + " were journaled, by the ring's header, and are not in the journal");
        }
        return false;
    }

    private void read(Path journal, JournaledEnds ends) throws IOException {
        ReplayReport.JournalPart part = report.journal(journal);
        JournalListener listener = new Listener(part);
        long size = size(journal);
        try (JournalScanner scanner = JournalScanner.open(journal, listener)) {
            part.segments = JournalScanner.segments(journal).size();
            if (sinceEpochNs != Long.MIN_VALUE) {
                part.skipped = scanner.skipSegments(first -> first.appendedEpochNs() < sinceEpochNs);
            }
            read(scanner, part, new JournalRecords(listener), ends);
        } catch (JournalException e) {
            unreadable(part, e);
        } catch (ReadException e) {
            unreadable(part, e.getCause());
        }
        bytesBefore += size;
    }

    private void read(JournalScanner scanner, ReplayReport.JournalPart part, JournalRecords records, JournaledEnds ends)
            throws IOException, ReadException {
        JournalDocumentReader document = new JournalDocumentReader();
        LogRecord record = new LogRecord();
        while (next(scanner, document)) {
            part.documents++;
            if (part.firstSequence < 0 && document.recordCount() > 0) {
                part.firstSequence = document.firstSequence();
            }
            records.wrap(document, scanner.bytesRead());
            while (records.next(record)) {
                part.records++;
                part.lastSequence = record.sequence();
                sink.accept(record);
            }
            ends.add(document);
            for (int i = 0; i < document.endedCount(); i++) {
                part.ended++;
                part.endedTorn += document.endedTorn(i);
                part.endedHoles += document.endedHole(i);
            }
            progress.at(bytesBefore + scanner.bytesRead(), total);
        }
    }

    /** Keeps what the evidence throws apart from what the sink throws. */
    private static boolean next(JournalScanner scanner, JournalDocumentReader into) throws ReadException {
        try {
            return scanner.next(into) || scanner.searchBehindEnd() && scanner.next(into);
        } catch (IOException e) {
            throw new ReadException(e);
        }
    }

    private void unreadable(ReplayReport.JournalPart part, Throwable cause) {
        part.broken++;
        report.finding(
                part.path(),
                "cannot be read on: "
                        + (cause instanceof IOException ? IoReason.at(part.path(), cause) : cause.getMessage()));
    }

    private void judge(ReplayReport.RingPart ring) {
        if (ring.broken != null) {
            report.finding(ring.path(), ring.broken);
        }
        if (ring.doubtful && ring.records > 0) {
            report.finding(
                    ring.path(),
                    "written at another boot, by records that carry no check: if that boot ended with a power cut, what was"
                            + " read may be altered");
        }
        if (ring.refused != null) {
            report.finding(
                    ring.path(), "not read, its owner lives: " + ring.refused + "; --force reads it all the same");
        }
    }

    private static long size(Path journal) {
        try {
            long size = 0;
            for (Path segment : JournalScanner.segments(journal).values()) {
                size += Files.size(segment);
            }
            return size;
        } catch (IOException e) {
            return 0; // only for showing progress
        }
    }

    private static String state(int state) {
        return switch (state) {
            case RingDescriptor.STATE_OPEN -> "open";
            case RingDescriptor.STATE_SEALED -> "sealed";
            default -> "salvaged";
        };
    }

    private static final class ReadException extends Exception {
        private static final long serialVersionUID = 1;

        ReadException(IOException cause) {
            super(cause);
        }

        @Override
        public synchronized IOException getCause() {
            return (IOException) super.getCause();
        }
    }

    private final class Listener implements JournalListener {
        private final ReplayReport.JournalPart part;

        Listener(ReplayReport.JournalPart part) {
            this.part = part;
        }

        @Override
        public void onBroken(long index, String what) {
            part.broken++;
            report.finding(part.path(), what);
        }

        @Override
        public void onGap(long expectedSequence, long foundSequence) {
            part.gaps++;
            if (foundSequence > expectedSequence) {
                part.missing += foundSequence - expectedSequence;
                report.finding(
                        part.path(),
                        "gap: records " + expectedSequence + " to " + (foundSequence - 1) + " are missing");
            } else {
                report.finding(
                        part.path(), "the numbering goes back from " + expectedSequence + " to " + foundSequence);
            }
        }
    }
}
