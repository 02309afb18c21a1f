package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.filter.FilterExpression;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.master.fanout.CheckpointStore;
import io.emberlog.master.silence.Silence;
import io.emberlog.master.silence.SilenceFile;
import io.emberlog.ring.RingFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Filters, redaction and silences in a whole master: real rings, real journal, real files. */
class RouteMasterTest extends WholeMaster {
    private RingFile ring;

    private MasterLogger started() throws Exception {
        MasterConfig config = MasterConfig.builder()
                .channelDirectory(channel())
                .stateDirectory(state())
                .handler(
                        "plain",
                        "file",
                        Map.of(
                                "path",
                                temp.resolve("plain.log"),
                                "redact",
                                List.of("secrets"),
                                "filter",
                                "worker = 'tester'"))
                .handler(
                        "limited",
                        "file",
                        Map.of(
                                "path",
                                temp.resolve("limited.log"),
                                "filter",
                                "worker = 'tester' and message ~ 'n *'",
                                "rate_limit",
                                "10/d"))
                .build();
        return started(config);
    }

    private void log(String text) throws IOException {
        if (ring == null) {
            ring = ring(256 * 1024);
        }
        assertThat(log(ring, text)).isTrue();
    }

    private void silence(String expression, String handler) throws IOException {
        SilenceFile.update(state(), before -> {
            List<Silence> silences = new ArrayList<>(before.silences());
            silences.add(new Silence(
                    before.nextId(),
                    FilterExpression.parse(expression),
                    handler,
                    now(),
                    now() + 3_600_000_000_000L,
                    "test"));
            return new SilenceFile.Content(before.nextId() + 1, silences);
        });
    }

    private long silenced(String handler) throws IOException {
        return CheckpointStore.stored(state()).get(handler).gate().silenced();
    }

    @Test
    void aMasterThatRunsTakesASilenceOverAndItOutlivesARestart() throws Exception {
        try (MasterLogger master = started()) {
            log("password=hunter2 before");
            await().until(() -> !lines("plain.log").isEmpty());
            assertThat(lines("plain.log")).singleElement().asString().endsWith("password=*** before");

            silence("message ~ 'noisy *'", "plain");
            silence("message ~ 'before*'", "");
            await().until(() -> CheckpointStore.stored(state())
                            .get("plain")
                            .gate()
                            .silences()
                            .size()
                    == 1);
            log("noisy 1");
            log("noisy 2");
            log("after");
            await().until(() -> lines("plain.log").size() == 2);
            assertThat(master.stop(LIMIT)).isTrue();
        }
        assertThat(lines("plain.log")).last().asString().endsWith("after");
        assertThat(silenced("plain")).isEqualTo(2);

        try (MasterLogger master = started()) {
            log("noisy 3");
            log("again");
            await().until(() -> lines("plain.log").size() == 3);
            SilenceFile.update(state(), before -> new SilenceFile.Content(before.nextId(), List.of()));
            await().until(() -> CheckpointStore.stored(state())
                    .get("plain")
                    .gate()
                    .silences()
                    .isEmpty());
            log("noisy 4");
            await().until(() -> lines("plain.log").size() == 4);
            assertThat(master.stop(LIMIT)).isTrue();
        }
        assertThat(silenced("plain")).isEqualTo(3);
        assertThat(silenced("limited")).isZero();
    }

    @Test
    void aRateLimitGoesOnWhereItWasAfterARestart() throws Exception {
        try (MasterLogger master = started()) {
            for (int i = 0; i < 8; i++) {
                log("n " + i);
            }
            await().until(() -> lines("limited.log").size() == 8);
            assertThat(master.stop(LIMIT)).isTrue();
        }
        try (MasterLogger master = started()) {
            for (int i = 8; i < 16; i++) {
                log("n " + i);
            }
            await().until(() -> lines("plain.log").size() == 16);
            assertThat(master.stop(LIMIT)).isTrue();
        }
        assertThat(lines("limited.log")).hasSize(10);
        assertThat(CheckpointStore.stored(state()).get("limited").gate().limited())
                .isEqualTo(6);
    }
}
