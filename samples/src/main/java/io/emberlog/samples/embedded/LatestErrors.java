package io.emberlog.samples.embedded;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.MessageRenderer;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.Level;
import java.util.ArrayDeque;
import java.util.List;

/**
 * A handler of an application's own: keeps the latest errors for a status page, say. It stores no state, so after a restart
 * it gets those again that came since its last checkpoint. {@link #latest}: any thread; the others: the handler's.
 */
final class LatestErrors implements Handler {
    private static final byte[] NO_STATE = {};

    private final ArrayDeque<String> latest = new ArrayDeque<>();
    private final Utf8Buffer text = new Utf8Buffer(256);
    private final int most;

    LatestErrors(int most) {
        this.most = most;
    }

    @Override
    public void open(HandlerContext context) {
        // nothing to open: it writes to memory
    }

    @Override
    public void handle(LogRecord record) {
        if (record.entry().severity() < Level.ERROR.severity()) {
            return;
        }
        text.clear();
        MessageRenderer.render(record.entry(), Escaper.LINE, text);
        synchronized (latest) {
            latest.addLast(text.toString());
            if (latest.size() > most) {
                latest.removeFirst();
            }
        }
    }

    /** Oldest first. */
    List<String> latest() {
        synchronized (latest) {
            return List.copyOf(latest);
        }
    }

    @Override
    public void flush() {
        // nothing is buffered
    }

    @Override
    public byte[] checkpoint() {
        return NO_STATE;
    }

    @Override
    public void close() {
        // nothing is held
    }
}
