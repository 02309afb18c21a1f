package io.emberlog.master.config;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Rows of {@link ConfigKeysTest} for the handlers that alert, and what must stand beside a key. */
final class AlertHandlerKeys {
    private static final String SECRET = "\"env:" + ConfigKeysTest.SECRET + "\"";
    private static final String ADDRESS = "\"env:" + ConfigKeysTest.ADDRESS + "\"";
    private static final String NO_SECRET = "holds something else than a reference";

    private static final Map<String, Map<String, String>> REQUIRED = Map.of(
            "discord", Map.of("url", ADDRESS),
            "telegram", Map.of("token", SECRET, "chat_id", "\"-1\""),
            "slack", Map.of("url", ADDRESS),
            "webhook", Map.of("url", ADDRESS),
            "email", Map.of("host", "\"h\"", "from", "\"a@b.example\"", "to", "[\"a@b.example\"]"));

    private AlertHandlerKeys() {}

    static Stream<Arguments> rows() {
        return Stream.of(
                        Stream.of("discord", "telegram", "slack", "webhook", "email")
                                .flatMap(AlertHandlerKeys::alerting),
                        Stream.of("discord", "telegram", "slack", "webhook", "email")
                                .flatMap(AlertHandlerKeys::network),
                        Stream.of("telegram", "slack", "webhook", "email").flatMap(AlertHandlerKeys::ownKey),
                        chats(),
                        webhook(),
                        email())
                .flatMap(rows -> rows);
    }

    /** Lines for the configuration; empty for other handlers. */
    static String beside(String type, String key) {
        if (type.equals("slack") && key.equals("token")) {
            return "channel = \"#a\"\n";
        }
        if (type.equals("slack") && key.equals("channel")) {
            return "token = " + SECRET + "\n";
        }
        if (type.equals("slack") && key.equals("api_url")) {
            return "token = " + SECRET + "\nchannel = \"#a\"\n";
        }
        StringBuilder lines = new StringBuilder();
        if (REQUIRED.containsKey(type) && key.equals("tls_key_password")) {
            lines.append("tls_key = \"/k.pem\"\n");
        }
        if (type.equals("webhook")
                && List.of("batch_records", "batch_bytes", "linger", "framing").contains(key)) {
            lines.append("mode = \"records\"\n").append(key.equals("batch_records") ? "" : "batch_records = 10\n");
        }
        if (type.equals("webhook") && key.equals("api_key_header")) {
            lines.append("api_key = ").append(SECRET).append('\n');
        }
        if (type.equals("email") && List.of("username", "password").contains(key)) {
            lines.append(key.equals("username") ? "password = " + SECRET : "username = \"u\"")
                    .append('\n');
        }
        REQUIRED.getOrDefault(type, Map.of()).forEach((name, value) -> {
            if (!name.equals(key)) {
                lines.append(name).append(" = ").append(value).append('\n');
            }
        });
        return lines.toString();
    }

    private static Stream<Arguments> alerting(String type) {
        return Stream.of(
                text(type, "title", "\"prod\""),
                Arguments.of(type, "group_wait", "\"1 s\"", "\"2 h\"", "\"2 h\" is too large; allowed: 0 s to 1 h"),
                Arguments.of(type, "group_interval", "\"6 m\"", "\"0 s\"", "\"0 s\" is too small; allowed: 1 s to 1 d"),
                Arguments.of(
                        type, "repeat_interval", "\"5 h\"", "\"8 d\"", "\"8 d\" is too large; allowed: 1 s to 7 d"),
                Arguments.of(type, "resolve_after", "\"1 h\"", "\"0 s\"", "\"0 s\" is too small; allowed: 1 s to 7 d"),
                Arguments.of(
                        type, "recovery", "false", "\"no\"", "\"no\" is not true or false; allowed: true or false"),
                Arguments.of(type, "immediate_level", "\"error\"", "25", "25 is not a level; allowed: notset, trace,"),
                Arguments.of(type, "escalate_count", "5", "-1", "-1 is too small; allowed: 0 to 1000000000 records"),
                Arguments.of(type, "breadcrumbs", "20", "51", "51 is too large; allowed: 0 to 50 records"),
                Arguments.of(type, "max_groups", "7", "0", "0 is too small; allowed: 1 to 100 groups"),
                Arguments.of(type, "messages_per_hour", "7", "0", "0 is too small; allowed: 1 to 3600 messages"),
                Arguments.of(type, "sample_length", "500", "1", "1 is too small; allowed: 100 to 20000 characters"));
    }

