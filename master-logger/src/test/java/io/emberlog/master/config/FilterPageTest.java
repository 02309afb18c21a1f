package io.emberlog.master.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.emberlog.handler.filter.RateLimit;
import io.emberlog.handler.filter.Route;
import io.emberlog.handler.filter.Sample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration on docs/filters.md, and routes as the reader makes them. */
class FilterPageTest {
    private static final Path PAGE = Path.of("..", "docs", "filters.md");

    @TempDir
    private Path directory;

    private MasterConfig read(String toml) throws Exception {
        Path file = Files.writeString(directory.resolve("emberlog.toml"), toml);
        return new ConfigReader(HandlerTypes.installed(), Map.of()).read(file, Map.of());
    }

    @Test
    void theConfigurationOfThePageIsRightAndMeansWhatThePageSays() throws Exception {
        Matcher block = Pattern.compile("(?ms)^```toml\n(.*?)^```$").matcher(Files.readString(PAGE));
        assertThat(block.find()).isTrue();
        MasterConfig config = read(block.group(1));
        assertThat(config.handlers()).hasSize(3);
        Route debug = config.handlers().get(1).route();
        assertThat(debug.maxSeverity()).isEqualTo(5);
        assertThat(debug.sample()).isEqualTo(new Sample(1, 100));
        Route trouble = config.handlers().get(2).route();
        assertThat(trouble.minSeverity()).isEqualTo(13);
        assertThat(trouble.filter())
                .hasToString("worker ~ \"md-*\" and not logger ~ \"com.acme.noisy.*\" and (field.venue = \"XETRA\" or"
                        + " mdc.user = \"ada\")");
        assertThat(trouble.rateLimit()).isEqualTo(new RateLimit(100, 1_000_000_000L, 500));
        assertThat(trouble.redaction().words()).hasSize(6).last().isEqualTo("regex:ORD-(\\d+)");
        assertThat(block.find())
                .as("another configuration is on the page: check it here")
                .isFalse();
    }

    @Test
    void theErrorOfThePageIsTheOneThatIsSaid() throws Exception {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> read("""
                [journal]
                max_size = "1 GiB"

                [[handlers]]
                name = "trouble"
                type = "console"
                filter = "level >= warn and wroker ~ 'x'"
                """));
        String said = refused.getMessage().replace(directory + "/", "");
        assertThat(Files.readString(PAGE)).contains("```\n" + said + "\n```");
    }

    @Test
    void levelsThatLeaveNothingAreRefusedAtTheirPlace() {
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> read("""
                [[handlers]]
                type = "console"
                min_level = "warn"
                max_level = "info"
                """));
        assertThat(refused)
                .hasMessageEndingWith(
                        "emberlog.toml:4:1: handlers.console.max_level: \"info\" is below min_level; allowed: min_level and"
                                + " above");
    }

    @Test
    void aHandlerWhoseRouteChangedIsMadeAnew() throws Exception {
        String base = "[[handlers]]\ntype = \"console\"\n";
        MasterConfig before = read(base + "filter = 'level>=warn'\n");
        assertThat(ConfigDiff.between(before, read(base + "filter = \"level >= WARN\"\n"))
                        .come())
                .as("the same, written otherwise")
                .isEmpty();
        assertThat(ConfigDiff.between(before, read(base + "filter = 'level > warn'\nredact = ['cards']\n"))
                        .changes())
                .containsExactly(
                        "handler console: filter \"level>=warn\" -> \"level > warn\", redact [] -> [\"cards\"]");
    }
}
