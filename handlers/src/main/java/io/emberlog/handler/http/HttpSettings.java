package io.emberlog.handler.http;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SettingKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How to speak HTTP, whatever the service.
 *
 * @param timeout from the start of a request to the last byte of its answer
 * @param connectTimeout of that, for the connection
 * @param certificates file of trusted certificates (PEM) in place of the JDK's; null for those
 */
public record HttpSettings(Duration timeout, Duration connectTimeout, Path certificates) {
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

    /** The keys that {@link #of} reads. */
    public static final List<SettingKey> KEYS = List.of(TIMEOUT, CONNECT_TIMEOUT, TLS_CA);

    public static HttpSettings of(HandlerSettings settings) {
        return new HttpSettings(
                settings.duration(TIMEOUT),
                settings.duration(CONNECT_TIMEOUT),
                settings.isSet(TLS_CA) ? settings.path(TLS_CA) : null);
    }
}
