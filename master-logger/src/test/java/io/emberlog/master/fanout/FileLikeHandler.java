package io.emberlog.master.fanout;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.message.Bytes;
import io.emberlog.message.MessageDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Buffers a few records; its state is the length up to which its file is right. */
final class FileLikeHandler implements Handler {
    private final Path file;
    private final Steps steps;
    private final StringBuilder buffer = new StringBuilder();
    private FileChannel channel;
    private HandlerContext context;

    FileLikeHandler(Path file, Steps steps) {
        this.file = file;
        this.steps = steps;
    }

    @Override
    public void open(HandlerContext newContext) throws IOException {
        context = newContext;
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        steps.next();
        byte[] state = context.state();
        channel.truncate(state == null ? 0 : Bytes.getLong(state, 0));
        steps.next();
        channel.position(channel.size());
    }

    @Override
    public void handle(LogRecord record) throws IOException {
        if (record.sequence() % 17 == 16) {
            context.requestCheckpoint();
        }
        buffer.append(record.entry().text(MessageDescriptor.TEMPLATE)).append('\n');
        if (buffer.length() > 20) {
            write();
        }
    }

    @Override
    public void flush() throws IOException {
        write();
    }

    @Override
    public void tick(long nowNs) throws IOException {
        context.requestCheckpoint();
    }

    @Override
    public byte[] checkpoint() throws IOException {
        write();
        channel.force(false);
        steps.next();
        byte[] state = new byte[Long.BYTES];
        Bytes.putLong(state, 0, channel.position());
        return state;
    }

    @Override
    public void close() throws IOException {
        buffer.setLength(0);
        channel.close();
    }

    private void write() throws IOException {
        byte[] bytes = buffer.toString().getBytes(StandardCharsets.US_ASCII);
        steps.next();
        int half = bytes.length / 2;
        channel.write(ByteBuffer.wrap(bytes, 0, half));
        steps.next();
        channel.write(ByteBuffer.wrap(bytes, half, bytes.length - half));
        steps.next();
        buffer.setLength(0);
    }
}
