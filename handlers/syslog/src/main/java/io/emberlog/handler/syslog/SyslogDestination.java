package io.emberlog.handler.syslog;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.delivery.Destination;
import io.emberlog.handler.delivery.Reply;
import io.emberlog.handler.format.SyslogText;
import io.emberlog.handler.format.Utf8Buffer;
import io.emberlog.message.Level;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Brings records to a syslog server over the network. The server acknowledges nothing; what is done instead:
 *
 * <ul>
 *   <li>before a batch, after it, and every second while there is none, the connection is looked at: one that the server has ended, or
 *       that was reset, is made anew;
 *   <li>a batch that goes over TCP counts as sent when the other <i>kernel</i> has acknowledged all of it;
 *   <li>a connection that ends may take along what that kernel had and the server had not read. So what was sent within a span before
 *       the connection was last seen to work is sent again over the next one ({@link RecentMessages}), in front of what follows:
 *       doubles, told by their {@code id}. As long as they might be, a checkpoint behind them waits, so a master that is killed does as much; and
 *       none is made while they are to be sent again and cannot be.
 * </ul>
 *
 * So a record is lost only when the server leaves it unread for longer than that span, keeps its connection all that time, and then
 * ends; or loses it after it has read it. UDP knows nothing of all this ({@link UdpTransport}). One thread.
 */
final class SyslogDestination implements Destination {
    private static final long LOOK_EVERY_NS = 1_000_000_000L;

    private final Transport transport;
    private final SyslogText text;
    private final RecentMessages recent;
    private final Utf8Buffer buffer = new Utf8Buffer(1024);

    private HandlerContext context;
    private long lookedNs;

    /** @param resendNs span of what is sent again, 0 for none */
    SyslogDestination(Transport transport, SyslogText text, long resendNs) {
        this.transport = transport;
        this.text = text;
        recent = new RecentMessages(resendNs);
    }

    @Override
    public void open(HandlerContext newContext) {
        transport.disconnect();
        recent.clear();
        context = newContext;
        lookedNs = newContext.nanoTime();
    }

    @Override
    public Reply send(List<LogRecord> batch) throws IOException {
        look(context.nanoTime());
        List<byte[]> messages = new ArrayList<>(batch.size());
        try {
            connect();
            for (LogRecord record : batch) {
                buffer.clear();
                text.append(record, buffer);
                byte[] message = Arrays.copyOf(buffer.bytes(), buffer.length());
                transport.send(message, message.length);
                messages.add(message);
            }
            transport.settle();
        } catch (IOException e) {
            transport.disconnect();
            throw e;
        }
        long now = context.nanoTime();
        long bytes = 0;
        for (byte[] message : messages) {
            recent.add(message, now);
            bytes += message.length;
        }
        context.metrics().addNetworkBytes(bytes);
        return Reply.delivered();
    }

    @Override
    public void idle(long nowNs) throws IOException {
        if (nowNs - lookedNs >= LOOK_EVERY_NS) {
            lookAfter(nowNs);
        }
    }

    /** Sends again what has to be. */
    private void lookAfter(long nowNs) throws IOException {
        look(nowNs);
        if (!transport.isConnected() && !recent.isEmpty()) {
            try {
                connect();
            } catch (IOException e) {
                transport.disconnect();
                throw e;
            }
        }
    }

    /** Notices that the connection has ended. */
    private void look(long nowNs) {
        lookedNs = nowNs;
        if (!transport.isConnected()) {
            return;
        }
        try {
            transport.check();
            recent.seen(nowNs);
        } catch (IOException e) {
            transport.disconnect();
            if (!recent.isEmpty() && !recent.isIncomplete()) {
                context.report(Level.NOTICE, "sends " + recent.size() + " messages again: " + e.getMessage(), null);
            }
        }
    }

    private void connect() throws IOException {
        if (transport.isConnected()) {
            return;
        }
        if (recent.isIncomplete()) {
            throw new HandlerRestartException(
                    "a connection has ended over which more was sent within resend than is remembered", null);
        }
        transport.connect();
        if (!recent.isEmpty()) {
            recent.forEach(message -> transport.send(message, message.length));
            transport.settle();
            recent.sentAgain(context.nanoTime());
        }
    }

    @Override
    public void checkpoint() throws IOException {
        lookAfter(context.nanoTime());
        recent.mark();
    }

    @Override
    public boolean isSettled() {
        return recent.isMarkPassed();
    }

    @Override
    public void close() {
        transport.finish();
        recent.clear();
    }
}
