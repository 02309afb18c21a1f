package io.emberlog.master.stat;

import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.heartbeat.ProcessProbe;
import io.emberlog.master.MasterLock;
import io.emberlog.master.fanout.CheckpointStore;
import io.emberlog.master.fanout.CheckpointStore.Stored;
import io.emberlog.master.fanout.GateState;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.metrics.HandlerFigures;
import io.emberlog.master.metrics.MetricsFile;
import io.emberlog.master.stat.ChannelStat.Handler;
import io.emberlog.master.stat.ChannelStat.Journal;
import io.emberlog.master.stat.ChannelStat.Kept;
import io.emberlog.master.stat.ChannelStat.Live;
import io.emberlog.master.stat.ChannelStat.Master;
import io.emberlog.master.stat.ChannelStat.Unreadable;
import io.emberlog.master.stat.ChannelStat.Worker;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.IoReason;
import io.emberlog.ring.RingBrokenException;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.UserFolders;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Looks at a channel again and again, some time apart; keeps rings mapped and the journal open in between. One thread. */
public final class StatSampler implements AutoCloseable {
    /** The kernel tells start times in ticks of boot time, which a set wall clock moves. */
    private static final Duration CLOCK_MARGIN = Duration.ofSeconds(5);

    private final Path channel;
    private final Path state;
    private final Path journal;
    private final ProcessProbe processes = new ProcessProbe(HostIdentity.read());
    private final Map<Path, RingSample> rings = new LinkedHashMap<>();
    private final List<Path> quarantined = new ArrayList<>();
    private final List<Unreadable> unreadable = new ArrayList<>();
    private final Set<UUID> goodbyes = new HashSet<>();
    private Predicate<WorkerIdentity> wanted = worker -> true;
    private JournalFollower follower;
    private long startNs;

    /** Directories that do not exist tell nothing, and are no error. */
    public StatSampler(Path channel, Path state, Path journal) {
        this.channel = channel;
        this.state = state;
        this.journal = journal;
    }

    /** Shows those workers alone; all until it is called. */
    public void only(Predicate<WorkerIdentity> workers) {
        wanted = workers;
    }

    /**
     * The first look.
     *
     * @throws IOException if a directory or the journal cannot be read
     */
    public void begin() throws IOException {
        openJournal();
        openRings();
        startNs = System.nanoTime();
    }

