package io.emberlog.handler.syslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerContractTest;
import io.emberlog.handler.HandlerRestartException;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** TCP against a server that does at each moment exactly what it is told; real ones: {@link SyslogServerTest}. */
class SyslogTcpTest extends HandlerContractTest {
    private PolledServer server;

    @BeforeEach
    void listen() throws IOException {
        server = new PolledServer();
    }

    @AfterEach
    void end() throws IOException {
        server.close();
    }

    @Override
    protected Handler create() {
        return create(Map.of());
    }

    private Handler create(Map<String, Object> more) {
        try {
            Map<String, Object> given = new HashMap<>(
                    Map.of("transport", "tcp", "host", "127.0.0.1", "port", (long) server.port(), "timeout", "300 ms"));
            given.putAll(more);
            SyslogHandlerFactory factory = new SyslogHandlerFactory();
            return factory.create(HandlerSettings.of("test", factory.settings(), given));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected List<String> delivered() throws IOException {
        return server.messages().stream()
                .map(message -> message.replaceAll("(?s).*\\] ?", ""))
                .toList();
    }

    @Override
    protected void failOnce() {
        try {
            server.messages();
            server.reset();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected boolean exactlyOnce() {
        return false;
    }

    private static void give(Handler handler, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            handler.handle(Records.plain(i, "record " + i));
        }
        handler.flush();
    }

    private static List<String> texts(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "record " + i).toList();
    }

    @Test
    void whatAServerHadNotReadWhenItDiedIsSentAgainBeforeWhatFollows() throws Exception {
        ModelCaller caller = new ModelCaller(1000, 1000);
        try (Handler handler = create()) {
            handler.open(caller);
            give(handler, 0, 10);
            server.reset();
            give(handler, 10, 20);
            assertThat(delivered()).containsExactlyElementsOf(texts(0, 20));
        }
        assertThat(caller.reports()).singleElement().asString().startsWith("NOTICE sends 10 messages again: ");
    }

    @Test
    void whatAServerHadNotReadIsSentAgainAlsoWhenNothingFollows() throws Exception {
        ModelCaller caller = new ModelCaller(1000, 1000);
        try (Handler handler = create()) {
            handler.open(caller);
            give(handler, 0, 10);
            server.reset();
            handler.tick(caller.nanoTime());
            assertThat(delivered()).isEmpty();
            caller.advance(1_000_000_000L);
            handler.tick(caller.nanoTime());
            assertThat(delivered()).containsExactlyElementsOf(texts(0, 10));
        }
    }

    @Test
    void whatWasSentLongBeforeTheConnectionWasLastSeenToWorkIsNotSentAgain() throws Exception {
        ModelCaller caller = new ModelCaller(1000, 1000);
        try (Handler handler = create(Map.of("resend", "5 s"))) {
            handler.open(caller);
            give(handler, 0, 10);
            assertThat(delivered()).hasSize(10);
            caller.advance(5_100_000_000L);
            handler.tick(caller.nanoTime());
            server.end();
            give(handler, 10, 20);
            assertThat(delivered()).containsExactlyElementsOf(texts(0, 20));
        }
    }

    @Test
    void aCheckpointIsSettledOnceNothingItCoversWouldBeSentAgain() throws Exception {
        ModelCaller caller = new ModelCaller(1000, 1000);
        try (Handler handler = create(Map.of("resend", "5 s"))) {
            handler.open(caller);
            handler.checkpoint();
            assertThat(handler.isSettled()).as("nothing was sent").isTrue();
            give(handler, 0, 10);
            handler.checkpoint();
            assertThat(handler.isSettled()).isFalse();
            caller.advance(3_000_000_000L);
            give(handler, 10, 20);
            assertThat(handler.isSettled()).isFalse();
            caller.advance(2_100_000_000L);
            handler.tick(caller.nanoTime());
            assertThat(handler.isSettled())
                    .as("the second ten are of the next checkpoint")
                    .isTrue();
        }
    }

    @Test
    void moreThanCanBeRememberedIsDeliveredAgainFromTheLastCheckpoint() throws Exception {
        ModelCaller caller = new ModelCaller(1000, 1000);
        String large = "x".repeat(4_000);
        Handler handler = create(Map.of("resend", "5 s"));
        try (handler) {
            handler.open(caller);
            for (int i = 0; i <= RecentMessages.MOST_BYTES / large.length(); i++) {
                handler.handle(Records.plain(i, large));
                if (i % 20 == 0) {
                    handler.flush();
                    server.messages(); // the kernels have room for some
                }
            }
            handler.flush();
            server.reset();
            assertThatThrownBy(handler::checkpoint)
                    .isInstanceOf(HandlerRestartException.class)
                    .hasMessageContaining("than is remembered");
        }
        try (handler) {
            handler.open(caller);
            give(handler, 0, 1);
            assertThat(server.messages()).last().asString().endsWith("record 0");
        }
    }

    @Test
    void aCheckpointIsNotSettledByTimeWhileTheConnectionIsGone() throws Exception {
        ModelCaller caller = new ModelCaller(1000, 1000);
        try (Handler handler = create(Map.of("resend", "5 s"))) {
            handler.open(caller);
            give(handler, 0, 10);
            handler.checkpoint();
            server.reset();
            caller.advance(60_000_000_000L);
            handler.tick(caller.nanoTime());
            assertThat(handler.isSettled()).as("all were sent again just now").isFalse();
            caller.advance(5_100_000_000L);
            handler.tick(caller.nanoTime());
            assertThat(handler.isSettled()).isTrue();
        }
    }

    @Test
    void aCheckpointSendsAgainWhatAConnectionTookAlongOrIsNotMade() throws Exception {
        ModelCaller caller = new ModelCaller(1000, 1000);
        try (Handler handler = create()) {
            handler.open(caller);
            give(handler, 0, 10);
            handler.checkpoint();
            server.reset();
            handler.checkpoint();
            assertThat(delivered()).containsExactlyElementsOf(texts(0, 10));
            server.reset();
            server.close();
            assertThatThrownBy(handler::checkpoint).isInstanceOf(IOException.class);
        }
    }

    @Test
    void anOrderlyEndLosesNothing() throws Exception {
        try (Handler handler = create()) {
            handler.open(new ModelCaller(1000, 1000));
            give(handler, 0, 100);
        }
        assertThat(delivered()).containsExactlyElementsOf(texts(0, 100));
    }

    @Test
    void aServerThatStopsReadingIsUnavailableAndNotWaitedForForEver() throws Exception {
        String text = "x".repeat(200_000);
        try (Handler handler = create(Map.of("timeout", "200 ms", "max_message_size", "1 MiB"))) {
            handler.open(new ModelCaller(1000, 1000));
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1000; i++) {
                            handler.handle(Records.plain(i, text));
                            handler.flush();
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aServerThatNeverShakesHandsIsUnavailable() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Handler handler = create(Map.of(
                        "transport", "tls", "port", (long) silent.getLocalPort(), "connect_timeout", "200 ms"))) {
            handler.open(new ModelCaller(1000, 1000));
            assertThatThrownBy(() -> give(handler, 0, 1))
                    .isInstanceOf(SocketTimeoutException.class)
                    .hasMessageContaining("timed out");
        }
    }

    /** Linux tries the even ports of its range one after the other for clients. */
    @Test
    void whereNobodyListensNobodyIsConnectedToNotEvenItself() throws Exception {
        String[] range = Files.readAllLines(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))
                .get(0)
                .split("\\s+");
        int first = Integer.parseInt(range[0]);
        int last = Integer.parseInt(range[1]);
        int port = IntStream.range(first / 2 + 1000, last / 2)
                .map(half -> 2 * half)
                .filter(SyslogTcpTest::isFree)
                .findFirst()
                .getAsInt();
        Duration limit = Duration.ofSeconds(1);
        boolean wasItself = false;
        for (int i = 0; i < (last - first) / 2 + 1000 && !wasItself; i++) {
            Throwable refused = catchThrowable(() -> TcpStream.connect("127.0.0.1", port, limit, limit));
            assertThat(refused).isInstanceOf(IOException.class).hasMessageContaining("Connection refused");
            wasItself = refused.getMessage().contains("to itself");
        }
        assertThat(isFree(port)).as("a server can have it at once").isTrue();
    }

    private static boolean isFree(int port) {
        try (ServerSocket server = new ServerSocket()) {
            server.setReuseAddress(false);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aHostWithoutAnAddressIsNamed() throws Exception {
        try (Handler handler = create(Map.of("host", "no-such-host.invalid"))) {
            handler.open(new ModelCaller(1000, 1000));
            assertThatThrownBy(() -> give(handler, 0, 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("host=no-such-host.invalid has no address");
        }
    }
}
