package io.emberlog.handler.webhook;

import static io.emberlog.handler.SteppedCaller.SECOND_NS;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.CanaryWatch;
import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.handler.SecretFile;
import io.emberlog.handler.chat.DiscordHandlerFactory;
import io.emberlog.handler.chat.SlackHandlerFactory;
import io.emberlog.handler.chat.TelegramHandlerFactory;
import io.emberlog.handler.elastic.ElasticsearchHandlerFactory;
import io.emberlog.handler.fake.FakeService;
import io.emberlog.handler.fake.FakeWebhook;
import io.emberlog.handler.loki.LokiHandlerFactory;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A secret must not be in anything that a failing handler says, names or stores, however it fails. */
class CanaryTest {
    private static final String CANARY = "canary-9f1d7e";

    /** With what services quote, and as it stands in an address. */
    private static final String QUOTED = CANARY + "\"+/<&='\\end";

    private static final String IN_ADDRESS = URLEncoder.encode(QUOTED, StandardCharsets.UTF_8);

    private static final List<Integer> STATUSES = List.of(200, 302, 400, 401, 403, 404, 413, 422, 429, 500, 503);

    /** That may be echoed. */
    private static final int PARTS = 4;

    private static final LogRecord ERROR = Records.of("md-1", "com.acme.Orders", 17, 0, "failed");

    @TempDir
    private static Path directory;

    private String timeout = "5 s";
    private CanaryWatch watch;
    private FakeService fake;

    @BeforeEach
    void start() throws IOException {
        watch = new CanaryWatch(CANARY);
        fake = new FakeWebhook(watch.caller()::nanoTime);
    }

    @AfterEach
    void stop() {
        watch.close();
        fake.close();
    }

    static Stream<String> handlers() {
        return Stream.of(
                "discord",
                "telegram",
                "slack",
                "slack by method",
                "webhook",
                "webhook per record",
                "webhook with basic",
                "webhook with header",
                "loki with header",
                "elasticsearch with header",
                "loki",
                "loki with basic",
                "elasticsearch",
                "elasticsearch with basic");
    }

    private Handler create(String name, String origin) throws IOException {
        String secret = SecretFile.of(directory, "secret", name.equals("telegram") ? CANARY : QUOTED);
        String url = SecretFile.of(directory, "url", origin + "/services/" + IN_ADDRESS + "?a=b&key=" + IN_ADDRESS);
        Map<String, Object> settings = new HashMap<>();
        settings.put("timeout", timeout);
        HandlerFactory factory = factory(name);
        switch (name) {
            case "discord", "slack" -> settings.put("url", url);
            case "telegram" -> settings.putAll(Map.of("token", secret, "chat_id", "-1", "api_url", origin));
            case "slack by method" -> settings.putAll(Map.of("token", secret, "channel", "#a", "api_url", origin));
            case "webhook", "webhook per record" -> {
                settings.putAll(Map.of("url", url, "authorization", secret, "api_key", secret, "secret", secret));
                settings.put("mode", name.equals("webhook") ? "groups" : "records");
            }
            case "webhook with basic" -> {
                String basic = "Basic "
                        + Base64.getEncoder().encodeToString(("ada:" + QUOTED).getBytes(StandardCharsets.UTF_8));
                settings.putAll(Map.of("url", url, "authorization", SecretFile.of(directory, "basic", basic)));
                settings.put("mode", "records");
            }
            case "webhook with header" -> {
                String plain =
                        SecretFile.of(directory, "plain-url", origin); // has nothing that would be known for its sake
                settings.putAll(Map.of("url", plain, "headers", List.of("X-Api-Key: " + secret, "X-Team: a")));
                settings.putAll(Map.of("mode", "records", "batch_records", 2, "linger", "0 s"));
            }
            case "loki with header", "elasticsearch with header" ->
                settings.putAll(Map.of(
                        "url",
                        origin,
                        "linger",
                        "0 s",
                        "headers",
                        List.of("Authorization: " + secret, "X-Api-Key: " + secret)));
            case "loki" -> settings.putAll(Map.of("url", origin, "token", secret, "linger", "0 s"));
            case "elasticsearch" -> settings.putAll(Map.of("url", origin, "api_key", secret, "linger", "0 s"));
            default -> settings.putAll(Map.of("url", origin, "user", "ada", "password", secret, "linger", "0 s"));
        }
        return factory.create(HandlerSettings.of("test", factory.settings(), settings));
    }

    private static HandlerFactory factory(String name) {
        return switch (name.split(" ")[0]) {
            case "discord" -> new DiscordHandlerFactory();
            case "telegram" -> new TelegramHandlerFactory();
            case "slack" -> new SlackHandlerFactory();
            case "webhook" -> new WebhookHandlerFactory();
            case "loki" -> new LokiHandlerFactory();
            default -> new ElasticsearchHandlerFactory();
        };
    }

    private void fail(String name, String origin) throws Exception {
        watch.fail(create(name, origin));
    }

    /** How a service may quote what it was sent. */
    private enum Quoting {
        NONE,
        JSON,
        JSON_OF_GO,
        HTML,
        ADDRESS;

