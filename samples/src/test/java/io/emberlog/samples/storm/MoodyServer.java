package io.emberlog.samples.storm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A service at a port that stays the same, in its moods. One thread for each connection, which may see another mood at any time. */
abstract class MoodyServer implements AutoCloseable {
    enum Mood {
        WELL,
        /** Nobody listens. */
        AWAY,
        /** Takes connections and requests, and says nothing. */
        DEAF,
        /** Says that it would take them another time. */
        BUSY,
        /** Ends connections in the middle, of what it was sent or of its answer. */
        CURT,
        /** Says what has no sense and ends the connection. */
        RAVING,
        /** Says that it has a fault of its own. */
        BROKEN,
        /** Says that it does not know who asks, and who that was. */
        DENYING
    }

    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final int port;
    private volatile Mood mood = Mood.WELL;
    private volatile ServerSocket server;

    MoodyServer() throws IOException {
        server = listen(0);
        port = server.getLocalPort();
    }

    final int port() {
        return port;
    }

    final Mood mood() {
        return mood;
    }

    /** From the next batch on, and for connections that are there. */
    final void mood(Mood next) throws IOException {
        mood = next;
        if (next == Mood.AWAY) {
            server.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } else if (server.isClosed()) {
            server = listen(port);
        }
    }

    private ServerSocket listen(int at) throws IOException {
        ServerSocket listening = new ServerSocket();
        listening.setReuseAddress(true);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 16);
        onThread(() -> accept(listening));
        return listening;
    }

    private static void onThread(Runnable work) {
        Thread thread = new Thread(work, "moody-service");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept(ServerSocket listening) {
        while (true) {
            try {
                Socket connection = listening.accept();
                connections.add(connection);
                if (listening.isClosed()) {
                    connection.close(); // it came in the moment of the end, and was not there to be closed
                }
                onThread(() -> serveAndEnd(connection));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serveAndEnd(Socket connection) {
        try (connection) {
            serve(connection);
        } catch (IOException e) {
            // the master was killed, or this service went away
        } finally {
            connections.remove(connection);
        }
    }

    /** Until the connection is to end. */
    abstract void serve(Socket connection) throws IOException;

    @Override
    public void close() throws IOException {
        mood(Mood.AWAY);
    }
}
