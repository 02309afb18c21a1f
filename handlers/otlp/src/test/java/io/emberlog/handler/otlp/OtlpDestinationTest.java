package io.emberlog.handler.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.ModelCaller;
import io.emberlog.handler.Records;
import io.emberlog.handler.RetryLaterException;
import io.emberlog.handler.Secret;
import io.emberlog.handler.SecretFile;
import io.emberlog.handler.http.StrictJson;
import io.emberlog.handler.tls.TestCertificates;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpDestinationTest {
    private static final String CANARY = "canary-c41f";
    private static final Secret SECRET = Secret.of("env:CANARY").resolved(Path.of("/"), Map.of("CANARY", CANARY));

    @TempDir
    private static Path directory;

    private static Receiver receiver;

    private final ModelCaller caller = new ModelCaller(1000, 10);

    @BeforeAll
    static void start() throws IOException {
        receiver = new Receiver(directory);
    }

    @AfterAll
    static void stop() {
        if (receiver != null) {
            receiver.close();
        }
    }

    @BeforeEach
    void forget() throws IOException {
        receiver.forget();
    }

    private static Handler handler(Object... given) {
        Map<String, Object> settings = new HashMap<>(Map.of("linger", "1 min", "timeout", "5 s"));
        for (int i = 0; i < given.length; i += 2) {
            settings.put((String) given[i], given[i + 1]);
        }
        OtlpHandlerFactory factory = new OtlpHandlerFactory();
        return factory.create(HandlerSettings.of("otlp", factory.settings(), settings));
    }

    private static List<LogRecord> plain(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Records.plain(i, "record " + i))
                .toList();
    }

    private static String protocol(boolean isGrpc) {
        return isGrpc ? "grpc" : "http";
    }

    private static Map<String, Object> attributes(Object owner) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        for (Object attribute : StrictJson.list(StrictJson.object(owner).get("attributes"))) {
            Map<String, Object> pair = StrictJson.object(attribute);
            Map<String, Object> value = StrictJson.object(pair.get("value"));
            Object before = attributes.put(
                    (String) pair.get("key"),
                    value.isEmpty() ? null : value.values().iterator().next());
            assertThat(before).as("%s twice", pair.get("key")).isNull();
        }
        return attributes;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRecordHasAllThatTheDataModelHasAPlaceFor(boolean isGrpc) throws Exception {
        caller.run(
                handler(
                        "protocol",
                        protocol(isGrpc),
                        "url",
                        receiver.url(isGrpc),
                        "attributes",
                        List.of("deployment.environment.name=prod")),
                List.of(Records.full()));

        Map<String, Object> record = receiver.records().get(0);
        assertThat(record)
                .containsEntry("timeUnixNano", "1768473045130456789")
                .containsEntry("severityNumber", "SEVERITY_NUMBER_ERROR")
                .containsEntry("severityText", "OUTAGE")
                .containsEntry("body", Map.of("stringValue", "order 42 filled at 101.25 for ada \"a\""))
                .containsEntry("traceId", "S/kvNXezTaajzpKdDg5HNg==")
                .containsEntry("spanId", "APBnqgupArc=")
                .containsEntry("scope", Map.of("name", "com.acme.Orders"));
        assertThat(attributes(record))
                .containsEntry("log.record.uid", Records.full().id())
                .containsEntry("emberlog.sequence", "7")
                .containsEntry("thread.name", "main")
                .containsEntry("thread.id", "17")
                .containsEntry("emberlog.template", "order {} filled at {} for {}")
                .containsEntry("emberlog.marker", "FILL")
                .containsEntry("emberlog.module", "orders")
                .containsEntry("emberlog.bytes", "AQL/")
                .containsEntry("exception.type", "java.io.IOException")
                .containsEntry("exception.message", "gone")
                .containsEntry("exception.stacktrace", """
                        java.io.IOException: gone
                        \tat com.acme.Orders.fill(Orders.java:42)
                        \tat com.acme.Main.main(Main.java:1)
                        \tSuppressed: java.lang.Error
                        \t\tat com.acme.Orders.close(Orders.java:50)
                        \t\t... 1 more
                        Caused by: java.net.SocketException: reset
                        \t... 2 more""")
                .containsEntry("code.file.path", "src/Orders.java")
                .containsEntry("code.line.number", "42")
                .containsEntry("code.function.name", "fill")
                .containsEntry("venue", "XETRA")
                .containsEntry("spread", "NaN")
                .containsEntry("user", "ada");
        assertThat(attributes(record).get("emberlog.args").toString())
                .contains("{intValue=42}", "{doubleValue=101.25}", "{stringValue=ada \"a\"}");
        assertThat(attributes(record.get("resource")))
                .containsEntry("service.name", "pricing")
                .containsEntry("service.instance.id", Records.WORKER.ringUuid().toString())
                .containsEntry("host.name", "myhost")
                .containsEntry("process.pid", "4711")
                .containsEntry("process.executable.name", "MarketData")
                .containsEntry("emberlog.worker", "md-1")
                .containsEntry("deployment.environment.name", "prod");
        assertThat(caller.metrics().get(Counter.BYTES)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheCollectorSaysAboutWhenToComeBackIsKept(boolean isGrpc) throws Exception {
        receiver.script(
                isGrpc
                        ? "{\"grpc\":\"RESOURCE_EXHAUSTED\",\"message\":\"slow down\",\"retry\":7.5}"
                        : "{\"http\":429,\"message\":\"slow down\",\"headers\":{\"Retry-After\":\"7.5\"}}");
        Handler handler = handler("protocol", protocol(isGrpc), "url", receiver.url(isGrpc));
        handler.open(caller);
        handler.handle(Records.plain(0, "record 0"));
        RetryLaterException later =
                org.assertj.core.api.Assertions.catchThrowableOfType(RetryLaterException.class, handler::checkpoint);
        assertThat(later).hasMessageContaining("slow down");
        assertThat(later.delayNs()).isEqualTo(7_500_000_000L);
        caller.advance(7_500_000_000L);
        handler.checkpoint();
        assertThat(receiver.records()).hasSize(1);
        handler.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void recordsThatWereRejectedInPartArePutAsideAndNotSentAgain(boolean isGrpc) throws Exception {
        receiver.script("{\"partial\":1,\"message\":\"too old\"}", "{\"partial\":0,\"message\":\"be careful\"}");
        Handler handler = handler("protocol", protocol(isGrpc), "url", receiver.url(isGrpc), "batch_records", 3L);
        caller.run(handler, plain(6));
        assertThat(receiver.records()).hasSize(6);
        assertThat(caller.putAside()).extracting(LogRecord::sequence).containsExactly(0L, 1L, 2L);
        assertThat(caller.reports())
                .contains(
                        "put aside 0: the collector rejected 1 of 3 and does not say which: too old",
                        "WARN the collector took all and warns: be careful");
    }

    @ParameterizedTest
    @CsvSource({"true, '\"INVALID_ARGUMENT\"'", "true, '\"ALREADY_EXISTS\"'", "false, 400", "false, 409"})
    void aRecordThatTheCollectorFindsInvalidIsPutAsideAlone(boolean isGrpc, String code) throws Exception {
        String refusal = "{\"" + (isGrpc ? "grpc" : "http") + "\":" + code + ",\"message\":\"no\"}";
        // the four, the first two, the first, four times more
        receiver.script(refusal, refusal, refusal, refusal, refusal, refusal, refusal);
        caller.run(handler("protocol", protocol(isGrpc), "url", receiver.url(isGrpc)), plain(4));
        assertThat(caller.putAside()).extracting(LogRecord::sequence).containsExactly(0L);
        assertThat(receiver.records()).hasSize(3);
    }

    @Test
    void aRequestThatIsTooLargeForGrpcGoesInHalves() throws Exception {
        List<LogRecord> records = IntStream.range(0, 12)
                .mapToObj(i -> Records.plain(i, "record " + i + " " + "x".repeat(500_000)))
                .toList();
        caller.run(
                handler("protocol", "grpc", "url", receiver.url(true), "batch_bytes", "64 MiB", "compression", "none"),
                records);
        assertThat(receiver.records()).hasSize(12);
        assertThat(receiver.requests()).hasSizeGreaterThan(1);
        assertThat(caller.putAside()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void credentialsTravelInTheirHeader(boolean isGrpc) throws Exception {
        caller.run(
                handler(
                        "protocol",
                        protocol(isGrpc),
                        "url",
                        receiver.url(isGrpc),
                        "api_key",
                        SECRET,
                        "api_key_header",
                        "X-Honeycomb-Team"),
                plain(1));
        assertThat(receiver.records()).hasSize(1);
        assertThat(StrictJson.object(receiver.requests().get(0).get("headers")))
                .containsEntry("x-honeycomb-team", CANARY);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void furtherHeadersTravelBesideThem(boolean isGrpc) throws Exception {
        List<String> headers =
                List.of("X-Scope-OrgID: a|b", "X-Auth-Token: " + SecretFile.of(directory, "token", "t=1; \"u\""));
        caller.run(
                handler("protocol", protocol(isGrpc), "url", receiver.url(isGrpc), "token", SECRET, "headers", headers),
                plain(1));
        assertThat(receiver.records()).hasSize(1);
        assertThat(StrictJson.object(receiver.requests().get(0).get("headers")))
                .containsEntry("x-scope-orgid", "a|b")
                .containsEntry("x-auth-token", "t=1; \"u\"")
                .containsEntry("authorization", "Bearer " + CANARY);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCollectorThatHangsIsGivenUpAtTheDeadlineAndAskedAgain(boolean isGrpc) throws Exception {
        receiver.script("{\"hang\":true}");
        caller.run(handler("protocol", protocol(isGrpc), "url", receiver.url(isGrpc), "timeout", "500 ms"), plain(5));
        assertThat(receiver.records()).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCollectorThatIsNotThereIsAskedAgainUntilItIs(boolean isGrpc) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Handler handler = handler("protocol", protocol(isGrpc), "url", "http://127.0.0.1:" + port);
        handler.open(caller);
        handler.handle(Records.plain(0, "record 0"));
        for (int i = 0; i < 12; i++) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(handler::checkpoint))
                    .isInstanceOf(IOException.class);
            caller.advance(3_000_000_000L); // the longest pause between two tries
        }
        assertThat(caller.reports()).singleElement().asString().contains("is left alone for 10 s");
        handler.close();
    }

    /** Its certificate is for 127.0.0.1. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void overTlsACollectorIsTrustedThatTheAuthorityVouchesForAndNoOther(boolean isGrpc) throws Exception {
        TestCertificates certificates = TestCertificates.in(directory.resolve("tls"));
        try (Receiver secure = new Receiver(
                directory,
                certificates.key("server").toString(),
                certificates.certificate("server").toString())) {
            String url = secure.url(isGrpc).replace("http:", "https:");
            Path ca = certificates.certificate("ca");
            caller.run(handler("protocol", protocol(isGrpc), "url", url, "tls_ca", ca), plain(3));
            assertThat(secure.records()).hasSize(3);

            assertRefused(
                    isGrpc, url, null, "; allowed: tls_ca = a file with the authority of the server's certificate");
            assertRefused(
                    isGrpc,
                    url,
                    certificates.certificate("other-ca"),
                    "; allowed: tls_ca = a file with the authority of the server's certificate");
            assertRefused(
                    isGrpc,
                    url.replace("127.0.0.1", "localhost"),
                    ca,
                    "; allowed: a name or an address that is in the server's certificate");
            assertRefused(isGrpc, url, directory.resolve("nowhere"), "nowhere does not exist; allowed: PEM");
            assertThat(secure.records()).hasSize(3);
        }
    }

    private void assertRefused(boolean isGrpc, String url, Path ca, String why) throws Exception {
        List<Object> given = new ArrayList<>(List.of("protocol", protocol(isGrpc), "url", url));
        if (ca != null) {
            given.addAll(List.of("tls_ca", ca));
        }
        try (Handler other = handler(given.toArray())) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> {
                        other.open(caller);
                        other.handle(Records.plain(0, "record 0"));
                        other.checkpoint();
                    }))
                    .isInstanceOf(IOException.class)
                    .message()
                    .endsWith(why == null ? "" : why);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCollectorThatWantsACertificateGetsOursAndTakesNoOther(boolean isGrpc) throws Exception {
        TestCertificates certificates = TestCertificates.in(directory.resolve("mutual-tls"));
        Path ca = certificates.certificate("ca");
        try (Receiver strict = new Receiver(
                directory,
                certificates.key("server").toString(),
                certificates.certificate("server").toString(),
                ca.toString())) {
            String url = strict.url(isGrpc).replace("http:", "https:");
            Object[] plainKey = {
                "protocol",
                protocol(isGrpc),
                "url",
                url,
                "tls_ca",
                ca,
                "tls_key",
                certificates.keyAndCertificate("client")
            };
            caller.run(handler(plainKey), plain(3));
            assertThat(strict.records()).hasSize(3);
            assertThat(strict.requests())
                    .isNotEmpty()
                    .allSatisfy(request -> assertThat(StrictJson.object(request.get("headers")))
                            .containsEntry("x-peer", "client"));

            Object[] encrypted = {
                "protocol",
                protocol(isGrpc),
                "url",
                url,
                "tls_ca",
                ca,
                "tls_key",
                certificates.encryptedKeyAndCertificate("client", CANARY),
                "tls_key_password",
                SecretFile.of(directory, "key-password", CANARY)
            };
            new ModelCaller(100, 10).run(handler(encrypted), plain(2));
            assertThat(strict.records()).hasSize(5);

            assertRefused(
                    isGrpc,
                    url,
                    ca,
                    isGrpc ? null : "; allowed: tls_key with a key and a certificate that the server trusts");
            assertThat(strict.records()).hasSize(5);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aKeyThatCannotBeUsedIsToldByItsSetting(boolean isGrpc) throws Exception {
        TestCertificates certificates = TestCertificates.in(directory.resolve("keys"));
        Path encrypted = certificates.encryptedKeyAndCertificate("client", CANARY);
        assertKeyRefused(
                isGrpc, certificates.key("client"), null, "holds no certificate; allowed: the key's certificate");
        assertKeyRefused(isGrpc, directory.resolve("nowhere"), null, "does not exist; allowed: a file of PEM");
        assertKeyRefused(isGrpc, encrypted, null, "is encrypted, and no password is given");
        assertKeyRefused(
                isGrpc,
                encrypted,
                SecretFile.of(directory, "wrong", "another"),
                "cannot be decrypted with the password given");
    }

    private void assertKeyRefused(boolean isGrpc, Path key, String password, String why) throws Exception {
        List<Object> given =
                new ArrayList<>(List.of("protocol", protocol(isGrpc), "url", "https://127.0.0.1:1", "tls_key", key));
        if (password != null) {
            given.addAll(List.of("tls_key_password", password));
        }
        try (Handler handler = handler(given.toArray())) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> {
                        handler.open(caller);
                        handler.handle(Records.plain(0, "record 0"));
                        handler.checkpoint();
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("tls_key=" + key + " ")
                    .hasMessageContaining(why)
                    .hasMessageNotContaining(CANARY);
        }
    }

    @Test
    void keysThatWouldHaveNoEffectAreRefused() {
        assertThatThrownBy(() -> handler("url", "http://h:4318", "tls_key", directory.resolve("k.pem")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tls_key: \"")
                .hasMessageEndingWith("has no effect, as url is not of https; allowed: beside a url of https");
        assertThatThrownBy(() -> handler(
                        "url", "https://h:4318", "tls_key_password", SecretFile.of(directory, "key-password", CANARY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tls_key_password: is given without tls_key; allowed: both, or neither");
    }

    @Test
    void garbageIsNoDelivery() throws Exception {
        receiver.script("{\"raw\":\"<html>sign in</html>\"}");
        caller.run(handler("url", receiver.url(false)), plain(2));
        assertThat(receiver.records()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noFailureTellsASecret(boolean isGrpc) throws Exception {
        List<String> answers = new ArrayList<>();
        for (String code :
                isGrpc ? List.of("\"UNAUTHENTICATED\"", "\"INTERNAL\"", "\"UNKNOWN\"") : List.of("401", "500", "503")) {
            answers.add("{\"" + protocol(isGrpc) + "\":" + code + ",\"message\":\"bad key " + CANARY + "\"}");
        }
        answers.add("{\"partial\":1,\"message\":\"ok\"}");
        receiver.script(answers.toArray(new String[0]));
        Handler handler = handler("protocol", protocol(isGrpc), "url", receiver.url(isGrpc), "token", SECRET);
        handler.open(caller);
        handler.handle(Records.plain(0, "record 0"));
        List<String> told = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            try {
                handler.checkpoint();
            } catch (IOException e) {
                java.io.StringWriter trace = new java.io.StringWriter();
                e.printStackTrace(new java.io.PrintWriter(trace));
                told.add(trace.toString());
            }
        }
        handler.close();
        told.addAll(caller.reports());
        assertThat(told)
                .hasSize(4)
                .noneMatch(text -> text.contains(CANARY))
                .anyMatch(text -> text.contains("bad key ***"));
    }

    @Test
    void settingsThatAreWrongTogetherAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handler("protocol", "grpc", "url", "http://h:1/v1/logs"))
                .withMessageStartingWith("url: \"http://h:1/v1/logs\" has a path, which gRPC does not take");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handler("url", "http://h", "attributes", List.of("env")))
                .withMessageStartingWith("attributes: \"env\" is no attribute; allowed: NAME=VALUE");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> handler("url", "http://h", "api_key_header", "a b"))
                .withMessageStartingWith("api_key_header: is no name of a header");
        for (String taken : List.of("Host", "Content-Length", "User-Agent")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> handler("url", "http://h", "api_key", SECRET, "api_key_header", taken))
                    .withMessage("api_key_header: " + taken
                            + " is set by the client or by a setting of its own; allowed: another header");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> handler("url", "http://h", "headers", List.of(taken + ": x")))
                    .withMessageStartingWith("headers: " + taken + " is set by the client");
        }
        for (String bytes : List.of("grpc-timeout", "X-Key-Bin")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> handler("url", "http://h", "api_key", SECRET, "api_key_header", bytes))
                    .withMessageStartingWith("api_key_header: " + bytes + " is for gRPC, or holds bytes there");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> handler("url", "http://h", "headers", List.of(bytes + ": env:X")))
                    .withMessageStartingWith("headers: " + bytes + " is for gRPC, or holds bytes there");
        }
    }
}
