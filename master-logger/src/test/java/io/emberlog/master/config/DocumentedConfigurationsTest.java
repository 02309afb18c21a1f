package io.emberlog.master.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every configuration in a handler's page is one that a master takes. */
class DocumentedConfigurationsTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```toml\\n(.*?)^```$");

    @TempDir
    private Path directory;

    static Stream<Path> pages() throws IOException {
        return Files.list(Path.of("..", "docs", "handlers"));
    }

    @Test
    void thereAreSome() throws IOException {
        assertThat(BLOCK.matcher(Files.readString(Path.of("..", "docs", "handlers", "syslog.md")))
                        .results())
                .hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itIsValid(Path page) throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(page));
        while (block.find()) {
            Path file = Files.writeString(directory.resolve("page.toml"), block.group(1));
            assertThatCode(() -> new ConfigReader(HandlerTypes.installed(), Map.of()).read(file, Map.of()))
                    .as(block.group())
                    .doesNotThrowAnyException();
        }
    }
}