        String of(String text) {
            return switch (this) {
                case NONE -> text;
                case JSON -> text.replace("\\", "\\\\").replace("\"", "\\\"").replace("/", "\\/");
                case JSON_OF_GO ->
                    text.replace("\\", "\\\\")
                            .replace("\"", "\\\"")
                            .replace("&", "\\u0026")
                            .replace("<", "\\u003c")
                            .replace("'", "\\u0027");
                case HTML ->
                    text.replace("&", "&amp;")
                            .replace("<", "&lt;")
                            .replace("\"", "&#34;")
                            .replace("'", "&#39;");
                case ADDRESS -> URLEncoder.encode(text, StandardCharsets.UTF_8);
            };
        }
    }

    /** @param part 0 for the address, 1 for the address as it is read, 2 for the headers, 3 for the password of basic authentication */
    private static FakeService.Answer echo(FakeService.Request request, int status, Quoting quoting, int part) {
        String authorization = request.headers().getOrDefault("authorization", "");
        String sent = switch (part) {
            case 0 -> request.query() + ' ' + request.path();
            case 1 -> URLDecoder.decode(request.query(), StandardCharsets.UTF_8);
            case 2 -> authorization + ' ' + request.headers().getOrDefault("x-api-key", "");
            default ->
                authorization.startsWith("Basic ")
                        ? new String(Base64.getDecoder().decode(authorization.substring(6)), StandardCharsets.UTF_8)
                        : authorization;
        };
        String whole = "no: " + quoting.of(sent) + " is wrong";
        return new FakeService.Answer(
                status,
                Map.of("Retry-After", "1", "Location", "http://127.0.0.1:1" + request.path()),
                status % 2 == 0
                        ? whole
                        : "{\"ok\":false,\"error\":\"" + whole + "\",\"description\":\"" + whole + "\"}");
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void whateverIsAnswered(String name) throws Exception {
        for (int i = 0; i < STATUSES.size(); i++) {
            int status = STATUSES.get(i);
            if (status == 200 && (name.equals("discord") || name.startsWith("webhook"))) {
                continue; // delivered
            }
            Quoting quoting = Quoting.values()[i % Quoting.values().length];
            int part = i % PARTS;
            fake.trouble(request -> echo(request, status, quoting, part));
            fail(name, fake.origin());
        }
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void howeverItIsQuoted(String name) throws Exception {
        for (Quoting quoting : Quoting.values()) {
            for (int part = 0; part < PARTS; part++) {
                int echoed = part;
                fake.trouble(request -> echo(request, 401, quoting, echoed));
                watch.fail(create(name, fake.origin()), 1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void whenNothingIsAnswered(String name) throws Exception {
        timeout = "100 ms";
        fake.trouble(FakeService.HANG);
        fail(name, fake.origin());
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void whenConnectionsAreRefused(String name) throws Exception {
        String origin = fake.origin();
        fake.refuse();
        fail(name, origin);
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void whenTlsFails(String name) throws Exception {
        timeout = "200 ms"; // the JDK's own server answers a TLS hello on 17, and waits for more of it on 25
        watch.fail(create(name, fake.origin().replace("http:", "https:")), 1);
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void whenTheHostIsNotKnown(String name) throws Exception {
        fail(name, "https://no-such-host.invalid");
    }

    @Test
    void whenTheAddressIsNone() throws Exception {
        for (String origin : List.of(
                "ftp://host",
                "https://a b",
                "https://",
                "host/" + CANARY,
                "https://user:" + CANARY + "@h^st",
                "https://user:" + CANARY + "@127.0.0.1:1",
                "https://" + CANARY + "@127.0.0.1:1")) {
            for (String name : List.of("discord", "slack", "webhook", "webhook per record")) {
                fail(name, origin);
            }
        }
    }

    @Test
    void whenASecretIsNoHeaderOrNoPartOfAnAddress() throws Exception {
        for (String name : List.of(
                "telegram",
                "slack by method",
                "webhook per record",
                "webhook with header",
                "loki with header",
                "loki",
                "elasticsearch")) {
            Handler handler = create(name, fake.origin());
            SecretFile.of(directory, "secret", CANARY + " \u20ac {}");
            fake.trouble(request -> echo(request, 401, Quoting.NONE, 2)); // a header may hold it after all
            watch.fail(handler);
        }
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void whenTheFileOfTheSecretIsGoneOrOpenToAll(String name) throws Exception {
        Handler handler = create(name, fake.origin());
        for (String file : List.of("url", "secret", "basic")) {
            Files.deleteIfExists(directory.resolve(file));
        }
        watch.fail(handler);
        assertThat(watch.said()).contains(" does not exist");
    }

    @Test
    void aSecretOfAFewLettersIsNotToldEither() throws Exception {
        Handler handler = create("webhook per record", fake.origin());
        SecretFile.of(directory, "secret", "hunt");
        fake.trouble(request -> new FakeService.Answer(401, "no hunt here"));
        watch.caller().open(handler);
        watch.attempt(() -> watch.caller().handle(ERROR));
        watch.attempt(handler::flush);
        watch.caller().pass(SECOND_NS, SECOND_NS);
        assertThat(watch.said()).contains("no *** here");
    }
}
