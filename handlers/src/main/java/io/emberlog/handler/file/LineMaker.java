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

    /** The maker's thread wakes whoever waits; this is for a thread that ended without. */
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final HandlerContext context;
    private final Supplier<Format> formats;
    private final Format ownFormat;
    private final LineBatch[] batches = new LineBatch[BATCHES];
    private final Thread waiter = Thread.currentThread();
    private Thread thread;
    private long taken;
    /** When the first record came that is not taken. */
    private long sinceNs;

    private volatile long handed;
    private volatile long made;
    private volatile boolean waiting;
    private volatile boolean stopped;
    private volatile Throwable failure;

    /**
     * @param formats of one kind, one for each thread
     * @param batchSize bytes of records, as they are in the journal
     */
    LineMaker(HandlerContext context, Supplier<Format> formats, int batchSize) {
        this.context = context;
        this.formats = formats;
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
        if (isEmpty()) {
            sinceNs = context.nanoTime();
        }
        if (!batch(handed).hasRoomFor(record)) {
            handOver();
            if (handed - taken == BATCHES) {
                put(awaitOldest(), file);
            }
        }
        batch(handed).add(record);
    }

    private boolean isEmpty() {
        return taken == handed && batch(handed).isEmpty();
    }

    /** Whether a record waits here that came before that time. */
    boolean isOlder(long thanNs) {
        return !isEmpty() && sinceNs - thanNs <= 0;
    }

    /** Puts all lines into the file. */
    void finish(OutputFile file) throws HandlerRestartException {
        while (taken < handed) {
            put(awaitOldest(), file);
        }
        LineBatch last = batch(handed);
        if (!last.isEmpty()) {
            try {
                last.make(ownFormat);
            } catch (RuntimeException | Error e) {
                throw failed(e);
            }
            put(last, file);
        }
    }

    private void handOver() throws HandlerRestartException {
        if (thread == null) {
            try {
                Format format = formats.get();
                thread = new Thread(() -> run(format), "emberlog-" + context.name() + "-lines");
                thread.setDaemon(true);
                thread.start();
            } catch (RuntimeException | Error e) { // there is no memory, or no further thread
                throw failed(e);
            }
        }
        handed = handed + 1;
        LockSupport.unpark(thread);
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
        if (!file.append(batch.lines())) {
            throw failed(
                    new IllegalStateException("its " + batch.lines().length() + " bytes do not fit into the file"));
        }
        batch.clear();
        if (taken < handed) {
            taken++;
            sinceNs = context.nanoTime();
        }
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
