package io.emberlog.handler.file;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Format;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Makes lines on a thread of its own while the handler's reads further records and writes earlier lines; the lines come back in the
 * order of their records. To make them is the larger half of what a file handler does, so where more comes than one processor can
 * make lines of, two do it.
 *
 * <p>Records are copied into batches. One is filled, and up to {@code BATCHES - 1} are on their way; they go round:
 *
 * <pre>
 *   taken           made             handed           (batches begun since the start, each place modulo BATCHES)
 *     |    made       |  to be made    |  filling
 *   --+---------------+----------------+-----------
 * </pre>
 *
 * <p>One life of the handler; the handler's thread, but for what the maker's does. What is in here counts for nothing until it is in the
 * file's buffer: before a checkpoint or a flush, and before a record that is not added, comes {@link #finish}. After a failure the
 * life must end, and its records come again.
 */
final class LineMaker {
    private static final int BATCHES = 3;

    /** How many times as long as their records lines are thought to be before any was made. */
    static final double FIRST_GROWTH = 3;

    /** Batches whose records happen to have longer lines than any before are expected up to that. */
    private static final int MARGIN = 2;

    /** The maker's thread wakes whoever waits; this is for a thread that ended without. */
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final HandlerContext context;
    private final Supplier<Format> formats;
    private final Format ownFormat;
    private final LineBatch[] batches = new LineBatch[BATCHES];
    private final int batchSize;
    private final Thread waiter = Thread.currentThread();
    private Thread thread;
    private long taken;
    /** The most that a batch had. */
    private double growth;

    private volatile long handed;
    private volatile long made;
    private volatile boolean waiting;
    private volatile boolean stopped;
    private volatile Throwable failure;

    /**
     * @param formats of one kind, one for each thread
     * @param batchSize bytes of records, as they are in the journal
     * @param growth of an earlier one; else {@link #FIRST_GROWTH}
     */
    LineMaker(HandlerContext context, Supplier<Format> formats, int batchSize, double growth) {
        this.context = context;
        this.formats = formats;
        this.batchSize = batchSize;
        this.growth = growth;
        ownFormat = formats.get();
        Arrays.setAll(batches, at -> new LineBatch(batchSize));
    }

    /** Whether a second processor could help. */
    static boolean isOfUse() {
        return Runtime.getRuntime().availableProcessors() > 1;
    }

    /**
     * Takes a copy of a record, and puts lines of earlier ones into the file where room is needed for it.
     *
     * @param record no longer than a batch
     */
    void add(LogRecord record, OutputFile file) throws HandlerRestartException {
        try {
            if (!batch(handed).hasRoomFor(record)) {
                handOver();
                if (handed - taken == BATCHES) {
                    takeOldest(file);
                }
            }
            LineBatch filling = batch(handed);
            filling.add(record, filling.isEmpty() ? context.nanoTime() : 0);
        } catch (RuntimeException | Error e) { // a full heap, or no further thread
            throw failed(e);
        }
    }

    /** Whether a record waits here that came before that time. */
    boolean isOlder(long thanNs) {
        LineBatch oldest = batch(taken);
        return !oldest.isEmpty() && oldest.sinceNs() - thanNs <= 0;
    }

    /** Puts all lines into the file. */
    void finish(OutputFile file) throws HandlerRestartException {
        try {
            while (taken < handed) {
                takeOldest(file);
            }
            LineBatch last = batch(handed);
            if (!last.isEmpty()) {
                last.make(ownFormat);
                put(last, file);
            }
        } catch (RuntimeException | Error e) { // a full heap, or a format with a fault
            throw failed(e);
        }
    }

    private void handOver() {
        if (thread == null) {
            Format format = formats.get();
            Thread starting = new Thread(() -> run(format), "emberlog-" + context.name() + "-lines");
            starting.setDaemon(true);
            starting.start();
            thread = starting;
        }
        handed = handed + 1;
        LockSupport.unpark(thread);
    }

    private void takeOldest(OutputFile file) throws HandlerRestartException {
        LineBatch oldest = awaitOldest();
        put(oldest, file);
        taken++;
    }

    private LineBatch awaitOldest() throws HandlerRestartException {
        waiting = true;
        while (made <= taken) {
            if (failure != null || !thread.isAlive()) {
                throw failed(failure);
            }
            LockSupport.parkNanos(this, LOOK_NS);
        }
        waiting = false;
        return batch(taken);
    }

    private void put(LineBatch batch, OutputFile file) throws HandlerRestartException {
        growth = Math.max(growth, batch.growth());
        if (!file.appendAdmitted(batch.lines(), batch.sinceNs())) {
            // the next life asks for more room: for more than before, or these lines had not been added
            throw new HandlerRestartException(
                    "lines are longer than was thought, and the file is to be rotated in front of one of them", null);
        }
        batch.clear();
    }

    /** Bytes that the lines of all records here will take, and of another one. */
    static long room(double growth, int batchSize) {
        return (long) (MARGIN * growth * BATCHES * batchSize);
    }

    long room() {
        return room(growth, batchSize);
    }

    /** The most that a batch had. */
    double growth() {
        return growth;
    }

    private HandlerRestartException failed(Throwable cause) {
        if (failure == null) {
            failure = cause == null ? new IllegalStateException("the thread has ended") : cause;
        }
        return new HandlerRestartException("a second thread could not make lines: " + failure, failure);
    }

    /** Whether this is why the life had to end. */
    boolean hasFailed() {
        return failure != null;
    }

    /** Ends the thread, some moments after it has returned; what was not taken is dropped. */
    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    private void run(Format format) {
        try {
            long next = 0;
            while (!stopped) {
                if (next == handed) {
                    LockSupport.park(this);
                    Thread.interrupted(); // with which it would never park again
                } else {
                    batch(next).make(format);
                    made = ++next;
                    wakeWaiter();
                }
            }
        } catch (RuntimeException | Error e) { // a full heap, or a format with a fault
            failure = e;
            wakeWaiter();
        }
    }

    private void wakeWaiter() {
        if (waiting) {
            LockSupport.unpark(waiter);
        }
    }

    private LineBatch batch(long number) {
        return batches[(int) (number % BATCHES)];
    }
}
