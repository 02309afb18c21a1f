package io.emberlog.handler.http;

import java.net.URI;
import java.net.URISyntaxException;

/** The address of a service that may be shown: a setting that holds no secret. Stateless. */
public final class Endpoint {
    private static final String ALLOWED = "; allowed: http://HOST:PORT or https://HOST:PORT, and a path if need be";

    private Endpoint() {}

    /**
     * @param setting whose value it is, for the message
     * @throws IllegalArgumentException beginning with {@code setting: }; an address with a password in it is not printed
     */
    public static URI of(String setting, String text) {
        URI address;
        try {
            address = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(setting + ": is no address (" + e.getReason() + ')' + ALLOWED);
        }
        if (address.getRawUserInfo() != null) {
            throw new IllegalArgumentException(setting
                    + ": holds a user, and what follows it is not printed; allowed: user and password by settings"
                    + " of their own");
        }
        boolean isHttp = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
        if (!isHttp || address.getHost() == null || address.getRawQuery() != null || address.getRawFragment() != null) {
            throw new IllegalArgumentException(setting + ": \"" + text + "\" is no address of a service" + ALLOWED);
        }
        return address;
    }

    public static boolean isTls(URI service) {
        return "https".equals(service.getScheme());
    }

    /**
     * The address of one call: {@code path} behind what the service's address has, unless it ends in it already.
     *
     * @param path begins with a slash
     */
    public static URI resolve(URI service, String path) {
        String base = service.toString().replaceFirst("/+$", "");
        return URI.create(base.endsWith(path) ? base : base + path);
    }
}
