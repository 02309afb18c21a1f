package io.emberlog.handler.webhook;

import static io.emberlog.handler.SteppedCaller.SECOND_NS;
import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerFactory;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.handler.SecretFile;
import io.emberlog.handler.SteppedCaller;
import io.emberlog.handler.chat.DiscordHandlerFactory;
import io.emberlog.handler.chat.SlackHandlerFactory;
import io.emberlog.handler.chat.TelegramHandlerFactory;
import io.emberlog.handler.fake.FakeService;
import io.emberlog.handler.fake.FakeWebhook;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final LogRecord ERROR = Records.of("md-1", "com.acme.Orders", 17, 0, "failed");

    @TempDir
    private static Path directory;

    private final SteppedCaller caller = new SteppedCaller();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final StringWriter thrown = new StringWriter();
    private FakeService fake;

    @BeforeEach
    void start() throws IOException {
        fake = new FakeWebhook(caller::nanoTime);
        PrintStream both = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(both);
        System.setErr(both);
    }

    @AfterEach
    void stop() {
        System.setOut(out);
        System.setErr(err);
        fake.close();
    }

    static Stream<String> handlers() {
        return Stream.of("discord", "telegram", "slack", "slack by method", "webhook", "webhook per record");
    }

    private Handler create(String name, String origin) throws IOException {
        String secret = SecretFile.of(directory, "secret", CANARY);
        String url = SecretFile.of(directory, "url", origin + "/services/" + CANARY + "?key=" + CANARY);
        Map<String, Object> settings = new HashMap<>();
        settings.put("timeout", "200 ms");
        settings.put("connect_timeout", "200 ms");
        HandlerFactory factory = switch (name) {
            case "discord" -> {
                settings.put("url", url);
                yield new DiscordHandlerFactory();
            }
            case "telegram" -> {
                settings.putAll(Map.of("token", secret, "chat_id", "-1", "api_url", origin));
                yield new TelegramHandlerFactory();
            }
            case "slack" -> {
                settings.put("url", url);
                yield new SlackHandlerFactory();
            }
            case "slack by method" -> {
                settings.putAll(Map.of("token", secret, "channel", "#a", "api_url", origin));
                yield new SlackHandlerFactory();
            }
            default -> {
                settings.putAll(Map.of("url", url, "authorization", secret, "api_key", secret, "secret", secret));
                settings.put("mode", name.equals("webhook") ? "groups" : "records");
                yield new WebhookHandlerFactory();
            }
        };
        return factory.create(HandlerSettings.of("test", factory.settings(), settings));
    }

    private void fail(String name, String origin) throws Exception {
        Handler handler = create(name, origin);
        caller.open(handler);
        for (int i = 0; i < 12; i++) {
            try {
                caller.handle(ERROR);
                handler.flush();
            } catch (IOException e) {
                e.printStackTrace(new PrintWriter(thrown, true));
            }
            caller.pass(SECOND_NS, SECOND_NS);
        }
        try {
            handler.finish();
            caller.checkpoint();
        } catch (IOException e) {
            e.printStackTrace(new PrintWriter(thrown, true));
        }
        assertNowhere();
        caller.kill();
    }

    private void assertNowhere() throws IOException {
        String said = caller.everythingSaid() + thrown;
        assertThat(said).as("it did fail").containsAnyOf("IOException", "RetryLaterException", "put aside");
        assertThat(said).doesNotContain(CANARY);
        assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain(CANARY);
        if (caller.state() != null) {
            assertThat(new String(caller.state(), StandardCharsets.ISO_8859_1)).doesNotContain(CANARY);
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().contains(CANARY));
        assertThat(Files.readString(Path.of("/proc/self/cmdline"))).doesNotContain(CANARY);
    }

    private static FakeService.Answer echo(FakeService.Request request, int status) {
        return new FakeService.Answer(
                status,
                Map.of("Retry-After", "1", "Location", "http://127.0.0.1:1" + request.path()),
                "you sent " + request.path() + '?' + request.query() + ' ' + request.headers() + ' ' + request.body());
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void whateverIsAnswered(String name) throws Exception {
        for (int status : List.of(200, 302, 400, 401, 403, 404, 413, 422, 429, 500, 503)) {
            if (status == 200 && (name.equals("discord") || name.startsWith("webhook"))) {
                continue; // delivered
            }
            fake.trouble(request -> echo(request, status));
            fail(name, fake.origin());
        }
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void whenNothingIsAnswered(String name) throws Exception {
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
        fail(name, fake.origin().replace("http:", "https:"));
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void whenTheHostIsNotKnown(String name) throws Exception {
        fail(name, "https://no-such-host.invalid");
    }

    @Test
    void whenTheAddressIsNone() throws Exception {
        for (String origin : List.of(
                "ftp://host", "https://a b", "https://", "host/" + CANARY, "https://user:" + CANARY + "@h^st")) {
            for (String name : List.of("discord", "slack", "webhook", "webhook per record")) {
                fail(name, origin);
            }
        }
    }

    @Test
    void whenASecretIsNoHeaderOrNoPartOfAnAddress() throws Exception {
        for (String name : List.of("telegram", "slack by method")) {
            Handler handler = create(name, fake.origin());
            SecretFile.of(directory, "secret", CANARY + " \u20ac {}");
            caller.open(handler);
            caller.handle(ERROR);
            caller.pass(12 * SECOND_NS, SECOND_NS);
            assertNowhere();
            caller.kill();
        }
    }

    @Test
    void whenTheFileOfTheSecretIsGoneOrOpenToAll() throws Exception {
        Handler handler = create("discord", fake.origin());
        Files.delete(directory.resolve("url"));
        caller.open(handler);
        caller.handle(ERROR);
        caller.pass(12 * SECOND_NS, SECOND_NS);
        assertThat(caller.failures().get(0)).endsWith("does not exist");
        assertNowhere();
    }
}
