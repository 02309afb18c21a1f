package io.emberlog.master;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Steps an agent's {@code doWork} until told to stop, at a {@link Pace}. Never interrupted: an interrupt would close the file that the
 * agent happens to be in.
 */
final class MasterThread {
    private static final int SPINS = 200;

    /**
     * How long a step without work is followed by none.
     *
     * @param spins whether to spin briefly before the first park
     * @param activeForNs how long after work parks stay short
     * @param activeParkNs a short park
     * @param idleParkNs a long one
     */
    record Pace(boolean spins, long activeForNs, long activeParkNs, long idleParkNs) {
        /** Ready for the next record while there are many, cheap while there are none. */
        static final Pace DRAIN = new Pace(
                true,
                TimeUnit.SECONDS.toNanos(1),
                TimeUnit.MICROSECONDS.toNanos(500),
                TimeUnit.MILLISECONDS.toNanos(10));

        /** Whoever waits for a force has just had one, or wakes this thread, or can wait for ten milliseconds. */
        static final Pace SYNC = new Pace(
                false,
                TimeUnit.MILLISECONDS.toNanos(50),
                TimeUnit.MICROSECONDS.toNanos(250),
                TimeUnit.MILLISECONDS.toNanos(10));

        static Pace every(long parkNs) {
            return new Pace(false, 0, parkNs, parkNs);
        }
    }

    private final Thread thread;
    private final IntSupplier work;
    private final Pace pace;
    private final Consumer<Throwable> onError;
    private volatile boolean running = true;

    /** @param onError told of what escaped one step; the next step is made all the same */
    MasterThread(String name, IntSupplier work, Pace pace, Consumer<Throwable> onError) {
        this.work = work;
        this.pace = pace;
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
            } else if (pace.spins() && idle < SPINS) {
                idle++;
                Thread.onSpinWait();
            } else {
                boolean active = System.nanoTime() - lastWorkNs < pace.activeForNs();
                LockSupport.parkNanos(active ? pace.activeParkNs() : pace.idleParkNs());
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
