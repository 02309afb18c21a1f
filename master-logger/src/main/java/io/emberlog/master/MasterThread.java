package io.emberlog.master;

import io.emberlog.master.config.IdleMode;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Steps an agent's {@code doWork} until told to stop, at a {@link Pace}. Never interrupted: an interrupt would close the file that the
 * agent happens to be in.
 */
final class MasterThread {
    /** How long a thread sleeps between two steps without work. */
    @FunctionalInterface
    interface Pace {
        /** @param sinceWorkNs since the last step that did something */
        long parkNs(long sinceWorkNs);

        static Pace every(long parkNs) {
            return sinceWorkNs -> parkNs;
        }

        /** One for a while behind the last work, another while there is none. */
        static Pace of(long parkNs, long quietParkNs) {
            return sinceWorkNs -> sinceWorkNs < QUIET_AFTER_NS ? parkNs : quietParkNs;
        }
    }

    private static final int SPINS = 200;
    /** Where the pace could not tell. */
    private static final long UNKNOWN_PARK_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long QUIET_AFTER_NS = TimeUnit.SECONDS.toNanos(10);

    private final Thread thread;
    private final IntSupplier work;
    private final Pace pace;
    private final int spins;
    private final IdleMode idleMode;
    private final Consumer<Throwable> onError;
    private volatile boolean running = true;

    /** @param onError told of what escaped one step; the next step is made all the same */
    MasterThread(String name, IntSupplier work, Pace pace, Consumer<Throwable> onError) {
        this(name, work, pace, 0, IdleMode.BACKOFF, onError);
    }

    private MasterThread(
            String name, IntSupplier work, Pace pace, int spins, IdleMode idleMode, Consumer<Throwable> onError) {
        this.work = work;
        this.pace = pace;
        this.spins = spins;
        this.idleMode = idleMode;
        this.onError = onError;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    /** One that waits for records of others, and spins a little before it sleeps. */
    static MasterThread drain(IntSupplier work, Pace pace, IdleMode idleMode, Consumer<Throwable> onError) {
        return new MasterThread("emberlog-drain", work, pace, SPINS, idleMode, onError);
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
                tell(t);
            }
            if (done > 0) {
                idle = 0;
                lastWorkNs = System.nanoTime();
            } else if (!idleMode.sleeps()) {
                idleMode.pause();
            } else if (idle < spins) {
                idle++;
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(parkNs(System.nanoTime() - lastWorkNs));
            }
        }
    }

    private long parkNs(long sinceWorkNs) {
        try {
            return pace.parkNs(sinceWorkNs);
        } catch (Throwable t) { // as of a step
            tell(t);
            return UNKNOWN_PARK_NS;
        }
    }

    private void tell(Throwable thrown) {
        try {
            onError.accept(thrown);
        } catch (Throwable untold) {
            return; // of a heap that is full nobody can be told
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
