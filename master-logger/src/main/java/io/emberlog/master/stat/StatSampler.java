package io.emberlog.master.stat;

import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.heartbeat.ProcessProbe;
import io.emberlog.master.MasterLock;
import io.emberlog.master.fanout.CheckpointStore;
import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalScanner;
import io.emberlog.master.stat.ChannelStat.Handler;
import io.emberlog.master.stat.ChannelStat.Journal;
import io.emberlog.master.stat.ChannelStat.Master;
import io.emberlog.master.stat.ChannelStat.Unreadable;
import io.emberlog.master.stat.ChannelStat.Worker;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Looks at a channel twice, some time apart. One thread. */
public final class StatSampler {
    /** The kernel tells start times in ticks of boot time, which a set wall clock moves. */
    private static final Duration CLOCK_MARGIN = Duration.ofSeconds(5);

    private final Path channel;
    private final Path state;
    private final Path journal;
    private final ProcessProbe processes = new ProcessProbe(HostIdentity.read());
    private final List<RingSample> rings = new ArrayList<>();
    private final List<Path> quarantined = new ArrayList<>();
    private final List<Unreadable> unreadable = new ArrayList<>();
    private final Map<UUID, Long> recordsByRing = new HashMap<>();
    private long recordsInSample;

    /** Directories that do not exist tell nothing, and are no error. */
    public StatSampler(Path channel, Path state, Path journal) {
        this.channel = channel;
        this.state = state;
        this.journal = journal;
    }

    /**
     * @param pause waits that many nanoseconds
     * @throws IOException if a directory or the journal cannot be read
     */
    public ChannelStat sample(long sampleNs, LongConsumer pause) throws IOException {
        try {
            return JournalScanner.isJournal(journal) ? withJournal(sampleNs, pause) : withoutJournal(sampleNs, pause);
        } catch (JournalException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private ChannelStat withoutJournal(long sampleNs, LongConsumer pause) throws IOException {
        openRings();
        pause.accept(sampleNs);
        return stat(sampleNs, null);
    }

    private ChannelStat withJournal(long sampleNs, LongConsumer pause) throws IOException, JournalException {
        try (JournalScanner scanner = JournalScanner.open(journal, JournalListener.NONE)) {
            JournalDocumentReader document = new JournalDocumentReader();
            scanner.toEnd();
            long next = -1;
            long appended = -1;
            if (scanner.previous(document)) {
                next = document.firstSequence() + document.recordCount();
                appended = document.appendedEpochNs();
                scanner.next(document);
            }
            openRings();
            long startNs = System.nanoTime();
            pause.accept(sampleNs);
            long tookNs = Math.max(1, System.nanoTime() - startNs);
            while (scanner.next(document)) {
                next = document.firstSequence() + document.recordCount();
                appended = document.appendedEpochNs();
                count(document);
            }
            return stat(tookNs, journal(next, appended, tookNs));
        }
    }

    private Journal journal(long next, long appended, long sampleNs) throws IOException, JournalException {
        long apparent = 0;
        long allocated = 0;
        Map<Integer, Path> segments = JournalScanner.segments(journal);
        for (Path segment : segments.values()) {
            apparent += Files.size(segment);
            allocated += JournalScanner.allocatedBytes(segment);
        }
        return new Journal(
                journal,
                segments.size(),
                firstSequence(),
                Math.max(0, next),
                apparent,
                allocated,
                appended,
                RingSample.perSecond(recordsInSample, sampleNs));
    }

    private long firstSequence() throws IOException, JournalException {
        JournalDocumentReader document = new JournalDocumentReader();
        try (JournalScanner scanner = JournalScanner.open(journal, JournalListener.NONE)) {
            while (scanner.next(document)) {
                if (document.recordCount() > 0) {
                    return document.firstSequence();
                }
            }
        }
        return -1;
    }

    private void count(JournalDocumentReader document) {
        recordsInSample += document.recordCount();
        RingBlockReader records = new RingBlockReader();
        for (int i = 0; i < document.segmentCount(); i++) {
            long count = 0;
            records.wrap(
                    document.array(),
                    document.segmentOffset(i),
                    document.segmentLength(i),
                    document.segmentPosition(i));
            while (records.nextRecord()) {
                count += switch (records.type()) {
                    case MessageDescriptor.TYPE_LOG_BATCH -> records.entryCount();
                    case MessageDescriptor.TYPE_DROPPED -> 1;
                    default -> 0;
                };
            }
            recordsByRing.merge(document.sourceUuid(document.segmentSource(i)), count, Long::sum);
        }
    }

    private void openRings() throws IOException {
        if (!Files.isDirectory(channel)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(channel)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.endsWith(ChannelDirectory.QUARANTINE_SUFFIX)) {
                    quarantined.add(file);
                } else if (name.endsWith(ChannelDirectory.RING_SUFFIX)) {
                    open(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private void open(Path file) {
        try {
            rings.add(new RingSample(RingFile.openReadOnly(file)));
        } catch (RingBrokenException | IOException | InternalError e) {
            if (Files.exists(file)) { // a ring that a master has just removed is no news
                unreadable.add(new Unreadable(file, e.getMessage()));
            }
        }
    }

    private ChannelStat stat(long sampleNs, Journal journalStat) throws IOException {
        List<Worker> workers = new ArrayList<>();
        for (RingSample ring : rings) {
            try {
                long records = recordsByRing.getOrDefault(ring.identity().ringUuid(), 0L);
                workers.add(ring.take(processes, sampleNs, journalStat == null ? -1 : records));
            } catch (RingBrokenException | InternalError e) {
                unreadable.add(new Unreadable(ring.path(), e.getMessage()));
            }
        }
        workers.sort(
                Comparator.comparing(Worker::name).thenComparing(Worker::pid).thenComparing(Worker::file));
        Instant now = Instant.now();
        return new ChannelStat(
                channel,
                state,
                TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano(),
                sampleNs,
                master(),
                List.copyOf(workers),
                List.copyOf(quarantined),
                List.copyOf(unreadable),
                journalStat,
                handlers(journalStat));
    }

    private List<Handler> handlers(Journal journalStat) throws IOException {
        List<Handler> handlers = new ArrayList<>();
        long first = journalStat == null ? 0 : Math.max(0, journalStat.firstSequence());
        CheckpointStore.nextSequences(state)
                .forEach((name, next) -> handlers.add(new Handler(
                        name,
                        next,
                        journalStat == null ? -1 : Math.max(0, journalStat.nextSequence() - Math.max(first, next)))));
        handlers.sort(Comparator.comparing(Handler::name));
        return List.copyOf(handlers);
    }

    /** What the master says of itself in the state directory, or else in the channel. */
    private Master master() throws IOException {
        for (Path directory : List.of(state, channel)) {
            Optional<String> owner = MasterLock.owner(directory);
            if (owner.isPresent()) {
                return MasterLockText.parse(owner.get(), StatSampler::isRunning);
            }
        }
        return null;
    }

    /** A process that began after the lock was taken only has the same pid. */
    private static boolean isRunning(long pid, Instant startedBy) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> startedBy == null
                        || process.info()
                                .startInstant()
                                .map(start -> !start.isAfter(startedBy.plus(CLOCK_MARGIN)))
                                .orElse(true))
                .isPresent();
    }
}
