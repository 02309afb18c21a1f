package io.emberlog.handler.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RotatedNameTest {
    @ParameterizedTest
    @CsvSource({
        "{file}.{number},           app.log.7",
        "app-{date}.log,            app-2026-01-15.log.7",
        "{file}.{date},             app.log.2026-01-15.7",
        "app-{date}-{number}.log,   app-2026-01-15-7.log",
        "{{{file}}}-{number},       {app.log}-7",
    })
    void aNameIsMadeAndFoundAgainPlainAndCompressed(String template, String expected) {
        RotatedName name = RotatedName.of(template);
        String made = name.format("app.log", "2026-01-15", 7);
        assertThat(made).isEqualTo(expected);
        for (String ending : new String[] {"", ".gz", ".zst", ".lz4", ".gz.tmp"}) {
            Matcher matcher = name.pattern("app.log").matcher(made + ending);
            assertThat(matcher.matches()).isTrue();
            RotatedFile file = RotatedFile.of(matcher, name.hasDate());
            assertThat(file)
                    .isEqualTo(new RotatedFile(
                            made + ending,
                            made,
                            name.hasDate() ? "2026-01-15" : "",
                            7,
                            ending.replace(".tmp", ""),
                            ending.endsWith(".tmp")));
        }
        assertThat((made + ".gz.tmp").length() - "app.log".length()).isLessThanOrEqualTo(name.extraLength());
    }

    @ParameterizedTest
    @CsvSource({
        "{file}.{number}, app.log",
        "{file}.{number}, app.log.0",
        "{file}.{number}, app.log.01",
        "{file}.{number}, app.log.x",
        "{file}.{number}, app.log.1.1",
        "{file}.{number}, app.log.1.tmp",
        "{file}.{number}, appxlog.1",
        "{file}.{number}, xapp.log.1",
        "app-{date}.log,  app-2026-1-15.log",
        "app-{date}.log,  app-2026-01-15T1.log",
        "app-{date}.log,  app-2026-01-15.log.0",
        "app-{date}.log,  app-2026-01-15.log.bak",
    })
    void whatLooksAlmostLikeOneIsSomebodyElses(String template, String name) {
        assertThat(RotatedName.of(template).pattern("app.log").matcher(name).matches())
                .isFalse();
    }

    @Test
    void theFirstOfADateHasNoNumberUnlessTheTemplateHas() {
        assertThat(RotatedName.of("app-{date}.log").format("app.log", "2026-01-15", 0))
                .isEqualTo("app-2026-01-15.log");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "app.log | names all files alike",
                "'' | names all files alike",
                "{file} | names all files alike",
                "{day}.log | unknown placeholder {day}",
                "{date | unknown placeholder {",
                "{number}} | unknown placeholder }",
                "{date}{number} | side by side",
                "{date}-{date} | has {date} twice",
                "old/{date}.log | is not the name of a file",
            })
    void aTemplateThatCannotWorkIsRefused(String template, String message) {
        assertThatThrownBy(() -> RotatedName.of(template))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("rotated_name: \"" + template + "\"")
                .hasMessageContaining(message);
    }
}
