package io.emberlog.handler.syslog;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The messages that a server may still not have read when its connection ends: those sent within a span before it was last seen to
 * work, {@value #MOST_BYTES} bytes of them at most. Where there are more, the oldest go first, and {@link #isIncomplete} says so as long
 * as they are within the span. One thread.
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
    /** When the last of them was sent. */
    private long sentNs;

    /** When the last one was sent for which there was no room any more. */
    private long droppedNs;

    private boolean incomplete;
    /** When the last one in front of the mark was sent. */
    private long markNs;

    private boolean marked;

    /** @param spanNs 0 keeps none */
    RecentMessages(long spanNs) {
        this.spanNs = spanNs;
    }

    void add(byte[] message, long nowNs) {
        if (spanNs == 0) {
            return;
        }
        messages.addLast(new Sent(message, nowNs));
        sentNs = nowNs;
        bytes += message.length;
        while (bytes > MOST_BYTES) {
            droppedNs = removeFirst().atNs;
            incomplete = true;
        }
    }

    /** The connection is seen to work. */
    void seen(long nowNs) {
        while (!messages.isEmpty() && nowNs - messages.peekFirst().atNs > spanNs) {
            removeFirst();
        }
        incomplete &= nowNs - droppedNs <= spanNs;
        marked &= nowNs - markNs <= spanNs;
    }

    private Sent removeFirst() {
        Sent first = messages.removeFirst();
        bytes -= first.message.length;
        return first;
    }

    /** Whether some are missing here that a server may not have read. */
    boolean isIncomplete() {
        return incomplete;
    }

    /** Behind those of now. */
    void mark() {
        marked = !isEmpty() || incomplete;
        markNs = sentNs;
    }

    /** Whether the server has read, by all that can be known, what was sent before the {@linkplain #mark}. */
    boolean isMarkPassed() {
        return !marked;
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
        sentNs = nowNs;
        markNs = nowNs;
    }

    void clear() {
        messages.clear();
        bytes = 0;
        incomplete = false;
        marked = false;
    }
}
