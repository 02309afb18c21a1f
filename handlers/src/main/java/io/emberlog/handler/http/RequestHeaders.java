package io.emberlog.handler.http;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.Header;
import io.emberlog.handler.Secret;
import io.emberlog.handler.SettingKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** Further headers of all requests, as the user names them. Holds references, no secret. Immutable. */
public final class RequestHeaders {
    public static final SettingKey HEADERS = SettingKey.headers(
                    "headers",
                    "Further headers of each request, as \"Name: value\"; a secret as \"Name: env:VARIABLE\" or \"Name: file:PATH\".")
            .orElse(List.of())
            .revealed(SecretForms::header);

    /** What clients set themselves, or refuse to have set, or what changes what an answer looks like. */
    private static final Set<String> TAKEN = Set.of(
            "accept-encoding",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "expect",
            "host",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** In a name: its value is one that opens something. */
    private static final Pattern SOUNDS_SECRET =
            Pattern.compile("auth|token|secret|passw|key|cookie|credential|session|signature");

    private final List<Header> headers;

    private RequestHeaders(List<Header> headers) {
        this.headers = headers;
    }

    /**
     * @param others names that the handler sets itself, in any case; null is none
     * @throws IllegalArgumentException for one that cannot be, beginning with the name of the setting, without a value
     */
    public static RequestHeaders of(HandlerSettings settings, String... others) {
        Set<String> names = new HashSet<>();
        List<Header> headers = settings.headers(HEADERS);
        for (Header header : headers) {
            checkName(HEADERS.name(), header.name(), others);
            String name = header.name().toLowerCase(Locale.ROOT);
            if (!names.add(name)) {
                throw new IllegalArgumentException(
                        HEADERS.name() + ": " + header.name() + " is there twice; allowed: each name once");
            }
            if (header.secret() == null && SOUNDS_SECRET.matcher(name).find()) {
                throw new IllegalArgumentException(HEADERS.name() + ": " + header.name()
                        + " is given in the open, and its value is not printed here since it may be a secret; allowed: \""
                        + header.name() + ": env:NAME\", or \"" + header.name() + ": file:PATH\"");
            }
        }
        return new RequestHeaders(headers);
    }

    /**
     * @param key of the setting whose value the name is
     * @param others as for {@link #of}
     * @throws IllegalArgumentException beginning with the name of the setting
     */
    public static void checkName(String key, String name, String... others) {
        if (!Header.isName(name)) {
            throw new IllegalArgumentException(key + ": is no name of a header; allowed: letters, digits, -, _ and .");
        }
        boolean isTaken = TAKEN.contains(name.toLowerCase(Locale.ROOT));
        for (String other : others) {
            isTaken |= name.equalsIgnoreCase(Objects.requireNonNullElse(other, ""));
        }
        if (isTaken) {
            throw new IllegalArgumentException(
                    key + ": " + name + " is set by the client or by a setting of its own; allowed: another header");
        }
    }

    /**
     * Reads them, for one request.
     *
     * @throws IOException when one cannot be read, or cannot stand in a header; without its value
     */
    public Revealed reveal() throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> secrets = new ArrayList<>();
        for (Header header : headers) {
            String value = header.value();
            if (header.secret() != null) {
                value = header.secret().reveal();
                secrets.addAll(SecretParts.ofHeader(value));
                if (!value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
                    throw new IOException("the secret of the header " + header.name()
                            + " cannot stand in a header; allowed: printable ASCII");
                }
            }
            values.put(header.name(), value);
        }
        return new Revealed(values, secrets);
    }

    /**
     * For one request, and to be forgotten after it.
     *
     * @param values by name
     * @param secrets what must not be told
     */
    public record Revealed(Map<String, String> values, List<String> secrets) {
        @Override
        public String toString() {
            return Secret.MASK;
        }
    }
}
