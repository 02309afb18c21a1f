package io.emberlog.handler.http;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.Secret;
import io.emberlog.handler.SettingKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** What a service knows us by: a user and a password, a token, or nothing. Holds references, no secret. Immutable. */
public final class Credentials {
    public static final SettingKey USER = SettingKey.string("user", "User of HTTP basic authentication.");
    public static final SettingKey PASSWORD = SettingKey.secret("password", "Password of user.");
    public static final SettingKey TOKEN = SettingKey.secret(
                    "token", "Token of HTTP bearer authentication, in place of user and password.")
            .revealed(SecretForms::header);

    /** The keys that {@link #of(HandlerSettings)} reads. */
    public static final List<SettingKey> KEYS = List.of(USER, PASSWORD, TOKEN);

    private final String header;
    private final String prefix;
    private final String user;
    private final Secret secret;

    private Credentials(String header, String prefix, String user, Secret secret) {
        this.header = header;
        this.prefix = prefix;
        this.user = user;
        this.secret = secret;
    }

    /** @throws IllegalArgumentException for settings that are wrong together, beginning with the name of one */
    public static Credentials of(HandlerSettings settings) {
        return of(settings, null, null, null);
    }

    /**
     * @param key a further secret that the service takes in place of the others; null for none
     * @param keyHeader the header it travels in
     * @param keyPrefix what stands in front of it there
     * @throws IllegalArgumentException for settings that are wrong together, beginning with the name of one
     */
    public static Credentials of(HandlerSettings settings, SettingKey key, String keyHeader, String keyPrefix) {
        boolean hasKey = key != null && settings.isSet(key);
        boolean hasToken = settings.isSet(TOKEN);
        boolean hasUser = settings.isSet(USER);
        if (hasUser != settings.isSet(PASSWORD)) {
            throw new IllegalArgumentException(
                    hasUser
                            ? "user: is given without password; allowed: both, or neither"
                            : "password: is given without user; allowed: both, or neither");
        }
        if ((hasKey ? 1 : 0) + (hasToken ? 1 : 0) + (hasUser ? 1 : 0) > 1) {
            String names = "user and password, token" + (key == null ? "" : ", " + key.name());
            throw new IllegalArgumentException(
                    (hasToken ? "token" : key.name()) + ": is given beside others; allowed: one of " + names);
        }
        if (hasKey) {
            return new Credentials(keyHeader, keyPrefix, null, settings.secret(key));
        }
        if (hasToken) {
            return new Credentials("Authorization", "Bearer ", null, settings.secret(TOKEN));
        }
        return hasUser
                ? new Credentials("Authorization", "Basic ", settings.string(USER), settings.secret(PASSWORD))
                : new Credentials(null, null, null, null);
    }

    /** The header that they travel in; null for none. */
    public String header() {
        return header;
    }

    /**
     * Reads them, for one request.
     *
     * @throws IOException when they cannot be read; without their value
     */
    public Revealed reveal() throws IOException {
        if (secret == null) {
            return new Revealed(null, null, List.of());
        }
        String value = secret.reveal();
        if (user == null) {
            return new Revealed(header, prefix + value, List.of(value));
        }
        String encoded = Base64.getEncoder().encodeToString((user + ':' + value).getBytes(StandardCharsets.UTF_8));
        return new Revealed(header, prefix + encoded, List.of(value, encoded));
    }

    /** For one request, and to be forgotten after it. */
    public static final class Revealed {
        private final String header;
        private final String value;
        private final List<String> secrets;

        private Revealed(String header, String value, List<String> secrets) {
            this.header = header;
            this.value = value;
            this.secrets = secrets;
        }

        /** Null when there is none. */
        public String header() {
            return header;
        }

        public String value() {
            return value;
        }

        /** What must not be told. */
        public List<String> secrets() {
            return secrets;
        }

        @Override
        public String toString() {
            return Secret.MASK;
        }
    }
}
