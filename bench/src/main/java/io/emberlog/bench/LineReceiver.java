package io.emberlog.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The least that a process can do to make one file of what others send: a JVM that appends to it the lines it is sent by any
 * number of connections, as many at once as there are, and understands none. Argument: the file. Prints its port; one
 * thread, until it is killed.
 */
final class LineReceiver {
    private static final int BUFFER = 1 << 20;

    private LineReceiver() {}

    public static void main(String[] args) throws IOException {
        try (Selector selector = Selector.open();
                ServerSocketChannel server = ServerSocketChannel.open();
                FileChannel file =
                        FileChannel.open(Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            System.out.println(((InetSocketAddress) server.getLocalAddress()).getPort());
            while (true) {
                selector.select(key -> {
                    try {
                        serve(key, selector, file);
                    } catch (IOException e) {
                        key.cancel();
                        System.err.println("emberlog bench: receiver: " + e);
                    }
                });
            }
        }
    }

    private static void serve(SelectionKey key, Selector selector, FileChannel file) throws IOException {
        if (key.isAcceptable()) {
            SocketChannel client = ((ServerSocketChannel) key.channel()).accept();
            client.configureBlocking(false);
            client.register(selector, SelectionKey.OP_READ, ByteBuffer.allocateDirect(BUFFER));
        } else if (!take((SocketChannel) key.channel(), (ByteBuffer) key.attachment(), file)) {
            key.cancel();
            key.channel().close();
        }
    }

    /** @return false at the end of what is sent */
    private static boolean take(SocketChannel from, ByteBuffer buffer, FileChannel file) throws IOException {
        int count = from.read(buffer);
        int end = buffer.position();
        while (end > 0 && buffer.get(end - 1) != '\n') {
            end--;
        }
        if (end == 0 && !buffer.hasRemaining()) {
            throw new IOException("a line of more than " + BUFFER + " bytes");
        }
        ByteBuffer lines = buffer.duplicate().flip().limit(end);
        while (lines.hasRemaining()) {
            file.write(lines);
        }
        buffer.flip().position(end);
        buffer.compact();
        return count >= 0;
    }
}
