package io.emberlog.handler.syslog;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.locks.LockSupport;

/**
 * One datagram a message (RFC 5426). Nothing tells that it arrived. What can be known is that a host answers that nobody listens
 * there (ICMP), which ends the connection.
 */
final class UdpTransport implements Transport {
    /** Most of a datagram over IPv4. */
    static final int MAX_MESSAGE = 65_507;

    /** As many go out in a row; then the receiver has a moment to empty its buffer, which the kernel drops from without a word. */
    private static final int BURST = 64;

    private static final long PAUSE_NS = 1_000_000;

    private final String host;
    private final int port;
    private final long timeoutNs;
    private final ByteBuffer ignored = ByteBuffer.allocate(512);

    private DatagramChannel channel;
    private int burst;

    UdpTransport(String host, int port, long timeoutNs) {
        this.host = host;
        this.port = port;
        this.timeoutNs = timeoutNs;
    }

    @Override
    public boolean isConnected() {
        return channel != null;
    }

    @Override
    public void connect() throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException("host=" + host + " has no address");
        }
        channel = DatagramChannel.open();
        channel.configureBlocking(false);
        channel.connect(address);
    }

    @Override
    public void check() throws IOException {
        try {
            do {
                ignored.clear();
            } while (channel.read(ignored) > 0);
        } catch (PortUnreachableException e) {
            throw nobody();
        }
    }

    private IOException nobody() {
        return new IOException(host + ':' + port + ": nobody listens there (ICMP)");
    }

    @Override
    public void send(byte[] message, int length) throws IOException {
        if (burst == BURST) {
            LockSupport.parkNanos(PAUSE_NS);
            burst = 0;
        }
        burst++;
        ByteBuffer datagram = ByteBuffer.wrap(message, 0, length);
        long deadlineNs = System.nanoTime() + timeoutNs;
        try {
            while (channel.write(datagram) == 0) {
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new SocketTimeoutException(host + ':' + port + ": the send buffer stays full");
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
        } catch (PortUnreachableException e) {
            throw nobody();
        }
    }

    @Override
    public void settle() throws IOException {
        check();
    }

    @Override
    public void disconnect() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // nothing is left to be done with it
            }
            channel = null;
        }
    }

    @Override
    public void finish() {
        disconnect();
    }
}
