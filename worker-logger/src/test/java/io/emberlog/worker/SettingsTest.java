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
        assertThat(settings.syncInterval()).isZero();
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
        "EMBERLOG_SYNC_INTERVAL, 5ms, 10ms to 24h",
        "emberlog.sync_interval, -1, it is not asked",
        "EMBERLOG_MAX_TEXT_BYTES, 5, 256 to 512K",
        "EMBERLOG_FLUSH_INTERVAL, 1, 1ms to 60s",
        "EMBERLOG_FLUSH_INTERVAL, 61s, 1ms to 60s",
        "emberlog.flush_interval, 500us, 0 (each call goes into the ring)",
        "EMBERLOG_BATCH_BYTES, 1K, 4K to an eighth of the ring",
        "emberlog.batch_bytes, 1M, at most 512K",
        "EMBERLOG_FALLBACK, file, stderr",
        "EMBERLOG_CALLER, yes, true"
    })
    void wrongValueNamesItsSourceAndWhatIsAllowed(String source, String value, String allowed) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolve(Map.of(source, value), Map.of(source, value)))
                .withMessageContaining(source + "=" + value)
                .withMessageContaining(allowed);
    }

    @Test
    void batchingIsChosenByEitherOfItsSettings() {
        assertThat(resolve(Map.of(), Map.of()).isBatching()).isFalse();
        WorkerSettings byInterval = resolve(Map.of(), Map.of("EMBERLOG_FLUSH_INTERVAL", "20ms"));
        assertThat(byInterval.flushInterval()).isEqualTo(Duration.ofMillis(20));
        assertThat(byInterval.batchBytes()).isEqualTo(64 << 10);
        WorkerSettings bySize = resolve(Map.of("emberlog.batch_bytes", "5000"), Map.of());
        assertThat(bySize.flushInterval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(bySize.batchBytes()).isEqualTo(5000);
        assertThat(bySize.ringSpec().stagingLength()).isEqualTo(8192);
        assertThat(resolve(Map.of("emberlog.flush_interval", "0"), Map.of("EMBERLOG_BATCH_BYTES", "8K"))
                        .isBatching())
                .isFalse();
        assertThat(resolve(Map.of(), Map.of("EMBERLOG_FLUSH_INTERVAL", "1s", "EMBERLOG_RING_SIZE", "128K"))
                        .batchBytes())
                .isEqualTo(16 << 10);
        assertThat(WorkerSettings.resolve(
                                Map.of(Setting.FLUSH_INTERVAL, Duration.ofMillis(5)), key -> null, key -> null)
                        .flushInterval())
                .isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void aBatchThatNoRecordOfTheRingHoldsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> resolve(Map.of(), Map.of("EMBERLOG_BATCH_BYTES", "128K", "EMBERLOG_RING_SIZE", "512K")))
                .withMessageContaining("EMBERLOG_BATCH_BYTES=131072")
                .withMessageContaining("an eighth of the ring")
                .withMessageContaining("65536 for ring_size=524288");
    }

    @Test
    void builderRefusesWhatIsOutOfBounds() {
        WorkerLogger.Builder builder = WorkerLogger.builder();
        assertThatIllegalArgumentException().isThrownBy(() -> builder.name(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.ringSize(100_000));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxTextBytes(1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.heartbeatInterval(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.syncInterval(Duration.ofMillis(9)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.syncInterval(Duration.ofHours(25)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.flushInterval(Duration.ofNanos(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.flushInterval(Duration.ofSeconds(61)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.batchBytes(100));
        assertThatIllegalArgumentException().isThrownBy(() -> Overflow.block(Duration.ZERO));
    }

    @Test
    void documentationTableIsWhatTheCodeSays() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "worker.md"));
        for (Setting<?> setting : Setting.ALL) {
            assertThat(page).contains(setting.documentationRow());
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
