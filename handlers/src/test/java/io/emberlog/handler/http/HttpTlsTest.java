package io.emberlog.handler.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

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
import io.emberlog.handler.elastic.ElasticsearchHandlerFactory;
import io.emberlog.handler.loki.LokiHandlerFactory;
import io.emberlog.handler.tls.TestCertificates;
import io.emberlog.handler.webhook.WebhookHandlerFactory;
import io.emberlog.lab.Peer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every handler of the JDK's client over TLS, to a server in another language whose certificate is for 127.0.0.1. */
class HttpTlsTest {
    private static final LogRecord ERROR = Records.of("md-1", "com.acme.Orders", 17, 0, "failed");

    @TempDir
    private static Path directory;

    private static TestCertificates certificates;
    private static Process server;
    private static BufferedReader said;
    private static int port;

    private final SteppedCaller caller = new SteppedCaller();

    @BeforeAll
    static void start() throws Exception {
        certificates = TestCertificates.in(directory.resolve("tls"));
        Path script = directory.resolve("https_server.py");
        try (InputStream in = HttpTlsTest.class.getResourceAsStream("/https_server.py")) {
            Files.copy(in, script);
        }
        server = new ProcessBuilder(
                        Peer.program("python3", "python3").toString(),
                        script.toString(),
                        certificates.key("server").toString(),
                        certificates.certificate("server").toString())
                .redirectError(directory.resolve("server.err").toFile())
                .start();
        said = server.inputReader(StandardCharsets.US_ASCII);
        String first = said.readLine();
        assertThat(first).as(Files.readString(directory.resolve("server.err"))).isNotNull();
        port = Integer.parseInt(first);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.destroyForcibly();
        }
    }

    static Stream<String> types() {
        return Stream.of("loki", "elasticsearch", "webhook", "discord", "slack", "telegram");
    }

    private static Handler handler(String type, String host, Path ca) throws IOException {
        String origin = "https://" + host + ':' + port;
        String url = SecretFile.of(directory, "url", origin + '/' + type);
        Map<String, Object> settings = new HashMap<>();
        HandlerFactory factory = switch (type) {
            case "loki" -> new LokiHandlerFactory();
            case "elasticsearch" -> new ElasticsearchHandlerFactory();
            case "webhook" -> new WebhookHandlerFactory();
            case "discord" -> new DiscordHandlerFactory();
            case "slack" -> new SlackHandlerFactory();
            default -> new TelegramHandlerFactory();
        };
        switch (type) {
            case "loki", "elasticsearch" -> settings.put("url", origin);
            case "telegram" -> {
                settings.putAll(Map.of("token", SecretFile.of(directory, "token", "123:abc"), "chat_id", "-1"));
                settings.put("api_url", origin);
            }
            default -> settings.put("url", url);
        }
        if (ca != null) {
            settings.put("tls_ca", ca);
        }
        return factory.create(HandlerSettings.of("test", factory.settings(), settings));
    }

    /** What the first attempt fails with; null when it arrives. */
    private Throwable attempt(String type, String host, Path ca) throws Exception {
        try (Handler handler = handler(type, host, ca)) {
            return catchThrowable(() -> {
                caller.open(handler);
                caller.handle(ERROR);
                handler.flush();
                handler.checkpoint();
                handler.finish();
            });
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void aServerOfTheAuthorityOfTheSettingsGetsAll(String type) throws Exception {
        assertThat(attempt(type, "127.0.0.1", certificates.certificate("ca"))).isNull();
        String path = switch (type) {
            case "loki" -> "/loki/api/v1/push";
            case "elasticsearch" -> "/_bulk";
            case "telegram" -> "/bot123:abc/sendMessage";
            default -> '/' + type;
        };
        assertThat(said.readLine()).startsWith(path);
    }

    @ParameterizedTest
    @MethodSource("types")
    void aServerOfAnotherAuthorityOrNameGetsNothingAndWhatWouldBeRightIsSaid(String type) throws Exception {
        for (Path ca : new Path[] {null, certificates.certificate("other-ca")}) {
            assertThat(attempt(type, "127.0.0.1", ca))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("PKIX path")
                    .message()
                    .endsWith("; allowed: tls_ca = a file with the authority of the server's certificate");
        }
        assertThat(attempt(type, "localhost", certificates.certificate("ca")))
                .isInstanceOf(IOException.class)
                .message()
                .endsWith("; allowed: a name or an address that is in the server's certificate");
        assertThat(attempt(type, "127.0.0.1", directory.resolve("nowhere")))
                .isInstanceOf(IOException.class)
                .hasMessage("tls_ca=" + directory.resolve("nowhere") + " does not exist; allowed: PEM");
        assertThat(said.ready()).as("a request that arrived").isFalse();
    }
}
