package io.emberlog.samples.storm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The service that {@code type = "tcp-json"} speaks to, in its moods; keeps the id of each record that it has said it has. */
final class MoodyService implements AutoCloseable {
    enum Mood {
        WELL,
        /** Nobody listens. */
        AWAY,
        /** Takes connections and requests, and says nothing. */
        DEAF,
        /** Says that it would take them another time. */
        BUSY,
        /** Ends each connection in the middle of a batch. */
        CURT,
        /** Says what has no sense and ends the connection. */
        RAVING
    }

    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"}$");

    final Map<String, Integer> times = new ConcurrentHashMap<>();
    final AtomicLong batches = new AtomicLong();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final int port;
    private volatile Mood mood = Mood.WELL;
    private volatile ServerSocket server;

    MoodyService() throws IOException {
        server = listen(0);
        port = server.getLocalPort();
    }

    int port() {
        return port;
    }

    /** From the next batch on, and for connections that are there. */
    void mood(Mood next) throws IOException {
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
                onThread(() -> serve(connection));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
            List<String> batch = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (mood == Mood.CURT && batch.size() == 3) {
                    return;
                }
                if (!line.isEmpty()) {
                    batch.add(line);
                } else if (!answer(batch, connection.getOutputStream())) {
                    return;
                } else {
                    batch.clear();
                }
            }
        } catch (IOException e) {
            // the master was killed, or this service went away
        } finally {
            connections.remove(connection);
        }
    }

    /** @return false to end the connection */
    private boolean answer(List<String> batch, OutputStream out) throws IOException {
        Mood now = mood;
        switch (now) {
            case WELL -> {
                for (String line : batch) {
                    Matcher id = ID.matcher(line);
                    if (!id.find()) {
                        throw new IOException("no id at the end of " + line);
                    }
                    times.merge(id.group(1), 1, Integer::sum);
                }
                batches.incrementAndGet();
                say(out, "ok\n");
            }
            case BUSY -> say(out, "later, please\n");
            case RAVING -> say(out, "later \u0000\ufffd{]\n");
            default -> {
                return now == Mood.DEAF;
            }
        }
        return now != Mood.RAVING;
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        mood(Mood.AWAY);
    }
}
