package io.emberlog.worker.slf4j;

import io.emberlog.worker.WorkerLogger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Opens the worker once, at first use. A setting that is wrong must not come out of some log call as an exception: it is
 * one message on standard error, and nothing is logged. Any thread. Not final for tests alone.
 */
class LazyWorker {
    private static final long RETRY_NS = 1_000_000_000L;

    private final ReentrantLock lock = new ReentrantLock();
    private final Supplier<WorkerLogger> opener;
    private volatile WorkerLogger root;
    private volatile boolean failed;
    private volatile long retryAtNs = System.nanoTime();

    LazyWorker() {
        this(() -> WorkerLogger.builder().open());
    }

    LazyWorker(Supplier<WorkerLogger> opener) {
        this.opener = opener;
    }

    /** Null when the settings are wrong. */
    WorkerLogger get() {
        WorkerLogger worker = root;
        return worker != null || failed || System.nanoTime() - retryAtNs < 0 ? worker : open();
    }

    private WorkerLogger open() {
        String complaint = null;
        lock.lock();
        try {
            if (root == null && !failed) {
                root = opener.get();
            }
        } catch (RuntimeException e) {
            failed = true;
            complaint = "emberlog: nothing is logged: " + e.getMessage();
        } catch (Error e) { // no thread, no heap: not the call's affair, and perhaps over soon
            retryAtNs = System.nanoTime() + RETRY_NS;
        } finally {
            lock.unlock();
        }
        if (complaint != null) {
            System.err.println(complaint); // which may take its time; the others go on
        }
        return root;
    }
}