    /**
     * The next look: how the channel is now, with rates since the look before, which was {@link #begin} or this.
     *
     * @throws IOException if a directory or the journal cannot be read
     */
    public ChannelStat take() throws IOException {
        long now = System.nanoTime();
        long intervalNs = Math.max(1, now - startNs);
        startNs = now;
        openJournal();
        try {
            Journal journalStat = null;
            if (follower != null) {
                follower.look();
                journalStat = follower.stat(intervalNs);
            }
            ChannelStat stat = stat(intervalNs, journalStat);
            if (follower != null) {
                follower.beginInterval();
            }
            openRings(); // for the next interval
            return stat;
        } catch (JournalException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        if (follower != null) {
            follower.close();
        }
    }

    private void openJournal() throws IOException {
        try {
            follower = follower == null ? JournalFollower.open(journal) : follower;
        } catch (JournalException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void openRings() throws IOException {
        rings.keySet().removeIf(file -> !Files.exists(file));
        quarantined.clear();
        unreadable.clear();
        if (!Files.isDirectory(channel)) {
            return;
        }
        openRings(channel);
        for (UserFolders.Folder folder : UserFolders.in(channel)) {
            if (folder.problem() == null) {
                openFolder(folder.path());
            } else {
                unreadable.add(new Unreadable(folder.path(), folder.problem()));
            }
        }
    }

    private void openFolder(Path folder) throws IOException {
        try {
            openRings(folder);
        } catch (AccessDeniedException e) {
            unreadable.add(new Unreadable(folder, "permission denied: its user, the master's group and root see in"));
        } catch (NoSuchFileException gone) {
            // removed in this moment
        }
    }

    private void openRings(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.endsWith(ChannelDirectory.QUARANTINE_SUFFIX)) {
                    quarantined.add(file);
                } else if (name.endsWith(ChannelDirectory.RING_SUFFIX) && !rings.containsKey(file)) {
                    open(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private void open(Path file) {
        try {
            rings.put(file, new RingSample(RingFile.openReadOnly(file)));
        } catch (AccessDeniedException e) {
            unreadable.add(new Unreadable(file, "permission denied"));
        } catch (RingBrokenException | IOException | InternalError e) {
            if (Files.exists(file)) { // a ring that a master has just removed is no news
                unreadable.add(new Unreadable(file, IoReason.at(file, e)));
            }
        }
    }

    private ChannelStat stat(long sampleNs, Journal journalStat) throws IOException, JournalException {
        findGoodbyes();
        List<Worker> workers = new ArrayList<>();
        for (RingSample ring : rings.values()) {
            try {
                UUID uuid = ring.identity().ringUuid();
                if (!wanted.test(ring.identity())) {
                    continue;
                }
                long records = follower == null ? -1 : follower.records(uuid);
                workers.add(ring.take(processes, sampleNs, records, goodbyes.contains(uuid)));
            } catch (RingBrokenException | InternalError e) {
                unreadable.add(new Unreadable(ring.path(), e.getMessage()));
            }
        }
        workers.sort(
                Comparator.comparing(Worker::name).thenComparing(Worker::pid).thenComparing(Worker::file));
        Instant instant = Instant.now();
        long nowEpochNs = TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
        Master master = master();
        return new ChannelStat(
                channel,
                state,
                nowEpochNs,
                sampleNs,
                master,
                List.copyOf(workers),
                List.copyOf(quarantined),
                List.copyOf(unreadable),
                journalStat,
                handlers(master, journalStat, nowEpochNs));
    }

    /** A goodbye that was drained is no longer in its ring; nobody says a second one, so each ring is looked for once. */
    private void findGoodbyes() throws IOException, JournalException {
        if (follower == null) {
            return;
        }
        Set<UUID> silent = new HashSet<>();
        for (RingSample ring : rings.values()) {
            try {
                if (ring.isGoneInSilence(processes)) {
                    silent.add(ring.identity().ringUuid());
                }
            } catch (InternalError cut) {
                // the look at the ring itself meets the same, and tells it
            }
        }
        goodbyes.addAll(follower.goodbyes(silent));
    }

    private List<Handler> handlers(Master master, Journal journalStat, long nowEpochNs)
            throws IOException, JournalException {
        Map<String, Live> live = live(master, journalStat, nowEpochNs);
        Map<String, Stored> stored = new TreeMap<>(CheckpointStore.stored(state));
        live.keySet().forEach(name -> stored.putIfAbsent(name, new Stored(-1, GateState.EMPTY)));
        List<Handler> handlers = new ArrayList<>();
        for (Map.Entry<String, Stored> checkpoint : stored.entrySet()) {
            String name = checkpoint.getKey();
            handlers.add(handler(name, checkpoint.getValue(), journalStat, nowEpochNs, live.get(name)));
        }
        handlers.sort(Comparator.comparing(Handler::name));
        return List.copyOf(handlers);
    }

    /** By name; empty unless the master runs that wrote it. */
    private Map<String, Live> live(Master master, Journal journalStat, long nowEpochNs) throws IOException {
        Map<String, Live> live = new HashMap<>();
        if (master != null && master.running()) {
            MetricsFile.read(state)
                    .filter(told -> told.pid() == master.pid() && told.start().equals(master.start()))
                    .ifPresent(told -> told.handlers()
                            .forEach(handler -> live.put(handler.name(), live(handler, journalStat, nowEpochNs))));
        }
        return live;
    }

    private static Live live(HandlerFigures handler, Journal journalStat, long nowEpochNs) {
        long since = handler.waitingSinceEpochNs();
        boolean isKnown = journalStat != null && handler.nextSequence() >= 0;
        return new Live(
                handler,
                handler.startedEpochNs() < 0 ? -1 : Math.max(0, nowEpochNs - handler.startedEpochNs()),
                isKnown ? Math.max(0, journalStat.nextSequence() - handler.nextSequence()) : -1,
                since <= 0 ? since : Math.max(0, nowEpochNs - since),
                handler.call().isEmpty() ? -1 : Math.max(0, nowEpochNs - handler.callSinceEpochNs()));
    }

    private Handler handler(String name, Stored stored, Journal journalStat, long nowEpochNs, Live live)
            throws IOException, JournalException {
        long next = stored.nextSequence();
        GateState gate = stored.gate();
        Kept kept = new Kept(gate.filtered(), gate.sampledOut(), gate.limited(), gate.silenced(), gate.redacted());
        if (journalStat == null) {
            return new Handler(name, next, -1, -1, -1, kept, live);
        }
        long first = Math.max(0, journalStat.firstSequence());
        long from = Math.max(first, next);
        return new Handler(
                name,
                next,
                Math.max(0, journalStat.nextSequence() - from),
                follower.lagNs(name, from, nowEpochNs),
                next < 0 ? 0 : from - next,
                kept,
                live);
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
