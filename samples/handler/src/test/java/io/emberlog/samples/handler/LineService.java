package io.emberlog.samples.handler;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** The service's side, on a thread for each connection. */
final class LineService implements AutoCloseable {
    final List<String> taken = new CopyOnWriteArrayList<>();
    final AtomicBoolean hangUpOnce = new AtomicBoolean();
    private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());

    LineService() throws IOException {
        Thread accepting = new Thread(this::accept, "line-service");
        accepting.setDaemon(true);
        accepting.start();
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread serving = new Thread(() -> serve(socket), "line-service-connection");
                serving.setDaemon(true);
                serving.start();
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (Socket socket = connection) {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            List<String> batch = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty()) {
                    batch.add(line);
                    continue;
                }
                if (hangUpOnce.compareAndSet(true, false)) {
                    return;
                }
                boolean refused = batch.stream().anyMatch(one -> one.contains("\"message\":\"poison\""));
                if (!refused) {
                    taken.addAll(batch);
                }
                batch.clear();
                socket.getOutputStream().write((refused ? "no\n" : "ok\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // the other side went away
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
