package io.emberlog.handler.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.CanaryWatch;
import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SecretFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The password must not be in anything that the failing handler says, names or stores, however it fails. */
class MailCanaryTest {
    private static final String CANARY = "canary-3fe902";
    private static final String PASSWORD = CANARY + "\"&/end";

    @TempDir
    private static Path directory;

    private CanaryWatch watch;

    @BeforeAll
    static void look() throws Exception {
        SmtpServer.assumeInstalled();
        SmtpServer.makeCertificate(directory);
    }

    @BeforeEach
    void watch() {
        watch = new CanaryWatch(CANARY);
    }

    @AfterEach
    void leave() {
        watch.close();
    }

    private static Handler handler(int port, String tls, Object... pairs) throws IOException {
        Map<String, Object> given = new HashMap<>(Map.of(
                "host",
                "localhost",
                "port",
                (long) port,
                "tls",
                tls,
                "tls_ca",
                directory.resolve("cert.pem"),
                "username",
                "alerts",
                "password",
                SecretFile.of(directory, "secret", PASSWORD),
                "from",
                "alerts@example.com",
                "to",
                List.of("ops@example.com")));
        given.put("group_wait", "0 s");
        for (int i = 0; i < pairs.length; i += 2) {
            given.put((String) pairs[i], pairs[i + 1]);
        }
        given.values().removeIf(""::equals);
        MailHandlerFactory factory = new MailHandlerFactory();
        return factory.create(HandlerSettings.of("test", factory.settings(), given));
    }

    static Stream<Arguments> refusals() {
        return Stream.of("starttls", "implicit")
                .flatMap(tls -> Stream.of("AUTH", "RCPT", "DATA").map(command -> Arguments.of(tls, command)));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whenTheServerTellsItInARefusal(String tls, String command) throws Exception {
        try (SmtpServer server = new SmtpServer(directory, tls, "alerts", PASSWORD, command)) {
            watch.fail(handler(server.port(), tls));
        }
        assertThat(watch.said())
                .contains("is it *** or *** or ***?")
                .doesNotContain(base64(PASSWORD))
                .doesNotContain(base64("\0alerts\0" + PASSWORD));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"starttls", "implicit"})
    void whenTlsFails(String tls) throws Exception {
        try (SmtpServer server = new SmtpServer(directory, tls, "alerts", PASSWORD)) {
            watch.fail(handler(server.port(), tls, "tls_ca", ""));
            assertThat(watch.said())
                    .contains("; allowed: tls_ca = a file with the authority of the server's certificate");
            watch.fail(handler(server.port(), tls, "host", "127.0.0.1"));
            assertThat(watch.said()).contains("; allowed: a name or an address that is in the server's certificate");
            watch.fail(handler(server.port(), tls.equals("starttls") ? "implicit" : "starttls", "timeout", "500 ms"));
            watch.fail(handler(server.port(), tls, "tls_ca", directory.resolve("nowhere")));
        }
    }

    /** What it says first, and then, whatever comes, again; null for nothing at all. */
    private static ServerSocket saying(String text) throws IOException {
        ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> {
            while (!listening.isClosed()) {
                try (Socket socket = listening.accept();
                        InputStream in = socket.getInputStream()) {
                    for (int count = 1; count > 0; count = in.read(new byte[1000])) {
                        if (text != null) {
                            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                        }
                    }
                } catch (IOException e) {
                    // the client has left, or the test is over
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return listening;
    }

    @ParameterizedTest
    @ValueSource(strings = {"starttls", "implicit"})
    void whenThereIsNoServerOrOneThatHangsOrRaves(String tls) throws Exception {
        try (ServerSocket deaf = saying(null);
                ServerSocket raving = saying("HTTP/1.1 400 Bad Request\r\n\r\n");
                ServerSocket refusing = saying("421 4.7.0 not now\r\n")) {
            for (ServerSocket socket : List.of(deaf, raving, refusing)) {
                watch.fail(handler(socket.getLocalPort(), tls, "timeout", "200 ms"));
            }
        }
        watch.fail(handler(1, tls));
        watch.fail(handler(1, tls, "host", "no-such-host.invalid"));
    }

    @Test
    void whenThePasswordIsGone() throws Exception {
        Handler handler = handler(1, "starttls");
        Files.delete(directory.resolve("secret"));
        watch.fail(handler);
        assertThat(watch.said()).contains("secret does not exist");
    }
}
