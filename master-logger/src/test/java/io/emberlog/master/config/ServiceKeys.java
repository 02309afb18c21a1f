package io.emberlog.master.config;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Rows for {@link ConfigKeysTest} of the handlers that send to services over the network. */
final class ServiceKeys {
    private static final String SECRET = "\"env:" + ConfigKeysTest.SECRET + "\"";
    private static final String NO_REFERENCE = "holds something else than a reference";

    /** What each type asks for. */
    private static final Map<String, String> REQUIRED = Map.of(
            "loki", "url = \"http://h\"\n",
            "elasticsearch", "url = \"http://h\"\n",
            "otlp", "url = \"http://h\"\n",
            "kafka", "servers = [\"h:1\"]\n");

    /** What keys ask for beside them. */
    private static final Map<String, String> BESIDE = Map.of(
            "user", "password = " + SECRET + "\n",
            "password", "user = \"ada\"\n",
            "otlp.api_key_header", "api_key = " + SECRET + "\n",
            "tls_key_password", "tls_key = \"/k.pem\"\n",
            "kafka.user", "security = \"sasl_ssl\"\npassword = " + SECRET + "\n",
            "kafka.password", "security = \"sasl_ssl\"\nuser = \"ada\"\n",
            "kafka.sasl_mechanism", "security = \"sasl_ssl\"\nuser = \"ada\"\npassword = " + SECRET + "\n",
            "kafka.tls_ca", "security = \"ssl\"\n",
            "kafka.tls_key", "security = \"ssl\"\n",
            "kafka.tls_key_password", "security = \"ssl\"\ntls_key = \"/k.pem\"\n");

    private ServiceKeys() {}

