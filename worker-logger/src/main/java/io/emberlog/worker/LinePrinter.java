package io.emberlog.worker;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Prints lines for threads that must not wait for whoever reads them. The lines wait in a bounded queue, and a thread
 * prints them in their order; it is made at a line and ends when there was none for a while. What finds no room, or fails
 * to print, is counted and told by a line of its own once there is room. Any thread; only {@link #flush} waits, and nothing
 * is locked. Throws only at the end of a stack, with nothing done.
 */
final class LinePrinter implements Runnable {
    static final int MAX_LINES = 1024;
    /** Of all that wait: 1 MiB, as a character takes two bytes at most. A line that is longer goes in alone. */
    static final int MAX_CHARS = 512 * 1024;

    /** How long no thread is asked for when there was none to be had: to ask is dear, and the JVM prints a line each time. */
    private static final long RETRY_NS = 1_000_000_000L;

    /** @param missing how many in front of it found no room */
    private record Line(String text, long missing) {}

    private final Consumer<String> out;
    private final ThreadFactory threads;
    private final long idleNs;

    private final Queue<Line> queue = new ConcurrentLinkedQueue<>();
    /** Places taken, by lines that wait and by the one that is being printed. */
    private final AtomicInteger lines = new AtomicInteger();

    private final AtomicInteger chars = new AtomicInteger();
    /** Not printed and not told yet. */
    private final AtomicLong missing = new AtomicLong();

    private final AtomicReference<Thread> printer = new AtomicReference<>();
    private volatile long retryNs = System.nanoTime();
    /** Keeps the probe's result in use. */
    private long probed;

    /**
     * @param out may block, and may throw
     * @param threads makes the printing thread, not started; may throw
     * @param idle how long that waits for another line
     */
    LinePrinter(Consumer<String> out, ThreadFactory threads, Duration idle) {
        this.out = out;
        this.threads = threads;
        this.idleNs = idle.toNanos();
    }

    void println(String line) {
        probed = StackProbe.reach(); // an overflow further down could keep a place for good
        if (!enqueue(line)) {
            missing.getAndIncrement();
        }
        wake();
    }

    /** Whether a line would find no room: then it needs not be made. */
    boolean isFull() {
        return lines.get() >= MAX_LINES || chars.get() >= MAX_CHARS;
    }

    /** Counts lines that were not made. */
    void skip(int count) {
        missing.getAndAdd(count);
        wake();
    }

    private boolean enqueue(String line) {
        int length = line.length();
        if (lines.getAndIncrement() >= MAX_LINES) {
            lines.getAndDecrement();
            return false;
        }
        int before = chars.getAndAdd(length);
        if (before > 0 && before > MAX_CHARS - length) {
            release(length);
            return false;
        }
        long inFront = takeMissing();
        try {
            queue.add(new Line(line, inFront));
            return true;
        } catch (Throwable heapIsFull) {
            missing.getAndAdd(inFront);
            release(length);
            return false;
        }
    }

    private long takeMissing() {
        return missing.get() == 0 ? 0 : missing.getAndSet(0);
    }

    private void release(int length) {
        chars.getAndAdd(-length);
        lines.getAndDecrement();
    }

    /** Where no thread can be had, what waits goes on waiting: the next line asks again, and so does {@link #flush}. */
    private void wake() {
        Thread running = printer.get();
        if (running != null) {
            LockSupport.unpark(running);
            return;
        }
        long now = System.nanoTime();
        if (now - retryNs < 0) {
            return;
        }
        Thread made = null;
        try {
            made = threads.newThread(this);
            if (printer.compareAndSet(null, made)) {
                made.start();
            }
        } catch (Throwable noThread) {
            retryNs = now + RETRY_NS;
            printer.compareAndSet(made, null);
        }
    }

    /** One thread at a time: the one that {@link #printer} names. */
    @Override
    public void run() {
        Thread me = Thread.currentThread();
        long printedNs = System.nanoTime();
        while (printer.get() == me) {
            try {
                if (printNext()) {
                    printedNs = System.nanoTime();
                    continue;
                }
                long leftNs = idleNs - (System.nanoTime() - printedNs);
                if (leftNs > 0) {
                    LockSupport.parkNanos(this, leftNs);
                    Thread.interrupted(); // nobody's business here
                } else if (printer.compareAndSet(me, null)
                        && (queue.isEmpty() || !printer.compareAndSet(null, me))) { // a line may have come just before
                    return;
                }
            } catch (Throwable heapIsFull) {
                Thread.yield();
            }
        }
    }

    /** @return false when there was nothing, or nothing could be told of what is missing */
    private boolean printNext() {
        Line line = queue.poll();
        if (line == null) {
            lines.getAndIncrement(); // so that flush waits for this, too
            try {
                return tell(takeMissing());
            } finally {
                lines.getAndDecrement();
            }
        }
        try {
            tell(line.missing);
            print(line.text);
        } finally {
            release(line.text.length());
        }
        return true;
    }

    private boolean tell(long count) {
        if (count == 0) {
            return false;
        }
        try {
            out.accept("emberlog: " + count + (count == 1 ? " line was" : " lines were")
                    + " not printed: standard error did not take them");
            return true;
        } catch (Throwable e) {
            missing.getAndAdd(count);
            return false;
        }
    }

    private void print(String text) {
        try {
            out.accept(text);
        } catch (Throwable e) {
            missing.getAndIncrement();
        }
    }

    /**
     * Waits until all lines are printed, and what is missing is told.
     *
     * @return false when that was not so in time
     */
    boolean flush(Duration timeout) {
        long start = System.nanoTime();
        for (int attempt = 0; lines.get() > 0 || missing.get() > 0; attempt++) {
            if (System.nanoTime() - start >= timeout.toNanos()) {
                return false;
            }
            wake();
            Backoff.idle(attempt);
        }
        return true;
    }
}
