package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.Level;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a log call leaves in the ring, for each form of call. */
class WorkerLoggerTest {
    @TempDir
    Path directory;

    private WorkerLogger open() {
        return WorkerLogger.builder()
                .name("test")
                .directory(directory.resolve("channel"))
                .ringSize(1 << 20)
                .open();
    }

    private RingContents ring() {
        return RingContents.only(directory.resolve("channel"));
    }

    @Test
    void acknowledgedRecordsAreInTheRingInOrder() {
        WorkerLogger log = open();

        assertThat(log.info("literal {}")).isTrue();
        assertThat(log.warn("order {} filled at {}", 42L, 101.25)).isTrue();
        assertThat(log.error("none")).isTrue();

        assertThat(ring().messages()).containsExactly("literal {}", "order 42 filled at 101.25", "none");
        assertThat(ring().entries.get(0).args()).isNull();
        assertThat(ring().entries.get(1).args()).isEqualTo(List.of(42L, 101.25));
        assertThat(ring().heartbeats).containsExactly(false);
    }

    @Test
    void disabledLevelIsNotIssued() {
        WorkerLogger log = open();

        assertThat(log.debug("nothing")).isFalse();
        assertThat(log.isEnabled(Level.DEBUG)).isFalse();
        log.setLevel(Level.DEBUG);
        assertThat(log.debug("something")).isTrue();

        assertThat(ring().messages()).containsExactly("something");
        assertThat(log.metrics().droppedTotal()).isZero();
    }
}
