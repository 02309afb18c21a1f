package io.emberlog.handler.syslog;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A TCP server without a thread: it does nothing until it is asked, while the kernel takes in what comes. Octet counting. */
final class PolledServer implements AutoCloseable {
    private final ServerSocketChannel listener;
    private final List<Connection> connections = new ArrayList<>();
    private final List<String> messages = new ArrayList<>();
    private final ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);

    private record Connection(SocketChannel channel, StringBuilder latin1) {}

    PolledServer() throws IOException {
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener.configureBlocking(false);
    }

    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    /** Reads all that has come, and gives all messages so far. */
    List<String> messages() throws IOException {
        accept();
        for (Connection connection : connections) {
            bytes.clear();
            while (connection.channel.read(bytes) > 0) {
                bytes.flip();
                connection.latin1.append(StandardCharsets.ISO_8859_1.decode(bytes));
                bytes.clear();
            }
            parse(connection.latin1);
        }
        return messages;
    }

    private void accept() throws IOException {
        for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
            channel.configureBlocking(false);
            connections.add(new Connection(channel, new StringBuilder()));
        }
    }

    private void parse(StringBuilder latin1) {
        while (latin1.indexOf(" ") >= 0) {
            int space = latin1.indexOf(" ");
            int end = space + 1 + Integer.parseInt(latin1.substring(0, space));
            if (end > latin1.length()) {
                return;
            }
            byte[] utf8 = latin1.substring(space + 1, end).getBytes(StandardCharsets.ISO_8859_1);
            messages.add(new String(utf8, StandardCharsets.UTF_8));
            latin1.delete(0, end);
        }
    }

    /** Ends all connections, in order. */
    void end() throws IOException {
        accept();
        for (Connection connection : connections) {
            connection.channel.close();
        }
        connections.clear();
    }

    /** Ends all connections without reading what came. */
    void reset() throws IOException {
        accept();
        for (Connection connection : connections) {
            connection.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        end();
    }

    @Override
    public void close() throws IOException {
        if (listener.isOpen()) {
            end();
            listener.close();
        }
    }
}