    private static Stream<Arguments> network(String type) {
        return Stream.of(
                Arguments.of(type, "timeout", "\"2 s\"", "\"1 h\"", "\"1 h\" is too large; allowed: 100 ms to 5 min"),
                Arguments.of(
                        type,
                        "connect_timeout",
                        "\"2 s\"",
                        "\"1 h\"",
                        "\"1 h\" is too large; allowed: 100 ms to 5 min"),
                Arguments.of(type, "tls_ca", "\"/ca.pem\"", "1", "1 is not a path; allowed: a path in quotes"));
    }

    private static Stream<Arguments> ownKey(String type) {
        return Stream.of(
                Arguments.of(type, "tls_key", "\"/k.pem\"", "1", "1 is not a path; allowed: a path in quotes"),
                secret(type, "tls_key_password"));
    }

    private static Stream<Arguments> chats() {
        return Stream.of(
                secret("discord", "url"),
                text("discord", "thread_id", "\"7\""),
                text("discord", "username", "\"ember\""),
                secret("telegram", "token"),
                text("telegram", "chat_id", "\"-5\""),
                Arguments.of("telegram", "thread_id", "7", "-1", "-1 is too small; allowed: 0 to 2147483647"),
                text("telegram", "api_url", "\"https://bots.example\""),
                secret("slack", "url"),
                secret("slack", "token"),
                text("slack", "channel", "\"#a\""),
                text("slack", "thread_ts", "\"1503435956.000247\""),
                text("slack", "api_url", "\"https://slack.example/api\""));
    }

    private static Stream<Arguments> webhook() {
        return Stream.of(
                secret("webhook", "url"),
                Arguments.of(
                        "webhook", "method", "\"PUT\"", "\"GET\"", "\"GET\" is unknown; allowed: POST, PUT, PATCH"),
                Arguments.of(
                        "webhook", "mode", "\"records\"", "\"all\"", "\"all\" is unknown; allowed: groups, records"),
                text("webhook", "content_type", "\"application/json; charset=utf-8\""),
                text("webhook", "body", "\"{count}\""),
                Arguments.of("webhook", "headers", "[\"A: b\"]", "1", "is not a list, and is not printed"),
                secret("webhook", "authorization"),
                secret("webhook", "api_key"),
                text("webhook", "api_key_header", "\"X-Key\""),
                Arguments.of(
                        "webhook", "compression", "\"gzip\"", "\"zip\"", "\"zip\" is unknown; allowed: none, gzip"),
                Arguments.of(
                        "webhook",
                        "framing",
                        "\"ndjson\"",
                        "\"lines\"",
                        "\"lines\" is unknown; allowed: array, ndjson, concatenated"),
                secret("webhook", "secret"));
    }

    private static Stream<Arguments> email() {
        return Stream.of(
                text("email", "host", "\"mail.example\""),
                Arguments.of("email", "port", "26", "0", "0 is too small; allowed: 1 to 65535"),
                Arguments.of(
                        "email", "tls", "\"none\"", "\"ssl\"", "\"ssl\" is unknown; allowed: starttls, implicit, none"),
                text("email", "username", "\"u\""),
                secret("email", "password"),
                text("email", "from", "\"c@b.example\""),
                Arguments.of("email", "to", "[\"c@b.example\"]", "1", "1 is not a list; allowed: a list of texts"),
                Arguments.of("email", "html", "true", "1", "1 is not true or false; allowed: true or false"));
    }

    private static Arguments text(String type, String key, String good) {
        return Arguments.of(type, key, good, "1", "1 is not text; allowed: text in quotes");
    }

    private static Arguments secret(String type, String key) {
        return Arguments.of(type, key, key.equals("url") ? ADDRESS : SECRET, "\"https://in.the.open\"", NO_SECRET);
    }
}
