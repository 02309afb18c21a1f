package io.emberlog.handler.kafka;

import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.Secret;
import io.emberlog.handler.SettingKey;
import io.emberlog.handler.delivery.BatchLimits;
import io.emberlog.handler.format.Format;
import io.emberlog.handler.tls.ClientKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Settings of {@code type = "kafka"}.
 *
 * @param key what of a record is its key: {@code worker}, {@code logger}, {@code service}, {@code none}
 * @param timeout of a batch
 * @param security null for those that are not set: {@code user}, {@code password}, {@code tlsCa}
 * @param properties of the producer, beside those that are ours
 */
record KafkaSettings(
        List<String> servers,
        String topic,
        String key,
        String format,
        String compression,
        int maxRequest,
        Duration timeout,
        Security security,
        Map<String, String> properties,
        BatchLimits limits) {

    /** How the brokers are spoken to; what is null is not set. */
    record Security(String protocol, String mechanism, String user, Secret password, Path tlsCa, ClientKey key) {}

    static final SettingKey SERVERS = SettingKey.strings(
                    "servers", "Some brokers of the cluster, as HOST:PORT; the others are found by them.")
            .required();
    static final SettingKey TOPIC = SettingKey.string(
                    "topic", "Topic that gets the records; made by the broker if it makes topics.")
            .orElse("emberlog");
    static final SettingKey KEY = SettingKey.choice(
                    "key",
                    "What of a record is its key: records of one key go to one partition, and stay in order.",
                    "worker",
                    "logger",
                    "service",
                    "none")
            .orElse("worker");
    static final SettingKey FORMAT = SettingKey.choice(
                    "format", "How a record becomes a value.", Format.NAMES.toArray(new String[0]))
            .orElse("json");
    static final SettingKey COMPRESSION = SettingKey.choice(
                    "compression",
                    "Of what is sent; brokers keep it so. lz4 and zstd unpack native code.",
                    "none",
                    "gzip",
                    "lz4",
                    "zstd")
            .orElse("gzip");
    static final SettingKey MAX_REQUEST = SettingKey.size(
                    "max_request",
                    "Longer records are put aside; not above message.max.bytes of the brokers and max.message.bytes of the topic.")
            .orElse("1 MiB")
            .between("1 KiB", "64 MiB");
    static final SettingKey TIMEOUT = SettingKey.duration(
                    "timeout",
                    "How long a batch is tried; what was not acknowledged by then is sent again, which may make doubles.")
            .orElse("30 s")
            .between("1 s", "10 min");
    static final SettingKey SECURITY = SettingKey.choice(
                    "security",
                    "How brokers are spoken to, in Kafka's words.",
                    "plaintext",
                    "ssl",
                    "sasl_plaintext",
                    "sasl_ssl")
            .orElse("plaintext");
    static final SettingKey MECHANISM = SettingKey.choice(
                    "sasl_mechanism", "How user and password are shown.", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
            .orElse("SCRAM-SHA-512");
    static final SettingKey USER = SettingKey.string("user", "User of SASL.");
    static final SettingKey PASSWORD = SettingKey.secret("password", "Password of user.");
    static final SettingKey TLS_CA = SettingKey.path(
                    "tls_ca", "File of certificates (PEM) to trust in place of those of the JDK.")
            .otherwise("those of the JDK");
    static final SettingKey PROPERTIES = SettingKey.strings(
                    "properties",
                    "Further settings of Kafka's producer, as NAME=VALUE; not those that have a key here, and no secrets.")
            .orElse(List.of());

    static final List<SettingKey> KEYS = Stream.of(
                    List.of(
                            SERVERS,
                            TOPIC,
                            KEY,
                            FORMAT,
                            COMPRESSION,
                            MAX_REQUEST,
                            TIMEOUT,
                            SECURITY,
                            MECHANISM,
                            USER,
                            PASSWORD,
                            TLS_CA,
                            PROPERTIES),
                    ClientKey.KEYS,
                    BatchLimits.KEYS)
            .flatMap(List::stream)
            .toList();

    private static final Pattern SERVER = Pattern.compile("(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+):[0-9]{1,5}");
    private static final Pattern TOPIC_NAME = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}");

    /** Of the producer, ours alone: what we promise hangs on them, or a key of ours says it, or they hold secrets. */
    private static final Pattern RESERVED = Pattern.compile(
            "bootstrap\\.servers|acks|retries|enable\\.idempotence|max\\.in\\.flight.*|transactional\\.id|transaction\\..*"
                    + "|key\\.serializer|value\\.serializer|interceptor\\.classes|delivery\\.timeout\\.ms|request\\.timeout\\.ms"
                    + "|max\\.block\\.ms|linger\\.ms|compression\\.type|max\\.request\\.size|security\\.protocol|sasl\\..*"
                    + "|ssl\\.(key|trust)store\\..*|ssl\\.key\\..*|.*password.*|.*secret.*|.*jaas.*");

    static KafkaSettings of(HandlerSettings settings) {
        List<String> servers = settings.strings(SERVERS);
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("servers: is empty; allowed: at least one HOST:PORT");
        }
        for (String server : servers) {
            if (!SERVER.matcher(server).matches()) {
                throw new IllegalArgumentException("servers: \"" + server + "\" is no broker; allowed: HOST:PORT");
            }
        }
        String topic = settings.string(TOPIC);
        if (!TOPIC_NAME.matcher(topic).matches()) {
            throw new IllegalArgumentException(
                    "topic: \"" + topic + "\" is no topic; allowed: 1 to 249 letters, digits, ., _ and -");
        }
        return new KafkaSettings(
                servers,
                topic,
                settings.string(KEY),
                settings.string(FORMAT),
                settings.string(COMPRESSION),
                (int) settings.size(MAX_REQUEST),
                settings.duration(TIMEOUT),
                security(settings),
                properties(settings.strings(PROPERTIES)),
                BatchLimits.of(settings));
    }

    private static Security security(HandlerSettings settings) {
        String protocol = settings.string(SECURITY);
        boolean isSasl = protocol.startsWith("sasl");
        boolean isTls = protocol.endsWith("ssl");
        for (SettingKey key : List.of(USER, PASSWORD)) {
            if (settings.isSet(key) != isSasl) {
                throw new IllegalArgumentException(
                        key.name() + (isSasl ? ": is missing" : ": is given") + " with security = \"" + protocol
                                + "\"; allowed: user and password with sasl_ssl or sasl_plaintext");
            }
        }
        if (!isSasl) {
            settings.refuseIfChanged(
                    MECHANISM,
                    "has no effect with security = \"" + protocol + '"',
                    "beside security = \"sasl_ssl\" or \"sasl_plaintext\"");
        }
        for (SettingKey key : List.of(TLS_CA, ClientKey.TLS_KEY, ClientKey.TLS_KEY_PASSWORD)) {
            if (settings.isSet(key) && !isTls) {
                throw new IllegalArgumentException(
                        key.name() + ": is given with security = \"" + protocol + "\"; allowed: with ssl or sasl_ssl");
            }
        }
        return new Security(
                protocol,
                settings.string(MECHANISM),
                isSasl ? settings.string(USER) : null,
                isSasl ? settings.secret(PASSWORD) : null,
                settings.isSet(TLS_CA) ? settings.path(TLS_CA) : null,
                ClientKey.of(settings));
    }

    private static Map<String, String> properties(List<String> given) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (String property : given) {
            int equals = property.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("properties: holds what is no property; allowed: NAME=VALUE");
            }
            String name = property.substring(0, equals).strip();
            if (RESERVED.matcher(name).matches()) {
                throw new IllegalArgumentException("properties: " + name
                        + " is not for here; allowed: the handler's own key for it, or leave it as it is");
            }
            properties.put(name, property.substring(equals + 1).strip());
        }
        return properties;
    }
}
