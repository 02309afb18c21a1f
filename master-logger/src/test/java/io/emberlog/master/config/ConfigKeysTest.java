package io.emberlog.master.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.emberlog.handler.SettingKey;
import io.emberlog.master.config.ConfigKeys.Section;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigKeysTest {
    @TempDir
    private Path directory;

    /** Key, a good value as TOML, a bad value, what the message says about the bad one. */
    static Stream<Arguments> keys() {
        return Stream.of(
                Arguments.of("channel.directory", "\"/run/c\"", "1", "1 is not a path; allowed: a path in quotes"),
                Arguments.of("journal.directory", "\"/var/j\"", "\"\"", "\"\" is empty; allowed: a path in quotes"),
                Arguments.of(
                        "journal.max_size",
                        "\"10 GiB\"",
                        "\"1 MiB\"",
                        "\"1 MiB\" is too small; allowed: 64 MiB to 64 TiB"),
                Arguments.of("journal.min_free", "0", "-1", "-1 is too small; allowed: 0 B to 64 TiB"),
                Arguments.of(
                        "journal.segment_size",
                        "\"16 MiB\"",
                        "\"1 TiB\"",
                        "\"1 TiB\" is too large; allowed: 1 MiB to 1 GiB"),
                Arguments.of(
                        "journal.sync", "\"off\"", "\"1 ms\"", "\"1 ms\" is too small; allowed: off, or 10 ms to 1 m"),
                Arguments.of(
                        "journal.sync_level",
                        "\"error\"",
                        "\"of\"",
                        "\"of\" is not a level; allowed: notset, trace, debug, info, notice, warn, error, critical, alert,"
                                + " emergency, fatal, or a number from 0 to 24; or \"off\""),
                Arguments.of("master.drain_budget", "65536", "1", "1 is too small; allowed: 4 KiB to 1 MiB"),
                Arguments.of(
                        "master.stop_deadline", "\"30 s\"", "\"1 h\"", "\"1 h\" is too large; allowed: 100 ms to 10 m"),
                Arguments.of(
                        "master.heartbeat_grace",
                        "\"5 s\"",
                        "\"1 ms\"",
                        "\"1 ms\" is too small; allowed: 10 ms to 1 h"),
                Arguments.of(
                        "master.hung_after",
                        "\"2 s\"",
                        "\"250 ms\"",
                        "\"250 ms\" is too small; allowed: 500 ms to 1 h"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aGoodValueIsTakenAndABadOneExplained(String key, String good, String bad, String why) throws Exception {
        String section = key.substring(0, key.indexOf('.'));
        String name = key.substring(key.indexOf('.') + 1);
        Path file = directory.resolve("x.toml");
        ConfigReader reader = new ConfigReader(TestHandlers.TYPES, Map.of());

        Files.writeString(file, "[" + section + "]\n" + name + " = " + good + "\n");
        assertThat(reader.read(file, Map.of()))
                .isNotEqualTo(reader.defaults(Map.of()))
                .satisfies(config -> assertThat(config.handlers()).hasSize(2));

        Files.writeString(file, "[" + section + "]\n" + name + " = " + bad + "\n");
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> reader.read(file, Map.of()));
        assertThat(refused).hasMessage(file + ":2:1: " + key + ": " + why);
    }

    @Test
    void everyDeclaredKeyIsInTheTableAbove() {
        List<String> declared = new ArrayList<>();
        for (Section section : ConfigKeys.SECTIONS) {
            for (SettingKey key : section.keys()) {
                declared.add(section.dotted(key));
            }
        }
        assertThat(keys().map(row -> row.get()[0])).containsExactlyElementsOf(new ArrayList<Object>(declared));
        assertThat(new TreeSet<>(declared)).hasSameSizeAs(declared).doesNotContainAnyElementsOf(ConfigKeys.laterKeys());
    }
}
