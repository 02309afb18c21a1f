package io.emberlog.handler.mail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/**
 * Makes the sockets of one sending, so that another thread can end it: the mail library has time limits for each step, and a server
 * that sends a byte now and then stays within all of them. Makes sockets: the sending thread. {@link #cut}: any.
 */
final class SocketCutter {
    private final List<Socket> made = new ArrayList<>();
    private boolean isCut;

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

    /** Of sockets in the clear. The library connects them itself, so it asks for nothing but unconnected ones. */
    SocketFactory plain() {
        return new SocketFactory() {
            @Override
            public Socket createSocket() throws IOException {
                return keep(new Socket());
            }

            @Override
            public Socket createSocket(String host, int port) throws IOException {
                return keep(new Socket(host, port));
            }

            @Override
            public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
                return keep(new Socket(host, port, local, localPort));
            }

            @Override
            public Socket createSocket(InetAddress host, int port) throws IOException {
                return keep(new Socket(host, port));
            }

            @Override
            public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
                    throws IOException {
                return keep(new Socket(host, port, local, localPort));
            }
        };
    }

    /** Of encrypted ones, also around one of {@link #plain}, as STARTTLS does. */
    SSLSocketFactory encrypted(SSLSocketFactory tls) {
        return new SSLSocketFactory() {
            @Override
            public Socket createSocket() throws IOException {
                return keep(tls.createSocket());
            }

            @Override
            public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
                return keep(tls.createSocket(socket, host, port, autoClose));
            }

            @Override
            public Socket createSocket(String host, int port) throws IOException {
                return keep(tls.createSocket(host, port));
            }

            @Override
            public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
                return keep(tls.createSocket(host, port, local, localPort));
            }

            @Override
            public Socket createSocket(InetAddress host, int port) throws IOException {
                return keep(tls.createSocket(host, port));
            }

            @Override
            public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
                    throws IOException {
                return keep(tls.createSocket(host, port, local, localPort));
            }

            @Override
            public String[] getDefaultCipherSuites() {
                return tls.getDefaultCipherSuites();
            }

            @Override
            public String[] getSupportedCipherSuites() {
                return tls.getSupportedCipherSuites();
            }
        };
    }

    private synchronized Socket keep(Socket socket) throws IOException {
        made.add(socket);
        if (isCut) {
            socket.close();
        }
        return socket;
    }
}
