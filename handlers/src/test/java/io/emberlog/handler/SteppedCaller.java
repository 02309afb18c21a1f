package io.emberlog.handler;

import io.emberlog.message.Level;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A handler's caller whose clock a test moves: hands records over, ticks, stores checkpoints, waits after a failure as the master does.
 * {@link #kill} leaves what was stored and nothing else. Not a thread of its own.
 */
public final class SteppedCaller implements HandlerContext {
    public static final long SECOND_NS = 1_000_000_000L;
    private static final long FIRST_RETRY_NS = 100_000_000L;
    private static final long LONGEST_RETRY_NS = 3_750_000_000L;

    private final List<String> reports = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final StringWriter traces = new StringWriter();
    private final HandlerMetrics metrics = new HandlerMetrics();
    private Handler handler;
    private volatile long nowNs = 1_000 * SECOND_NS;
    private long wallAheadNs = Records.TIME_NS - nowNs;
    private byte[] state;
    private long taken;
    private long storedTaken;
    private long ticksFromNs;
    private long delayNs;
    private boolean diesBeforeCheckpoint;

    /** Out of {@link #requestCheckpoint}, when a test asked for it. */
    public static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** A new life. */
    public void open(Handler newHandler) throws IOException {
        handler = newHandler;
        taken = storedTaken;
        ticksFromNs = nowNs;
        delayNs = 0;
        handler.open(this);
    }

    public void handle(LogRecord record) throws Exception {
        handler.handle(record);
        taken++;
    }

    public void handle(LogRecord record, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            handle(record);
        }
    }

    /** Records that a new life would get again. */
    public long behind() {
        return taken - storedTaken;
    }

    /** Ticks each step, for so long; a failure delays the next as the master does. */
    public void pass(long ns, long stepNs) {
        for (long left = ns; left > 0; left -= stepNs) {
            nowNs += Math.min(stepNs, left);
            tick();
        }
    }

    /** Time goes by without a tick. */
    public void skip(long ns) {
        nowNs += ns;
    }

    public void tick() {
        if (nowNs - ticksFromNs < 0) {
            return;
        }
        try {
            handler.tick(nowNs);
            delayNs = 0;
        } catch (IOException e) {
            failures.add(e.getMessage());
            e.printStackTrace(new PrintWriter(traces, true));
            delayNs = delayNs == 0 ? FIRST_RETRY_NS : Math.min(LONGEST_RETRY_NS, 2 * delayNs);
            ticksFromNs = nowNs + Math.max(delayNs, e instanceof RetryLaterException later ? later.delayNs() : 0);
        }
    }

    public void checkpoint() throws IOException {
        state = handler.checkpoint();
        storedTaken = taken;
    }

    /** Flush, checkpoint, finish, as at the master's end. */
    public void stop() throws IOException {
        handler.flush();
        checkpoint();
        for (int tries = 0; ; tries++) {
            try {
                handler.finish();
                break;
            } catch (RetryLaterException e) {
                if (tries == 20) {
                    throw e;
                }
                nowNs += Math.max(FIRST_RETRY_NS, e.delayNs());
            }
        }
        handler.close();
    }

    /** What is stored is left; the handler's sockets are freed. */
    public void kill() throws IOException {
        handler.close();
    }

    /** The next checkpoint that is asked for is not stored. */
    public void dieBeforeCheckpoint() {
        diesBeforeCheckpoint = true;
    }

    /** Somebody sets the wall clock. */
    public void setWallClock(long byNs) {
        wallAheadNs += byNs;
    }

    /** While no process runs: both clocks go on, the monotonic one from anywhere. */
    public void away(long ns) {
        nowNs += ns;
        long other = 7 * SECOND_NS - nowNs;
        nowNs += other;
        wallAheadNs -= other;
    }

    public List<String> reports() {
        return reports;
    }

    /** Texts of what ticks threw. */
    public List<String> failures() {
        return failures;
    }

    /** What ticks threw, as it is printed, and all that was reported. */
    public String everythingSaid() {
        return traces + String.join("\n", reports);
    }

    @Override
    public void requestCheckpoint() throws IOException {
        if (diesBeforeCheckpoint) {
            diesBeforeCheckpoint = false;
            throw new Died();
        }
        checkpoint();
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public byte[] state() {
        return state;
    }

    @Override
    public long nanoTime() {
        return nowNs;
    }

    @Override
    public long epochNs() {
        return nowNs + wallAheadNs;
    }

    @Override
    public void putAside(LogRecord record, String reason) {
        reports.add("put aside " + record.sequence() + ": " + reason);
    }

    @Override
    public void report(Level level, String message, Throwable cause) {
        reports.add(level.name() + ' ' + message);
        if (cause != null) {
            cause.printStackTrace(new PrintWriter(traces, true));
        }
    }

    @Override
    public HandlerMetrics metrics() {
        return metrics;
    }
}
