package io.emberlog.handler.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.handler.HandlerSettings;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FormatKeysTest {
    @Test
    void everyChoiceMakesAFormat() {
        for (String name : FormatKeys.FORMAT.choices()) {
            HandlerSettings settings =
                    name.equals("pattern") ? of("format", name, "pattern", "%msg") : of("format", name);
            assertThat(Format.of(FormatKeys.format(settings), FormatKeys.zone(settings)))
                    .isNotNull();
        }
        assertThat(FormatKeys.zone(of("time_zone", "utc"))).isEqualTo(ZoneOffset.UTC);
    }

    @Test
    void aPatternIsToldWrongAtItsOwnKey() {
        assertThatThrownBy(() -> FormatKeys.format(of("format", "pattern")))
                .hasMessage("pattern: is missing; allowed: one like \"%d %-5level %msg\"");
        assertThatThrownBy(() -> FormatKeys.format(of("pattern", "%msg")))
                .hasMessage("pattern: format is \"human\", which has none; allowed: with format = \"pattern\"");
        assertThatThrownBy(() -> FormatKeys.format(of("format", "pattern", "pattern", "%d %mgs")))
                .hasMessageStartingWith("pattern: column 4 of \"%d %mgs\": %mgs is not known; did you mean %msg?");
        assertThatThrownBy(() -> FormatKeys.format(of("format", "pattern", "pattern", "text")))
                .hasMessageStartingWith(
                        "pattern: column 1 of \"text\": every line would be the same; allowed: words like");
    }

    private static HandlerSettings of(String... pairs) {
        return HandlerSettings.of(
                "app",
                FormatKeys.all(),
                pairs.length == 2 ? Map.of(pairs[0], pairs[1]) : Map.of(pairs[0], pairs[1], pairs[2], pairs[3]));
    }
}
