package io.emberlog.master;

import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.master.config.ConfigException;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerTypes;
import io.emberlog.master.config.MasterConfig;
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
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of the whole master in this JVM share: its directories, real rings with records in them, and its end. */
abstract class WholeMaster {
    static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private final BatchEncoder encoder = new BatchEncoder(64 * 1024, 32 * 1024);
    private final List<MasterLogger> masters = new ArrayList<>();
    private long sequence;

    /** What a test that failed left running. */
    @AfterEach
    final void stopMasters() {
        masters.forEach(master -> master.stop(LIMIT));
    }

    static ConditionFactory await() {
        return Awaitility.await().atMost(LIMIT);
    }

    static long now() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    final Path channel() {
        return temp.resolve("channel");
    }

    final Path state() {
        return temp.resolve("state");
    }

    /** Of a file that names both directories of this test, and ends with these lines. */
    final MasterConfig read(Map<String, String> environment, String... lines) throws IOException, ConfigException {
        return read(state(), environment, lines);
    }

    final MasterConfig read(Path state, Map<String, String> environment, String... lines)
            throws IOException, ConfigException {
        String head = """
                [channel]
                directory = "%s"
                [journal]
                directory = "%s"
                """.formatted(channel(), state);
        Path file = Files.writeString(temp.resolve("emberlog.toml"), head + String.join("\n", lines));
        return new ConfigReader(HandlerTypes.installed(), environment).read(file, Map.of());
    }

    final MasterLogger started(MasterConfig config) throws IOException, MasterLogger.AlreadyRunningException {
        return started(new MasterLogger(config));
    }

    final MasterLogger started(MasterLogger master) throws IOException, MasterLogger.AlreadyRunningException {
        master.start();
        masters.add(master);
        return master;
    }

    /** As the worker {@code tester} of this very process makes it: known to be ours, so never judged dead. */
    final RingFile ring(int capacity) throws IOException {
        WorkerIdentity self = MasterIdentity.of(HostIdentity.read());
        return RingFile.create(
                ChannelDirectory.open(channel()),
                RingSpec.of(capacity),
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

    /** @return false when there is no room */
    final boolean log(RingFile ring, String text) {
        encoder.begin();
        encoder.beginEntry(9, now(), 1);
        encoder.text(MessageDescriptor.TEMPLATE, text);
        encoder.endEntry();
        encoder.finish(0, sequence + 1);
        VarHandleBuffer bytes = new VarHandleBuffer(encoder.buffer());
        boolean ringed =
                ring.ring().offer(MessageDescriptor.TYPE_LOG_BATCH, bytes, 0, encoder.length(), true) == Ring.RINGED;
        sequence += ringed ? 1 : 0;
        return ringed;
    }

    /** None where there is no such file. */
    final List<String> lines(String file) throws IOException {
        Path path = temp.resolve(file);
        return Files.exists(path) ? Files.readAllLines(path) : List.of();
    }
}
