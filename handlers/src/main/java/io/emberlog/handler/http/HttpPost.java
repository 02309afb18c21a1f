package io.emberlog.handler.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Bodies of one type to one address, with credentials that are read for each request. One thread. */
public final class HttpPost {
    private final HttpSender sender;
    private final URI address;
    private final Credentials credentials;
    private final Map<String, String> headers;
    private final RequestHeaders more;
    private final boolean gzip;

    /**
     * @param headers of each request, the type of the body among them; no secrets
     * @param more headers, the user's own
     * @param gzip whether bodies are compressed
     */
    public HttpPost(
            HttpSender sender,
            URI address,
            Credentials credentials,
            Map<String, String> headers,
            RequestHeaders more,
            boolean gzip) {
        this.sender = sender;
        this.address = address;
        this.credentials = credentials;
        this.headers = Map.copyOf(headers);
        this.more = more;
        this.gzip = gzip;
    }

    /** One way to send: what it sent, and what came back. */
    public record Exchange(HttpReply reply, int bytesSent) {}

    /** @throws IOException no answer, or no credentials; without secrets */
    public Exchange send(byte[] body, int length) throws IOException {
        Credentials.Revealed revealed = credentials.reveal();
        HttpRequest.Builder request = HttpRequest.newBuilder(address);
        headers.forEach(request::header);
        RequestHeaders.Revealed further = more.reveal();
        further.values().forEach(request::header); // of characters that it takes
        List<String> secrets = new ArrayList<>(revealed.secrets());
        secrets.addAll(further.secrets());
        if (revealed.header() != null) {
            try {
                request.header(revealed.header(), revealed.value());
            } catch (IllegalArgumentException e) { // its text holds the value
                throw new IOException("the secret cannot stand in a header of HTTP; allowed: printable ASCII");
            }
        }
        int sent = length;
        if (gzip) {
            byte[] compressed = compress(body, length);
            sent = compressed.length;
            request.header("Content-Encoding", "gzip").POST(BodyPublishers.ofByteArray(compressed));
        } else {
            request.POST(BodyPublishers.ofByteArray(body, 0, length));
        }
        return new Exchange(sender.send(request.build(), secrets), sent);
    }

    /** By gzip. */
    public static byte[] compress(byte[] body, int length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(length / 4 + 64);
        try (GZIPOutputStream gzip = new FastGzip(bytes)) {
            gzip.write(body, 0, length);
        }
        return bytes.toByteArray();
    }

    /** At its lowest level: a third of the time of the usual one, and some more bytes (docs/performance.md). */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream to) throws IOException {
            super(to);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
