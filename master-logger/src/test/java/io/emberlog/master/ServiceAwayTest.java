package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.http.ScriptedServer;
import io.emberlog.handler.http.ScriptedServer.Answer;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerTypes;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.Ring;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole master, and a service that does not do what it should. */
class ServiceAwayTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int COUNT = 300;
    private static final Pattern RECORD = Pattern.compile("record (\\d+)\\.");
    private static final String CANARY = "canary-6b1d";

    @TempDir
    private Path temp;

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
            RingFile ring = ring();
            MasterLogger master = new MasterLogger(config(type, server.url()));
            master.start();
            for (int i = 0; i < COUNT; i++) {
                log(ring, i, "record " + i + ".");
            }
            Awaitility.await().atMost(LIMIT).until(() -> numbers(file()).size() == COUNT);
            Awaitility.await().atMost(LIMIT).until(() -> !server.requests().isEmpty());
            int before = server.requests().size();

            server.always(null);
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> numbers(server.requests().stream()
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
        assertThat(temp.resolve("state/dead-letters")).doesNotExist();
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
        Path file = Files.writeString(temp.resolve("emberlog.toml"), """
                [channel]
                directory = "%s"
                [journal]
                directory = "%s"
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
                """.formatted(
                        temp.resolve("channel"), temp.resolve("state"), temp.resolve("app.log"), type, url));
        return new ConfigReader(HandlerTypes.installed(), Map.of("TOKEN", CANARY)).read(file, Map.of());
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

    private RingFile ring() throws IOException {
        WorkerIdentity self = MasterIdentity.of(io.emberlog.heartbeat.HostIdentity.read());
        return RingFile.create(
                ChannelDirectory.open(temp.resolve("channel")),
                RingSpec.of(1 << 20),
                new WorkerIdentity(
                        UUID.randomUUID(),
                        "tester",
                        self.pid(),
                        self.startTimeTicks(),
                        self.bootId(),
                        self.machineId(),
                        self.pidNamespace(),
                        "host",
                        "test",
                        ""),
                null,
                1);
    }

    private static void log(RingFile file, long number, String text) {
        BatchEncoder encoder = new BatchEncoder(64 * 1024, 32 * 1024);
        encoder.begin();
        encoder.beginEntry(9, 1_000_000_000L + number, 1);
        encoder.text(MessageDescriptor.TEMPLATE, text);
        encoder.endEntry();
        encoder.finish(0, number + 1);
        VarHandleBuffer bytes = new VarHandleBuffer(encoder.buffer());
        assertThat(file.ring().offer(MessageDescriptor.TYPE_LOG_BATCH, bytes, 0, encoder.length(), true))
                .isEqualTo(Ring.RINGED);
    }
}
