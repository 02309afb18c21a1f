package io.emberlog.bench;

import com.sun.management.ThreadMXBean;
import io.emberlog.bench.front.Call;
import io.emberlog.bench.front.Front;
import io.emberlog.bench.front.Library;
import io.emberlog.bench.front.Setting;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * The log call, into a queue that something drains: Emberlog's ring of the default size, the queue of a peer. Nothing
 * drains as fast as threads can log that do nothing else, and a call that finds the queue full costs nothing or waits; so the
 * threads stop from burst to burst, outside of what is timed, until what is there has gone ({@link Front#settle}). Refused
 * calls are counted all the same, and must be none. The JVM measures one library, the one of {@link Setting#ofThisJvm}.
 */
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LogCalls {
    /**
     * File for what JMH does not count: lines {@code refused CALLS}, one of each JVM, and
     * {@code thread BYTES CALLS}, one of each thread and iteration.
     */
    static final String NOTES_PROPERTY = "emberlog.bench.notes";

    static final int CALLS = 1000;

    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

    /** What all threads share. */
    @State(Scope.Benchmark)
    public static class Log {
        /** No line is shorter: a file that has fewer bytes a call lacks some. */
        private static final long SHORTEST_LINE = 60;

        final Call call = Setting.ofThisJvm().call();
        final LongAdder calls = new LongAdder();

        Front front;

        @Setup(Level.Trial)
        public void open() {
            front = Library.open(Setting.ofThisJvm());
            if (!front.log("first") || !front.settle(DRAIN_LIMIT)) {
                throw new IllegalStateException("nothing drains the queue");
            }
        }

        @TearDown(Level.Trial)
        public void close() throws IOException {
            long refused = front.refused();
            front.close();
            LogCalls.note("refused " + (isMissingLines() ? calls.sum() : refused));
        }

        /** A peer that is not set up as it should be, or has no room for its file, drops all and is fast. */
        private boolean isMissingLines() throws IOException {
            Setting setting = Setting.ofThisJvm();
            return setting.library().writesFile()
                    && call != Call.DISABLED
                    && Files.size(Path.of(setting.target())) < calls.sum() * SHORTEST_LINE;
        }
    }

    /** A thread's way through its burst. */
    @State(Scope.Thread)
    public static class Burst {
        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long next;
        /** Calls between two waits: together the threads must not fill the queue. */
        private int burst;

        private int left;
        private long nextBefore;
        private long bytesBefore;
        /** Allocated while it waited for the queue. */
        private long bytesOfWaits;

        @Setup(Level.Trial)
        public void first(Log shared, BenchmarkParams benchmark) {
            burst = Math.max(CALLS, shared.call.burst() / benchmark.getThreads());
            left = burst;
            shared.front.enter();
        }

        @Setup(Level.Iteration)
        public void before() {
            nextBefore = next;
            bytesOfWaits = 0;
            bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
        }

        @TearDown(Level.Iteration)
        public void after(Log shared) throws IOException {
            shared.calls.add(next - nextBefore);
            long bytes = THREADS.getCurrentThreadAllocatedBytes() - bytesBefore - bytesOfWaits;
            boolean counted = bytesBefore >= 0; // of virtual threads they are not
            LogCalls.note("thread " + (counted ? bytes : Double.NaN) + " " + (next - nextBefore));
        }

        /** Before one call. */
        void one(Log shared) {
            next++;
            if (--left <= 0) {
                drained(shared);
            }
        }

        /** Before {@link #CALLS} of them. */
        void many(Log shared) {
            next += CALLS;
            left -= CALLS;
            if (left <= 0) {
                drained(shared);
            }
        }

        private void drained(Log shared) {
            left = burst;
            if (shared.call == Call.DISABLED) {
                return;
            }
            long before = THREADS.getCurrentThreadAllocatedBytes();
            if (!shared.front.settle(DRAIN_LIMIT)) {
                throw new IllegalStateException("the queue is not drained any more");
            }
            bytesOfWaits += THREADS.getCurrentThreadAllocatedBytes() - before;
        }
    }

    /** Before each call. */
    @State(Scope.Thread)
    public static class OneByOne extends Burst {
        @Setup(Level.Invocation)
        public void room(Log shared) {
            one(shared);
        }
    }

    /** Before each thousand. */
    @State(Scope.Thread)
    public static class ByTheThousand extends Burst {
        @Setup(Level.Invocation)
        public void room(Log shared) {
            many(shared);
        }
    }

    /** The average: the clock is read once in a thousand calls. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OperationsPerInvocation(CALLS)
    public int average(Log shared, ByTheThousand burst) {
        Front front = shared.front;
        long next = burst.next;
        int taken = 0;
        for (int i = 0; i < CALLS; i++) {
            if (front.log(next + i)) {
                taken++;
            }
        }
        return taken;
    }

    /** Percentiles: includes reading the clock, some 25 ns. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public boolean latency(Log shared, OneByOne burst) {
        return shared.front.log(burst.next);
    }

    private static void note(String line) throws IOException {
        Files.writeString(
                Path.of(System.getProperty(NOTES_PROPERTY)),
                line + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
