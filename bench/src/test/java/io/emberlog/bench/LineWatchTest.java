package io.emberlog.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineWatchTest {
    private Path file;

    @BeforeEach
    void file(@TempDir Path temp) {
        file = temp.resolve("out.log");
    }

    private void append(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLineIsSeenOnceItIsComplete(boolean last) throws IOException {
        LineWatch watch = new LineWatch(file, last);
        assertThat(watch.sees("the end")).as("no file").isFalse();
        append("one\ntwo\nthe e");
        assertThat(watch.sees("the end")).isFalse();
        append("nd of it");
        assertThat(watch.sees("the end")).as("half a line").isFalse();
        append("\n");
        assertThat(watch.sees("the end")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWasThereBeforeIsNotSeen(boolean last) throws IOException {
        append("the end\n");
        LineWatch watch = new LineWatch(file, last);
        append("one\n");
        assertThat(watch.sees("the end")).isFalse();
    }

    @Test
    void aLineWithMuchBehindItIsSeenWhereItNeedNotBeTheLast() throws IOException {
        LineWatch watch = new LineWatch(file, false);
        append("x\n".repeat(100_000) + "the end\n" + "x\n".repeat(100_000));
        assertThat(watch.sees("the end")).isTrue();
    }

    @Test
    void theLastLineIsSeenBehindMuch() throws IOException {
        LineWatch watch = new LineWatch(file, true);
        append("x\n".repeat(100_000));
        assertThat(watch.sees("the end")).isFalse();
        append("x\n".repeat(100_000) + "the end\n");
        assertThat(watch.sees("the end")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLineIsSeenInTheFileThatTakesTheNameOfARotatedOne(boolean last) throws IOException {
        append("x\n".repeat(100));
        LineWatch watch = new LineWatch(file, last);
        append("one\n");
        assertThat(watch.sees("the end")).isFalse();
        Files.move(file, file.resolveSibling("out.log.1"));
        assertThat(watch.sees("the end")).as("no file").isFalse();
        append("the end\n");
        assertThat(watch.sees("the end")).isTrue();
    }
}
