package io.emberlog.samples.relog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.emberlog.samples.storm.StormRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RelogTest {
    @Test
    void generatedLinesAreRebuiltByteForByteThoughAWorkerAndTheMasterWereKilled() throws IOException {
        relog("relog-generated", List.of());
    }

    @Test
    void realLinesAreRebuiltByteForByteThoughAWorkerAndTheMasterWereKilled() throws IOException {
        Path loghub = Path.of(System.getProperty("emberlog.loghub", "../../shared/data/loghub"));
        assumeTrue(Files.isDirectory(loghub), "no real lines in " + loghub.toAbsolutePath());
        try (Stream<Path> files = Files.list(loghub)) {
            relog(
                    "relog-real",
                    files.filter(file -> file.toString().endsWith(".log"))
                            .sorted()
                            .map(file -> file.toAbsolutePath().normalize())
                            .toList());
        }
    }

    @Test
    void aFileIsItsLinesWithALineFeedBehindEachButTheLast() {
        assertThat(texts("a\r\nb\n\n c")).containsExactly("a\r", "b", "", " c");
        assertThat(texts("a\n")).containsExactly("a");
        assertThat(texts("\n")).containsExactly("");
        assertThat(texts("\r")).containsExactly("\r");
        assertThat(texts("")).isEmpty();
    }

    @Test
    void bytesThatAreNotUtf8AreNoText() {
        assertThat(Lines.text(new byte[] {'a', (byte) 0xE9})).isNull();
        assertThat(Lines.text("é\u0000".getBytes(StandardCharsets.UTF_8))).isEqualTo("é\u0000");
    }

    private static void relog(String name, List<Path> files) throws IOException {
        StormRun.run(name, run -> {
            RelogReport report = Relog.run(run.children, run.directory, files, run.seed);
            StormRun.say(name + ": " + report);
            assertThat(report.findings()).isEmpty();
            assertThat(report.same()).isEqualTo(report.files());
            assertThat(report.firstOfSecondLife()).isPositive();
        });
    }

    private static List<String> texts(String content) {
        return Lines.of(content.getBytes(StandardCharsets.UTF_8)).stream()
                .map(line -> new String(line, StandardCharsets.UTF_8))
                .toList();
    }
}
