package io.emberlog.handler.syslog;

import io.emberlog.handler.tls.TlsAdvice;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** TLS over a {@link TcpStream}, on the same thread and within the same times. */
final class TlsStream implements ByteStream {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final TcpStream tcp;
    private final SSLEngine engine;

    /** Records from the server, ready to be read. */
    private ByteBuffer incoming;

    /** What a syslog server says means nothing. */
    private ByteBuffer ignored;

    private ByteBuffer outgoing;

    private TlsStream(TcpStream tcp, SSLEngine engine) {
        this.tcp = tcp;
        this.engine = engine;
        incoming =
                ByteBuffer.allocate(engine.getSession().getPacketBufferSize()).flip();
        ignored = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        outgoing = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    }

    /**
     * Shakes hands; closes the connection when that fails.
     *
     * @param engine in client mode, knows the host to verify
     */
    static TlsStream over(TcpStream tcp, SSLEngine engine, long timeoutNs) throws IOException {
        TlsStream stream = new TlsStream(tcp, engine);
        try {
            engine.beginHandshake();
            stream.shakeHands(System.nanoTime() + timeoutNs);
            return stream;
        } catch (IOException | RuntimeException e) {
            tcp.close();
            if (e instanceof SSLException) {
                throw new IOException(
                        tcp.peer() + ": TLS: " + e.getMessage() + TlsAdvice.of(e, "tls_certificate and tls_key"), e);
            }
            throw e;
        }
    }

    private void shakeHands(long deadlineNs) throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> wrap(NOTHING);
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!unwrap()) {
                        tcp.awaitReadable(deadlineNs);
                    }
                }
                default -> {
                    return;
                }
            }
        }
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            wrap(bytes);
            afterwards();
        }
    }

    private void wrap(ByteBuffer bytes) throws IOException {
        outgoing.clear();
        SSLEngineResult result = engine.wrap(bytes, outgoing);
        outgoing.flip();
        tcp.write(outgoing);
        switch (result.getStatus()) {
            case BUFFER_OVERFLOW -> outgoing = ByteBuffer.allocate(2 * outgoing.capacity());
            case CLOSED -> {
                if (bytes.hasRemaining()) {
                    throw tcp.ended();
                }
            }
            default -> {
                // all of it, or a part that the caller sees in the buffer
            }
        }
    }

    /** What the last record of either side asks for: a key update, a renegotiation. */
    private void afterwards() throws IOException {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
            shakeHands(System.nanoTime() + tcp.timeoutNs());
        }
    }

    /**
     * Takes in one record.
     *
     * @return false when there is none, or not all of one
     */
    private boolean unwrap() throws IOException {
        while (true) {
            ignored.clear();
            SSLEngineResult result = engine.unwrap(incoming, ignored);
            switch (result.getStatus()) {
                case BUFFER_OVERFLOW -> ignored = ByteBuffer.allocate(2 * ignored.capacity());
                case BUFFER_UNDERFLOW -> {
                    if (!receive()) {
                        return false;
                    }
                }
                case CLOSED -> throw tcp.ended();
                default -> {
                    return true;
                }
            }
        }
    }

    private boolean receive() throws IOException {
        incoming.compact();
        if (!incoming.hasRemaining()) {
            incoming = ByteBuffer.allocate(2 * incoming.capacity()).put(incoming.flip());
        }
        int count;
        try {
            count = tcp.read(incoming);
        } finally {
            incoming.flip();
        }
        if (count < 0) {
            throw tcp.ended();
        }
        return count > 0;
    }

    @Override
    public void check() throws IOException {
        while (unwrap()) {
            afterwards();
        }
    }

    @Override
    public void awaitAcknowledged() throws IOException {
        tcp.awaitAcknowledged(this);
    }

    @Override
    public void finish() {
        try {
            engine.closeOutbound();
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                wrap(NOTHING);
            }
        } catch (IOException e) {
            tcp.close();
            return;
        }
        tcp.finish();
    }

    @Override
    public void close() {
        tcp.close();
    }
}