    /** Lines that must stand beside that key; empty for types that are not here. */
    static String beside(String type, String key) {
        String required = REQUIRED.getOrDefault(type, "");
        if (key.startsWith("tls_key")) {
            required = required.replace("http:", "https:");
        }
        String beside =
                BESIDE.getOrDefault(type + '.' + key, REQUIRED.containsKey(type) ? BESIDE.getOrDefault(key, "") : "");
        return (required.startsWith(key + " = ") ? "" : required) + beside;
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                        Stream.of("loki", "elasticsearch", "otlp").flatMap(ServiceKeys::http),
                        Stream.of("loki", "elasticsearch", "otlp", "kafka", "webhook")
                                .flatMap(ServiceKeys::batches),
                        loki(),
                        elasticsearch(),
                        otlp(),
                        kafka())
                .flatMap(rows -> rows);
    }

    private static Stream<Arguments> http(String type) {
        return Stream.of(
                row(type, "url", "\"https://h:1\"", "5", "5 is not text; allowed: text in quotes"),
                row(type, "user", "\"ada\"", "5", "5 is not text; allowed: text in quotes"),
                row(type, "password", SECRET, "\"x\"", NO_REFERENCE),
                row(type, "token", SECRET, "\"x\"", NO_REFERENCE),
                row(type, "headers", "[\"A: b\"]", "[\"b\"]", "one of them is none, and is not printed here"),
                row(type, "timeout", "\"20 s\"", "\"1 ms\"", "\"1 ms\" is too small; allowed: 100 ms to 5 min"),
                row(type, "connect_timeout", "\"1 s\"", "\"1 ms\"", "\"1 ms\" is too small; allowed: 100 ms to 5 min"),
                row(type, "tls_ca", "\"/ca.pem\"", "5", "5 is not a path; allowed: a path in quotes"),
                row(type, "tls_key", "\"/k.pem\"", "5", "5 is not a path; allowed: a path in quotes"),
                row(type, "tls_key_password", SECRET, "\"x\"", NO_REFERENCE));
    }

    private static Stream<Arguments> batches(String type) {
        return Stream.of(
                row(type, "batch_records", "5", "0", "0 is too small; allowed: 1 to 100000 records"),
                row(type, "batch_bytes", "\"2 MiB\"", "1", "1 is too small; allowed: 1 KiB to 64 MiB"),
                row(type, "linger", "\"2 s\"", "\"2 min\"", "\"2 min\" is too large; allowed: 0 s to 1 min"));
    }

    private static Stream<Arguments> loki() {
        return Stream.of(
                row("loki", "tenant", "\"a\"", "5", "5 is not text; allowed: text in quotes"),
                row("loki", "labels", "[\"a=b\"]", "5", "5 is not a list; allowed: a list of texts"),
                row("loki", "labels_from", "[\"worker\"]", "5", "5 is not a list; allowed: a list of texts"),
                row("loki", "max_streams", "5", "0", "0 is too small; allowed: 1 to 100000 streams"),
                row("loki", "structured_metadata", "false", "1", "1 is not true or false; allowed: true or false"),
                row("loki", "max_line", "\"1 MiB\"", "1", "1 is too small; allowed: 1 KiB to 16 MiB"),
                row("loki", "format", "\"human\"", "\"xml\"", "\"xml\" is unknown; allowed: human, "));
    }

    private static Stream<Arguments> elasticsearch() {
        return Stream.of(
                row("elasticsearch", "index", "\"x-{yyyy}\"", "5", "5 is not text; allowed: text in quotes"),
                row("elasticsearch", "format", "\"json\"", "\"human\"", "\"human\" is unknown; allowed: ecs, json"),
                row("elasticsearch", "api_key", SECRET, "\"x\"", NO_REFERENCE));
    }

    private static Stream<Arguments> otlp() {
        return Stream.of(
                row("otlp", "protocol", "\"grpc\"", "\"udp\"", "\"udp\" is unknown; allowed: http, grpc"),
                row("otlp", "attributes", "[\"a=b\"]", "5", "5 is not a list; allowed: a list of texts"),
                row("otlp", "compression", "\"none\"", "\"zip\"", "\"zip\" is unknown; allowed: gzip, none"),
                row("otlp", "api_key", SECRET, "\"x\"", NO_REFERENCE),
                row("otlp", "api_key_header", "\"x-key\"", "5", "5 is not text; allowed: text in quotes"));
    }

    private static Stream<Arguments> kafka() {
        return Stream.of(
                row("kafka", "servers", "[\"b:9092\"]", "5", "5 is not a list; allowed: a list of texts"),
                row("kafka", "topic", "\"logs\"", "5", "5 is not text; allowed: text in quotes"),
                row("kafka", "key", "\"none\"", "\"id\"", "\"id\" is unknown; allowed: worker, logger, service, none"),
                row("kafka", "format", "\"human\"", "\"xml\"", "\"xml\" is unknown; allowed: human, "),
                row(
                        "kafka",
                        "compression",
                        "\"zstd\"",
                        "\"zip\"",
                        "\"zip\" is unknown; allowed: none, gzip, lz4, zstd"),
                row("kafka", "max_request", "\"2 MiB\"", "1", "1 is too small; allowed: 1 KiB to 64 MiB"),
                row("kafka", "timeout", "\"20 s\"", "\"1 ms\"", "\"1 ms\" is too small; allowed: 1 s to 10 min"),
                row("kafka", "security", "\"ssl\"", "\"tls\"", "\"tls\" is unknown; allowed: plaintext, ssl, "),
                row("kafka", "sasl_mechanism", "\"PLAIN\"", "\"x\"", "\"x\" is unknown; allowed: PLAIN, "),
                row("kafka", "user", "\"ada\"", "5", "5 is not text; allowed: text in quotes"),
                row("kafka", "password", SECRET, "\"x\"", NO_REFERENCE),
                row("kafka", "tls_ca", "\"/ca.pem\"", "5", "5 is not a path; allowed: a path in quotes"),
                row("kafka", "tls_key", "\"/key.pem\"", "5", "5 is not a path; allowed: a path in quotes"),
                row("kafka", "tls_key_password", SECRET, "\"x\"", NO_REFERENCE),
                row("kafka", "properties", "[\"a=b\"]", "5", "5 is not a list; allowed: a list of texts"));
    }

    private static Arguments row(String type, String key, String good, String bad, String why) {
        return Arguments.of(type, key, good, bad, why);
    }
}
