package io.emberlog.samples.storm;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** A service over HTTP, as a handler of that kind takes it for; knows the ids of the records that it was sent and did not refuse. */
final class MoodyHttp extends MoodyServer {
    /** What it passes for. */
    enum Kind {
        WEBHOOK,
        LOKI,
        ELASTICSEARCH,
        OTLP,
        /** A webhook that is told of groups: how many records, and why. Its arrivals are numbered. */
        ALERTS
    }

    private static final Pattern OF_LOKI = Pattern.compile("\"id\":\"([^\"\\\\]+)\"");
    private static final Pattern OF_ELASTICSEARCH = Pattern.compile("(?m)^\\{\"create\":.*\"_id\":\"([^\"]+)\"");
    private static final byte[] OF_OTLP = "log.record.uid".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_HEAD = 16 * 1024;
    private static final int PEEK_MS = 1;

    final Arrivals arrivals = new Arrivals();
    private final Kind kind;
    private final AtomicLong requests = new AtomicLong();

    /** @param body decompressed */
    private record Request(Map<String, String> headers, byte[] body) {}

    MoodyHttp(Kind kind) throws IOException {
        this.kind = kind;
    }

    @Override
    void serve(Socket connection) throws IOException {
        InputStream in = new BufferedInputStream(connection.getInputStream());
        OutputStream out = connection.getOutputStream();
        for (Request request = read(in); request != null; request = read(in)) {
            if (!isThere(connection, in) || !answer(request, out)) {
                return;
            }
        }
    }

    /** A request that its client has given up comes again, and that one counts. */
    private static boolean isThere(Socket connection, InputStream in) throws IOException {
        connection.setSoTimeout(PEEK_MS);
        in.mark(1);
        try {
            if (in.read() < 0) {
                return false;
            }
            in.reset();
        } catch (SocketTimeoutException e) {
            // waits for an answer
        }
        connection.setSoTimeout(0);
        return true;
    }

    /** Null at the end. */
    private Request read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int ends = 0;
        while (ends < 2) {
            int next = in.read();
            if (next < 0 && head.size() == 0) {
                return null;
            }
            if (next < 0 || head.size() > LONGEST_HEAD) {
                throw new EOFException("within a head");
            }
            head.write(next);
            ends = next == '\n' ? ends + 1 : next == '\r' ? ends : 0;
        }
        Map<String, String> headers = new HashMap<>();
        for (String line : head.toString(StandardCharsets.ISO_8859_1).split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        if (mood() == Mood.CURT && requests.incrementAndGet() % 2 == 0) {
            in.readNBytes(length / 2);
            throw new EOFException("enough");
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("within a body");
        }
        if ("gzip".equals(headers.get("content-encoding"))) {
            try (InputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(body))) {
                body = unzipped.readAllBytes();
            }
        }
        return new Request(headers, body);
    }

    /** @return false to end the connection */
    private boolean answer(Request request, OutputStream out) throws IOException {
        switch (mood()) {
            case WELL -> {
                take(ids(request.body()));
                say(
                        out,
                        kind == Kind.WEBHOOK || kind == Kind.ALERTS || kind == Kind.LOKI ? "204 OK" : "200 OK",
                        kind == Kind.ELASTICSEARCH ? "{\"errors\":false}" : "");
            }
            case DEAF -> {
                return true; // until the client leaves: it sends nothing before it has an answer
            }
            case BUSY -> busy(request, out);
            case BROKEN -> say(out, "500 Internal Server Error", echo(request));
            case DENYING -> say(out, "401 Unauthorized", echo(request));
            case CURT -> {
                take(ids(request.body())); // and nobody knows
                return false;
            }
            default -> {
                out.write("SSH-2.0-OpenSSH_9.2 \ufffd\r\n".getBytes(StandardCharsets.UTF_8));
                return false;
            }
        }
        return true;
    }

    private void busy(Request request, OutputStream out) throws IOException {
        List<String> ids = ids(request.body());
        if (kind != Kind.ELASTICSEARCH || ids.size() < 2) {
            say(out, "429 Too Many Requests\r\nRetry-After: 1", echo(request));
            return;
        }
        int taken = ids.size() / 2;
        take(ids.subList(0, taken));
        List<String> items = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            items.add(
                    i < taken
                            ? "{\"create\":{\"status\":201}}"
                            : "{\"create\":{\"status\":429,\"error\":{\"type\":\"es_rejected\",\"reason\":\"busy\"}}}");
        }
        say(out, "200 OK", "{\"errors\":true,\"items\":[" + String.join(",", items) + "]}");
    }

    private void take(List<String> ids) {
        if (!ids.isEmpty()) {
            arrivals.add(ids, kind == Kind.WEBHOOK || kind == Kind.ELASTICSEARCH); // the others group within a request
        }
    }

    /** As a service does that means well. */
    private static String echo(Request request) {
        return "who is " + request.headers().get("authorization") + ", "
                + request.headers().get("x-api-key") + ", " + request.headers().get("api-key") + '?';
    }

    private static void say(OutputStream out, String status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + status + (status.startsWith("204") ? "" : "\r\nContent-Length: " + bytes.length);
        out.write((head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
    }

    private List<String> ids(byte[] body) {
        return switch (kind) {
            case WEBHOOK -> List.of(new String(body, StandardCharsets.UTF_8));
            case LOKI -> found(OF_LOKI, body);
            case ELASTICSEARCH -> found(OF_ELASTICSEARCH, body);
            case OTLP -> ofOtlp(body);
            case ALERTS -> List.of(requests.incrementAndGet() + " " + new String(body, StandardCharsets.UTF_8));
        };
    }

    private static List<String> found(Pattern pattern, byte[] body) {
        List<String> ids = new ArrayList<>();
        Matcher id = pattern.matcher(new String(body, StandardCharsets.UTF_8));
        while (id.find()) {
            ids.add(id.group(1));
        }
        return ids;
    }

    /** An attribute's key, and behind it {@code 12 LENGTH 0a LENGTH TEXT}. */
    private static List<String> ofOtlp(byte[] body) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i + OF_OTLP.length + 4 < body.length; i++) {
            int end = i + OF_OTLP.length;
            if (body[i] == OF_OTLP[0] && Arrays.equals(body, i, end, OF_OTLP, 0, OF_OTLP.length)) {
                ids.add(new String(body, end + 4, body[end + 3], StandardCharsets.UTF_8));
                i = end;
            }
        }
        return ids;
    }
}
