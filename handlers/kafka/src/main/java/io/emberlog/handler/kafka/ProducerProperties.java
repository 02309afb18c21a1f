package io.emberlog.handler.kafka;

import io.emberlog.handler.tls.Certificates;
import io.emberlog.handler.tls.ClientKey;
import io.emberlog.handler.tls.PrivateKeys;
import java.io.IOException;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/** The configuration of one producer, with secrets in it: made for it and forgotten. Stateless. */
final class ProducerProperties {
    /** How long the producer waits for more of a partition; all of a batch is there within microseconds. */
    private static final int LINGER_MS = 5;

    private static final int MAX_REQUEST_TIMEOUT_MS = 10_000;
    private static final int BATCH_BYTES = 256 * 1024;
    private static final long BUFFER_BYTES = 32 << 20;

    /**
     * Of one broker, at once. A broker that knows nothing of a producer takes any sequence number from it: had it the second request
     * of a partition while it refused the first as too large, the pieces of the first would come out of order for ever. A request
     * carries up to {@code max_request}, so a second one would gain little.
     */
    private static final int REQUESTS_IN_FLIGHT = 1;

    private final Properties properties = new Properties();
    private final List<String> secrets = new ArrayList<>();

    /** @throws IOException a secret cannot be read; without its value */
    ProducerProperties(KafkaSettings settings, String handlerName) throws IOException {
        int timeoutMs = (int) settings.timeout().toMillis();
        properties.putAll(settings.properties());
        properties.putIfAbsent(ProducerConfig.CLIENT_ID_CONFIG, "emberlog-" + handlerName);
        properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        properties.putIfAbsent(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        properties.putIfAbsent(
                CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false); // tells the broker of us, unasked
        properties.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(BUFFER_BYTES, 2L * settings.maxRequest()));
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, String.join(",", settings.servers()));
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, REQUESTS_IN_FLIGHT);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(MAX_REQUEST_TIMEOUT_MS, timeoutMs / 2));
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeoutMs);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, timeoutMs);
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, settings.compression());
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, settings.maxRequest());
        addSecurity(settings.security());
    }

    private void addSecurity(KafkaSettings.Security security) throws IOException {
        properties.put(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                security.protocol().toUpperCase(Locale.ROOT));
        if (security.user() != null) {
            String password = secret(security.password().reveal());
            boolean isPlain = security.mechanism().equals("PLAIN");
            String module = isPlain
                    ? "org.apache.kafka.common.security.plain.PlainLoginModule"
                    : "org.apache.kafka.common.security.scram.ScramLoginModule";
            properties.put(SaslConfigs.SASL_MECHANISM, security.mechanism());
            properties.put(
                    SaslConfigs.SASL_JAAS_CONFIG,
                    module + " required username=\"" + escaped(security.user()) + "\" password=\""
                            + secret(escaped(password)) + "\";");
        }
        if (security.tlsCa() != null) {
            Certificates.of("tls_ca", security.tlsCa()); // says better what is wrong with them than the producer does
            properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            properties.put(
                    SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, security.tlsCa().toString());
        }
        if (security.key().file() != null) {
            addKey(security.key());
        }
    }

    /** Decrypted here: on Java 17 the producer's own way takes no key that openssl encrypts. */
    private void addKey(ClientKey key) throws IOException {
        String password = key.password() == null ? null : secret(key.password().reveal());
        PrivateKey decrypted = PrivateKeys.of(key.file(), password);
        String base64 = Base64.getMimeEncoder().encodeToString(decrypted.getEncoded());
        properties.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
        properties.put(
                SslConfigs.SSL_KEYSTORE_KEY_CONFIG,
                "-----BEGIN PRIVATE KEY-----\n" + secret(base64) + "\n-----END PRIVATE KEY-----\n");
        properties.put(
                SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG,
                Certificates.besideKey(ClientKey.TLS_KEY.name(), key.file()));
    }

    private String secret(String value) {
        secrets.add(value);
        return value;
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    Properties get() {
        return properties;
    }

    /** What must not be told. */
    List<String> secrets() {
        return secrets;
    }
}
