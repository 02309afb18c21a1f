package io.emberlog.master;

import io.emberlog.handler.Handler;
import io.emberlog.heartbeat.CrashForensics;
import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.heartbeat.LivenessConfig;
import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.heartbeat.ProcessProbe;
import io.emberlog.master.config.ConfigDiff;
import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.HandlerConfig;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.master.config.MasterSettings;
import io.emberlog.master.drain.Alarm;
import io.emberlog.master.drain.DrainAgent;
import io.emberlog.master.drain.MasterEvents;
import io.emberlog.master.drain.RingReaper;
import io.emberlog.master.drain.SyncAgent;
import io.emberlog.master.fanout.CheckpointStore;
import io.emberlog.master.fanout.FanOut;
import io.emberlog.master.fanout.FanOutConfig;
import io.emberlog.master.fanout.HandlerSpec;
import io.emberlog.master.fanout.HandlerStatus;
import io.emberlog.master.fanout.SyncedJournal;
import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalRecovery;
import io.emberlog.master.journal.JournalRetention;
import io.emberlog.master.journal.RecoveredState;
import io.emberlog.master.metrics.MetricsWriter;
import io.emberlog.master.silence.SilenceWatch;
import io.emberlog.master.watch.RingTouches;
import io.emberlog.master.watch.WatchAgent;
import io.emberlog.message.Level;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.concurrent.SystemNanoClock;

/**
 * One master: wires the journal, the drain, the watch and the fan-out, and starts and stops their threads. Holds no
 * logic of its own. Any thread; {@link #start}, {@link #reload} and {@link #stop} wait for each other. May be started again
 * once it has been stopped.
 *
 * <p>Runs in any JVM that has the flags it needs ({@link MissingJvmFlagsException} lists those that are missing), also in that
 * of a worker. Prints nothing ({@link #onAlarm} has what a console would be told), ends no process, and has a shutdown hook only on request. docs/embedding.md.
 */
public final class MasterLogger implements AutoCloseable {
    /** Another master holds the channel directory or the state directory; the message names it. */
    public static final class AlreadyRunningException extends Exception {
        private static final long serialVersionUID = 1;

        AlreadyRunningException(String message) {
            super(message);
        }
    }

    private static final long WATCH_PARK_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long QUIET_WATCH_PARK_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long KEEP_PARK_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long QUIET_KEEP_PARK_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long STOP_PARK_NS = TimeUnit.MICROSECONDS.toNanos(200);
    /** Of a stop, for what comes behind the handlers. */
    private static final long CLOSING_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long GOODBYES_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long START_CLEANUP_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long RETENTION_INTERVAL_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long METRICS_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final Map<String, Handler> ownHandlers;
    private volatile Consumer<String> alarmed = line -> {};
    private final Alarm alarm = new Alarm(line -> alarmed.accept(line), System::nanoTime);
    private volatile MasterConfig config;
    /** An application's heap may be large, and when it is collected is its own business. */
    private Runnable collector = () -> {};

    private WorkerIdentity self;
    private MasterEvents events;
    private MasterLock channelLock;
    private MasterLock stateLock;
    private Journal journal;
    private JournalRetention retention;
    private long retentionAtNs;
    private String lockTrouble;
    private WatchAgent watch;
    private RingTouches touches;
    private LivenessMonitor liveness;
    private DrainAgent drain;
    private RingReaper reaper;
    private SyncAgent sync;
    private SilenceWatch silences;
    private MetricsWriter metrics;
    private long metricsAtNs;
    private volatile FanOut fanOut;
    private MasterThread watchThread;
    private volatile MasterThread drainThread;
    private MasterThread keeperThread;
    private MasterThread syncThread;
    private volatile boolean running;
    private boolean unfinished;

    /** A master with the handlers of its configuration. */
    public MasterLogger(MasterConfig config) {
        this(config, Map.of());
    }

