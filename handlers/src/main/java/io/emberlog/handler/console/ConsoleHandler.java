package io.emberlog.handler.console;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.ring.IoReason;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Text to stdout and stderr, split by level; in order also across the two, as far as they end in one place. At least
 * once: what was shown since the last checkpoint is shown again after a crash, and after a failed write.
 */
final class ConsoleHandler implements Handler {
    private static final int BUFFER_SIZE = 64 * 1024;
    private static final long FLUSH_INTERVAL_NS = 100_000_000L;
    private static final byte[] NO_STATE = {};

    private final Sink out;
    private final Sink err;
    private final int stderrSeverity;
    private final Utf8Buffer line = new Utf8Buffer(1024);
    private HandlerContext context;
    private long pendingSinceNs;

    ConsoleHandler(Sink out, Sink err, int stderrSeverity) {
        this.out = out;
        this.err = err;
        this.stderrSeverity = stderrSeverity;
    }

    @Override
    public void open(HandlerContext newContext) {
        context = newContext;
        out.pending.clear();
        err.pending.clear();
    }

    @Override
    public void handle(LogRecord record) throws IOException {
        boolean toErr = record.entry().severity() >= stderrSeverity;
        Sink sink = toErr ? err : out;
        (toErr ? out : err).write(context);
        if (sink.pending.length() >= BUFFER_SIZE) {
            sink.write(context);
            context.metrics().add(Counter.BUFFER_OVERFLOWS, 1);
        }
        line.clear();
        sink.format.format(record, line);
        if (sink.pending.isEmpty()) {
            pendingSinceNs = context.nanoTime();
        }
        sink.pending.append(line.bytes(), 0, line.length());
    }

    @Override
    public void flush() throws IOException {
        out.write(context);
        err.write(context);
    }

    @Override
    public void tick(long nowNs) throws IOException {
        if (nowNs - pendingSinceNs >= FLUSH_INTERVAL_NS) {
            flush();
        }
    }

    @Override
    public byte[] checkpoint() throws IOException {
        flush();
        return NO_STATE;
    }

    /** Leaves the streams open: they are the process's. */
    @Override
    public void close() {
        out.pending.clear();
        err.pending.clear();
    }

    /** One of the two streams with what waits for it. */
    static final class Sink {
        private final String name;
        private final OutputStream stream;
        private final Format format;
        private final Utf8Buffer pending = new Utf8Buffer(BUFFER_SIZE);

        Sink(String name, OutputStream stream, Format format) {
            this.name = name;
            this.stream = stream;
            this.format = format;
        }

        private void write(HandlerContext context) throws IOException {
            if (pending.isEmpty()) {
                return;
            }
            long startNs = context.nanoTime();
            try {
                stream.write(pending.bytes(), 0, pending.length());
                stream.flush();
            } catch (IOException e) {
                throw new IOException(name + ": " + IoReason.why(e), e);
            }
            context.metrics().add(Counter.BYTES, pending.length());
            context.metrics().wrote(context.nanoTime() - startNs);
            pending.clear();
        }
    }
}
