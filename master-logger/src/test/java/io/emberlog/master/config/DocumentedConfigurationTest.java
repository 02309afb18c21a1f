package io.emberlog.master.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every configuration in docs/handlers and docs/handlers.md is one that the master takes, with handlers in it. */
class DocumentedConfigurationTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern BLOCK = Pattern.compile("^```toml\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);

    @TempDir
    private Path directory;

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(DOCS.resolve("handlers.md")));
        try (Stream<Path> files = Files.list(DOCS.resolve("handlers"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    @Test
    void everyConfigurationOfThePagesAboutHandlersIsValid() throws Exception {
        for (Path page : pages()) {
            Matcher block = BLOCK.matcher(Files.readString(page));
            int number = 0;
            while (block.find()) {
                String where = page.getFileName() + ", block " + ++number;
                assertThat(read(block.group(1), where).handlers()).as(where).isNotEmpty();
            }
            boolean isOfAHandler = page.getParent().endsWith("handlers");
            assertThat(number).as("configurations in " + page).isGreaterThanOrEqualTo(isOfAHandler ? 1 : 0);
        }
    }

    @Test
    void oneThatIsNotWouldBeNoticed() {
        assertThatThrownBy(() -> read("[[handlers]]\ntype = \"file\"\npath = \"x\"\nkeep_file = 1\n", "here"))
                .hasMessageContaining("here")
                .hasStackTraceContaining("keep_file");
    }

    private MasterConfig read(String toml, String where) throws IOException {
        Path file = Files.writeString(directory.resolve("x.toml"), toml);
        try {
            return new ConfigReader(HandlerTypes.installed(), Map.of()).read(file, Map.of());
        } catch (ConfigException e) {
            throw new AssertionError(where + " is refused: " + e.getMessage() + "\n" + toml, e);
        }
    }
}