    /**
     * A master with handlers of the caller's own beside those of its configuration.
     *
     * @param handlers by name; a handler's place in the journal is kept under its name. Not opened; from {@link #start} to
     *     the end of {@link #stop} only their threads call them, and a further start opens them again
     * @throws IllegalArgumentException for a name that cannot be one, or that the configuration has, too
     */
    public MasterLogger(MasterConfig config, Map<String, ? extends Handler> handlers) {
        this.config = config;
        ownHandlers = Map.copyOf(handlers);
        ownHandlers.forEach((name, handler) -> new HandlerSpec(name, handler, 0));
        checkNames(config);
    }

    /** Before the start, by a program that is nothing but this master: it may have the whole JVM collect. */
    void ownsTheJvm() {
        collector = System::gc;
    }

    /**
     * What this master's own records may tell too late, or nobody: a journal that cannot be written, a handler that keeps failing
     * and may be the only one. At any time.
     *
     * @param out takes one line each, few; called by a thread of the master's that may wait, and by {@link #stop}. Nothing is told
     *     without it
     */
    public void onAlarm(Consumer<String> out) {
        alarmed = out;
    }

    private void checkNames(MasterConfig candidate) {
        for (HandlerConfig handler : candidate.handlers()) {
            if (ownHandlers.containsKey(handler.name())) {
                throw new IllegalArgumentException("handler name=" + handler.name()
                        + " is in the configuration and among the program's own; rename one");
            }
        }
    }

    /**
     * Takes both directories, recovers, and starts the threads; when this returns, rings are being drained.
     *
     * @throws MissingJvmFlagsException listing what to add to the JVM's command line; with nothing changed
     * @throws AlreadyRunningException with nothing changed
     * @throws IOException when a directory or the journal cannot be used; names it
     */
    public synchronized void start() throws IOException, AlreadyRunningException {
        if (running) {
            throw new IllegalStateException("this master is running already");
        }
        JvmFlags.check();
        if (unfinished) {
            throw new IllegalStateException("the last stop gave up on a thread of this master; make a new one");
        }
        HostIdentity host = HostIdentity.read();
        self = MasterIdentity.of(host);
        events = new MasterEvents(self, MasterLogger::epochNs, alarm);
        boolean started = false;
        try {
            Path directory = config.channel().directory();
            ChannelDirectory channel = config.channel().perUser()
                    ? ChannelDirectory.openForUsers(directory)
                    : ChannelDirectory.open(directory);
            Path state = stateDirectory(config.journal().directory());
            Instant now = Instant.now();
            String owner = "pid=" + self.pid() + "\nstart=" + now + "\nname=" + self.name() + "\n";
            channelLock = MasterLock.take(channel.path(), owner);
            stateLock = state.equals(channel.path()) ? null : MasterLock.take(state, owner);
            metrics = new MetricsWriter(
                    state,
                    self.pid(),
                    now.toString(),
                    trouble -> events.add(Level.ERROR, MasterEvents.MASTER_LOGGER, "{}", new Object[] {trouble}));
            wire(channel, state);
            drainThread.start();
            watchThread.start();
            keeperThread.start();
            syncThread.start();
            running = true;
            started = true;
        } catch (MasterLock.HeldException e) {
            throw new AlreadyRunningException(e.getMessage());
        } catch (JournalException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            if (!started) {
                endThreads();
            }
        }
    }

