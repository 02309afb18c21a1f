package io.emberlog.worker;

import io.emberlog.message.DropReason;
import io.emberlog.ring.Ring;
import io.emberlog.ring.control.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all loggers of one worker share: its rings, slots, scratches, counters and its one thread. Lives as long as the
 * process (or the class loader), for a mapping cannot be given back; so there is one per channel directory and name.
 */
final class Worker {
    /** How long {@code open} waits for the first ring; a slow disk must not stop an application from starting. */
    private static final long OPEN_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);

    /** How long the end of the process waits for standard error to take what was printed. */
    private static final Duration LAST_LINES_LIMIT = Duration.ofSeconds(1);

    final EpochClock clock;
    final ScratchPool scratches;
    final RingWriter writer;
    final DropCounters drops = new DropCounters();
    final PageLevels pageLevels = new PageLevels();

    private final WorkerSettings settings;
    final RingChain chain;
    private final SlotTable slots = new SlotTable();
    private final Housekeeper housekeeper;
    private final AtomicInteger complainedAt = new AtomicInteger(-1);

    Worker(WorkerSettings settings, WorkerRing.Creator creator, EpochClock clock) {
        this.settings = settings;
        this.clock = clock;
        chain = new RingChain(creator, clock, this::complain);
        writer = new RingWriter(chain, slots, drops, settings.isBatching());
        scratches = new ScratchPool(maxRecordLength(), settings.maxTextBytes());
        ControlWatch control =
                new ControlWatch(settings.directory(), settings.name(), pageLevels, Clock::ofThisProcess);
        housekeeper = new Housekeeper(
                settings.name(),
                chain,
                slots,
                writer,
                drops,
                control,
                clock,
                settings.heartbeatInterval(),
                settings.syncInterval(),
                settings.flushInterval());
    }

    static Worker mapped(WorkerSettings settings) {
        Path directory = settings.directory();
        return new Worker(
                settings,
                MappedRing.creator(
                        directory, settings.ringSpec(), settings.ringChecks(), settings.name(), settings.service()),
                new EpochClock());
    }

    /** Starts the thread and waits for the first ring, or for it to fail. An interrupt is kept for the caller. */
    void start() {
        housekeeper.start();
        boolean interrupted = false;
        long start = System.nanoTime();
        for (int attempt = 0; !chain.isSettled(); attempt++) {
            interrupted |= Thread.interrupted();
            if (System.nanoTime() - start > OPEN_LIMIT_NS) {
                complain("the directory did not answer within " + OPEN_LIMIT_NS / 1_000_000_000L + " s");
                break;
            }
            Backoff.idle(attempt);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        sayGoodbyeAtExit();
    }

    private void sayGoodbyeAtExit() {
        Thread hook = new Thread(null, this::leave, "emberlog-goodbye", 0, false);
        hook.setContextClassLoader(null);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException exiting) {
            return; // opened by another hook; the master will see the end by the lock
        }
    }

    private void leave() {
        housekeeper.leave();
        if (complainedAt.get() >= 0) { // else nothing was printed
            Stderr.flush(LAST_LINES_LIMIT);
        }
    }

    /** Once until a ring is made again: a directory that stays unwritable is not worth a line a minute. */
    private void complain(String what) {
        int made = chain.made();
        int before = complainedAt.getAndSet(made);
        if (before == made) {
            return;
        }
        try {
            Stderr.println("emberlog: worker '" + settings.name() + "': " + what + "; records go to "
                    + (settings.fallback() == Fallback.STDERR ? "standard error" : "nowhere")
                    + " and are counted as dropped until a ring can be made");
        } catch (Throwable heapIsFull) {
            complainedAt.set(before); // the next attempt tells; the ring that goes must go all the same
        }
    }

    /** The settings that all loggers of a worker share must agree; null when they do. */
    String conflictWith(WorkerSettings other) {
        if (other.ringSize() != settings.ringSize()) {
            return "ring_size=" + other.ringSize() + " but it was opened with " + settings.ringSize();
        }
        if (other.ringChecks() != settings.ringChecks()) {
            return "ring_checks=" + other.ringChecks() + " but it was opened with " + settings.ringChecks();
        }
        if (other.maxTextBytes() != settings.maxTextBytes()) {
            return "max_text_bytes=" + other.maxTextBytes() + " but it was opened with " + settings.maxTextBytes();
        }
        if (!other.heartbeatInterval().equals(settings.heartbeatInterval())) {
            return "heartbeat_interval=" + other.heartbeatInterval() + " but it was opened with "
                    + settings.heartbeatInterval();
        }
        if (!other.flushInterval().equals(settings.flushInterval())) {
            return "flush_interval=" + other.flushInterval() + " but it was opened with " + settings.flushInterval();
        }
        if (other.batchBytes() != settings.batchBytes()) {
            return "batch_bytes=" + other.batchBytes() + " but it was opened with " + settings.batchBytes();
        }
        if (!other.syncInterval().equals(settings.syncInterval())) {
            return "sync_interval=" + other.syncInterval() + " but it was opened with " + settings.syncInterval();
        }
        if (!java.util.Objects.equals(other.service(), settings.service())) {
            return "service=" + other.service() + " but it was opened with " + settings.service();
        }
        return null;
    }

    /** Bytes of a LOG_BATCH, at most. */
    int maxRecordLength() {
        // a ring to come may be on another file system: room for its checks is left unless they are off
        boolean checks = settings.ringChecks() != RingChecks.OFF;
        return settings.ringSpec().withChecks(checks).maxPayloadLength();
    }

    void drop(DropReason reason, int severity, long count) {
        drops.add(chain.current(), reason, severity, count);
    }

    boolean flush(Duration timeout) {
        return await(timeout, false);
    }

    boolean sync(Duration timeout) {
        return await(timeout, true);
    }

    private boolean await(Duration timeout, boolean synced) {
        try {
            long timeoutNs = saturatedNanos(timeout);
            long start = System.nanoTime();
            WorkerRing ring;
            int published;
            for (int attempt = 0; ; attempt++) {
                ring = chain.current();
                if (ring == null) {
                    return false;
                }
                published = writer.publishStaged(ring, Math.max(0, timeoutNs - (System.nanoTime() - start)));
                if (published != Ring.FULL) {
                    break;
                }
                if (isOver(start, timeoutNs)) {
                    return false;
                }
                Backoff.idle(attempt);
            }
            writer.wakeDrain();
            // of a sealed ring the master takes what is staged at the end of its salvage
            long position = published == Ring.SEALED ? RingChain.WHOLE : ring.tail();
            if (synced && position != RingChain.WHOLE) {
                chain.requestSync(ring, position);
            }
            for (int attempt = 0; !chain.isSafe(ring, position, synced); attempt++) {
                if (isOver(start, timeoutNs)) {
                    return false;
                }
                long waitedNs = System.nanoTime() - start;
                Backoff.idle(attempt, waitedNs, timeoutNs - waitedNs);
            }
            return true;
        } catch (RuntimeException | Error mappingFailed) {
            return false; // the housekeeper meets the same fault and replaces the ring
        }
    }

    private static boolean isOver(long start, long timeoutNs) {
        return System.nanoTime() - start >= timeoutNs || Thread.currentThread().isInterrupted();
    }

    private static long saturatedNanos(Duration timeout) {
        try {
            return timeout == null ? 0 : timeout.toNanos();
        } catch (ArithmeticException longerThanLife) {
            return timeout.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }

    WorkerMetrics metrics() {
        WorkerMetrics.Sums sums = new WorkerMetrics.Sums();
        slots.addTo(sums);
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            long total = drops.total(reason);
            if (total > 0) {
                dropped.put(reason, total);
            }
        }
        long used = 0;
        int capacity = 0;
        long staged = 0;
        WorkerRing ring = chain.current();
        if (ring != null) {
            try {
                used = ring.backlog();
                capacity = ring.capacity();
                staged = ring.staged();
            } catch (RuntimeException | Error mappingFailed) {
                used = 0; // the ring is being retired
            }
        }
        return new WorkerMetrics(
                sums.appended,
                sums.bytes,
                sums.largest,
                Map.copyOf(dropped),
                used,
                capacity,
                staged,
                sums.batches,
                chain.made());
    }

    /** One more {@code open}. */
    void opened() {
        housekeeper.opens.incrementAndGet();
    }

    /** One of them has ended. */
    void closed() {
        housekeeper.opens.decrementAndGet();
    }

    Housekeeper housekeeper() {
        return housekeeper;
    }
}
