package io.emberlog.master;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Steps an agent's {@code doWork} until told to stop. While there was work lately it spins briefly and parks at most a
 * millisecond; after a second without, {@code idleParkNs}. Never interrupted: an interrupt would close the file that the
 * agent happens to be in.
 */
final class MasterThread {
    private static final int SPINS = 200;
    private static final long ACTIVE_PARK_NS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long ACTIVE_FOR_NS = TimeUnit.SECONDS.toNanos(1);

    private final Thread thread;
    private final IntSupplier work;
    private final long idleParkNs;
    private final boolean spins;
    private final Consumer<Throwable> onError;
    private volatile boolean running = true;

    /**
     * @param spins whether to spin briefly before parking
     * @param onError told of what escaped one step; the next step is made all the same
     */
    MasterThread(String name, IntSupplier work, long idleParkNs, boolean spins, Consumer<Throwable> onError) {
        this.work = work;
        this.spins = spins;
        this.idleParkNs = idleParkNs;
        this.onError = onError;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        int idle = 0;
        long lastWorkNs = System.nanoTime();
        while (running) {
            int done = 0;
            try {
                done = work.getAsInt();
            } catch (Throwable t) { // an agent that stops stops everything: tell, and go on
                onError.accept(t);
            }
            if (done > 0) {
                idle = 0;
                lastWorkNs = System.nanoTime();
            } else if (spins && idle < SPINS) {
                idle++;
                Thread.onSpinWait();
            } else {
                boolean active = spins && System.nanoTime() - lastWorkNs < ACTIVE_FOR_NS;
                LockSupport.parkNanos(active ? Math.min(ACTIVE_PARK_NS, idleParkNs) : idleParkNs);
            }
        }
    }

    void wake() {
        LockSupport.unpark(thread);
    }

    /** @return true when the thread has ended in time */
    boolean stop(long timeoutNs) {
        running = false;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        long deadline = System.nanoTime() + timeoutNs;
        while (thread.isAlive() && deadline - System.nanoTime() > 0) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1_000_000, deadline - System.nanoTime()));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
