package io.emberlog.master.fanout;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.RecordRejectedException;
import io.emberlog.message.Bytes;
import io.emberlog.message.MessageDescriptor;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes every call; a test overrides the hook of the call that shall fail. Its state is the count of records it has taken. */
class RecordingHandler implements Handler {
    final List<Long> taken = new CopyOnWriteArrayList<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<Long> openedWith = new CopyOnWriteArrayList<>();
    volatile HandlerContext context;
    private long count;

    void onOpen() throws IOException {}

    void onHandle(long number) throws IOException, RecordRejectedException {}

    void onFlush() throws IOException {}

    void onTick() throws IOException {}

    void onCheckpoint() throws IOException {}

    void onClose() throws IOException {}

    @Override
    public void open(HandlerContext newContext) throws IOException {
        context = newContext;
        calls.add("open");
        byte[] state = newContext.state();
        count = state == null ? 0 : Bytes.getLong(state, 0);
        openedWith.add(state == null ? -1 : count);
        onOpen();
    }

    @Override
    public void handle(LogRecord record) throws IOException, RecordRejectedException {
        long number = Long.parseLong(record.entry().text(MessageDescriptor.TEMPLATE));
        calls.add("handle " + number);
        onHandle(number);
        if (record.sequence() != number) {
            throw new AssertionError("record " + number + " came as number " + record.sequence());
        }
        taken.add(number);
        count++;
    }

    @Override
    public void flush() throws IOException {
        calls.add("flush");
        onFlush();
    }

    @Override
    public void tick(long nowNs) throws IOException {
        onTick();
    }

    @Override
    public byte[] checkpoint() throws IOException {
        calls.add("checkpoint");
        onCheckpoint();
        byte[] state = new byte[Long.BYTES];
        Bytes.putLong(state, 0, count);
        return state;
    }

    @Override
    public void close() throws IOException {
        calls.add("close");
        onClose();
    }

    long[] numbers() {
        return taken.stream().mapToLong(Long::longValue).toArray();
    }
}
