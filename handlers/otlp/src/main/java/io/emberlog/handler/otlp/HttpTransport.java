package io.emberlog.handler.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import io.emberlog.handler.delivery.Reply;
import io.emberlog.handler.http.HttpPost;
import io.emberlog.handler.http.HttpReply;
import io.emberlog.handler.http.HttpSender;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** OTLP/HTTP with binary protobuf. A failure's body is a {@code google.rpc.Status}, whose message is for the operator. */
final class HttpTransport implements Transport {
    private static final String SERVICE = "the collector";

    private final HttpPost post;

    HttpTransport(OtlpSettings settings, String handlerName) throws IOException {
        post = new HttpPost(
                new HttpSender(settings.http(), handlerName),
                settings.url(),
                settings.credentials(),
                Map.of("Content-Type", "application/x-protobuf"),
                settings.headers(),
                settings.gzip());
    }

    @Override
    public Outcome send(ExportLogsServiceRequest request) throws IOException {
        byte[] body = request.toByteArray();
        HttpPost.Exchange exchange = post.send(body, body.length);
        HttpReply answer = exchange.reply();
        if (!answer.isSuccess()) {
            return new Outcome(readable(answer).toReply(SERVICE), null, exchange.bytesSent());
        }
        try {
            return new Outcome(null, ExportLogsServiceResponse.parseFrom(answer.body()), exchange.bytesSent());
        } catch (InvalidProtocolBufferException e) {
            return new Outcome(
                    Reply.unavailable(SERVICE + " answered " + answer.status() + " with something else than OTLP"
                            + answer.shown() + "; allowed: the address of a collector's OTLP/HTTP receiver"),
                    null,
                    exchange.bytesSent());
        }
    }

    private static HttpReply readable(HttpReply answer) {
        try {
            String message = Status.parseFrom(answer.body()).getMessage();
            return new HttpReply(answer.status(), answer.retryAfter(), message.getBytes(StandardCharsets.UTF_8));
        } catch (InvalidProtocolBufferException e) {
            return answer; // text, most likely
        }
    }

    @Override
    public void close() {
        // the client's threads end when nobody has it
    }
}
