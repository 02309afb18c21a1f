package io.emberlog.samples.storm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The service that {@code type = "tcp-json"} speaks to; keeps the id of each record that it has said it has. */
final class MoodyService extends MoodyServer {
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"}$");

    final Map<String, Integer> times = new ConcurrentHashMap<>();
    final AtomicLong batches = new AtomicLong();

    MoodyService() throws IOException {}

    @Override
    void serve(Socket connection) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        List<String> batch = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (mood() == Mood.CURT && batch.size() == 3) {
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
    }

    /** @return false to end the connection */
    private boolean answer(List<String> batch, OutputStream out) throws IOException {
        Mood now = mood();
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
}
