package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a setting comes from, and what a wrong one says. */
class SettingsTest {
    private static WorkerSettings resolve(Map<String, String> properties, Map<String, String> environment) {
        return WorkerSettings.resolve(Map.of(), properties::get, environment::get);
    }

    @Test
    void builderBeatsPropertyBeatsEnvironmentBeatsDefault() {
        Map<String, String> properties = Map.of("emberlog.name", "p", "emberlog.level", "warn");
        Map<String, String> environment =
                Map.of("EMBERLOG_NAME", "e", "EMBERLOG_LEVEL", "error", "EMBERLOG_SERVICE", "s", "EMBERLOG_DIR", " ");
        WorkerSettings settings = WorkerSettings.resolve(Map.of(Setting.NAME, "b"), properties::get, environment::get);
        assertThat(settings.name()).isEqualTo("b");
        assertThat(settings.levels()).hasToString("WARN");
        assertThat(settings.service()).isEqualTo("s");
        assertThat(settings.ringSize()).isEqualTo(8 << 20);
        assertThat(settings.ringChecks()).isEqualTo(RingChecks.AUTO);
        assertThat(settings.heartbeatInterval()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.maxTextBytes()).isEqualTo(64 << 10);
        assertThat(settings.overflow()).isEqualTo(Overflow.drop());
        assertThat(settings.fallback()).isEqualTo(Fallback.STDERR);
        assertThat(settings.caller()).isFalse();
        assertThat(settings.directory().toString()).contains("emberlog-");
    }

    @ParameterizedTest
    @CsvSource({
        "emberlog.level, loud, TRACE",
        "EMBERLOG_RING_SIZE, 100K, a power of two from 128K to 512M",
        "EMBERLOG_RING_SIZE, 64K, a power of two from 128K to 512M",
        "EMBERLOG_RING_SIZE, 1G, a power of two from 128K to 512M",
        "emberlog.ring_size, much, a number with K or M",
        "EMBERLOG_RING_CHECKS, crc, auto",
        "EMBERLOG_OVERFLOW, blocking, drop",
        "EMBERLOG_OVERFLOW, block:2h, at most 1m",
        "EMBERLOG_HEARTBEAT_INTERVAL, 60, 1s to 24h",
        "EMBERLOG_MAX_TEXT_BYTES, 5, 256 to 512K",
        "EMBERLOG_FALLBACK, file, stderr",
        "EMBERLOG_CALLER, yes, true"
    })
    void wrongValueNamesItsSourceAndWhatIsAllowed(String source, String value, String allowed) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolve(Map.of(source, value), Map.of(source, value)))
                .withMessageContaining(source + "=" + value)
                .withMessageContaining(allowed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EMBERLOG_FLUSH_INTERVAL",
                "EMBERLOG_BATCH_BYTES",
                "EMBERLOG_SYNC_INTERVAL",
                "emberlog.flush_interval",
                "emberlog.batch_bytes",
                "emberlog.sync_interval"
            })
    void settingThatIsNotThereYetIsRefused(String source) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolve(Map.of(source, "1s"), Map.of(source, "1s")))
                .withMessageContaining(source + "=1s");
    }

    @Test
    void builderRefusesWhatIsOutOfBounds() {
        WorkerLogger.Builder builder = WorkerLogger.builder();
        assertThatIllegalArgumentException().isThrownBy(() -> builder.name(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.ringSize(100_000));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxTextBytes(1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.heartbeatInterval(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> Overflow.block(Duration.ZERO));
    }

    @Test
    void documentationTableIsWhatTheCodeSays() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "worker.md"));
        for (Setting<?> setting : Setting.ALL) {
            assertThat(page).contains(setting.documentationRow());
        }
        for (String key : Setting.NOT_THERE_YET) {
            assertThat(page).contains("`" + Setting.variableOf(key) + "`");
        }
    }

    @Test
    void startTimeIsFoundBehindAnyCommandName() {
        String behind = " S 1 " + "0 ".repeat(17) + "4711 0 0";
        assertThat(ProcessFacts.startTimeTicks("12 (a b) c) " + behind.trim())).isEqualTo(4711);
        assertThat(ProcessFacts.startTimeTicks("garbage")).isZero();
        assertThat(ProcessFacts.startTimeTicks("")).isZero();
    }
}