    private void wire(ChannelDirectory channel, Path state) throws IOException, JournalException {
        MasterSettings settings = config.master();
        EventfulJournal listener = new EventfulJournal(events);
        Journal opened = Journal.open(journalConfig(config), listener);
        journal = opened;
        retention = new JournalRetention(journal);
        RecoveredState recovered = aboveCheckpoints(JournalRecovery.recover(journal), state);
        reaper = new RingReaper(journal, events, collector);
        sync = new SyncAgent(
                journal,
                config.journal().sync(),
                config.journal().syncLevel(),
                System::nanoTime,
                () -> syncThread.wake());
        syncThread = new MasterThread("emberlog-sync", sync::doWork, sync::parkNs, this::escaped);
        watch = new WatchAgent(channel, config.channel().perUser(), self, events, System::nanoTime);
        ProcessProbe probe = new ProcessProbe(HostIdentity.read());
        liveness = new LivenessMonitor(
                livenessConfig(settings),
                System::nanoTime,
                probe,
                new CrashForensics(probe, List.of()),
                watch::onTransition);
        silences = new SilenceWatch(
                state,
                MasterLogger::epochNs,
                trouble -> events.add(Level.ERROR, MasterEvents.MASTER_LOGGER, "{}", new Object[] {trouble}));
        silences.poll();
        fanOut = FanOut.start(
                new FanOutConfig(
                        journal.directory(),
                        state,
                        SystemNanoClock.INSTANCE,
                        MasterLogger::epochNs,
                        Thread::new,
                        new HandlerEvents(events),
                        config.journal().sync().isZero()
                                ? SyncedJournal.NOT_AWAITED
                                : SyncedJournal.of(index -> index <= opened.syncedIndex(), sync::request),
                        settings.idleMode(),
                        silences::current),
                handlers(config.handlers()),
                journal.lastIndex(),
                recovered.nextSequence());
        drain = new DrainAgent(
                journal,
                listener,
                recovered,
                liveness,
                events,
                reaper,
                sync,
                fanOut::signal,
                System::nanoTime,
                MasterLogger::epochNs,
                (int) settings.drainBudgetBytes());
        drain.reorderWindow(settings.reorderWindow());
        touches = new RingTouches(channel.path().resolve(MasterLock.FILE_NAME), this::touched, System::nanoTime);
        watch.connect(drain, liveness, touches);
        drain.onWake(this::touched, touches::hearsAll);
        events.add(
                Level.INFO,
                MasterEvents.MASTER_LOGGER,
                "master (pid {}) drains {}; the journal goes on at record {}",
                new Object[] {self.pid(), channel.path(), recovered.nextSequence()},
                new MasterEvents.Field("event", "master started"));
        drainThread = MasterThread.drain(drain::doWork, drain::parkNs, settings.idleMode(), this::escaped);
        watchThread = new MasterThread(
                "emberlog-watch",
                watch::doWork,
                MasterThread.Pace.of(WATCH_PARK_NS, QUIET_WATCH_PARK_NS),
                this::escaped);
        keeperThread = new MasterThread(
                "emberlog-keeper", this::keep, MasterThread.Pace.of(KEEP_PARK_NS, QUIET_KEEP_PARK_NS), this::escaped);
    }

    /** Something is there for a drain thread that may be asleep. Any thread, also before there is that one. */
    private void touched() {
        MasterThread thread = drainThread;
        if (thread != null && drain.isResting()) {
            thread.wake();
        }
    }

    private List<HandlerSpec> handlers(List<HandlerConfig> configured) {
        List<HandlerSpec> specs = new ArrayList<>(HandlerSpecs.of(configured));
        HandlerSpecs.checkTogether(configured);
        ownHandlers.forEach((name, handler) -> specs.add(new HandlerSpec(name, handler, 0)));
        return specs;
    }

    /** After a start that failed half-way: nothing of it stays. */
    private void endThreads() {
        boolean ended = true;
        for (MasterThread thread : Arrays.asList(watchThread, drainThread, keeperThread, syncThread)) {
            ended &= thread == null || thread.stop(START_CLEANUP_NS);
        }
        if (fanOut != null) {
            fanOut.stop(Duration.ofNanos(START_CLEANUP_NS));
            ended &= fanOut.hasEnded(Duration.ofNanos(START_CLEANUP_NS));
        }
        unfinished = !ended;
        closeQuietly(touches);
        if (ended) {
            closeFiles(true);
        } // else a thread may still be at work: its files and the locks go with the process
    }

