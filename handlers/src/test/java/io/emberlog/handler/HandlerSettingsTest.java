package io.emberlog.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandlerSettingsTest {
    private static final SettingKey PATH = SettingKey.path("path", "The file.").required();
    private static final SettingKey BUFFER =
            SettingKey.size("buffer", "The buffer.").orElse("256 KiB");
    private static final SettingKey WAIT =
            SettingKey.duration("wait", "The wait.").orElse("100 ms");
    private static final SettingKey LEVEL =
            SettingKey.level("stderr_from", "A level.").orElse("warn");
    private static final SettingKey COUNT =
            SettingKey.integer("keep_files", "A count.").orElse(7);
    private static final SettingKey CREATE =
            SettingKey.bool("create", "A switch.").orElse(true);
    private static final SettingKey FORMAT =
            SettingKey.choice("format", "A format.", "human", "json").orElse("human");
    private static final SettingKey TAGS = SettingKey.strings("tags", "Tags.").orElse(List.of("a"));
    private static final SettingKey NOTE = SettingKey.string("note", "A note.");
    private static final List<SettingKey> KEYS = List.of(PATH, BUFFER, WAIT, LEVEL, COUNT, CREATE, FORMAT, TAGS, NOTE);

    @Test
    void whatIsNotGivenHasItsDefault() {
        HandlerSettings settings = HandlerSettings.of("app", KEYS, Map.of("path", "/var/log/app.log"));

        assertThat(settings.handlerName()).isEqualTo("app");
        assertThat(settings.path(PATH)).isEqualTo(Path.of("/var/log/app.log"));
        assertThat(settings.size(BUFFER)).isEqualTo(262_144);
        assertThat(settings.duration(WAIT)).isEqualTo(Duration.ofMillis(100));
        assertThat(settings.level(LEVEL)).isEqualTo(13);
        assertThat(settings.integer(COUNT)).isEqualTo(7);
        assertThat(settings.bool(CREATE)).isTrue();
        assertThat(settings.string(FORMAT)).isEqualTo("human");
        assertThat(settings.strings(TAGS)).containsExactly("a");
        assertThat(settings.isSet(NOTE)).isFalse();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> settings.string(NOTE))
                .withMessage("note is not set; ask isSet first");
    }

    @Test
    void whatIsGivenFromJavaMayBeTyped() {
        HandlerSettings settings = HandlerSettings.of(
                "app",
                KEYS,
                Map.of("path", Path.of("x"), "wait", Duration.ofSeconds(2), "buffer", 4096, "stderr_from", 17));

        assertThat(settings.path(PATH)).isEqualTo(Path.of("x"));
        assertThat(settings.duration(WAIT)).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.size(BUFFER)).isEqualTo(4096);
        assertThat(settings.level(LEVEL)).isEqualTo(17);
    }

    @Test
    void unknownMissingAndWrongSettingsAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandlerSettings.of("app", KEYS, Map.of()))
                .withMessage("path: is missing; allowed: a path in quotes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandlerSettings.of("app", List.of(NOTE), Map.of("note", "x", "color", "red")))
                .withMessage("color: is unknown; allowed: [note]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandlerSettings.of("app", List.of(NOTE), Map.of("note", 1)))
                .withMessage("note: 1 is not text; allowed: text in quotes");
    }

    @Test
    void theTextFormShowsNoValues() {
        HandlerSettings settings = HandlerSettings.of("app", List.of(NOTE), Map.of("note", "hunter2"));
        assertThat(settings).hasToString("app[note]");
    }
}
