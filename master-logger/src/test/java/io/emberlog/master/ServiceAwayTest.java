package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.http.ScriptedServer;
import io.emberlog.handler.http.ScriptedServer.Answer;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole master, and a service that does not do what it should. */
class ServiceAwayTest extends WholeMaster {
    private static final int COUNT = 300;
    private static final Pattern RECORD = Pattern.compile("record (\\d+)\\.");
    private static final String CANARY = "canary-6b1d";

    static Stream<Arguments> failures() {
        return Stream.of(
                        ScriptedServer.HANGS,
                        ScriptedServer.CLOSES,
                        Answer.of(429, "slow down"),
                        Answer.of(401, "who is " + CANARY),
                        Answer.of(500, CANARY),
                        Answer.of(200, "<html>" + CANARY + "</html>"))
                .flatMap(answer -> Stream.of("loki", "elasticsearch").map(type -> Arguments.of(type, answer)));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void itDelaysNobodyElseAndGetsAllOfItWhenItDoesAgain(String type, Answer failure) throws Exception {
        String taken = type.equals("loki") ? "" : "{\"errors\":false}";
        try (ScriptedServer server = new ScriptedServer(request -> Answer.json(taken.isEmpty() ? 204 : 200, taken))) {
            server.always(failure);
            RingFile ring = ring(1 << 20);
            MasterLogger master = started(config(type, server.url()));
            for (int i = 0; i < COUNT; i++) {
                assertThat(log(ring, "record " + i + ".")).isTrue();
            }
            await().until(() -> numbers(file()).size() == COUNT);
            await().until(() -> !server.requests().isEmpty());
            int before = server.requests().size();

            server.always(null);
            await().until(() -> numbers(server.requests().stream()
                                    .skip(before)
                                    .map(ScriptedServer.Request::text)
                                    .collect(Collectors.joining()))
                            .size()
                    == COUNT);
            assertThat(master.stop(LIMIT)).isTrue();
            assertThat(numbers(file()))
                    .containsExactlyElementsOf(IntStream.range(0, COUNT).boxed().toList());
        }
        assertThat(everythingWritten()).doesNotContain(CANARY);
        assertThat(state().resolve("dead-letters")).doesNotExist();
    }

    /** The secret is one that the service echoes; everything that the master writes is looked at. */
    private String everythingWritten() throws IOException {
        StringBuilder written = new StringBuilder();
        try (Stream<Path> files = Files.walk(temp)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(path -> !path.endsWith("token") && path.toFile().length() < 16 << 20)
                    .toList()) {
                written.append(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        Thread.getAllStackTraces().keySet().forEach(thread -> written.append(thread.getName()));
        return written.toString();
    }

    private MasterConfig config(String type, String url) throws Exception {
        return read(Map.of("TOKEN", CANARY), """
                [[handlers]]
                name = "file"
                type = "file"
                path = "%s"
                [[handlers]]
                name = "service"
                type = "%s"
                url = "%s"
                token = "env:TOKEN"
                timeout = "300 ms"
                linger = "0 s"
                """.formatted(temp.resolve("app.log"), type, url));
    }

    private String file() throws IOException {
        Path file = temp.resolve("app.log");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static Set<Integer> numbers(String text) {
        Set<Integer> numbers = new TreeSet<>();
        Matcher records = RECORD.matcher(text);
        while (records.find()) {
            numbers.add(Integer.valueOf(records.group(1)));
        }
        return numbers;
    }
}
