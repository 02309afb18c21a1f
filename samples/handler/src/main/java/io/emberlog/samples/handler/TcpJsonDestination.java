package io.emberlog.samples.handler;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.delivery.Destination;
import io.emberlog.handler.delivery.Reply;
import io.emberlog.handler.format.JsonFormat;
import io.emberlog.handler.format.Utf8Buffer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * A batch is a line of JSON for each record and an empty line. The service answers with one line: {@code ok} when it has them all,
 * {@code later TEXT} when it has none and would take them another time, anything else when at least one of them is to blame.
 */
final class TcpJsonDestination implements Destination {
    private final String host;
    private final int port;
    private final int timeoutMs;
    private final JsonFormat format = new JsonFormat();
    private final Utf8Buffer request = new Utf8Buffer(64 * 1024);

    private HandlerContext context;
    private Socket socket;
    private BufferedReader answers;

    TcpJsonDestination(String host, int port, Duration timeout) {
        this.host = host;
        this.port = port;
        this.timeoutMs = (int) timeout.toMillis();
    }

    /** Connects when there is something to send: a service that is away is no reason not to open. */
    @Override
    public void open(HandlerContext newContext) {
        context = newContext;
    }

    @Override
    public Reply send(List<LogRecord> batch) throws IOException {
        request.clear();
        for (LogRecord record : batch) {
            format.format(record, request);
        }
        request.append('\n');
        String answer;
        try {
            connect();
            socket.getOutputStream().write(request.bytes(), 0, request.length());
            answer = answers.readLine();
        } catch (IOException e) {
            close(); // an answer that comes late would be taken for the next batch's
            throw e;
        }
        if (answer == null) {
            close();
            return Reply.unavailable(host + ':' + port + " closed the connection");
        }
        context.metrics().addNetworkBytes(request.length());
        if (answer.equals("ok")) {
            return Reply.delivered();
        }
        return answer.startsWith("later")
                ? Reply.unavailable(host + ':' + port + " answered " + answer)
                : Reply.rejected("answer", host + ':' + port + " answered " + answer);
    }

    private void connect() throws IOException {
        if (socket != null) {
            return;
        }
        socket = new Socket();
        socket.connect(new InetSocketAddress(host, port), timeoutMs);
        socket.setSoTimeout(timeoutMs);
        answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        Socket closing = socket;
        socket = null;
        if (closing != null) {
            closing.close();
        }
    }
}
