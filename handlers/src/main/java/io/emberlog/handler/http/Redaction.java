package io.emberlog.handler.http;

import io.emberlog.handler.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Takes secrets out of what is told to operators: as they are, and as an address quotes them. Immutable. */
public final class Redaction {
    private final List<String> texts = new ArrayList<>();

    private Redaction() {}

    public static Redaction of(List<String> secrets) {
        Redaction redaction = new Redaction();
        for (String secret : secrets) {
            redaction.texts.add(secret);
            String quoted = URLEncoder.encode(secret, StandardCharsets.UTF_8);
            if (!quoted.equals(secret)) {
                redaction.texts.add(quoted);
            }
        }
        return redaction;
    }

    public String apply(String text) {
        String redacted = text;
        for (String secret : texts) {
            redacted = redacted.replace(secret, Secret.MASK);
        }
        return redacted;
    }

    /** A service may echo what it was sent. */
    byte[] apply(byte[] text) {
        String decoded = new String(text, StandardCharsets.UTF_8);
        String redacted = apply(decoded);
        return redacted.equals(decoded) ? text : redacted.getBytes(StandardCharsets.UTF_8);
    }
}
