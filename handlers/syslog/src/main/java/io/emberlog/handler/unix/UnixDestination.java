package io.emberlog.handler.unix;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.delivery.BatchHandler;
import io.emberlog.handler.delivery.Destination;
import io.emberlog.handler.delivery.Reply;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Brings records to a receiver behind a Unix datagram socket, one datagram each. A batch is delivered when the receiver has read all
 * of it. One that ends before that gets the whole batch again when it is back; one that is merely slow, or whose socket is held by
 * systemd while it is away, gets what is not in its queue yet. One thread.
 */
public final class UnixDestination implements Destination {
    /** Makes a datagram of a record. */
    @FunctionalInterface
    public interface Sender {
        /**
         * @return bytes sent; -1 when the record is longer than the socket takes
         * @throws IOException of the socket
         */
        int send(LogRecord record, UnixDatagramSocket socket) throws IOException;
    }

    private final Path path;
    private final Duration timeout;
    private final Sender sender;

    private HandlerContext context;
    private UnixDatagramSocket socket;

    /** Those that this socket has taken, and that are not known to be read; {@link BatchHandler} sends the same objects again. */
    private final Set<LogRecord> queued = Collections.newSetFromMap(new IdentityHashMap<>());

    /** @param timeout how long the receiver may take to read */
    public UnixDestination(Path path, Duration timeout, Sender sender) {
        this.path = path;
        this.timeout = timeout;
        this.sender = sender;
    }

    @Override
    public void open(HandlerContext newContext) throws IOException {
        LibC.calls();
        disconnect();
        context = newContext;
    }

    @Override
    public Reply send(List<LogRecord> batch) throws IOException {
        if (socket == null) {
            socket = UnixDatagramSocket.connect(path, timeout);
        }
        try {
            for (LogRecord record : batch) {
                if (queued.contains(record)) {
                    continue;
                }
                int bytes = sender.send(record, socket);
                if (bytes < 0) {
                    return Reply.tooLarge(
                            path + " takes no datagram of " + record.entry().length() + " bytes");
                }
                queued.add(record);
                context.metrics().add(Counter.BYTES, bytes);
            }
            socket.awaitRead();
            queued.clear();
            return Reply.delivered();
        } catch (SocketTimeoutException e) {
            throw e; // what the socket has taken stays in the queue
        } catch (IOException e) {
            disconnect();
            throw e;
        }
    }

    private void disconnect() {
        queued.clear();
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }

    @Override
    public void close() {
        disconnect();
    }
}
