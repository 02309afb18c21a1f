package io.emberlog.handler.webhook;

import io.emberlog.handler.HandlerContext;
import io.emberlog.handler.Secret;
import io.emberlog.handler.http.HttpPost;
import io.emberlog.handler.http.HttpReply;
import io.emberlog.handler.http.HttpSender;
import io.emberlog.handler.http.RequestHeaders;
import io.emberlog.handler.http.SecretParts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
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
        Revealed revealed = new Revealed(
                settings.url().reveal(),
                reveal(settings.authorization()),
                reveal(settings.apiKey()),
                reveal(settings.signingSecret()),
                settings.headers().reveal());
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        if (settings.gzip()) {
            body = HttpPost.compress(body, body.length);
        }
        HttpReply reply = sender.send(request(HttpSender.address(revealed.url()), revealed, body), revealed.secrets());
        context.metrics().addNetworkBytes(body.length);
        return reply;
    }

    private HttpRequest request(URI uri, Revealed revealed, byte[] body) throws IOException {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                    .method(settings.method(), HttpRequest.BodyPublishers.ofByteArray(body))
                    .header("Content-Type", settings.contentType());
            if (settings.gzip()) {
                request.header("Content-Encoding", "gzip");
            }
            revealed.headers().values().forEach(request::header);
            if (revealed.authorization() != null) {
                request.header("Authorization", revealed.authorization());
            }
            if (revealed.apiKey() != null) {
                request.header(settings.apiKeyHeader(), revealed.apiKey());
            }
            if (revealed.signingSecret() != null) {
                request.header(SIGNATURE_HEADER, "sha256=" + signature(revealed.signingSecret(), body));
            }
            return request.build();
        } catch (IllegalArgumentException e) { // its text holds the address or the header, which may be secrets
            throw new IOException("the address or a secret header is none that HTTP knows, and is not printed here");
        }
    }

    /** For one request, and to be forgotten after it; null where there is none. */
    private record Revealed(
            String url, String authorization, String apiKey, String signingSecret, RequestHeaders.Revealed headers) {
        /** What must not be told. */
        List<String> secrets() {
            List<String> secrets = new ArrayList<>(SecretParts.of(url, authorization, apiKey, signingSecret));
            secrets.addAll(headers.secrets());
            return secrets;
        }

        @Override
        public String toString() {
            return Secret.MASK;
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
