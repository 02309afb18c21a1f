package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.bench.front.Call;
import io.emberlog.bench.front.ChronicleFront;
import io.emberlog.bench.front.Library;
import io.emberlog.bench.front.Setting;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Peers that write something else, or less, would be compared with nothing. */
class LibrariesTest {
    private static final int MESSAGES = 1_000;

    /** Nobody's line depends on its time. */
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) ";

    /** Jars that only the JVM of one library may have. */
    private static final List<String> OWN =
            List.of("worker-logger-0", "worker-logger-slf4j", "log4j-core", "logback-classic", "tinylog-impl");

    @TempDir
    Path temp;

    private static String line(int i) {
        return "INFO  worker-0 [main] com.acme.Orders - order " + i + " filled at " + (100 + (i & 1023) * 0.25)
                + " by worker-0";
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"CHRONICLE_QUEUE", "LOG4J2_JSON"})
    void everyLibraryWritesTheSameLinesAsEmberlog(Library library) throws Exception {
        try (Workplace place = Workplace.in(temp)) {
            Collector collector = Collector.start(library, place, Outputs.HUMAN, "1 GiB", Mode.DEFAULTS);
            WorkerProcess worker = start(library, place, collector);
            worker.order("log 0 " + MESSAGES);
            assertThat(worker.answer("log")[3]).as("not taken").isEqualTo("0");
            if (library.isEmberlog()
                    || library == Library.LOG4J2_SOCKET) { // the others' are there when the call is answered
                awaitLines(collector.output(), " order ");
            }
            OutputCheck check = OutputCheck.of(collector.output(), 1, 0, MESSAGES);
            assertThat(check.missing()).isZero();
            assertThat(check.doubled()).isZero();
            List<String> lines = Files.readAllLines(collector.output()).stream()
                    .filter(line -> line.contains(" order "))
                    .toList();
            for (int i = 0; i < MESSAGES; i++) {
                assertThat(lines.get(i)).matches(TIME + Pattern.quote(line(i)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EMBERLOG", "LOG4J2_JSON"})
    void whatIsComparedAsJsonHasTheFieldsOfTheElasticCommonSchema(Library library) throws Exception {
        try (Workplace place = Workplace.in(temp)) {
            Collector collector = Collector.start(library, place, Outputs.of("ecs"), "1 GiB", Mode.DEFAULTS);
            WorkerProcess worker = start(library, place, collector);
            worker.order("log 0 " + MESSAGES);
            assertThat(worker.answer("log")[3]).as("not taken").isEqualTo("0");
            if (library.isEmberlog()) {
                awaitLines(collector.output(), "\"order ");
            }
            assertThat(OutputCheck.of(collector.output(), 1, 0, MESSAGES).missing())
                    .isZero();
            String last = Files.readAllLines(collector.output()).stream()
                    .filter(line -> line.contains("\"order " + (MESSAGES - 1) + " filled at "))
                    .findAny()
                    .orElseThrow();
            assertThat(last)
                    .contains("\"@timestamp\":\"20", "\"log.level\":\"INFO\"", "\"ecs.version\":\"")
                    .contains(" by worker-0\"", "com.acme.Orders", "\"main\"");
        }
    }

    private static WorkerProcess start(Library library, Workplace place, Collector collector) throws Exception {
        Setting setting = Setting.of(library, Call.THREE_ARGS, Setting.LOGGER).to(collector.target());
        return WorkerProcess.start(place, 1, Mode.DEFAULTS, setting).get(0);
    }

    /** What is journaled, or in a socket, is in the file soon. */
    private static void awaitLines(Path output, String message) {
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            if (!Files.exists(output)) {
                return false;
            }
            try (Stream<String> lines = Files.lines(output)) {
                return lines.filter(line -> line.contains(message)).count() >= MESSAGES;
            }
        });
    }

    @Test
    void aQueueIsReadWhileNobodyHasClosedIt() throws Exception {
        try (Workplace place = Workplace.in(temp)) {
            Collector collector =
                    Collector.start(Library.CHRONICLE_QUEUE, place, Outputs.HUMAN, "1 GiB", Mode.DEFAULTS);
            WorkerProcess worker = start(Library.CHRONICLE_QUEUE, place, collector);
            worker.order("log 0 " + MESSAGES);
            worker.answer("log");
            worker.kill();
            List<Long> found = new ArrayList<>();
            ChronicleFront.read(collector.output(), found::add);
            assertThat(found).hasSize(MESSAGES).startsWith(0L).endsWith(MESSAGES - 1L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void noLibraryIsThereWhereAnotherOneIsMeasured(Library library) {
        List<String> jars = Stream.of(Jvm.classPath(library).split(File.pathSeparator))
                .map(entry -> new File(entry).getName())
                .toList();
        List<String> own = OWN.stream()
                .filter(name -> jars.stream().anyMatch(jar -> jar.startsWith(name)))
                .toList();
        assertThat(own)
                .isEqualTo(
                        switch (library) {
                            case EMBERLOG -> List.of("worker-logger-0");
                            case EMBERLOG_SLF4J -> List.of("worker-logger-0", "worker-logger-slf4j");
                            case LOG4J2_ASYNC, LOG4J2_SOCKET, LOG4J2_JSON -> List.of("log4j-core");
                            case LOGBACK_ASYNC, LOGBACK_PRUDENT -> List.of("logback-classic");
                            case TINYLOG -> List.of("tinylog-impl");
                            case CHRONICLE_QUEUE -> List.of();
                        });
        assertThat(jars.stream().anyMatch(jar -> jar.startsWith("slf4j-nop")))
                .isEqualTo(library == Library.CHRONICLE_QUEUE);
    }
}
