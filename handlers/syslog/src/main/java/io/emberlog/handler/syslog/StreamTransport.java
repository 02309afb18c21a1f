package io.emberlog.handler.syslog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Messages one behind the other, told apart by their lengths or by line feeds (RFC 6587).
 *
 * <pre>
 *   octet counting      "57 &lt;14&gt;1 2026-..."            any byte may stand in a message
 *   line feeds          "&lt;14&gt;1 2026-...\n"             none may hold a line feed, and none of ours does
 * </pre>
 */
final class StreamTransport implements Transport {
    /** Makes a connection, ready to be written to. */
    @FunctionalInterface
    interface Connector {
        ByteStream connect() throws IOException;
    }

    private static final int BUFFER = 64 * 1024;

    private final Connector connector;
    private final boolean octetCounting;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private ByteStream stream;

    StreamTransport(Connector connector, boolean octetCounting) {
        this.connector = connector;
        this.octetCounting = octetCounting;
    }

    @Override
    public boolean isConnected() {
        return stream != null;
    }

    @Override
    public void connect() throws IOException {
        buffer.clear();
        stream = connector.connect();
    }

    @Override
    public void check() throws IOException {
        stream.check();
    }

    @Override
    public void send(byte[] message, int length) throws IOException {
        if (octetCounting) {
            byte[] count = (length + " ").getBytes(StandardCharsets.US_ASCII);
            put(count, count.length);
        }
        put(message, length);
        if (!octetCounting) {
            put(new byte[] {'\n'}, 1);
        }
    }

    private void put(byte[] bytes, int length) throws IOException {
        int from = 0;
        while (from < length) {
            if (!buffer.hasRemaining()) {
                write();
            }
            int part = Math.min(buffer.remaining(), length - from);
            buffer.put(bytes, from, part);
            from += part;
        }
    }

    private void write() throws IOException {
        buffer.flip();
        stream.write(buffer);
        buffer.clear();
    }

    @Override
    public void settle() throws IOException {
        write();
        stream.awaitAcknowledged();
        stream.check();
    }

    @Override
    public void disconnect() {
        if (stream != null) {
            stream.close();
            stream = null;
        }
    }

    @Override
    public void finish() {
        if (stream != null) {
            stream.finish();
            stream = null;
        }
    }
}
