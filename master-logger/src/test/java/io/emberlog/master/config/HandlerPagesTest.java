package io.emberlog.master.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The configurations of docs/handlers.md and docs/handlers/*.md are ones that a master takes. */
class HandlerPagesTest {
    private static final Path PAGES = Path.of("..", "docs", "handlers");
    private static final Pattern CONFIGURATION = Pattern.compile("(?s)```toml\\n(.*?)```");
    private static final Pattern VARIABLE = Pattern.compile("\"env:([A-Za-z0-9_]+)\"");
    private static final Pattern SECRET_FILE = Pattern.compile("\"file:([^\"]+)\"");

    @TempDir
    private Path directory;

    private static String value(String variable) {
        return variable.matches("(?i).*(url|webhook)") ? "https://127.0.0.1/secret" : "secret";
    }

    private String secretFile(String path) {
        String name = path.replaceFirst(".*/", "");
        try {
            return '"' + SecretFile.of(directory, name, value(name)) + '"';
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of a type of handler, and the one of all. */
    static Stream<Path> pages() throws IOException {
        List<String> names = HandlerTypes.installed().stream()
                .map(type -> type.type() + ".md")
                .toList();
        try (Stream<Path> files = Files.list(PAGES)) {
            return Stream.concat(
                    files.filter(file -> names.contains(file.getFileName().toString())).sorted().toList().stream(),
                    Stream.of(PAGES.resolveSibling("handlers.md")));
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyConfigurationOfAPageIsValid(Path page) throws Exception {
        List<String> configurations = new ArrayList<>();
        Matcher blocks = CONFIGURATION.matcher(Files.readString(page));
        while (blocks.find()) {
            configurations.add(blocks.group(1));
        }
        assertThat(configurations).as("configurations of %s", page).isNotEmpty();
        for (String configuration : configurations) {
            Map<String, String> environment = new HashMap<>();
            VARIABLE.matcher(configuration)
                    .results()
                    .forEach(found -> environment.put(found.group(1), value(found.group(1))));
            String placed = SECRET_FILE.matcher(configuration).replaceAll(found -> secretFile(found.group(1)));
            Path file = Files.writeString(directory.resolve("x.toml"), placed);
            MasterConfig config = new ConfigReader(HandlerTypes.installed(), environment).read(file, Map.of());
            assertThat(config.handlers()).isNotEmpty();
        }
    }
}
