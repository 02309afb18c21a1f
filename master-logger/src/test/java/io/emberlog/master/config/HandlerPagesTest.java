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
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The configurations on the pages of docs are ones that a master takes, and each handler's page has all its settings. */
class HandlerPagesTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern CONFIGURATION = Pattern.compile("(?s)```toml\\n(.*?)```");
    private static final Pattern NAME = Pattern.compile("`([a-z_]+)`");
    private static final Pattern VARIABLE = Pattern.compile("(?<=[\" ])env:([A-Za-z0-9_]+)\"");
    private static final Pattern SECRET_FILE = Pattern.compile("(?<=[\" ])file:([^\"]+)\"");

    @TempDir
    private Path directory;

    private static String value(String variable) {
        return variable.matches("(?i).*(url|webhook)") ? "https://127.0.0.1/secret" : "secret";
    }

    private String secretFile(String path) {
        String name = path.replaceFirst(".*/", "");
        try {
            return SecretFile.of(directory, name, value(name)) + '"';
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path pageOf(HandlerType type) {
        return type.type().equals("console")
                ? DOCS.resolve("handlers.md")
                : DOCS.resolve("handlers").resolve(type.type() + ".md");
    }

    /** Those of a type of handler, and all others with a configuration. */
    static Stream<Path> pages() throws IOException {
        Set<Path> pages = new TreeSet<>();
        HandlerTypes.installed().forEach(type -> pages.add(pageOf(type)));
        try (Stream<Path> files = Files.walk(DOCS)) {
            for (Path page :
                    files.filter(file -> file.toString().endsWith(".md")).toList()) {
                if (CONFIGURATION.matcher(Files.readString(page)).find()) {
                    pages.add(page);
                }
            }
        }
        return pages.stream();
    }

    static Stream<HandlerType> types() {
        return HandlerTypes.installed().stream();
    }

    /** But those that all have, which are on the page of filters. */
    @ParameterizedTest
    @MethodSource("types")
    void theTablesOfAPageHaveEverySettingOfTheHandlerAndNoOther(HandlerType type) throws IOException {
        Set<String> declared = new TreeSet<>();
        type.settings().forEach(key -> declared.add(key.name()));
        Set<String> documented = settings(pageOf(type));
        if (declared.containsAll(settings(DOCS.resolve("alerting.md")))) {
            documented.addAll(settings(DOCS.resolve("alerting.md")));
        }
        assertThat(documented).as("settings of %s", type.type()).isEqualTo(declared);
    }

    /** What the first column of the tables names whose head begins with {@code key}. */
    private static Set<String> settings(Path page) throws IOException {
        Set<String> settings = new TreeSet<>();
        boolean isTable = false;
        for (String line : Files.readAllLines(page)) {
            isTable = line.startsWith("| key ") || isTable && line.startsWith("|");
            if (isTable) {
                NAME.matcher(line.split("\\|")[1]).results().forEach(found -> settings.add(found.group(1)));
            }
        }
        return settings;
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
