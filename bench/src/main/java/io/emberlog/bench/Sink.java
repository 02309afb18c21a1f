package io.emberlog.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * The least that a service can do that a handler sends to: takes everything, says that all is well, and counts the records. Arguments: a
 * {@link Kind}, and how many records there are going to be. Prints its port, {@code first} when it has been given something, {@code done
 * BYTES} when it has been given as many. One connection at a time, as its handlers have; one thread, until it is killed.
 */
final class Sink {
    /** What it passes for, and what shows a record in what it is sent. */
    enum Kind {
        /** RFC 6587, octet counting. */
        SYSLOG("", ""),
        LOKI("{\"id\":\"", "HTTP/1.1 204 No Content\r\n\r\n"),
        ELASTICSEARCH("{\"create\":", "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"errors\":false}"),
        OTLP("log.record.uid", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        /** A request is a record. */
        WEBHOOK("", "HTTP/1.1 204 No Content\r\n\r\n"),
        WEBHOOK_BATCHES("{\"text\":", "HTTP/1.1 204 No Content\r\n\r\n");

        private final byte[] mark;
        private final byte[] answer;

        Kind(String mark, String answer) {
            this.mark = mark.getBytes(StandardCharsets.US_ASCII);
            this.answer = answer.getBytes(StandardCharsets.US_ASCII);
        }
    }

    private static final int BUFFER = 1 << 16;
    private static final String LENGTH = "content-length:";

    private final Kind kind;
    private final long awaited;
    private long records;
    private long bytes;

    private Sink(Kind kind, long awaited) {
        this.kind = kind;
        this.awaited = awaited;
    }

    public static void main(String[] args) throws IOException {
        Sink sink = new Sink(Kind.valueOf(args[0]), Long.parseLong(args[1]));
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            System.out.println(server.getLocalPort());
            while (true) {
                try (Socket connection = server.accept()) {
                    connection.setTcpNoDelay(true);
                    sink.serve(connection);
                } catch (IOException e) {
                    System.err.println("emberlog bench: sink: " + e);
                }
            }
        }
    }

    private void serve(Socket connection) throws IOException {
        InputStream in = new BufferedInputStream(connection.getInputStream(), BUFFER);
        while (kind == Kind.SYSLOG ? message(in) : request(in, connection.getOutputStream())) {
            // the next one
        }
    }

    /** @return false at the end */
    private boolean message(InputStream in) throws IOException {
        int length = 0;
        int digits = 0;
        for (int digit = in.read(); digit != ' '; digit = in.read()) {
            if (digit < 0) {
                return false;
            }
            length = 10 * length + digit - '0';
            digits++;
        }
        in.skipNBytes(length);
        took(1, length + digits + 1);
        return true;
    }

    /** @return false at the end */
    private boolean request(InputStream in, OutputStream out) throws IOException {
        int length = 0;
        boolean zipped = false;
        String line = line(in);
        if (line == null) {
            return false;
        }
        for (; !line.isEmpty(); line = line(in)) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith(LENGTH)) {
                length = Integer.parseInt(header.substring(LENGTH.length()).strip());
            }
            zipped |= header.startsWith("content-encoding:") && header.endsWith("gzip");
        }
        byte[] body = in.readNBytes(length);
        if (zipped) {
            body = new GZIPInputStream(new ByteArrayInputStream(body), BUFFER).readAllBytes();
        }
        took(kind == Kind.WEBHOOK ? 1 : marks(body), length);
        out.write(kind.answer);
        return true;
    }

    /** Null at the end. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private int marks(byte[] body) {
        byte[] mark = kind.mark;
        int marks = 0;
        for (int i = 0; i + mark.length <= body.length; i++) {
            int matched = 0;
            while (matched < mark.length && body[i + matched] == mark[matched]) {
                matched++;
            }
            marks += matched == mark.length ? 1 : 0;
        }
        return marks;
    }

    private void took(int more, int length) {
        if (records == 0) {
            System.out.println("first");
        }
        boolean before = records < awaited;
        records += more;
        bytes += length;
        if (before && records >= awaited) {
            System.out.println("done " + bytes);
        }
    }
}
