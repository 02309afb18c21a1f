package io.emberlog.handler.syslog;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The messages that a server may still not have read when its connection ends: those sent within a span before it was last seen to
 * work, {@value #MOST_BYTES} bytes at most, the oldest go first. One thread.
 */
final class RecentMessages {
    static final int MOST_BYTES = 4 << 20;

    /** Takes one that is to be sent again. */
    @FunctionalInterface
    interface Receiver {
        void take(byte[] message) throws IOException;
    }

    private record Sent(byte[] message, long atNs) {}

    private final long spanNs;
    private final Deque<Sent> messages = new ArrayDeque<>();
    private int bytes;
    /** Forgotten since the beginning, and what that must reach. */
    private long forgotten;

    private long mark;

    /** @param spanNs 0 keeps none */
    RecentMessages(long spanNs) {
        this.spanNs = spanNs;
    }

    void add(byte[] message, long nowNs) {
        if (spanNs == 0) {
            return;
        }
        messages.addLast(new Sent(message, nowNs));
        bytes += message.length;
        while (bytes > MOST_BYTES) {
            removeFirst();
        }
    }

    /** The connection is seen to work. */
    void seen(long nowNs) {
        while (!messages.isEmpty() && nowNs - messages.peekFirst().atNs > spanNs) {
            removeFirst();
        }
    }

    private void removeFirst() {
        bytes -= messages.removeFirst().message.length;
        forgotten++;
    }

    /** Behind those of now. */
    void mark() {
        mark = forgotten + messages.size();
    }

    /** Whether all that were there at the {@linkplain #mark} are forgotten. */
    boolean isMarkPassed() {
        return forgotten >= mark;
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    int size() {
        return messages.size();
    }

    /** In the order in which they were sent. */
    void forEach(Receiver receiver) throws IOException {
        for (Sent sent : messages) {
            receiver.take(sent.message);
        }
    }

    /** All of them were sent again. */
    void sentAgain(long nowNs) {
        for (int left = messages.size(); left > 0; left--) {
            messages.addLast(new Sent(messages.removeFirst().message, nowNs));
        }
    }

    void clear() {
        messages.clear();
        bytes = 0;
        mark = forgotten;
    }
}
