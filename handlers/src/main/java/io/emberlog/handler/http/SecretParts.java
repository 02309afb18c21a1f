package io.emberlog.handler.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What of a secret address may turn up alone in an error's text. Stateless. */
public final class SecretParts {
    /** Shorter parts of an address are words like {@code api}, which hide nothing and would blacken texts. */
    private static final int LEAST = 8;

    /** Telegram has it in front of the token. */
    private static final String BOT = "bot";

    private static final String BASIC = "Basic ";

    private static final Pattern BEHIND_HOST = Pattern.compile("[/?#]");

    private SecretParts() {}

    /**
     * The address, what stands behind its host, and each longer part of that.
     *
     * @param address may be malformed
     * @param more other secrets; null is none
     */
    public static List<String> of(String address, String... more) {
        List<String> parts = new ArrayList<>();
        parts.add(address);
        int host = address.indexOf("://");
        Matcher behindHost = BEHIND_HOST.matcher(address);
        if (behindHost.find(host < 0 ? 0 : host + 3)) {
            String behind = address.substring(behindHost.start());
            parts.add(behind);
            for (String part : behind.split("[/?&=#:]")) {
                parts.add(part);
                parts.add(decoded(part));
                if (part.startsWith(BOT)) {
                    parts.add(part.substring(BOT.length()));
                }
            }
        }
        int user = address.indexOf('@');
        if (host >= 0 && user > host) {
            parts.add(address.substring(host + 3, user));
        }
        parts.add(decoded(address));
        parts.removeIf(part -> part.length() < LEAST);
        for (String secret : more) {
            if (secret != null) {
                parts.addAll(ofHeader(secret));
            }
        }
        return parts;
    }

    /** The value of a header, what stands behind its scheme, and of {@code Basic} the password. */
    static List<String> ofHeader(String secret) {
        List<String> parts = new ArrayList<>();
        parts.add(secret);
        int space = secret.indexOf(' ');
        parts.add(secret.substring(space + 1)); // behind "Bearer"
        if (secret.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            parts.add(password(secret.substring(space + 1)));
        }
        return parts;
    }

    private static String password(String basic) {
        try {
            String user = new String(Base64.getDecoder().decode(basic), StandardCharsets.UTF_8);
            return user.substring(user.indexOf(':') + 1);
        } catch (IllegalArgumentException e) { // not what it says
            return basic;
        }
    }

    /** As a service has read it. A plus sign stays one: {@link Redaction} knows that it may stand for a space. */
    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) { // a percent sign that is one
            return part;
        }
    }
}
