package io.emberlog.handler.http;

import java.net.URI;
import java.net.URISyntaxException;

/** The address of a service that may be shown: a setting that holds no secret. Stateless. */
public final class Endpoint {
    private static final String ALLOWED = "; allowed: http://HOST:PORT or https://HOST:PORT, and a path if need be";

    private Endpoint() {}

    /**
     * @param setting whose value it is, for the message
     * @throws IllegalArgumentException beginning with {@code setting: }; an address that may have a password or a token in it is not
     *     printed
     */
    public static URI of(String setting, String text) {
        URI address;
        try {
            address = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(setting + ": is no address (" + e.getReason() + ')' + ALLOWED);
        }
        if (holdsUser(address)) {
            throw new IllegalArgumentException(setting
                    + ": holds a user, and what follows it is not printed; allowed: user and password by settings"
                    + " of their own");
        }
        if (text.indexOf('?') >= 0 || text.indexOf('#') >= 0) {
            throw new IllegalArgumentException(setting
                    + ": has a ? or a #, and what follows it is not printed, since it may be a secret" + ALLOWED);
        }
        boolean isHttp = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
        if (!isHttp || address.getHost() == null) {
            throw new IllegalArgumentException(setting + ": \"" + text + "\" is no address of a service" + ALLOWED);
        }
        return address;
    }

    /** Also where the host has a name that {@link URI} knows for none, or the scheme is missing: it sees no user there. */
    private static boolean holdsUser(URI address) {
        String authority = address.getRawAuthority();
        String front = authority == null ? address.getRawSchemeSpecificPart() : authority;
        return front.indexOf('@') >= 0;
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
