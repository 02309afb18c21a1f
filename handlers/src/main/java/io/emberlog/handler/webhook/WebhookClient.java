package io.emberlog.handler.webhook;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.Secret;
import io.emberlog.handler.http.HttpPost;
import io.emberlog.handler.http.HttpReply;
import io.emberlog.handler.http.HttpSender;
import io.emberlog.handler.http.SecretParts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes requests of the form that the settings give, and signs them. One thread. */
final class WebhookClient {
    static final String SIGNATURE_HEADER = "X-Emberlog-Signature";
    private static final String ALGORITHM = "HmacSHA256";

    private final WebhookSettings settings;
    private HandlerContext context;
    private HttpSender sender;

    WebhookClient(WebhookSettings settings) {
        this.settings = settings;
    }

    void open(HandlerContext newContext) throws IOException {
        context = newContext;
        sender = new HttpSender(settings.http(), newContext.name());
    }

    void close() {
        sender = null; // its threads end with it
    }

    HttpReply send(String text) throws IOException {
        String url = settings.url().reveal();
        String authorization = reveal(settings.authorization());
        String apiKey = reveal(settings.apiKey());
        String signingSecret = reveal(settings.signingSecret());
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        if (settings.gzip()) {
            body = HttpPost.compress(body, body.length);
        }
        HttpRequest request = request(HttpSender.address(url), authorization, apiKey, signingSecret, body);
        HttpReply reply = sender.send(request, SecretParts.of(url, authorization, apiKey, signingSecret));
        context.metrics().addNetworkBytes(body.length);
        return reply;
    }

    private HttpRequest request(URI uri, String authorization, String apiKey, String signingSecret, byte[] body)
            throws IOException {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                    .method(settings.method(), HttpRequest.BodyPublishers.ofByteArray(body))
                    .header("Content-Type", settings.contentType());
            if (settings.gzip()) {
                request.header("Content-Encoding", "gzip");
            }
            for (int i = 0; i < settings.headers().size(); i += 2) {
                request.header(settings.headers().get(i), settings.headers().get(i + 1));
            }
            if (authorization != null) {
                request.header("Authorization", authorization);
            }
            if (apiKey != null) {
                request.header(settings.apiKeyHeader(), apiKey);
            }
            if (signingSecret != null) {
                request.header(SIGNATURE_HEADER, "sha256=" + signature(signingSecret, body));
            }
            return request.build();
        } catch (IllegalArgumentException e) { // its text holds the address or the header, which may be secrets
            throw new IOException("the address or a secret header is none that HTTP knows, and is not printed here");
        }
    }

    private static String reveal(Secret secret) throws IOException {
        return secret == null ? null : secret.reveal();
    }

    /** @param body as it is sent */
    static String signature(String secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
