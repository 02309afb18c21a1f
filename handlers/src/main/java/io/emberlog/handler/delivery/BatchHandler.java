package io.emberlog.handler.delivery;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerMetrics.Gauge;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.RetryLaterException;
import io.emberlog.message.Level;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Brings records to a {@link Destination} in batches, at least once and in the order of the journal.
 *
 * <ul>
 *   <li><b>Unavailable</b> (any {@link IOException}, {@link Reply#unavailable}): the batch stays, nothing more is taken, and the call
 *       fails; the caller makes it again, ever later, for as long as it takes. Whichever call it is (a checkpoint sends, too), the
 *       destination is asked again 100, 200, 400, 800, 1600 ms and then 3 s after it failed, and not before it said. After {@value
 *       CircuitBreaker#THRESHOLD} failures in a row, some 15 s after the first, the {@link CircuitBreaker} keeps those calls from it.
 *   <li><b>Rejected</b>: a batch of many is halved until the one to blame is alone. That one is tried {@value #TRIES} times (after
 *       100, 200, 400, 800 ms, each up to a quarter more) and then put aside. One that is refused with the same code within a
 *       minute after that is put aside at once: where the whole stream is refused, it must not take three seconds a record.
 *   <li><b>Checkpoint</b>: sends all that was taken first. So a stored state never passes a record that is neither delivered nor put
 *       aside, and a life that ends otherwise repeats at most what came since: one batch and what was sent since the last state.
 * </ul>
 *
 * <p>Memory: copies of the records of one batch. One thread.
 */
public final class BatchHandler implements Handler {
    /** Of a record that is rejected, before it is put aside. */
    static final int TRIES = 5;

    static final long FIRST_RETRY_NS = 100_000_000L;

    /** Longest pause between two tries before the breaker opens. */
    static final long MOST_RETRY_NS = 3_000_000_000L;

    /** How long a code that has put a record aside does so at once. */
    static final long PROVEN_NS = 60_000_000_000L;

    private static final byte[] NO_STATE = {};

    private final Destination destination;
    private final BatchLimits limits;
    private final CircuitBreaker breaker = new CircuitBreaker();

    /** Taken, and not yet asked for. */
    private List<LogRecord> gathered = new ArrayList<>();

    private long gatheredBytes;
    private long gatheredSinceNs;

    /** Asked for and not yet delivered, in order; more than one only where a batch was split. */
    private final Deque<Batch> due = new ArrayDeque<>();

    private HandlerContext context;
    /** From the last request to its answer. */
    private long sentInNs;

    /** What was answered last, where that was no success; else null. */
    private String trouble;
    /** Then: nobody asks again before this. */
    private long notBeforeNs;

    private String provenCode;
    private long provenUntilNs;

    public BatchHandler(Destination destination, BatchLimits limits) {
        this.destination = destination;
        this.limits = limits;
    }

    @Override
    public void open(HandlerContext newContext) throws IOException {
        context = newContext;
        forget();
        tellBuffered();
        destination.open(newContext);
    }

    @Override
    public void handle(LogRecord record) throws IOException {
        int length = record.entry().length();
        boolean isFull = gathered.size() >= limits.records() || gatheredBytes + length > limits.bytes();
        boolean overflows = isFull && !gathered.isEmpty();
        if (overflows) {
            context.metrics().add(Counter.BUFFER_OVERFLOWS, 1);
        }
        if (!due.isEmpty() || overflows) {
            deliver();
        }
        if (gathered.isEmpty()) {
            gatheredSinceNs = context.nanoTime();
        }
        gathered.add(record.copy());
        gatheredBytes += length;
        tellBuffered();
    }

    private void tellBuffered() {
        int buffered = gathered.size();
        for (Batch batch : due) {
            buffered += batch.records().size();
        }
        context.metrics().set(Gauge.BUFFERED_RECORDS, buffered);
    }

    @Override
    public void flush() throws IOException {
        if (limits.linger().isZero() || !due.isEmpty()) {
            deliver();
        }
    }

    @Override
    public void tick(long nowNs) throws IOException {
        boolean lingered = nowNs - gatheredSinceNs >= limits.linger().toNanos();
        if (!due.isEmpty()) {
            return; // whoever was told of it makes that call again
        }
        if (gathered.isEmpty()) {
            destination.idle(nowNs);
        } else if (lingered) {
            deliver();
        }
    }

    @Override
    public byte[] checkpoint() throws IOException {
        deliver();
        destination.checkpoint();
        return NO_STATE;
    }

    @Override
    public boolean isSettled() {
        return destination.isSettled();
    }

    @Override
    public void close() throws IOException {
        forget();
        destination.close();
    }

    private void forget() {
        gathered = new ArrayList<>();
        gatheredBytes = 0;
        due.clear();
    }

    /** Until everything taken is delivered or put aside. */
    private void deliver() throws IOException {
        if (!gathered.isEmpty()) {
            due.addLast(new Batch(gathered, 0));
            gathered = new ArrayList<>();
            gatheredBytes = 0;
        }
        while (!due.isEmpty()) {
            checkWhetherToAsk(context.nanoTime());
            try {
                settle(due.peekFirst());
            } finally {
                tellBuffered();
            }
        }
    }

    private void checkWhetherToAsk(long now) throws RetryLaterException {
        long openNs = breaker.waitNs(now);
        if (openNs > 0) {
            throw new RetryLaterException(
                    "left alone after " + breaker.failures() + " failures in a row; asked again in "
                            + (openNs / 1_000_000_000L + 1) + " s",
                    openNs);
        }
        if (trouble != null && notBeforeNs - now > 0) {
            throw new RetryLaterException(trouble, notBeforeNs - now); // to another call than the one that was told
        }
    }

    private void settle(Batch batch) throws IOException {
        Reply reply;
        long startNs = context.nanoTime();
        trouble = null;
        try {
            reply = destination.send(batch.records());
        } catch (IOException e) {
            failed(String.valueOf(e.getMessage()), 0);
            throw e;
        }
        sentInNs = context.nanoTime() - startNs;
        switch (reply.kind()) {
            case DELIVERED -> delivered();
            case UNAVAILABLE -> {
                failed(reply.reason(), reply.retryAfterNs());
                throw new RetryLaterException(reply.reason(), reply.retryAfterNs());
            }
            case REJECTED, TOO_LARGE -> refused(batch, reply);
            case PARTLY -> partly(batch, reply);
            default -> throw new IllegalStateException("kind=" + reply.kind());
        }
    }

    private void delivered() {
        due.removeFirst();
        succeeded();
    }

    private void succeeded() {
        context.metrics().wrote(sentInNs);
        if (breaker.succeeded()) {
            context.report(Level.NOTICE, "its destination is asked at every turn again", null);
        }
    }

    /** @param leastNs the service's own word for when to come back */
    private void failed(String reason, long leastNs) {
        long now = context.nanoTime();
        boolean opened = breaker.failed(now);
        long delayNs =
                Math.min(MOST_RETRY_NS, FIRST_RETRY_NS << Math.min(breaker.failures() - 1, CircuitBreaker.THRESHOLD));
        waitFor(reason, now + Math.max(leastNs, delayNs));
        if (opened) {
            context.report(
                    Level.WARN,
                    "its destination is left alone for "
                            + CircuitBreaker.FIRST_OPEN_NS / 1_000_000_000L + " s and longer after "
                            + CircuitBreaker.THRESHOLD + " failures in a row, the last: " + reason,
                    null);
        }
    }

    private void refused(Batch batch, Reply reply) throws IOException {
        due.removeFirst();
        int size = batch.records().size();
        if (size > 1) {
            due.addFirst(new Batch(batch.records().subList(size / 2, size), 0));
            due.addFirst(new Batch(batch.records().subList(0, size / 2), 0));
            return;
        }
        long now = context.nanoTime();
        int tries = batch.tries() + 1;
        boolean proven = reply.code().equals(provenCode) && now - provenUntilNs < 0;
        if (tries >= TRIES || proven || reply.kind() == Reply.Kind.TOO_LARGE) {
            context.putAside(batch.records().get(0), reply.reason());
            provenCode = reply.code();
            provenUntilNs = now + PROVEN_NS;
            return;
        }
        due.addFirst(new Batch(batch.records(), tries));
        long delayNs = retryNs(tries, now);
        waitFor("record refused (try " + tries + " of " + TRIES + "): " + reply.reason(), now + delayNs);
        throw new RetryLaterException(trouble, delayNs);
    }

    private void waitFor(String reason, long untilNs) {
        trouble = reason;
        notBeforeNs = untilNs;
    }

    private static long retryNs(int tries, long nowNs) {
        long delayNs = FIRST_RETRY_NS << tries - 1;
        return delayNs + new SplittableRandom(nowNs).nextLong(delayNs / 4 + 1);
    }

    /** Those rejected are tried alone, those that may come again together; the rest is delivered. */
    private void partly(Batch batch, Reply reply) throws IOException {
        due.removeFirst();
        List<LogRecord> again = new ArrayList<>();
        List<Batch> alone = new ArrayList<>();
        for (int i = 0; i < batch.records().size(); i++) {
            LogRecord record = batch.records().get(i);
            if (reply.isAgain(i)) {
                again.add(record);
            } else if (reply.rejected().containsKey(i)) {
                alone.add(new Batch(List.of(record), batch.tries()));
            }
        }
        for (int i = alone.size() - 1; i >= 0; i--) {
            due.addFirst(alone.get(i));
        }
        if (again.isEmpty()) {
            if (alone.size() == batch.records().size() && alone.size() == 1) {
                refused(
                        alone.get(0),
                        Reply.rejected(
                                reply.code(),
                                reply.rejected().values().iterator().next()));
            } else {
                succeeded();
            }
            return;
        }
        due.addFirst(new Batch(again, batch.tries()));
        failed(reply.reason(), reply.retryAfterNs());
        throw new RetryLaterException(reply.reason(), reply.retryAfterNs());
    }

    /**
     * @param records not empty
     * @param tries how often a single one was refused
     */
    private record Batch(List<LogRecord> records, int tries) {}
}
