package io.emberlog.handler.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
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
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every handler of the JDK's client over TLS, to a server in another language whose certificate is for 127.0.0.1. */
class HttpTlsTest {
    private static final LogRecord ERROR = Records.of("md-1", "com.acme.Orders", 17, 0, "failed");

    private static final String PASSWORD = "canary-0d11f3";

    @TempDir
    private static Path directory;

    private static TestCertificates certificates;
    private static Server open;
    private static Server strict;

    private final SteppedCaller caller = new SteppedCaller();

    private static final class Server implements AutoCloseable {
        private final Process process;
        private final BufferedReader said;
        private final String origin;

        /** @param more whose certificates it asks for; none to ask for none */
        Server(Path... more) throws IOException {
            Path script = directory.resolve("https_server.py");
            try (InputStream in = HttpTlsTest.class.getResourceAsStream("/https_server.py")) {
                Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
            }
            List<String> command =
                    new ArrayList<>(List.of(Peer.program("python3", "python3").toString(), script.toString()));
            Stream.concat(Stream.of(certificates.key("server"), certificates.certificate("server")), Stream.of(more))
                    .forEach(file -> command.add(file.toString()));
            process = new ProcessBuilder(command)
                    .redirectError(directory.resolve("server.err").toFile())
                    .start();
            said = process.inputReader(StandardCharsets.US_ASCII);
            String port = said.readLine();
            assertThat(port)
                    .as(Files.readString(directory.resolve("server.err")))
                    .isNotNull();
            origin = "https://127.0.0.1:" + port;
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @BeforeAll
    static void start() throws Exception {
        certificates = TestCertificates.in(directory.resolve("tls"));
        open = new Server();
        strict = new Server(certificates.certificate("ca"));
    }

    @AfterAll
    static void stop() {
        for (Server server : new Server[] {open, strict}) {
            if (server != null) {
                server.close();
            }
        }
    }

    static Stream<String> types() {
        return Stream.of("loki", "elasticsearch", "webhook", "discord", "slack", "telegram");
    }

    /** Those whose server may be one of one's own. */
    static Stream<String> typesWithAKey() {
        return types().filter(type -> !type.equals("discord"));
    }

    private static Handler handler(String type, String origin, Map<String, ?> more) throws IOException {
        String url = SecretFile.of(directory, "url", origin + '/' + type);
        Map<String, Object> settings = new HashMap<>(more);
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
        return factory.create(HandlerSettings.of("test", factory.settings(), settings));
    }

    /** What the first attempt fails with; null when it arrives. */
    private Throwable attempt(String type, String origin, Map<String, ?> more) throws Exception {
        try (Handler handler = handler(type, origin, more)) {
            return catchThrowable(() -> {
                caller.open(handler);
                caller.handle(ERROR);
                handler.flush();
                handler.checkpoint();
                handler.finish();
            });
        }
    }

    private static Map<String, ?> trusted() {
        return Map.of("tls_ca", certificates.certificate("ca"));
    }

    private static Map<String, ?> trustedWithKey(Path key) {
        return Map.of("tls_ca", certificates.certificate("ca"), "tls_key", key);
    }

    private static String path(String type) {
        return switch (type) {
            case "loki" -> "/loki/api/v1/push";
            case "elasticsearch" -> "/_bulk";
            case "telegram" -> "/bot123:abc/sendMessage";
            default -> '/' + type;
        };
    }

    @ParameterizedTest
    @MethodSource("types")
    void aServerOfTheAuthorityOfTheSettingsGetsAll(String type) throws Exception {
        assertThat(attempt(type, open.origin, trusted())).isNull();
        assertThat(open.said.readLine()).startsWith(path(type));
    }

    @ParameterizedTest
    @MethodSource("types")
    void aServerOfAnotherAuthorityOrNameGetsNothingAndWhatWouldBeRightIsSaid(String type) throws Exception {
        for (Map<String, ?> ca :
                List.<Map<String, ?>>of(Map.of(), Map.of("tls_ca", certificates.certificate("other-ca")))) {
            assertThat(attempt(type, open.origin, ca))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("PKIX path")
                    .message()
                    .endsWith("; allowed: tls_ca = a file with the authority of the server's certificate");
        }
        assertThat(attempt(type, open.origin.replace("127.0.0.1", "localhost"), trusted()))
                .isInstanceOf(IOException.class)
                .message()
                .endsWith("; allowed: a name or an address that is in the server's certificate");
        assertThat(attempt(type, open.origin, Map.of("tls_ca", directory.resolve("nowhere"))))
                .isInstanceOf(IOException.class)
                .hasMessage("tls_ca=" + directory.resolve("nowhere") + " does not exist; allowed: PEM");
        assertThat(open.said.ready()).as("a request that arrived").isFalse();
    }

    @ParameterizedTest
    @MethodSource("typesWithAKey")
    void aServerThatAsksForACertificateGetsOurs(String type) throws Exception {
        assertThat(attempt(type, strict.origin, trustedWithKey(certificates.keyAndCertificate("client"))))
                .isNull();
        assertThat(strict.said.readLine()).startsWith(path(type)).endsWith(" client");

        Map<String, Object> encrypted =
                new HashMap<>(trustedWithKey(certificates.encryptedKeyAndCertificate("client", PASSWORD)));
        encrypted.put("tls_key_password", SecretFile.of(directory, "key-password", PASSWORD));
        assertThat(attempt(type, strict.origin, encrypted)).isNull();
        assertThat(strict.said.readLine()).startsWith(path(type)).endsWith(" client");
    }

    @ParameterizedTest
    @MethodSource("typesWithAKey")
    void aServerThatAsksForACertificateGetsNothingWithoutOneThatItTrusts(String type) throws Exception {
        Path stranger = certificates.keyAndCertificate("stranger");
        for (Map<String, ?> settings : List.<Map<String, ?>>of(trusted(), trustedWithKey(stranger))) {
            assertThat(attempt(type, strict.origin, settings))
                    .isInstanceOf(IOException.class)
                    .message()
                    .endsWith("; allowed: tls_key with a key and a certificate that the server trusts");
        }
        assertThat(strict.said.ready()).as("a request that arrived").isFalse();
    }

    @Test
    void whereNoServerOfTheServiceAsksTheOneThatDoesIsTold() throws Exception {
        assertThat(attempt("discord", strict.origin, trusted()))
                .isInstanceOf(IOException.class)
                .message()
                .endsWith("; allowed: a server that asks for no certificate, which this handler has none of");
    }

    @ParameterizedTest
    @MethodSource("typesWithAKey")
    void aKeyThatCannotBeUsedIsToldByItsSetting(String type) throws Exception {
        Path nowhere = directory.resolve("nowhere");
        assertThat(attempt(type, strict.origin, trustedWithKey(nowhere)))
                .isInstanceOf(IOException.class)
                .hasMessage("tls_key=" + nowhere + " does not exist; allowed: a file of PEM");
        Path alone = certificates.key("client");
        assertThat(attempt(type, strict.origin, trustedWithKey(alone)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("tls_key=" + alone + " holds no certificate; allowed: the key's certificate");
        Map<String, Object> wrong =
                new HashMap<>(trustedWithKey(certificates.encryptedKeyAndCertificate("client", PASSWORD)));
        wrong.put("tls_key_password", SecretFile.of(directory, "wrong-password", "another"));
        assertThat(attempt(type, strict.origin, wrong))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be decrypted with the password given; allowed: tls_key_password")
                .hasMessageNotContaining("another");
    }

    @ParameterizedTest
    @MethodSource("typesWithAKey")
    void keysThatWouldHaveNoEffectAreRefused(String type) throws Exception {
        String setting = type.equals("telegram") ? "api_url" : "url";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handler(type, "http://127.0.0.1:1", Map.of("tls_key", directory.resolve("k.pem"))))
                .withMessage("tls_key: \"" + directory.resolve("k.pem") + "\" has no effect, as " + setting
                        + " is not of https; allowed: beside a " + setting + " of https");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handler(
                        type,
                        "https://127.0.0.1:1",
                        Map.of("tls_key_password", SecretFile.of(directory, "key-password", PASSWORD))))
                .withMessage("tls_key_password: is given without tls_key; allowed: both, or neither");
    }
}
