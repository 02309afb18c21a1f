package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An oracle that overlooks something would make every figure good. */
class OutputCheckTest {
    @TempDir
    Path temp;

    private OutputCheck check(List<String> lines) throws IOException {
        return OutputCheck.of(Files.write(temp.resolve("out.log"), lines), 2, -1, 3);
    }

    private static List<String> complete() {
        List<String> lines = new ArrayList<>(List.of("INFO emberlog-master - master drains"));
        for (int i = -1; i < 3; i++) {
            lines.add("INFO worker-0 [main] - order " + i + " filled at 100.25 by worker-0");
            lines.add("{\"worker\":\"worker-1\",\"message\":\"order " + i + " filled at 100.25 by worker-1\"}");
        }
        return lines;
    }

    @Test
    void aCompleteOutputIsFoundComplete() throws IOException {
        OutputCheck check = check(complete());
        assertThat(check.missing()).isZero();
        assertThat(check.doubled()).isZero();
        assertThat(check.lines()).isEqualTo(9);
    }

    @Test
    void everyMissingLineIsCounted() throws IOException {
        for (int line = 1; line < 9; line++) {
            List<String> lines = complete();
            lines.remove(line);
            OutputCheck check = check(lines);
            assertThat(check.missing()).as("without line " + line).isEqualTo(1);
            assertThat(check.doubled()).isZero();
        }
    }

    @Test
    void everyDoubledLineIsCounted() throws IOException {
        for (int line = 1; line < 9; line++) {
            List<String> lines = complete();
            lines.add(lines.get(line));
            OutputCheck check = check(lines);
            assertThat(check.doubled()).as("with line " + line + " twice").isEqualTo(1);
            assertThat(check.missing()).isZero();
        }
    }

    @Test
    void linesAreLookedForInRotatedFilesToo() throws IOException {
        List<String> lines = complete();
        Files.write(temp.resolve("out.log.9"), lines.subList(0, 3));
        Files.write(temp.resolve("out.log.10"), lines.subList(3, 6));
        OutputCheck check = check(lines.subList(6, 9));
        assertThat(check.missing()).isZero();
        assertThat(check.doubled()).isZero();
        assertThat(check.lines()).isEqualTo(9);
    }

    @Test
    void aTextThatIsNotAsLongAsItShouldBeIsMissing() throws IOException {
        Path file = Files.write(
                temp.resolve("out.log"),
                List.of(
                        "INFO worker-0 [main] - order -1 xxx",
                        "INFO emberlog-master - in order to start",
                        "INFO worker-0 [main] - order 0 xx",
                        "INFO worker-0 [main] - order 1 xxxx"));
        OutputCheck check = OutputCheck.ofTexts(file, "order 1 xxxx".length(), -1, 2);
        assertThat(check.missing()).isEqualTo(1);
        assertThat(check.doubled()).isZero();
    }
}
