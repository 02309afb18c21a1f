package io.emberlog.handler.http;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.tls.ClientKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How to speak HTTP, whatever the service.
 *
 * @param timeout from the start of a request to the last byte of its answer
 * @param connectTimeout of that, for the connection
 * @param certificates file of trusted certificates (PEM) in place of the JDK's; null for those
 * @param key whom we show to servers that ask; null where the handler has no setting for that
 */
public record HttpSettings(Duration timeout, Duration connectTimeout, Path certificates, ClientKey key) {
    public static final SettingKey TIMEOUT = SettingKey.duration(
                    "timeout", "Longest time from the start of a request to the last byte of its answer.")
            .orElse("10 s")
            .between("100 ms", "5 min");
    public static final SettingKey CONNECT_TIMEOUT = SettingKey.duration(
                    "connect_timeout", "Longest time for a connection to be made.")
            .orElse("5 s")
            .between("100 ms", "5 min");
    public static final SettingKey TLS_CA = SettingKey.path(
                    "tls_ca", "File of certificates (PEM) to trust in place of those of the JDK.")
            .otherwise("those of the JDK");

    /** The keys that {@link #of(HandlerSettings)} reads. */
    public static final List<SettingKey> KEYS = List.of(TIMEOUT, CONNECT_TIMEOUT, TLS_CA);

    /** The keys that {@link #of(HandlerSettings, SettingKey, boolean)} reads. */
    public static final List<SettingKey> KEYS_WITH_OURS =
            Stream.concat(KEYS.stream(), ClientKey.KEYS.stream()).toList();

    /** Without a key. */
    public HttpSettings(Duration timeout, Duration connectTimeout, Path certificates) {
        this(timeout, connectTimeout, certificates, null);
    }

    /** Settings that give our certificate; empty where the handler has none. */
    public String ownKey() {
        return key == null ? "" : ClientKey.TLS_KEY.name();
    }

    public static HttpSettings of(HandlerSettings settings) {
        return of(settings, (ClientKey) null);
    }

    /**
     * With a key, for servers that may ask for one.
     *
     * @param address the setting that says where the server is
     * @param isTls whether that is an address of https
     * @throws IllegalArgumentException for settings that are wrong together, beginning with the name of one
     */
    public static HttpSettings of(HandlerSettings settings, SettingKey address, boolean isTls) {
        return of(settings, ClientKey.of(settings, address, isTls));
    }

    private static HttpSettings of(HandlerSettings settings, ClientKey key) {
        return new HttpSettings(
                settings.duration(TIMEOUT),
                settings.duration(CONNECT_TIMEOUT),
                settings.isSet(TLS_CA) ? settings.path(TLS_CA) : null,
                key);
    }
}
