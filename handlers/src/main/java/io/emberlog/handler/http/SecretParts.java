package io.emberlog.handler.http;

import java.util.ArrayList;
import java.util.List;

/** What of a secret address may turn up alone in an error's text. Stateless. */
public final class SecretParts {
    /** Shorter parts are words like {@code api}, which hide nothing and would blacken texts. */
    private static final int LEAST = 8;

    /** Telegram has it in front of the token. */
    private static final String BOT = "bot";

    private SecretParts() {}

    /**
     * The address, what stands behind its host, and each longer part of that; the longest first, so that no part of one is left.
     *
     * @param address may be malformed
     * @param more other secrets; null is none
     */
    public static List<String> of(String address, String... more) {
        List<String> parts = new ArrayList<>();
        parts.add(address);
        int host = address.indexOf("://");
        int path = address.indexOf('/', host < 0 ? 0 : host + 3);
        if (path >= 0) {
            String behind = address.substring(path);
            parts.add(behind);
            for (String part : behind.split("[/?&=#:]")) {
                parts.add(part);
                if (part.startsWith(BOT)) {
                    parts.add(part.substring(BOT.length()));
                }
            }
        }
        int user = address.indexOf('@');
        if (host >= 0 && user > host) {
            parts.add(address.substring(host + 3, user));
        }
        for (String secret : more) {
            if (secret != null) {
                parts.add(secret);
                int space = secret.indexOf(' ');
                parts.add(secret.substring(space + 1)); // behind "Bearer"
            }
        }
        parts.removeIf(part -> part.length() < LEAST);
        parts.sort((a, b) -> b.length() - a.length());
        return parts;
    }
}