    /**
     * Makes another configuration the one in force, while records flow: all of it or, when anything in it cannot be, nothing.
     * A handler whose settings changed goes on behind the last record that it took; the program's own handlers stay. Every
     * handler opens anew what it writes to, for it may have been moved. A record tells what changed.
     *
     * @throws ConfigException naming what takes a restart or cannot be right; nothing is changed
     * @throws IllegalStateException when this master does not run
     */
    public synchronized void reload(MasterConfig next) throws ConfigException {
        if (!running) {
            throw new IllegalStateException("this master does not run");
        }
        ConfigDiff diff = ConfigDiff.between(config, next);
        List<HandlerSpec> come;
        try {
            checkNames(next);
            come = HandlerSpecs.of(diff.come());
            HandlerSpecs.checkTogether(next.handlers());
        } catch (IllegalArgumentException e) {
            throw new ConfigException("reload", "handlers", e.getMessage());
        }
        // nothing has changed so far, and nothing below refuses
        config = next;
        applyLive(next);
        fanOut.change(diff.gone(), come, next.master().stopDeadline());
        fanOut.reopen();
        events.add(
                Level.NOTICE,
                MasterEvents.MASTER_LOGGER,
                diff.changes().isEmpty() ? "configuration read again, nothing in it has changed" : "configuration: {}",
                diff.changes().isEmpty() ? new Object[0] : new Object[] {String.join("; ", diff.changes())},
                new MasterEvents.Field("event", "reloaded"));
    }

    /** Every key that is declared live ends here; the others were refused. */
    private void applyLive(MasterConfig next) {
        journal.configure(journalConfig(next));
        liveness.configure(livenessConfig(next.master()));
        drain.budget((int) next.master().drainBudgetBytes());
        drain.reorderWindow(next.master().reorderWindow());
        // master.stop_deadline is looked up when it is needed
    }

    /** What the parts at work go by, for tests: that a setting is read does not mean that it does something. */
    String inForce() {
        return journal.config() + " " + liveness.config() + " budget=" + drain.budget();
    }

    /** A reload that changed nothing. */
    void reloadRefused(String why) {
        events.add(
                Level.ERROR,
                MasterEvents.MASTER_LOGGER,
                "configuration not reloaded, nothing is changed: {}",
                new Object[] {why},
                new MasterEvents.Field("event", "reload refused"));
    }

    /** The one in force. */
    public MasterConfig config() {
        return config;
    }

    private JournalConfig journalConfig(MasterConfig of) {
        JournalConfig defaults = JournalConfig.in(of.journal().directory().resolve("journal"));
        return new JournalConfig(
                defaults.directory(),
                of.journal().maxSizeBytes(),
                of.journal().maxAge().toMillis(),
                of.journal().segmentSizeBytes(),
                defaults.rollIntervalMs(),
                of.journal().minFreeBytes());
    }

    /**
     * After a power loss a checkpoint may know more of the journal than is left of it: numbers go on above all of them, so
     * that none is given twice; and so do the places of documents, or a handler would take new ones for those it has had.
     */
    private RecoveredState aboveCheckpoints(RecoveredState recovered, Path state) throws IOException {
        CheckpointStore.Reach reach = CheckpointStore.reach(state);
        journal.goOnAbove(reach.documentIndex());
        long highest = reach.nextSequence();
        if (highest <= recovered.nextSequence()) {
            return recovered;
        }
        events.add(
                Level.ERROR,
                MasterEvents.MASTER_LOGGER,
                "journal: has lost its end, as by a power cut: records {} to {}, which a handler's checkpoint knows of, are gone"
                        + " from it, and those that followed them",
                new Object[] {recovered.nextSequence(), highest - 1},
                new MasterEvents.Field("event", "journal lost its end"));
        return new RecoveredState(highest, recovered.rings());
    }

    private static LivenessConfig livenessConfig(MasterSettings settings) {
        LivenessConfig defaults = LivenessConfig.DEFAULTS;
        long hungNs = settings.hungAfter().toNanos();
        return new LivenessConfig(
                settings.heartbeatGrace().toNanos(),
                defaults.wordPeriodNs(),
                Math.max(2 * defaults.wordPeriodNs(), hungNs / 2),
                defaults.probeIntervalNs());
    }

