package io.emberlog.handler.file;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A daemon thread, begun when there is something to do. It has the lowest priority, which Linux does not honour by itself; so it
 * rests after each piece of work for as long as that took, and takes no more than half of one processor.
 */
final class ArchivistThread implements Background {
    private static final long LONGEST_REST_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final String name;
    private volatile boolean stopped;
    private Thread thread;

    ArchivistThread(String handler) {
        name = "emberlog-" + handler + "-files";
    }

    @Override
    public void wake(Archivist archivist) {
        if (thread == null && !stopped) {
            thread = new Thread(() -> run(archivist), name);
            thread.setDaemon(true);
            thread.setPriority(Thread.MIN_PRIORITY);
            thread.start();
        }
        LockSupport.unpark(thread);
    }

    private void run(Archivist archivist) {
        while (!stopped) {
            if (!archivist.doWork()) {
                LockSupport.parkNanos(this, archivist.waitNs());
            }
        }
    }

    @Override
    public void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    @Override
    public boolean isStopped() {
        return stopped;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void rest(long workedNs) {
        if (!stopped) {
            LockSupport.parkNanos(this, Math.min(workedNs, LONGEST_REST_NS));
        }
    }
}
