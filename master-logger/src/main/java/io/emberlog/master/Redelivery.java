package io.emberlog.master;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.RecordRejectedException;
import io.emberlog.handler.RetryLaterException;
import io.emberlog.handler.redact.Redaction;
import io.emberlog.handler.redact.Redactor;
import io.emberlog.master.config.HandlerConfig;
import io.emberlog.master.replay.RecordSink;
import io.emberlog.message.Level;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Hands records out of evidence to one configured handler, as a life of its own: it begins without a state, and what it
 * would store is forgotten, so the checkpoint of the master's handler of that name is neither read nor written. One thread.
 *
 * <p>The handler's levels, filter, sample and rate limit do not apply, for what is delivered is the caller's choice; its redaction does.
 *
 * <p>A destination that is away is waited for, as long as it takes. What it rejects is counted and told. A handler that
 * asks for a new life ends the whole: the records before may not have arrived, and only a new run gives them again.
 */
public final class Redelivery implements RecordSink, AutoCloseable {
    /** Hears what the operator should know. */
    public interface Listener {
        /** @param id of the record that the destination does not take */
        void onRejected(String id, Throwable cause);

        /** What the handler says itself, or that it must wait. */
        void onReport(Level level, String message, Throwable cause);
    }

    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long FIRST_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_RETRY_NS = TimeUnit.SECONDS.toNanos(5);

    private final Handler handler;
    private final Redactor redactor;
    private final String name;
    private final Listener listener;
    private final HandlerMetrics metrics = new HandlerMetrics();
    private long tickedNs;
    private long delivered;
    private long rejected;

    /** @throws IllegalArgumentException when the settings are wrong together, or the type is not installed */
    public Redelivery(HandlerConfig config, Listener listener) {
        this(
                config.name(),
                HandlerSpecs.of(List.of(config)).get(0).handler(),
                config.route().redaction(),
                listener);
    }

    Redelivery(String name, Handler handler, Redaction redaction, Listener listener) {
        redactor = redaction.redactor();
        this.name = name;
        this.handler = handler;
        this.listener = listener;
    }

    /**
     * Begins; waits while the destination is away.
     *
     * @throws IllegalArgumentException when the configuration is wrong
     */
    public void open() throws IOException {
        retry("open", () -> {
            try {
                handler.open(new Context());
            } catch (IOException e) {
                handler.close();
                throw e;
            }
        });
    }

    @Override
    public void accept(LogRecord whole) throws IOException {
        LogRecord record = redactor.redact(whole);
        tick();
        try {
            retry("handle", () -> {
                try {
                    handler.handle(record);
                } catch (RecordRejectedException e) {
                    throw new RejectedException(e);
                }
            });
            delivered++;
        } catch (RejectedException e) {
            reject(record, e.getCause());
        } catch (RuntimeException e) { // a fault of the handler's that this record finds
            reject(record, e);
        }
    }

    /** Sends on what is buffered and makes it as durable as the handler promises. */
    public void finish() throws IOException {
        retry("flush", handler::flush);
        retry("finish", handler::finish);
        retry("checkpoint", handler::checkpoint);
    }

    /** Records taken. */
    public long delivered() {
        return delivered;
    }

    public long rejected() {
        return rejected;
    }

    @Override
    public void close() throws IOException {
        handler.close();
    }

    private void reject(LogRecord record, Throwable cause) {
        rejected++;
        listener.onRejected(record.id(), cause);
    }

    private void tick() throws IOException {
        long now = System.nanoTime();
        if (now - tickedNs >= TICK_NS) {
            tickedNs = now;
            try {
                handler.tick(now);
            } catch (HandlerRestartException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                listener.onReport(Level.WARN, "handler " + name + ": tick failed", e);
            }
        }
    }

    private interface Call {
        void run() throws IOException;
    }

    private void retry(String what, Call call) throws IOException {
        long delayNs = FIRST_RETRY_NS;
        while (true) {
            long leastNs = 0;
            try {
                call.run();
                if (delayNs != FIRST_RETRY_NS) {
                    listener.onReport(Level.INFO, "handler " + name + ": works again", null);
                }
                return;
            } catch (HandlerRestartException | RejectedException e) {
                throw e;
            } catch (IOException e) {
                leastNs = e instanceof RetryLaterException later ? later.delayNs() : 0;
                if (delayNs == FIRST_RETRY_NS) {
                    listener.onReport(
                            Level.WARN, "handler " + name + ": " + what + " failed; is tried again until it works", e);
                }
            }
            waitNs(Math.max(leastNs, delayNs));
            delayNs = Math.min(LONGEST_RETRY_NS, 2 * delayNs);
        }
    }

    private static void waitNs(long ns) throws IOException {
        long deadline = System.nanoTime() + ns;
        for (long left = ns; left > 0; left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.currentThread().isInterrupted()) {
                throw new IOException("interrupted while waiting for the destination");
            }
        }
    }

    /** Carries a rejection through {@link Call}, which knows only what can be tried again. */
    private static final class RejectedException extends IOException {
        private static final long serialVersionUID = 1;

        RejectedException(RecordRejectedException cause) {
            super(cause);
        }
    }

    private final class Context implements HandlerContext {
        @Override
        public String name() {
            return name;
        }

        @Override
        public byte[] state() {
            return null;
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long epochNs() {
            Instant now = Instant.now();
            return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        }

        /** There is no later life, so nothing need be stored; the handler makes durable what it promises. */
        @Override
        public void requestCheckpoint() throws IOException {
            handler.checkpoint();
        }

        @Override
        public void putAside(LogRecord record, String reason) {
            delivered--; // it had been taken
            reject(record, new RecordRejectedException(reason));
        }

        @Override
        public void report(Level level, String message, Throwable cause) {
            listener.onReport(level, "handler " + name + ": " + message, cause);
        }

        @Override
        public HandlerMetrics metrics() {
            return metrics;
        }
    }
}