    /**
     * The keeper's step: removes ended rings, lets go of the journal's full segments, keeps it within its size, looks for
     * silences, and tells other processes how the handlers are.
     */
    private int keep() {
        alarm.print();
        int work = reaper.doWork();
        try {
            work += journal.syncEnded() ? 1 : 0;
        } catch (JournalException e) {
            work++; // told by the journal's listener; the drain opens it again, and that lets go of all of them
        }
        renewLock();
        work += silences.poll() ? 1 : 0;
        long now = System.nanoTime();
        if (now - metricsAtNs >= 0) {
            metricsAtNs = now + METRICS_INTERVAL_NS;
            metrics.publish(fanOut.status());
            fanOut.tellHanging();
        }
        if (now - retentionAtNs >= 0) {
            retentionAtNs = now + RETENTION_INTERVAL_NS;
            try {
                work += retention.enforce(fanOut.places());
            } catch (JournalException e) {
                events.add(
                        Level.ERROR, MasterEvents.MASTER_LOGGER, "journal retention: {}", new Object[] {e.getMessage()
                        });
            }
        }
        return work;
    }

    /** The state directory's lock is left alone: a journal whose directory goes away is gone itself. */
    private void renewLock() {
        String trouble;
        try {
            if (!channelLock.renew()) {
                return;
            }
            trouble = "its lock file was removed, and is locked again";
        } catch (MasterLock.HeldException e) {
            trouble = "its lock file was removed, and " + e.getMessage() + "; end one of the two";
        } catch (IOException e) {
            trouble = "its lock file was removed, and cannot be locked again: " + e.getMessage();
        }
        if (!trouble.equals(lockTrouble)) {
            lockTrouble = trouble;
            events.add(
                    Level.CRITICAL,
                    MasterEvents.MASTER_LOGGER,
                    "channel directory {}: {}",
                    new Object[] {config.channel().directory(), trouble},
                    new MasterEvents.Field("event", "lock removed"));
        }
    }

    private void escaped(Throwable t) {
        events.add(Level.ERROR, MasterEvents.MASTER_LOGGER, "unexpected: {}", new Object[] {t});
    }

    /** Made where missing, 0700, and each new name on the device: a journal is synced only if its directories are. */
    private static Path stateDirectory(Path path) throws IOException {
        createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return path;
    }

