package io.emberlog.worker;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.BatchHeader;
import io.emberlog.message.DropReason;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.ring.control.LevelTable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The logger of a worker process.
 *
 * <pre>{@code
 * WorkerLogger log = WorkerLogger.builder().name("md-feed").open();
 * log.info("order {} filled at {}", 42L, 101.25);
 * log.logger("com.acme.Orders").atWarn().arg(42L).kv("venue", "XLON").cause(e).log("order {} rejected");
 * }</pre>
 *
 * <p>A call that returns true has its record <em>ringed</em>: in memory that outlives this process. What else it outlives
 * depends on how far it has come:
 *
 * <table>
 *   <caption>What a record survives</caption>
 *   <tr><th>level</th><th>survives</th><th>reached</th></tr>
 *   <tr><td>ringed</td><td>{@code kill -9}, a crash and the OOM kill of this process and of the master</td>
 *       <td>before the log call returns true</td></tr>
 *   <tr><td>journaled</td><td>also the loss of the ring</td><td>milliseconds later; {@link #flush} waits for it</td></tr>
 *   <tr><td>synced</td><td>also a crash of the kernel and the loss of power</td>
 *       <td>as the master's {@code journal.sync} says; {@link #sync} asks and waits for it</td></tr>
 * </table>
 *
 * <p>Any thread; nothing here throws for what is logged, and no call waits unasked. All loggers made from one
 * {@code open} share its levels and are closed by it; all opens with the same directory and name share one ring and one
 * thread, which stay for the next
 * {@code open} until the process ends.
 */
public final class WorkerLogger extends LevelMethods implements AutoCloseable {
    /** What loggers of one {@code open} share. */
    private static final class Scope {
        final Overflow overflow;
        final Fallback fallback;
        final boolean caller;
        final LoggerLevels levels;

        volatile boolean closed;

        Scope(WorkerSettings settings) {
            overflow = settings.overflow();
            fallback = settings.fallback();
            caller = settings.caller();
            levels = new LoggerLevels(settings.levels());
        }
    }

    /** Opaque: every thread sees a change soon, a loop of level checks too, and a check costs a plain read. */
    private static final VarHandle THRESHOLD = threshold();

    private final Worker worker;
    private final Scope scope;
    private final String name;
    private final byte[] nameUtf8;
    /** Severity of the lowest level that is logged here; written by {@link LoggerLevels}, through {@link #THRESHOLD}. */
    private int threshold;
    /** Null but in the inner logger of a batch, whose records go there. */
    private final LogBatch batch;

    private WorkerLogger(Worker worker, Scope scope, String name) {
        this(worker, scope, name, null);
    }

    private WorkerLogger(Worker worker, Scope scope, String name, LogBatch batch) {
        this.batch = batch;
        this.worker = worker;
        this.scope = scope;
        this.name = name;
        this.nameUtf8 = name.isEmpty() ? null : name.getBytes(StandardCharsets.UTF_8);
    }

    /** The way in for tests that hand in their own rings. */
    static WorkerLogger of(Worker worker, WorkerSettings settings) {
        Scope scope = new Scope(settings);
        worker.pageLevels.attach(scope.levels);
        worker.opened();
        return scope.levels.intern(new WorkerLogger(worker, scope, ""));
    }

    /**
     * Encodes a record of every kind and gives it up, so that the classes of a log call are there before the first one. One
     * that met a full heap or the end of a stack while it initialised such a class would break that class, and with it
     * every call of this process, for good.
     */
    private void warmUp() {
        try (LogBatch givenUp = batch()) {
            givenUp.log(Level.EMERGENCY, "");
            givenUp.log(Level.EMERGENCY, "{}", 1L);
            givenUp.log(Level.EMERGENCY, "{}", "", new Throwable());
            givenUp.log(Level.EMERGENCY, "{} {} {}", "", 1, this);
            collectingInto(givenUp)
                    .at(Level.EMERGENCY)
                    .arg("")
                    .kv("", 1L)
                    .mdc("", "")
                    .log("{}");
            BatchHeader.encode(new byte[MessageDescriptor.BATCH_HEADER_LENGTH], 0, 0, 0, 0); // as a claim would
            StackProbe.reach();
            Stderr.isFull(); // what it is needed for may be a full heap
            worker.drop(DropReason.FAILED, Level.EMERGENCY.severity(), 0);
        } catch (RuntimeException | Error full) {
            return; // then the first calls do it
        }
    }

    private static VarHandle threshold() {
        try {
            return MethodHandles.lookup().findVarHandle(WorkerLogger.class, "threshold", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    LoggerLevels levels() {
        return scope.levels;
    }

    /** For {@link LoggerLevels}. */
    void threshold(int severity) {
        THRESHOLD.setVolatile(this, severity);
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * The logger of that full name, such as {@code com.acme.Orders}; null is the empty name, that of the root logger. The
     * same one each time for as long as it is in use; nothing is kept of one that nobody uses any more.
     */
    public WorkerLogger logger(String loggerName) {
        String wanted = loggerName == null ? "" : loggerName;
        WorkerLogger known = scope.levels.find(wanted);
        return known != null ? known : scope.levels.intern(new WorkerLogger(worker, scope, wanted));
    }

    /** Starts a batch of records that are acknowledged together, or not at all; in immediate and in batched mode. */
    public LogBatch batch() {
        return new LogBatch(this, worker.maxRecordLength());
    }

    /** A logger of the same name and any level whose records go into that batch. */
    WorkerLogger collectingInto(LogBatch into) {
        return new WorkerLogger(worker, scope, name, into);
    }

    /** Empty for the root logger. */
    public String name() {
        return name;
    }

    /** Whether a call at that level would be issued; a null level is INFO. True also when closed: the call is counted. */
    public boolean isEnabled(Level level) {
        return (level == null ? Level.INFO : level).severity() >= (int) THRESHOLD.getOpaque(this);
    }

    /** The lowest level that is logged here, wherever it comes from. */
    public Level level() {
        return scope.levels.levelOf(name);
    }

    /** Whether a bridge should record the caller of each record: the setting {@code caller}. */
    public boolean recordsCaller() {
        return scope.caller;
    }

    /**
     * Changes the lowest level that is logged, for this logger and those below it by name that have none of their own;
     * on the root logger, for all that have none of their own. Seen by all threads at once, also by loggers made later.
     * Where {@code emberlog level set} has a rule for a logger, that holds as long as it lasts.
     */
    public void setLevel(Level level) {
        scope.levels.set(name, Objects.requireNonNull(level, "level"));
    }

    /** Takes {@link #setLevel} back: the settings hold again, for this logger that it has none of its own. */
    public void resetLevel() {
        scope.levels.reset(name);
    }

    /** Starts a record at that level; ended by {@link LogEntry#log(String)}. A null level is INFO. */
    public LogEntry at(Level level) {
        if (!isEnabled(level)) {
            return LogEntry.DISABLED;
        }
        int severity = (level == null ? Level.INFO : level).severity();
        try {
            return worker.scratches.acquire().entry.start(this, level == null ? Level.INFO : level);
        } catch (Throwable heapOrStackIsFull) {
            worker.drops.failedAtStackEnd[severity]++;
            if (batch != null) {
                batch.refused = true; // all or nothing
            }
            return LogEntry.DISABLED;
        }
    }

    public LogEntry atTrace() {
        return at(Level.TRACE);
    }

    public LogEntry atDebug() {
        return at(Level.DEBUG);
    }

    public LogEntry atInfo() {
        return at(Level.INFO);
    }

    public LogEntry atNotice() {
        return at(Level.NOTICE);
    }

    public LogEntry atWarn() {
        return at(Level.WARN);
    }

    public LogEntry atError() {
        return at(Level.ERROR);
    }

    public LogEntry atCritical() {
        return at(Level.CRITICAL);
    }

    public LogEntry atAlert() {
        return at(Level.ALERT);
    }

    public LogEntry atEmergency() {
        return at(Level.EMERGENCY);
    }

    @Override
    public boolean log(Level level, String text) {
        if (!isEnabled(level)) {
            return false;
        }
        Level at = level == null ? Level.INFO : level;
        int severity = at.severity();
        try {
            Scratch scratch = worker.scratches.acquire();
            begin(scratch, at, text);
            scratch.levelName(at);
            scratch.batch.endEntry();
            return write(scratch, severity);
        } catch (Throwable e) {
            try {
                return failed(severity);
            } catch (Throwable noStackLeft) {
                worker.drops.failedAtStackEnd[severity]++;
                if (batch != null) {
                    batch.refused = true;
                }
                return false;
            }
        }
    }

    @Override
    public boolean log(Level level, String template, Object... args) {
        if (!isEnabled(level)) {
            return false;
        }
        Level at = level == null ? Level.INFO : level;
        int severity = at.severity();
        try {
            Scratch scratch = worker.scratches.acquire();
            begin(scratch, at, template);
            arguments(scratch.batch, at, template, args);
            return write(scratch, severity);
        } catch (Throwable e) {
            try {
                return failed(severity);
            } catch (Throwable noStackLeft) {
                worker.drops.failedAtStackEnd[severity]++;
                if (batch != null) {
                    batch.refused = true;
                }
                return false;
            }
        }
    }

    private static void arguments(BatchEncoder batch, Level level, String template, Object[] args) {
        int count = args == null ? 0 : args.length;
        Throwable exception = null;
        if (count > 0 && args[count - 1] instanceof Throwable last && Placeholders.count(template) < count) {
            exception = last;
            count--;
        }
        batch.beginArgs();
        for (int i = 0; i < count; i++) {
            ObjectText.add(batch, args[i]);
        }
        if (args == null) {
            batch.addNull();
        }
        batch.endArgs();
        end(batch, level, exception);
    }

    private static void end(BatchEncoder batch, Level level, Throwable exception) {
        if (level.needsName()) {
            batch.text(MessageDescriptor.LEVEL_NAME, level.name());
        }
        if (exception != null) {
            ThrowableEncoder.encode(batch, exception);
        }
        batch.endEntry();
    }

    @Override
    boolean append(Level level, String template, int kind, long bits, Object object) {
        if (!isEnabled(level)) {
            return false;
        }
        Level at = level == null ? Level.INFO : level;
        int severity = at.severity();
        try {
            Scratch scratch = worker.scratches.acquire();
            begin(scratch, at, template);
            Throwable exception = exceptionOf(object, template, 1);
            scratch.batch.beginArgs();
            if (exception == null) {
                ValueList.addArg(scratch.batch, kind, bits, object);
            }
            scratch.batch.endArgs();
            end(scratch.batch, at, exception);
            return write(scratch, severity);
        } catch (Throwable e) {
            try {
                return failed(severity);
            } catch (Throwable noStackLeft) {
                worker.drops.failedAtStackEnd[severity]++;
                if (batch != null) {
                    batch.refused = true;
                }
                return false;
            }
        }
    }

    @Override
    boolean append(Level level, String template, int kindA, long bitsA, Object a, int kindB, long bitsB, Object b) {
        if (!isEnabled(level)) {
            return false;
        }
        Level at = level == null ? Level.INFO : level;
        int severity = at.severity();
        try {
            Scratch scratch = worker.scratches.acquire();
            begin(scratch, at, template);
            Throwable exception = exceptionOf(b, template, 2);
            scratch.batch.beginArgs();
            ValueList.addArg(scratch.batch, kindA, bitsA, a);
            if (exception == null) {
                ValueList.addArg(scratch.batch, kindB, bitsB, b);
            }
            scratch.batch.endArgs();
            end(scratch.batch, at, exception);
            return write(scratch, severity);
        } catch (Throwable e) {
            try {
                return failed(severity);
            } catch (Throwable noStackLeft) {
                worker.drops.failedAtStackEnd[severity]++;
                if (batch != null) {
                    batch.refused = true;
                }
                return false;
            }
        }
    }

    private static Throwable exceptionOf(Object last, String template, int count) {
        return last instanceof Throwable throwable && Placeholders.count(template) < count ? throwable : null;
    }

    void begin(Scratch scratch, Level level, String template) {
        scratch.begin(worker.clock.epochNs(), nameUtf8, level, template);
    }

    boolean finish(LogEntry entry, Scratch scratch, Level level, String template) {
        int severity = level.severity();
        entry.owner = null; // from here on the record is counted, whatever happens
        try {
            entry.encode(this, level, template);
            entry.clear();
            return write(scratch, severity);
        } catch (Throwable e) {
            try {
                return failed(severity);
            } catch (Throwable noStackLeft) {
                worker.drops.failedAtStackEnd[severity]++;
                if (batch != null) {
                    batch.refused = true;
                }
                return false;
            }
        }
    }

    /** Ends an entry that is not logged. What is thrown out of here has not been counted. */
    void fail(LogEntry entry, Scratch scratch, Level level) {
        int severity = level.severity();
        entry.owner = null;
        try {
            failed(severity);
        } catch (Throwable noStackLeft) {
            worker.drops.failedAtStackEnd[severity]++;
            if (batch != null) {
                batch.refused = true;
            }
        }
        try {
            entry.clear();
            worker.scratches.release(scratch);
        } catch (Throwable afterwards) {
            return; // then the scratch is garbage
        }
    }

    /**
     * What is thrown out of here has not been counted yet. A scratch that an exception keeps from coming back here is
     * garbage.
     */
    private boolean write(Scratch scratch, int severity) {
        if (batch != null) {
            boolean added = batch.add(scratch, severity);
            worker.scratches.release(scratch);
            return added;
        }
        DropReason reason;
        if (scope.closed) {
            reason = DropReason.CLOSED;
            worker.drop(reason, severity, 1);
        } else {
            reason = worker.writer.write(scratch, severity, scope.overflow);
        }
        try {
            if (reason == DropReason.NO_RING && scope.fallback == Fallback.STDERR) {
                FallbackPrinter.print(scratch);
            }
            worker.scratches.release(scratch);
        } catch (Throwable afterwards) {
            return reason == null; // the record's fate is settled and counted, and a full heap or stack changes neither
        }
        return reason == null;
    }

    /** For a batch: as above, and the caller counts. */
    DropReason write(Encoded entries, int severity) {
        if (scope.closed) {
            return DropReason.CLOSED;
        }
        DropReason reason = worker.writer.writeUncounted(entries, severity, scope.overflow);
        if (reason == DropReason.NO_RING && scope.fallback == Fallback.STDERR) {
            FallbackPrinter.print(entries);
        }
        return reason;
    }

    /** For a batch. */
    void drop(DropReason reason, int severity, long count) {
        worker.drop(reason, severity, count);
    }

    /** An error of ours, or a full heap or stack, before the record was claimed: no ring has suffered. */
    private boolean failed(int severity) {
        if (batch != null) {
            batch.failed(severity);
            return false;
        }
        worker.drop(DropReason.FAILED, severity, 1);
        return false;
    }

    /**
     * Waits until everything logged before, by any thread of this worker, is <em>journaled</em>: in the master's redo log,
     * where it outlives this process, its ring and the master. No log call waits for this; only who calls it does.
     *
     * @return false when that did not happen in time (such as without a master), or the thread was interrupted (its
     *     flag stays set)
     */
    public boolean flush(Duration timeout) {
        return worker.flush(timeout);
    }

    /**
     * Asks the master to force its journal to the device at once, and waits until everything logged before, by any thread of
     * this worker, is <em>synced</em>: there it outlives a crash of the kernel and the loss of power, too. Works whatever the
     * master's {@code journal.sync} says; costs one force of the device for all who wait at the same time.
     *
     * @param timeout zero or null asks and does not wait
     * @return false when that did not happen in time (no master runs, or its device refuses), or the thread was interrupted
     *     (its flag stays set)
     */
    public boolean sync(Duration timeout) {
        return worker.sync(timeout);
    }

    /** What this worker has done so far, over all its loggers. */
    public WorkerMetrics metrics() {
        return worker.metrics();
    }

    /**
     * Ends this {@code open} with all its loggers: later calls return false and are counted. What was logged stays where
     * it is; the process's ring is kept for the next {@code open}, and the goodbye is said when the process exits.
     */
    @Override
    public void close() {
        synchronized (scope) {
            if (!scope.closed) {
                scope.closed = true;
                worker.closed();
            }
        }
    }

    /**
     * Chooses settings. What is not chosen here comes from the system property ({@code emberlog.name}), else the
     * environment ({@code EMBERLOG_NAME}), else the default; see {@code docs/worker.md}.
     */
    public static final class Builder {
        private final Map<Setting<?>, Object> chosen = new IdentityHashMap<>();

        private Builder() {}

        /** Worker name, 1 to 200 characters. */
        public Builder name(String name) {
            return choose(Setting.NAME, Setting.NAME.parse(Objects.requireNonNull(name, "name"), "name"));
        }

        /** Channel directory; made with mode 0700 when missing. */
        public Builder directory(Path directory) {
            return choose(Setting.DIR, directory);
        }

        /** Lowest level that is logged, by loggers that have none of their own. */
        public Builder level(Level level) {
            return level("", level);
        }

        /**
         * Lowest level that is logged by the logger of that name and those below it: {@code com.acme} is also for
         * {@code com.acme.Orders}; the longest name decides. The empty name is for all.
         */
        public Builder level(String logger, Level level) {
            Objects.requireNonNull(level, "level");
            LevelTable before = chosen.get(Setting.LEVEL) instanceof LevelTable table ? table : LevelTable.EMPTY;
            return choose(Setting.LEVEL, before.with(LevelText.checkLogger(logger), level));
        }

        /** Bytes of the ring: a power of two from 128 KiB to 512 MiB. */
        public Builder ringSize(int bytes) {
            return choose(Setting.RING_SIZE, Setting.RING_SIZE.parse(Integer.toString(bytes), "ringSize"));
        }

        /** Whether every record carries its position and a CRC32C, so that a ring on a disk can be read after a power cut. */
        public Builder ringChecks(RingChecks checks) {
            return choose(Setting.RING_CHECKS, checks);
        }

        /** What a call does when the ring is full. */
        public Builder overflow(Overflow policy) {
            return choose(Setting.OVERFLOW, policy);
        }

        /** Service name carried with every record, 1 to 200 characters. */
        public Builder service(String service) {
            return choose(
                    Setting.SERVICE, Setting.SERVICE.parse(Objects.requireNonNull(service, "service"), "service"));
        }

        /** Time between heartbeat messages, 1 s to 24 h. */
        public Builder heartbeatInterval(Duration interval) {
            Objects.requireNonNull(interval, "heartbeatInterval");
            if (interval.compareTo(Duration.ofSeconds(1)) < 0 || interval.compareTo(Duration.ofHours(24)) > 0) {
                throw new IllegalArgumentException("heartbeatInterval=" + interval + " must be from 1 s to 24 h");
            }
            return choose(Setting.HEARTBEAT_INTERVAL, interval);
        }

        /**
         * How long records may wait in staging areas to go into the ring together, 1 ms to 60 s; zero for not at all.
         * Acknowledged records are as safe there, but reach the outputs that much later.
         */
        public Builder flushInterval(Duration interval) {
            Objects.requireNonNull(interval, "flushInterval");
            if (!interval.isZero()
                    && (interval.compareTo(Setting.MIN_FLUSH_INTERVAL) < 0
                            || interval.compareTo(Setting.MAX_FLUSH_INTERVAL) > 0)) {
                throw new IllegalArgumentException("flushInterval=" + interval + " must be zero or from 1 ms to 60 s");
            }
            return choose(Setting.FLUSH_INTERVAL, interval);
        }

        /**
         * Bytes of the staging area of each of the 64 writing slots, 4 KiB to an eighth of the ring, at most 512 KiB. Chooses
         * batching, with a flush interval of 1 s where none is set.
         */
        public Builder batchBytes(int bytes) {
            return choose(Setting.BATCH_BYTES, Setting.BATCH_BYTES.parse(Integer.toString(bytes), "batchBytes"));
        }

        /** How often the master is asked to sync what was logged, 10 ms to 24 h; zero for never. See {@link #sync}. */
        public Builder syncInterval(Duration interval) {
            Objects.requireNonNull(interval, "syncInterval");
            if (!interval.isZero()
                    && (interval.compareTo(Duration.ofMillis(10)) < 0
                            || interval.compareTo(Duration.ofHours(24)) > 0)) {
                throw new IllegalArgumentException("syncInterval=" + interval + " must be zero or from 10 ms to 24 h");
            }
            return choose(Setting.SYNC_INTERVAL, interval);
        }

        /** UTF-8 bytes after which one text is cut and marked, 256 to 512 KiB. */
        public Builder maxTextBytes(int bytes) {
            return choose(
                    Setting.MAX_TEXT_BYTES, Setting.MAX_TEXT_BYTES.parse(Integer.toString(bytes), "maxTextBytes"));
        }

        /** Where records go while no ring can be created. */
        public Builder fallback(Fallback fallback) {
            return choose(Setting.FALLBACK, fallback);
        }

        /** Whether bridges record where each call stands in the code. */
        public Builder caller(boolean recorded) {
            return choose(Setting.CALLER, recorded);
        }

        private <T> Builder choose(Setting<T> setting, T value) {
            chosen.put(setting, Objects.requireNonNull(value, setting.key()));
            return this;
        }

        /**
         * Opens the worker, or joins it when this process has it open already. Where no ring can be made (a directory
         * that cannot be written to, a full disk) this prints one line to standard error and returns a logger whose
         * records go to the {@link Fallback}.
         *
         * @throws IllegalArgumentException for a setting that is wrong, naming where it came from and what is allowed
         */
        public WorkerLogger open() {
            WorkerSettings settings = WorkerSettings.resolve(chosen, System::getProperty, System::getenv);
            WorkerLogger opened = of(Workers.get(settings), settings);
            opened.warmUp();
            return opened;
        }
    }
}
