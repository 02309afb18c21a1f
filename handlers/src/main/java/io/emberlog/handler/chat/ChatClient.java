package io.emberlog.handler.chat;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.RetryLaterException;
import io.emberlog.handler.alert.AlertService.Outgoing;
import io.emberlog.handler.alert.MessageRefusedException;
import io.emberlog.handler.alert.RateWindow;
import io.emberlog.handler.http.HttpReply;
import io.emberlog.handler.http.HttpSender;
import io.emberlog.handler.http.HttpSettings;
import io.emberlog.handler.http.SecretParts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Posts messages within the limits of a service. One thread. */
final class ChatClient {
    private final HttpSettings settings;
    private final List<RateWindow> limits;
    private HandlerContext context;
    private HttpSender sender;

    /** What a service's answer means. */
    interface Answer {
        /** Returns when the message is there. */
        void check(HttpReply reply) throws IOException, MessageRefusedException;
    }

    /** An address with secrets, made at the time of use. */
    interface Address {
        String reveal() throws IOException;
    }

    /** @param limits all of which a message takes from */
    ChatClient(HttpSettings settings, RateWindow... limits) {
        this.settings = settings;
        this.limits = List.of(limits);
    }

    void open(HandlerContext newContext) throws IOException {
        context = newContext;
        sender = new HttpSender(settings, newContext.name());
    }

    void close() {
        sender = null; // its threads end with it
    }

    long waitNs(long nowNs) {
        long wait = 0;
        for (RateWindow limit : limits) {
            wait = Math.max(wait, limit.waitNs(nowNs));
        }
        return wait;
    }

    /**
     * @param address of the service; a secret
     * @param suffix behind it; none
     * @param authorization value of that header, a secret; null for none
     */
    Outgoing outgoing(Address address, String suffix, Address authorization, String json, Answer answer) {
        return () -> post(address, suffix, authorization, json, answer);
    }

    private void post(Address address, String suffix, Address authorization, String json, Answer answer)
            throws IOException, MessageRefusedException {
        String text = address.reveal();
        String token = authorization == null ? null : authorization.reveal();
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        URI uri = HttpSender.address(text + suffix);
        HttpRequest.Builder request = builder(uri)
                .header("Content-Type", "application/json; charset=utf-8")
                .header("User-Agent", "emberlog")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        List<String> secrets = SecretParts.of(text, token);
        if (token != null) {
            authorize(request, token);
        }
        long now = context.nanoTime();
        limits.forEach(limit -> limit.take(now));
        HttpReply reply = sender.send(request.build(), secrets);
        answer.check(reply);
        context.metrics().addNetworkBytes(body.length);
    }

    /** The service's own word for how long nothing more may come; also an answer that is an error. */
    RetryLaterException later(String reason, Duration delay) {
        pause(delay);
        return new RetryLaterException(reason, delay.toNanos());
    }

    void pause(Duration delay) {
        limits.get(0).pause(context.nanoTime(), delay.toNanos());
    }

    private static HttpRequest.Builder builder(URI uri) throws IOException {
        try {
            return HttpRequest.newBuilder(uri);
        } catch (IllegalArgumentException e) { // its text holds the address, which may be a secret
            throw new IOException(
                    "the address is no URL that HTTP knows, and is not printed here since it may be a secret;"
                            + " allowed: https://HOST/PATH");
        }
    }

    private static void authorize(HttpRequest.Builder request, String token) throws IOException {
        try {
            request.header("Authorization", token);
        } catch (IllegalArgumentException e) { // its text holds the token
            throw new IOException("the token holds characters that no HTTP header may, and is not printed here");
        }
    }
}
