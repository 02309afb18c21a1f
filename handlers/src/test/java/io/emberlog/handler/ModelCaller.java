package io.emberlog.handler;

import io.emberlog.message.Level;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the master's handler thread does, in small and without a thread: hands records over, stores checkpoints, tries
 * again after an exception, begins a new life when asked to. A test lets it die by an {@link Error} out of the handler
 * or of {@link #storeStep}, and lets another handler live on with the same caller: what it stored is all that is left.
 */
public class ModelCaller implements HandlerContext {
    private static final int MAX_TRIES = 1000;

    /** A checkpoint after that many records, a flush after that many, a tick after each. */
    private final int checkpointEvery;

    private final int flushEvery;
    private final List<String> reports = new ArrayList<>();
    private final List<LogRecord> putAside = new ArrayList<>();
    private final HandlerMetrics metrics = new HandlerMetrics();

    private byte[] storedState;
    private int storedPosition;

    private Handler handler;
    private int position;
    private long nowNs;
    private int tries;
    private boolean recordsAreMissing;

    public ModelCaller(int checkpointEvery, int flushEvery) {
        this.checkpointEvery = checkpointEvery;
        this.flushEvery = flushEvery;
    }

    /** One or more lives of this handler, until every record is taken and a last checkpoint is stored. */
    public void run(Handler newHandler, List<LogRecord> records) throws IOException {
        handler = newHandler;
        tries = 0;
        while (!live(records)) {
            closeQuietly();
        }
        closeQuietly();
    }

    private boolean live(List<LogRecord> records) throws IOException {
        try {
            position = storedPosition;
            handler.open(this);
        } catch (IOException e) {
            failed(e);
            return false;
        }
        try {
            while (position < records.size()) {
                if (attempt(records.get(position))) {
                    pace();
                }
            }
            again(handler::flush);
            again(this::requestCheckpoint);
            again(handler::finish);
            return true;
        } catch (HandlerRestartException e) {
            metrics.add(HandlerMetrics.Counter.RESTARTS, 1);
            failed(e);
            return false;
        }
    }

    private boolean attempt(LogRecord record) throws IOException {
        try {
            handler.handle(record);
            position++;
            return true;
        } catch (HandlerRestartException e) {
            throw e;
        } catch (RecordRejectedException | RuntimeException e) {
            metrics.add(HandlerMetrics.Counter.REJECTED, 1);
            position++;
            return true;
        } catch (IOException e) {
            failed(e);
            return false;
        }
    }

    private void pace() throws IOException {
        between(position);
        nowNs += 30_000_000;
        again(() -> handler.tick(nowNs));
        if (position % flushEvery == 0) {
            again(handler::flush);
        }
        if (position % checkpointEvery == 0) {
            again(this::requestCheckpoint);
        }
    }

    private interface Call {
        void make() throws IOException;
    }

    private void again(Call call) throws IOException {
        while (true) {
            try {
                call.make();
                return;
            } catch (HandlerRestartException e) {
                throw e;
            } catch (IOException e) {
                failed(e);
            }
        }
    }

    private void failed(IOException e) {
        nowNs += Math.max(100_000_000, e instanceof RetryLaterException later ? later.delayNs() : 0);
        if (++tries > MAX_TRIES) {
            throw new AssertionError("gave up after " + tries + " tries; " + reports, e);
        }
    }

    private void closeQuietly() {
        try {
            handler.close();
        } catch (IOException e) {
            reports.add("close: " + e);
        }
    }

    /** The first of the records that come now does not follow the last that was stored. */
    public void loseRecords() {
        recordsAreMissing = true;
    }

    @Override
    public boolean recordsAreMissing() {
        return recordsAreMissing;
    }

    @Override
    public void requestCheckpoint() throws IOException {
        byte[] state = handler.checkpoint();
        storeStep();
        store(state, position);
        restore(state, position);
        storeStep();
    }

    /** Somewhere that outlives this object, if need be. */
    protected void store(byte[] state, int newPosition) throws IOException {}

    /** As if this had been stored. */
    protected final void restore(byte[] state, int newPosition) {
        storedState = state;
        storedPosition = newPosition;
    }

    /** Around the storing: a test may throw here. */
    protected void storeStep() throws IOException {}

    /** After each record: a test may meddle here. */
    protected void between(int taken) throws IOException {}

    public List<String> reports() {
        return reports;
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public byte[] state() {
        return storedState;
    }

    @Override
    public long nanoTime() {
        return nowNs;
    }

    @Override
    public long epochNs() {
        return nowNs;
    }

    /** Lets time pass for the next tick. */
    public void advance(long ns) {
        nowNs += ns;
    }

    @Override
    public void putAside(LogRecord record, String reason) {
        metrics.add(HandlerMetrics.Counter.REJECTED, 1);
        putAside.add(record.copy());
        reports.add("put aside " + record.sequence() + ": " + reason);
    }

    /** What the handler put aside itself, in this order. */
    public List<LogRecord> putAside() {
        return putAside;
    }

    @Override
    public void report(Level level, String message, Throwable cause) {
        reports.add(level.name() + ' ' + message);
    }

    @Override
    public HandlerMetrics metrics() {
        return metrics;
    }
}
