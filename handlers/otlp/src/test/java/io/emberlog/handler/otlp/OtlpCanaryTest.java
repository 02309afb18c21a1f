package io.emberlog.handler.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.CanaryWatch;
import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A secret must not be in anything that the failing handler says, names or stores, however it fails. */
class OtlpCanaryTest {
    private static final String CANARY = "canary-c42a01";
    private static final String SECRET = CANARY + "\"&/end";

    @TempDir
    private static Path directory;

    private static Receiver receiver;

    private CanaryWatch watch;

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
    void watch() throws IOException {
        receiver.forget();
        watch = new CanaryWatch(CANARY);
    }

    @AfterEach
    void leave() {
        watch.close();
    }

    static Stream<Arguments> ways() {
        return Stream.of("http", "grpc")
                .flatMap(protocol ->
                        Stream.of("token", "api_key", "password", "headers").map(key -> Arguments.of(protocol, key)));
    }

    private static Handler handler(String protocol, String key, String url, String timeout) throws IOException {
        Map<String, Object> settings = new HashMap<>(Map.of("linger", "0 s", "timeout", timeout));
        settings.put("protocol", protocol);
        settings.put("url", url);
        String secret = SecretFile.of(directory, "secret", SECRET);
        settings.put(key, key.equals("headers") ? List.of("X-Auth: " + secret) : secret);
        if (key.equals("password")) {
            settings.put("user", "ada");
        }
        OtlpHandlerFactory factory = new OtlpHandlerFactory();
        return factory.create(HandlerSettings.of("otlp", factory.settings(), settings));
    }

    private static String url(String protocol) {
        return receiver.url(protocol.equals("grpc"));
    }

    private static String json(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whateverIsAnswered(String protocol, String key) throws Exception {
        String basic = Base64.getEncoder().encodeToString(("ada:" + SECRET).getBytes(StandardCharsets.UTF_8));
        List<String> codes = protocol.equals("http")
                ? List.of("302", "400", "401", "403", "404", "413", "429", "500")
                : List.of(
                        "\"INVALID_ARGUMENT\"",
                        "\"UNAUTHENTICATED\"",
                        "\"PERMISSION_DENIED\"",
                        "\"RESOURCE_EXHAUSTED\"",
                        "\"UNIMPLEMENTED\"",
                        "\"INTERNAL\"",
                        "\"UNAVAILABLE\"");
        List<String> echoes = List.of(
                SECRET,
                basic,
                json(SECRET),
                "x".repeat(200 - CANARY.length() - 1) + SECRET); // is cut behind the canary
        for (String code : codes) {
            for (String echo : echoes) {
                answerAlways("{\"" + protocol + "\":" + code + ",\"message\":\"" + json(echo) + "\"}");
                watch.fail(handler(protocol, key, url(protocol), "5 s"), 1);
                receiver.forget();
            }
        }
        if (key.equals("password")) {
            assertThat(watch.said()).doesNotContain(basic);
        }
    }

    private static void answerAlways(String answer) throws IOException {
        receiver.script(Collections.nCopies(40, answer).toArray(new String[0]));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whenRecordsAreRejectedInPartOrTakenWithAWarning(String protocol, String key) throws Exception {
        answerAlways("{\"partial\":1,\"message\":\"bad key " + json(SECRET) + "\"}");
        watch.fail(handler(protocol, key, url(protocol), "5 s"));
        assertThat(watch.caller().reports())
                .hasSize(12)
                .allMatch(report -> report.contains("put aside 0: the collector rejected 1 of 1: bad key ***"));
        receiver.forget();
        answerAlways("{\"partial\":0,\"message\":\"bad key " + json(SECRET) + "\"}");
        watch.fail(handler(protocol, key, url(protocol), "5 s"));
        assertThat(watch.caller().reports()).anyMatch(report -> report.contains("took all and warns: bad key ***"));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whenNothingOrNonsenseIsAnswered(String protocol, String key) throws Exception {
        answerAlways("{\"hang\":true}");
        watch.fail(handler(protocol, key, url(protocol), "100 ms"));
        receiver.forget();
        if (protocol.equals("http")) {
            answerAlways("{\"raw\":\"<html>" + json(SECRET) + "</html>\"}");
            watch.fail(handler(protocol, key, url(protocol), "5 s"));
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whenThereIsNoConnection(String protocol, String key) throws Exception {
        for (String url : List.of(
                "http://127.0.0.1:1",
                "http://no-such-host.invalid:4317",
                url(protocol).replace("http:", "https:"),
                url(protocol.equals("http") ? "grpc" : "http"))) {
            watch.fail(handler(protocol, key, url, "2 s"));
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whenTheSecretIsGoneOrFitsInNoHeader(String protocol, String key) throws Exception {
        Handler handler = handler(protocol, key, url(protocol), "2 s");
        if (!key.equals("password")) {
            SecretFile.of(directory, "secret", CANARY + " \u20ac");
            watch.fail(handler);
        }
        Files.delete(directory.resolve("secret"));
        watch.fail(handler);
        assertThat(watch.said()).contains("secret does not exist");
    }
}
