package io.emberlog.handler.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpSenderTest {
    private static final String SECRET = "canary-7f3a/b c";

    private final List<String> seen = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    /** The test is over, and whoever says nothing may go. */
    private final CountDownLatch over = new CountDownLatch(1);

    private HttpServer server;

    private interface Answer {
        void give(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void on(String path, Answer answer) {
        server.createContext(path, exchange -> {
            seen.add(path);
            exchange.getRequestBody().readAllBytes();
            try (exchange) {
                answer.give(exchange);
            }
        });
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private HttpReply post(String path, Duration timeout) throws IOException {
        return post(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path), timeout);
    }

    private static HttpReply post(URI address, Duration timeout) throws IOException {
        HttpSender sender = new HttpSender(new HttpSettings(timeout, Duration.ofSeconds(5), null), "test");
        HttpRequest request = HttpRequest.newBuilder(address)
                .POST(HttpRequest.BodyPublishers.ofString("hello"))
                .build();
        return sender.send(request, List.of(SECRET));
    }

    private static IOException failure(URI address, Duration timeout) {
        return catchThrowableOfType(IOException.class, () -> post(address, timeout));
    }

    @Test
    void anAnswerComesBackWithItsStatusItsBodyAndWhenToComeBack() throws IOException {
        on("/busy", exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "7");
            answer(exchange, 429, "{\"retry_after\": 6.5}");
        });
        HttpReply reply = post("/busy", Duration.ofSeconds(10));
        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.text()).isEqualTo("{\"retry_after\": 6.5}");
        assertThat(reply.retryAfter()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aServiceThatNeverAnswersIsGivenUpAfterTheTimeout() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            IOException failure =
                    failure(URI.create("http://127.0.0.1:" + deaf.getLocalPort()), Duration.ofMillis(200));
            assertThat(failure).hasMessage("no answer within 200 ms").hasNoCause();
        }
    }

    @Test
    void aServiceThatSendsItsHeadersAndThenNothingIsGivenUpAfterTheTimeout() throws IOException {
        on("/half", exchange -> {
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody().flush();
            awaitTheEnd();
        });
        IOException failure = catchThrowableOfType(IOException.class, () -> post("/half", Duration.ofMillis(300)));
        assertThat(failure).hasMessage("no answer within 300 ms");
    }

    private void awaitTheEnd() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void ofAnEndlessAnswerOnlyTheStartIsRead() throws IOException {
        on("/endless", exchange -> {
            exchange.sendResponseHeaders(500, 0);
            byte[] part = "x".repeat(8192).getBytes(StandardCharsets.UTF_8);
            try {
                for (int i = 0; i < 1_000_000; i++) {
                    exchange.getResponseBody().write(part);
                }
            } catch (IOException e) {
                seen.add("closed");
            }
        });
        assertThat(post("/endless", Duration.ofSeconds(20)).body()).hasSize(HttpSender.MAX_BODY);
    }

    @Test
    void aRedirectIsToldAndNotFollowed() throws IOException {
        on("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            answer(exchange, 307, "");
        });
        on("/elsewhere", exchange -> answer(exchange, 200, ""));
        assertThat(post("/moved", Duration.ofSeconds(10)).toReply("Service").toString())
                .contains("307")
                .contains("not followed");
        assertThat(seen).containsExactly("/moved");
    }

    @Test
    void noFailureHoldsTheAddressOrTheSecretInIt() throws IOException {
        List<Throwable> failures = new ArrayList<>();
        int closed;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = gone.getLocalPort();
        }
        failures.add(failure(URI.create("http://127.0.0.1:" + closed + "/canary-7f3a%2Fb+c"), Duration.ofSeconds(5)));
        failures.add(failure(URI.create("http://canary-7f3a.invalid/"), Duration.ofSeconds(5)));
        failures.add(failure(
                URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/canary-7f3a%2Fb+c"),
                Duration.ofSeconds(5)));
        try (ServerSocket rude = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            threads.execute(() -> {
                try (Socket socket = rude.accept()) {
                    socket.getInputStream().read(new byte[64]);
                    socket.getOutputStream().write(("SSH-2.0 " + SECRET + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    // the test looks at the other end
                }
            });
            failures.add(failure(URI.create("http://127.0.0.1:" + rude.getLocalPort()), Duration.ofSeconds(5)));
        }
        for (String text :
                List.of("ht tp://" + SECRET, "ftp://canary-7f3a", "https:///canary-7f3a", "", "canary-7f3a")) {
            failures.add(catchThrowableOfType(IOException.class, () -> HttpSender.address(text)));
        }
        assertThat(failures.get(0)).hasMessage("the host refuses the connection, or cannot be reached");
        assertThat(failures.get(1)).hasMessage("the name of the host is unknown");
        for (Throwable failure : failures) {
            assertThat(failure).isNotNull();
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString().replace("canary-7f3a.invalid", ""))
                    .doesNotContain("canary-7f3a/b", "canary-7f3a%2F");
        }
    }

    @Test
    void aServiceThatEchoesASecretIsShownWithoutIt() throws IOException {
        on("/echo", exchange -> answer(exchange, 400, "no such token: " + SECRET + "\nsecond line"));
        String shown = post("/echo", Duration.ofSeconds(10)).toReply("Service").toString();
        assertThat(shown).contains("no such token: *** second line").doesNotContain("canary");
    }

    @Test
    void certificatesOfAFileAreTrustedAndAWrongFileIsNamed(@TempDir Path directory) throws IOException {
        Path wrong = Files.writeString(directory.resolve("ca.pem"), "nonsense");
        IOException failure = catchThrowableOfType(
                IOException.class,
                () -> new HttpSender(new HttpSettings(Duration.ofSeconds(1), Duration.ofSeconds(1), wrong), "test"));
        assertThat(failure).hasMessageContaining(wrong.toString()).hasMessageContaining("allowed: PEM");
    }

    /** As the JVM's options have it ({@code -Dhttps.proxyHost}), of which this is what they set. */
    @Test
    void theProxyOfTheJvmIsUsed() throws Exception {
        on("/", exchange -> answer(exchange, 204, ""));
        ProxySelector before = ProxySelector.getDefault();
        ProxySelector.setDefault(ProxySelector.of(server.getAddress()));
        try {
            HttpSender sender =
                    new HttpSender(new HttpSettings(Duration.ofSeconds(20), Duration.ofSeconds(5), null), "test");
            HttpReply reply = sender.send(
                    HttpRequest.newBuilder(URI.create("http://no-such-host.invalid/x"))
                            .POST(HttpRequest.BodyPublishers.ofString("body"))
                            .build(),
                    List.of());
            assertThat(reply.status()).isEqualTo(204);
            assertThat(seen).containsExactly("/");
        } finally {
            ProxySelector.setDefault(before);
        }
    }
}
