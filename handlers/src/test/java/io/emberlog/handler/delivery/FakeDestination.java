package io.emberlog.handler.delivery;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.format.Escaper;
import io.emberlog.handler.format.MessageRenderer;
import io.emberlog.handler.format.Utf8Buffer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/** Remembers what it was sent, and answers as it was told. */
final class FakeDestination implements Destination {
    /** What arrives, record by record; shared by objects of one service. */
    final List<String> delivered;

    final List<Integer> requests = new ArrayList<>();
    final Deque<Function<List<LogRecord>, Reply>> script = new ArrayDeque<>();
    Function<List<LogRecord>, Reply> rule;
    IOException failure;
    int opened;
    int closed;

    FakeDestination() {
        this(new ArrayList<>());
    }

    FakeDestination(List<String> delivered) {
        this.delivered = delivered;
    }

    @Override
    public void open(HandlerContext context) {
        opened++;
    }

    @Override
    public Reply send(List<LogRecord> batch) throws IOException {
        requests.add(batch.size());
        if (failure != null) {
            throw failure;
        }
        Reply reply = script.isEmpty()
                ? rule == null ? Reply.delivered() : rule.apply(batch)
                : script.pop().apply(batch);
        for (int i = 0; i < batch.size(); i++) {
            boolean taken = reply.kind() == Reply.Kind.DELIVERED
                    || reply.kind() == Reply.Kind.PARTLY
                            && !reply.isAgain(i)
                            && !reply.rejected().containsKey(i);
            if (taken) {
                delivered.add(message(batch.get(i)));
            }
        }
        return reply;
    }

    @Override
    public void close() {
        closed++;
    }

    static String message(LogRecord record) {
        Utf8Buffer text = new Utf8Buffer(64);
        MessageRenderer.render(record.entry(), Escaper.RAW, text);
        return text.toString();
    }
}
