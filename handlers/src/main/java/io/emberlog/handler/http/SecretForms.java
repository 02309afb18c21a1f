package io.emberlog.handler.http;

import io.emberlog.handler.Secret;
import io.emberlog.handler.SettingKey;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;

/** What a secret must look like to be of use; for {@link SettingKey#revealed}. No exception holds the secret. Stateless. */
public final class SecretForms {
    private static final String NOT_PRINTED = ", and is not printed here since it may be a secret; allowed: ";

    private SecretForms() {}

    /** @throws IllegalArgumentException for what is no address of a service */
    public static void address(String secret) {
        uri(secret);
    }

    /** Whether it is an address of https; also where it cannot be read or is none, which its own check tells. */
    public static boolean isTls(Secret address) {
        try {
            return uri(address.reveal()).getScheme().equals("https");
        } catch (IOException | IllegalArgumentException e) {
            return true; // told by whoever checks the secret
        }
    }

    static URI uri(String text) {
        URI address = null;
        try {
            address = new URI(text);
        } catch (URISyntaxException e) {
            // its text holds the address
        }
        if (address == null
                || address.getHost() == null
                || !"https".equals(address.getScheme()) && !"http".equals(address.getScheme())) {
            throw new IllegalArgumentException("is no URL that HTTP knows" + NOT_PRINTED + "https://HOST/PATH");
        }
        if (address.getRawUserInfo() != null) {
            throw new IllegalArgumentException("holds a user in front of the host, which HTTP does not send"
                    + NOT_PRINTED + "https://HOST/PATH, and a header for user and password where the handler has one");
        }
        return address;
    }

    /** @throws IllegalArgumentException for what cannot stand in a header */
    public static void header(String secret) {
        if (!secret.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException(
                    "holds characters that no header of HTTP may" + NOT_PRINTED + "printable ASCII");
        }
    }
}
