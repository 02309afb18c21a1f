package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.filter.FilterExpression;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.master.fanout.CheckpointStore;
import io.emberlog.master.silence.Silence;
import io.emberlog.master.silence.SilenceFile;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.Ring;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.VarHandleBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Filters, redaction and silences in a whole master: real rings, real journal, real files. */
class RouteMasterTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path temp;

    private final BatchEncoder encoder = new BatchEncoder(64 * 1024, 32 * 1024);
    private long sequence;
    private RingFile ring;

    private MasterLogger started() throws Exception {
        MasterConfig config = MasterConfig.builder()
                .channelDirectory(temp.resolve("channel"))
                .stateDirectory(temp.resolve("state"))
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
        MasterLogger master = new MasterLogger(config);
        master.start();
        return master;
    }

    private void log(String text) throws IOException {
        if (ring == null) {
            WorkerIdentity self = MasterIdentity.of(io.emberlog.heartbeat.HostIdentity.read());
            ring = RingFile.create(
                    ChannelDirectory.open(temp.resolve("channel")),
                    RingSpec.of(256 * 1024),
                    new WorkerIdentity(
                            UUID.randomUUID(),
                            "tester",
                            self.pid(),
                            self.startTimeTicks(),
                            self.bootId(),
                            self.machineId(),
                            self.pidNamespace(),
                            "host",
                            "test",
                            ""),
                    null,
                    1);
        }
        encoder.begin();
        encoder.beginEntry(9, now(), 1);
        encoder.text(MessageDescriptor.TEMPLATE, text);
        encoder.endEntry();
        encoder.finish(0, ++sequence);
        assertThat(ring.ring()
                        .offer(
                                MessageDescriptor.TYPE_LOG_BATCH,
                                new VarHandleBuffer(encoder.buffer()),
                                0,
                                encoder.length(),
                                true))
                .isEqualTo(Ring.RINGED);
    }

    private static long now() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    private List<String> lines(String file) throws IOException {
        Path path = temp.resolve(file);
        return Files.exists(path) ? Files.readAllLines(path) : List.of();
    }

    private void silence(String expression, String handler) throws IOException {
        SilenceFile.update(temp.resolve("state"), before -> {
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
        return CheckpointStore.stored(temp.resolve("state")).get(handler).gate().silenced();
    }

    @Test
    void aMasterThatRunsTakesASilenceOverAndItOutlivesARestart() throws Exception {
        try (MasterLogger master = started()) {
            log("password=hunter2 before");
            Awaitility.await().atMost(LIMIT).until(() -> !lines("plain.log").isEmpty());
            assertThat(lines("plain.log")).singleElement().asString().endsWith("password=*** before");

            silence("message ~ 'noisy *'", "plain");
            silence("message ~ 'before*'", "");
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> CheckpointStore.stored(temp.resolve("state"))
                                    .get("plain")
                                    .gate()
                                    .silences()
                                    .size()
                            == 1);
            log("noisy 1");
            log("noisy 2");
            log("after");
            Awaitility.await().atMost(LIMIT).until(() -> lines("plain.log").size() == 2);
            assertThat(master.stop(LIMIT)).isTrue();
        }
        assertThat(lines("plain.log")).last().asString().endsWith("after");
        assertThat(silenced("plain")).isEqualTo(2);

        try (MasterLogger master = started()) {
            log("noisy 3");
            log("again");
            Awaitility.await().atMost(LIMIT).until(() -> lines("plain.log").size() == 3);
            SilenceFile.update(temp.resolve("state"), before -> new SilenceFile.Content(before.nextId(), List.of()));
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> CheckpointStore.stored(temp.resolve("state"))
                            .get("plain")
                            .gate()
                            .silences()
                            .isEmpty());
            log("noisy 4");
            Awaitility.await().atMost(LIMIT).until(() -> lines("plain.log").size() == 4);
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
            Awaitility.await().atMost(LIMIT).until(() -> lines("limited.log").size() == 8);
            assertThat(master.stop(LIMIT)).isTrue();
        }
        try (MasterLogger master = started()) {
            for (int i = 8; i < 16; i++) {
                log("n " + i);
            }
            Awaitility.await().atMost(LIMIT).until(() -> lines("plain.log").size() == 16);
            assertThat(master.stop(LIMIT)).isTrue();
        }
        assertThat(lines("limited.log")).hasSize(10);
        assertThat(CheckpointStore.stored(temp.resolve("state"))
                        .get("limited")
                        .gate()
                        .limited())
                .isEqualTo(6);
    }
}
