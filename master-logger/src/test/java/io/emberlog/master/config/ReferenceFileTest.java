package io.emberlog.master.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.filter.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceFileTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final String BEGIN = "<!-- generated from the code by ReferenceFileTest: begin -->\n";
    private static final String END = "<!-- generated: end -->\n";

    @TempDir
    private Path directory;

    @Test
    void theReferenceFileIsValidAndChangesNothing() throws Exception {
        MasterConfig reference = read(new ReferenceFile(TestHandlers.TYPES).toToml());
        MasterConfig defaults = new ConfigReader(TestHandlers.TYPES, Map.of()).defaults(Map.of());

        assertThat(reference.channel()).isEqualTo(defaults.channel());
        assertThat(reference.journal()).isEqualTo(defaults.journal());
        assertThat(reference.master()).isEqualTo(defaults.master());
        assertThat(reference.handlers()).extracting(HandlerConfig::type).containsExactly("console", "file");
        assertThat(reference.handlers()).extracting(HandlerConfig::route).containsOnly(Route.ALL);
    }

    @Test
    void theReferenceFileWithEverythingSwitchedOnIsValidAndMeansTheDefaults() throws Exception {
        String toml = new ReferenceFile(TestHandlers.TYPES).toToml();
        String everything = toml.replaceAll("(?m)^#(?=[a-z_]+ = )", "");
        String named = everything.replaceFirst("name = \"example\"", "name = \"first\"");
        MasterConfig config = read(named);

        MasterConfig defaults = new ConfigReader(TestHandlers.TYPES, Map.of()).defaults(Map.of());
        assertThat(config.master()).isEqualTo(defaults.master());
        assertThat(config.journal().maxSizeBytes()).isEqualTo(defaults.journal().maxSizeBytes());
        assertThat(config.handlers().get(1).settings().strings(TestHandlers.TAGS))
                .containsExactly("a", "b\"c\\");
        assertThat(config.handlers().get(1).settings().isSet(TestHandlers.NOTE)).isTrue();
    }

    @Test
    void theReferenceNamesEachKeyWithDefaultUnitAndSentence() {
        assertThat(new ReferenceFile(TestHandlers.TYPES).toToml())
                .contains("""
                        # Rotated files kept.
                        # (number, 0 to 10000 files; default: 7)
                        #keep_files = 7
                        """)
                .contains("""
                        # The file to write.
                        # (path; required)
                        path = "/path/to/file"
                        """)
                .contains("# (duration, 100 ms to 10 m; default: \"8 s\"; live; $EMBERLOG_MASTER_STOP_DEADLINE)\n");
    }

    /** Docs that differ are rewritten with {@code -Demberlog.docs.update=true}. */
    @Test
    void theDocumentationIsWhatTheCodeSays() throws Exception {
        ReferenceFile reference = new ReferenceFile(HandlerTypes.installed());
        check(DOCS.resolve("emberlog.reference.toml"), reference.toToml());
        Path page = DOCS.resolve("configuration.md");
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        check(page, text.substring(0, begin) + '\n' + reference.toMarkdown() + text.substring(text.indexOf(END)));
    }

    private static void check(Path file, String wanted) throws IOException {
        if (Boolean.getBoolean("emberlog.docs.update")) {
            Files.writeString(file, wanted);
        }
        assertThat(file)
                .as("out of date; run: mvn -pl master-logger -am test -Dtest=ReferenceFileTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Demberlog.docs.update=true")
                .hasContent(wanted);
    }

    private MasterConfig read(String toml) throws Exception {
        Path file = Files.writeString(directory.resolve("x.toml"), toml);
        return new ConfigReader(List.copyOf(TestHandlers.TYPES), Map.of()).read(file, Map.of());
    }
}
