package io.emberlog.handler.syslog;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.handler.peers.SyslogServer;
import io.emberlog.handler.tls.TestCertificates;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real server understands of what we send, over each transport. One server for all tests; each has an app name of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SyslogServerTest {
    private static final String LONG = "\u6f22".repeat(7000);

    /** A record's text, and what a server must show for it. */
    private static final Map<String, String> TEXTS = Map.of(
            "plain", "plain",
            "\u00e4 \u6f22\u5b57 \ud83d\ude00", "\u00e4 \u6f22\u5b57 \ud83d\ude00",
            "two\nlines\r\n<13>1 - - - - - - forged", "two\\nlines\\r\\n<13>1 - - - - - - forged",
            "nul \0 bell \u0007 escape \u001b[31m", "nul \\u0000 bell \\u0007 escape \\u001b[31m",
            "\"quoted\" ] [x@1 y=\"z\"] \\ 5 <9>", "\"quoted\" ] [x@1 y=\"z\"] \\ 5 <9>",
            "separator \u2028 next \u0085", "separator \\u2028 next \\u0085");

    private TestCertificates certificates;
    private SyslogServer server;

    abstract SyslogServer make(Path directory, TestCertificates certificates) throws IOException;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        certificates = TestCertificates.in(directory.resolve("tls"));
        server = make(directory.resolve("server"), certificates);
        server.start();
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private Map<String, Object> settings(String transport, String app) {
        Map<String, Object> settings = new HashMap<>(Map.of("transport", transport, "app_name", app));
        switch (transport) {
            case "unix" -> settings.put("path", server.socket());
            case "udp" -> settings.put("port", (long) server.udpPort());
            case "tcp" -> settings.put("port", (long) server.tcpPort());
            default -> {
                settings.put("port", (long) server.tlsPort());
                settings.put("tls_ca", certificates.certificate("ca"));
            }
        }
        if (!transport.equals("unix")) {
            settings.put("host", "127.0.0.1");
        }
        return settings;
    }

    private static Handler handler(Map<String, Object> settings) {
        SyslogHandlerFactory factory = new SyslogHandlerFactory();
        return factory.create(HandlerSettings.of("test", factory.settings(), settings));
    }

    private static ModelCaller deliver(Handler handler, List<LogRecord> records) throws IOException {
        ModelCaller caller = new ModelCaller(1000, 1000);
        caller.run(handler, records);
        return caller;
    }

    private List<Map<String, Object>> of(String app) throws IOException {
        return server.messages().stream()
                .filter(message -> app.equals(message.get("app")))
                .toList();
    }

    private List<Map<String, Object>> await(String app, int count) {
        Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> of(app).size() >= count);
        try {
            return of(app);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(Map<String, Object> message) {
        return ((String) message.get("msg")).strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix", "udp", "tcp", "tls"})
    void eachRecordIsOneMessageWhateverItHolds(String transport) throws IOException {
        List<LogRecord> records = new ArrayList<>();
        TEXTS.keySet().forEach(text -> records.add(Records.plain(records.size(), text)));
        String app = "hostile-" + transport;
        ModelCaller caller = deliver(handler(settings(transport, app)), records);

        List<Map<String, Object>> arrived = await(app, TEXTS.size());
        boolean old = transport.equals("unix");
        assertThat(arrived)
                .extracting(SyslogServerTest::text)
                .containsExactlyInAnyOrderElementsOf(TEXTS.values().stream()
                        .map(text -> old ? "INFO com.acme.Orders - " + text : text)
                        .toList());
        assertThat(arrived).extracting(message -> message.get("pri")).containsOnly("14");
        assertThat(arrived).extracting(message -> message.get("pid")).containsOnly("4711");
        assertThat(caller.putAside()).isEmpty();
        assertThat(caller.reports()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp", "tcp", "tls"})
    void aMessageOfRfc5424CarriesAllThatTheRecordHas(String transport) throws IOException {
        String app = "full-" + transport;
        Map<String, Object> settings = settings(transport, app);
        settings.put("facility", "local3");
        settings.put("enterprise", 4711L);
        LogRecord quoted = Records.record(1, 19, encoder -> {
            encoder.text(TEMPLATE, "quoted");
            encoder.beginPairs(FIELDS);
            encoder.key("bad key=]\"");
            encoder.putNullable("a\"b]c\\d");
            encoder.endPair();
            encoder.endPairs();
        });
        deliver(handler(settings), List.of(Records.full(), quoted));

        List<Map<String, Object>> arrived = await(app, 2);
        assertThat(arrived).hasSize(2);
        Map<String, Object> full = arrived.get(0);
        assertThat(full).containsEntry("pri", "" + (19 * 8 + 3));
        assertThat(full)
                .containsEntry("host", "myhost")
                .containsEntry("pid", "4711")
                .containsEntry("msgid", "FILL");
        assertThat((String) full.get("sd"))
                .contains("emberlog@4711 ")
                .contains("level=\"OUTAGE\"")
                .contains("fields@4711 ")
                .contains("venue=\"XETRA\"")
                .contains("note=\"two words\"")
                .contains("mdc@4711 ")
                .contains("user=\"ada\"");
        assertThat(text(full)).startsWith("order 42 filled at 101.25 for ada \"a\" | java.io.IOException: gone | at ");
        Map<String, Object> second = arrived.get(1);
        assertThat(second).containsEntry("pri", "" + (19 * 8 + 1));
        assertThat((String) second.get("sd")).contains("bad_key___=\"a\\\"b\\]c\\\\d\"");
    }

    @Test
    void aMessageOfRfc3164CarriesHostTagAndText() throws IOException {
        String app = "old-tcp";
        Map<String, Object> settings = settings("tcp", app);
        settings.put("port", (long) server.tcp3164Port());
        settings.put("protocol", "rfc3164");
        settings.put("framing", "lf");
        settings.put("hostname", "other-host");
        deliver(handler(settings), List.of(Records.plain(0, "first\nline"), Records.full()));

        List<Map<String, Object>> arrived = await(app, 2);
        assertThat(arrived).hasSize(2);
        assertThat(arrived).extracting(message -> message.get("host")).containsOnly("other-host");
        assertThat(arrived).extracting(message -> message.get("pid")).containsOnly("4711");
        assertThat(text(arrived.get(0))).isEqualTo("INFO com.acme.Orders - first\\nline");
        assertThat(text(arrived.get(1)))
                .startsWith("OUTAGE com.acme.Orders - order 42 filled")
                .contains("venue=XETRA");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix", "udp", "tcp", "tls"})
    void aTextThatIsTooLongIsCutBetweenTwoCharactersAndSaysSo(String transport) throws IOException {
        String app = "long-" + transport;
        deliver(handler(settings(transport, app)), List.of(Records.plain(0, LONG)));
        String text = text(await(app, 1).get(0));
        assertThat(text).matches("(INFO com.acme.Orders - )?\u6f22{2000,2750} \\[cut from 21\\d\\d\\d bytes\\]");
        assertThat(of(app)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix", "udp", "tcp", "tls"})
    void aServerThatIsStartedAgainGetsAll(String transport) throws Exception {
        String app = "restart-" + transport;
        List<LogRecord> records = IntStream.range(0, 90)
                .mapToObj(i -> Records.plain(i, "record " + i))
                .toList();
        ModelCaller caller = new ModelCaller(1000, 1000);
        try (Handler handler = handler(settings(transport, app))) {
            handler.open(caller);
            give(handler, records.subList(0, 30));
            await(app, 30);
            server.stop();
            assertThatThrownBy(() -> give(handler, records.subList(30, 60))).isInstanceOf(IOException.class);
            server.start();
            Awaitility.await()
                    .atMost(20, TimeUnit.SECONDS)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> {
                        caller.advance(30_000_000_000L);
                        handler.flush();
                        return true;
                    });
            give(handler, records.subList(60, 90));
        } finally {
            if (!isRunning()) {
                server.start();
            }
        }
        Awaitility.await()
                .atMost(20, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(of(app))
                        .extracting(message -> text(message).replaceAll(".*record ", "record "))
                        .contains(IntStream.range(0, 90)
                                .mapToObj(i -> "record " + i)
                                .toArray(String[]::new)));
        assertThat(caller.putAside()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "tls"})
    void whatAServerHadNotReadWhenItWasKilledIsSentAgain(String transport) throws Exception {
        String app = "killed-" + transport;
        List<LogRecord> records = IntStream.range(0, 40)
                .mapToObj(i -> Records.plain(i, "record " + i))
                .toList();
        ModelCaller caller = new ModelCaller(1000, 1000);
        try (Handler handler = handler(settings(transport, app))) {
            handler.open(caller);
            give(handler, records.subList(0, 10));
            await(app, 10);
            server.halt();
            give(handler, records.subList(10, 40));
            server.kill();
            server.start();
            caller.advance(1_000_000_000L);
            handler.tick(caller.nanoTime());
        }
        Awaitility.await()
                .atMost(20, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(of(app))
                        .extracting(message -> text(message).replaceAll(".*record ", "record "))
                        .contains(IntStream.range(0, 40)
                                .mapToObj(i -> "record " + i)
                                .toArray(String[]::new)));
    }

    private boolean isRunning() {
        try (Socket probe = new Socket("127.0.0.1", server.tcpPort())) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** All are taken, and then flushed. */
    private static void give(Handler handler, List<LogRecord> records) throws Exception {
        for (LogRecord record : records) {
            handler.handle(record);
        }
        handler.flush();
    }

    @Test
    void aServerThatWantsACertificateGetsOurs() throws IOException {
        Map<String, Object> settings = settings("tls", "mutual");
        settings.put("port", (long) server.mutualTlsPort());
        settings.put("tls_certificate", certificates.certificate("client"));
        settings.put("tls_key", certificates.key("client"));
        settings.put("tls_name", "log.example");
        deliver(handler(settings), List.of(Records.plain(0, "known")));
        assertThat(text(await("mutual", 1).get(0))).isEqualTo("known");
    }

    @Test
    void aServerThatWantsACertificateIsUnavailableWithoutOne() throws Exception {
        Map<String, Object> settings = settings("tls", "nobody");
        settings.put("port", (long) server.mutualTlsPort());
        try (Handler handler = handler(settings)) {
            handler.open(new ModelCaller(10, 10));
            // TLS 1.3 tells the client after the handshake: at the look behind the batch, or at the one before the next
            Awaitility.await()
                    .atMost(20, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThatThrownBy(() -> give(handler, List.of(Records.plain(0, "secret"))))
                            .isInstanceOf(IOException.class));
        }
        assertThat(of("nobody")).isEmpty();
    }

    @Test
    void aServerOfAnotherAuthorityOrNameGetsNothing() throws Exception {
        Map<String, Object> otherAuthority = settings("tls", "stranger");
        otherAuthority.put("tls_ca", certificates.certificate("other-ca"));
        Map<String, Object> otherName = settings("tls", "stranger");
        otherName.put("tls_name", "other.example");
        for (Map<String, Object> settings : List.of(otherAuthority, otherName)) {
            try (Handler handler = handler(settings)) {
                handler.open(new ModelCaller(10, 10));
                assertThatThrownBy(() -> give(handler, List.of(Records.plain(0, "secret"))))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("TLS: ");
            }
        }
        assertThat(of("stranger")).isEmpty();
    }
}
