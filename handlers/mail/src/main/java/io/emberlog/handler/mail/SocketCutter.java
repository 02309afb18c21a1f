package io.emberlog.handler.mail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;

/**
 * Makes the sockets of one sending, so that another thread can end it: the mail library has time limits for each step, and a server
 * that sends a byte now and then stays within all of them. Makes sockets: the sending thread. {@link #cut}: any.
 */
final class SocketCutter extends SSLSocketFactory {
    private final SSLSocketFactory tls;
    private final boolean isPlain;
    private final List<Socket> made = new ArrayList<>();
    private boolean isCut;

    /**
     * @param tls makes what is encrypted
     * @param isPlain whether sockets begin in the clear
     */
    SocketCutter(SSLSocketFactory tls, boolean isPlain) {
        this.tls = tls;
        this.isPlain = isPlain;
    }

    /** Closes every socket that was made and every one that is made from here on. */
    synchronized void cut() {
        isCut = true;
        for (Socket socket : made) {
            try {
                socket.close();
            } catch (IOException e) {
                // it is of no more use either way
            }
        }
    }

    synchronized boolean isCut() {
        return isCut;
    }

    private synchronized Socket keep(Socket socket) throws IOException {
        made.add(socket);
        if (isCut) {
            socket.close();
        }
        return socket;
    }

    @Override
    public Socket createSocket() throws IOException {
        return keep(isPlain ? new Socket() : tls.createSocket());
    }

    /** STARTTLS: around a socket of ours. */
    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return keep(tls.createSocket(socket, host, port, autoClose));
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return keep(isPlain ? new Socket(host, port) : tls.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket(host.getHostAddress(), port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host, port);
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return tls.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return tls.getSupportedCipherSuites();
    }
}
