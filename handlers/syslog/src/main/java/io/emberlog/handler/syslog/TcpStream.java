package io.emberlog.handler.syslog;

import io.emberlog.handler.unix.OutQueue;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A TCP connection that never blocks for longer than it was told. One thread. */
final class TcpStream implements ByteStream {
    private static final long FINISH_NS = 1_000_000_000L;

    /** Of a batch that is acknowledged bit by bit. */
    private static final int MOST_TIMEOUTS = 30;

    private static final long FIRST_PARK_NS = 50_000;
    private static final long LONGEST_PARK_NS = 5_000_000;

    private final String peer;
    private final SocketChannel channel;
    private final Selector selector;
    private final long timeoutNs;

    /** What a syslog server sends means nothing. */
    private final ByteBuffer ignored = ByteBuffer.allocate(512);

    private TcpStream(String peer, SocketChannel channel, Selector selector, long timeoutNs) {
        this.peer = peer;
        this.channel = channel;
        this.selector = selector;
        this.timeoutNs = timeoutNs;
    }

    /**
     * Tries each address of the host, with its share of the time. How long the name service takes is the system's business
     * ({@code resolv.conf}).
     *
     * @param connectTimeout for all addresses together
     * @param timeout of the later calls
     */
    static TcpStream connect(String host, int port, Duration connectTimeout, Duration timeout) throws IOException {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new IOException("host=" + host + " has no address", e);
        }
        long eachNs = connectTimeout.toNanos() / addresses.length;
        IOException first = null;
        for (InetAddress address : addresses) {
            try {
                return connect(new InetSocketAddress(address, port), eachNs, timeout.toNanos());
            } catch (IOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        throw first;
    }

    private static TcpStream connect(InetSocketAddress address, long connectNs, long timeoutNs) throws IOException {
        String peer = address.getAddress().getHostAddress() + ':' + address.getPort();
        Selector selector = Selector.open();
        SocketChannel channel;
        try {
            channel = SocketChannel.open();
        } catch (IOException e) {
            selector.close();
            throw e;
        }
        TcpStream stream = new TcpStream(peer, channel, selector, timeoutNs);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            OutQueue.limit(channel, (int) (timeoutNs / 1_000_000));
            channel.register(selector, 0);
            if (!channel.connect(address)) {
                stream.await(SelectionKey.OP_CONNECT, System.nanoTime() + connectNs, "connect");
                channel.finishConnect();
            }
            refuseItself(channel);
            return stream;
        } catch (SocketTimeoutException e) {
            stream.close();
            throw e;
        } catch (IOException e) {
            stream.close();
            throw new IOException(peer + ": " + e.getMessage(), e);
        }
    }

    /**
     * Where nobody listens at a local port that the system may give to clients, it may give just that port to this client, and two SYN meet
     * (RFC 9293, simultaneous open): connected, and everything is acknowledged.
     */
    private static void refuseItself(SocketChannel channel) throws IOException {
        if (channel.getLocalAddress().equals(channel.getRemoteAddress())) {
            channel.setOption(
                    StandardSocketOptions.SO_LINGER, 0); // the port is free at once for who is to listen there
            throw new ConnectException("Connection refused: it would be to itself");
        }
    }

    /** For messages: address and port. */
    String peer() {
        return peer;
    }

    /** How long a call may take. */
    long timeoutNs() {
        return timeoutNs;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        long deadlineNs = System.nanoTime() + timeoutNs;
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(SelectionKey.OP_WRITE, deadlineNs, "write");
            }
        }
    }

    /** @return bytes read, 0 when none are there, -1 at the end */
    int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    void awaitReadable(long deadlineNs) throws IOException {
        await(SelectionKey.OP_READ, deadlineNs, "read");
    }

    private void await(int operation, long deadlineNs, String what) throws IOException {
        channel.keyFor(selector).interestOps(operation);
        while (true) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                throw new SocketTimeoutException(peer + ": " + what + " timed out");
            }
            selector.select(leftMs);
            if (selector.selectedKeys().remove(channel.keyFor(selector))) {
                return;
            }
        }
    }

    @Override
    public void check() throws IOException {
        int count;
        do {
            ignored.clear();
            count = read(ignored);
        } while (count > 0);
        if (count < 0) {
            throw ended();
        }
    }

    EOFException ended() {
        return new EOFException(peer + " has ended the connection");
    }

    @Override
    public void awaitAcknowledged() throws IOException {
        awaitAcknowledged(this);
    }

    /** @param looked at all the while: of a connection that has ended, nothing is acknowledged any more */
    void awaitAcknowledged(ByteStream looked) throws IOException {
        long startNs = System.nanoTime();
        long movedNs = startNs;
        long parkNs = FIRST_PARK_NS;
        int before = Integer.MAX_VALUE;
        for (int left = OutQueue.bytes(channel); left > 0; left = OutQueue.bytes(channel)) {
            long nowNs = System.nanoTime();
            if (left < before) {
                movedNs = nowNs;
                before = left;
            }
            if (nowNs - movedNs > timeoutNs || nowNs - startNs > MOST_TIMEOUTS * timeoutNs) {
                throw new SocketTimeoutException(peer + " has not acknowledged what was sent");
            }
            looked.check();
            LockSupport.parkNanos(parkNs);
            parkNs = Math.min(2 * parkNs, LONGEST_PARK_NS);
        }
    }

    /** Bytes that came and were not read would turn the end into a reset, which takes back what was sent. */
    @Override
    public void finish() {
        try {
            channel.shutdownOutput();
            long deadlineNs = System.nanoTime() + Math.min(FINISH_NS, timeoutNs);
            ignored.clear();
            while (read(ignored) >= 0) {
                ignored.clear();
                awaitReadable(deadlineNs);
            }
        } catch (IOException e) {
            // gone, or slow to end: all is sent that could be
        }
        close();
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
    }
}