    private static void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
        if (!Files.isDirectory(path)) {
            Path parent = path.toAbsolutePath().getParent();
            createDirectory(parent);
            if (Files.exists(path)) {
                throw new NotDirectoryException(path.toString());
            }
            Files.createDirectory(path, attributes);
            try (FileChannel listing = FileChannel.open(parent, StandardOpenOption.READ)) {
                listing.force(true);
            }
        }
    }

    /** From start to stop. */
    public boolean isRunning() {
        return running;
    }

    /** Grows while the drain thread moves, work or none. */
    long drainPasses() {
        return drain.passes();
    }

    /** Log records journaled since the start. */
    public long recordsJournaled() {
        return drain == null ? 0 : drain.recordsJournaled();
    }

    /**
     * What the handlers do, have done, and suffer from: state, lag in records and in time, records, bytes, errors, retries, latencies
     * and more. Counted since each handler's start ({@link HandlerStatus}), so {@link #start}, and a {@link #reload} that changes a
     * handler, begin anew. Any thread, at any time; takes no lock, and some 30 KB of garbage a handler.
     *
     * @return in the order of the configuration, the program's own handlers behind them; after a stop as they ended; empty before the
     *     first start
     */
    public List<HandlerStatus> handlerStatus() {
        FanOut current = fanOut;
        return current == null ? List.of() : List.copyOf(current.status());
    }

    /**
     * Drains what is in the rings, lets the handlers finish, and ends.
     *
     * @param deadline for all of it
     * @return true when everything was drained, delivered and checkpointed; what was not stays in the rings and in the
     *     journal, for the next master
     */
    public synchronized boolean stop(Duration deadline) {
        if (!running) {
            return true;
        }
        running = false;
        long endNs = System.nanoTime() + deadline.toNanos();
        drain.reorderWindow(Duration.ZERO); // what is held goes now
        boolean ended = watchThread.stop(left(endNs));
        ended &= drainThread.stop(left(endNs));
        boolean clean = ended;
        // an interrupt would close the files that the rest of this writes
        boolean interrupted = Thread.interrupted();
        closeQuietly(touches);
        if (ended) {
            // at most half of what is left: a claim that nobody commits, or a worker that floods, must not cost the
            // handlers
            // their last checkpoint
            clean = drainTheRest(System.nanoTime() + left(endNs) / 2);
        }
        // a handler that hangs uses up all its time, and not that of those that end behind it
        long closingNs = Math.min(CLOSING_NS, left(endNs) / 4);
        boolean fanOutEnded =
                fanOut.stop(Duration.ofNanos(left(endNs) - closingNs)).isEmpty();
        clean &= fanOutEnded && !fanOut.isOneBehind();
        ended &= keeperThread.stop(left(endNs));
        ended &= syncThread.stop(left(endNs));
        boolean handlersEnded = fanOut.hasEnded(Duration.ofNanos(left(endNs)));
        if (ended) {
            metrics.publish(fanOut.status());
            reaper.doWork();
            closeFiles(handlersEnded);
        } else { // a thread may still be at work: its files and the locks go with the process
            alarm.print();
        }
        unfinished = !ended || !handlersEnded;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return clean && ended;
    }

    /** Until the end of it is on the device; on the stopping thread, once those of the drain and the watch have ended. */
    private boolean drainTheRest(long endNs) {
        watch.scanNow();
        while (true) {
            int work = drain.doWork();
            if (work == 0 && drain.isDrained()) {
                if (sync.isAllSynced()) {
                    return true;
                }
                sync.request();
            }
            if (left(endNs) == 0) {
                return false;
            }
            if (work == 0) {
                LockSupport.parkNanos(STOP_PARK_NS);
            }
        }
    }

    private static long left(long endNs) {
        return Math.max(0, endNs - System.nanoTime());
    }

    /**
     * @param released whether another master may begin. Not while a handler is in a call: what it writes when it comes back would land
     *     among the lines of the next one, so the locks are left to the process
     */
    private void closeFiles(boolean released) {
        alarm.print();
        closeQuietly(journal);
        journal = null;
        for (MasterLock lock : Arrays.asList(stateLock, channelLock)) {
            if (released) {
                closeQuietly(lock);
            } else if (lock != null) {
                lock.leaveToTheProcess();
            }
        }
        stateLock = null;
        channelLock = null;
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            if (resource != null) {
                resource.close();
            }
        } catch (Exception e) {
            // the process gives it back to the kernel when it ends; nothing is written by closing
        }
    }

    /**
     * Stops this master when the JVM ends in order, if it runs then: once the workers of this JVM have said goodbye, or two
     * seconds after they should have. Their rings are finished then, and a log call in another shutdown hook returns false
     * from that moment on. Once; without this call a JVM that ends leaves the rest to the next master.
     *
     * @throws IllegalStateException when the JVM is ending
     */
    public void stopAtExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::exiting, "emberlog-stop"));
    }

    private void exiting() {
        long endNs = System.nanoTime() + GOODBYES_NS;
        if (!running) {
            return;
        }
        while (watch.hasOwnWorkers() && left(endNs) > 0) {
            LockSupport.parkNanos(STOP_PARK_NS);
        }
        watch.endOwnRings();
        while (watch.hasOwnRings() && left(endNs) > 0) {
            LockSupport.parkNanos(STOP_PARK_NS);
        }
        close();
    }

    /** Stops with the configured deadline. */
    @Override
    public void close() {
        stop(config.master().stopDeadline());
    }

    private static long epochNs() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }
}
