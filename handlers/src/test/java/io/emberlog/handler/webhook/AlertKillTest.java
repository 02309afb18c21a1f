package io.emberlog.handler.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.DiskCaller;
import io.emberlog.handler.HandlerSettings;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.Records;
import io.emberlog.handler.SecretFile;
import io.emberlog.handler.fake.FakeService;
import io.emberlog.handler.fake.FakeWebhook;
import io.emberlog.handler.fake.JsonTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real process that is killed when its message has arrived and before it can know: each request says which of the group's records
 * it tells of, by their numbers, and together they must tell of all.
 */
class AlertKillTest {
    private static final int RECORDS = 100_000;
    private static final int KILLS = 6;

    @TempDir
    private Path directory;

    private final List<FakeService.Request> arrived = Collections.synchronizedList(new ArrayList<>());
    private FakeWebhook fake;
    private volatile Process child;
    private volatile int killAt = Integer.MAX_VALUE;

    @BeforeEach
    void start() throws IOException {
        fake = new FakeWebhook(System::nanoTime);
        fake.trouble(request -> {
            arrived.add(request);
            if (arrived.size() == killAt) {
                child.destroyForcibly();
            }
            return new FakeService.Answer(200, "");
        });
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    @Test
    void eachOfAHundredThousandRecordsIsToldOfAfterSixKills() throws Exception {
        int kills = 0;
        while (kills < KILLS) {
            killAt = arrived.size() + 1 + kills % 3;
            child = child();
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(child.exitValue()).as("killed: %s", log()).isEqualTo(128 + 9);
            kills++;
        }
        killAt = Integer.MAX_VALUE;
        child = child();
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as(log()).isZero();

        long told = 0;
        for (FakeService.Request request : arrived) {
            Map<String, Object> body = JsonTree.object(request.body());
            long total = (Long) body.get("total");
            long before = total - (Long) body.get("count");
            assertThat(before).as("no gap before %s", request.body()).isLessThanOrEqualTo(told);
            told = Math.max(told, total);
        }
        assertThat(told).isEqualTo(RECORDS);
        assertThat(arrived).as("a handful, and one more for each kill").hasSizeLessThan(25 + KILLS);
    }

    private Process child() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AlertKillTest.class.getName(),
                        directory.toString(),
                        SecretFile.of(directory, "url", fake.origin()))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("child.out").toFile())
                .start();
    }

    private String log() throws IOException {
        return Files.readString(directory.resolve("child.out"));
    }

    /** The child: takes all records from where the stored position says; 30 ms of its clock go by with each. */
    public static void main(String[] args) throws IOException {
        LogRecord error = Records.of("md-1", "com.acme.Orders", 17, 0, "cannot fill order 42");
        WebhookHandlerFactory factory = new WebhookHandlerFactory();
        HandlerSettings settings = HandlerSettings.of(
                "kill",
                factory.settings(),
                Map.of("url", args[1], "group_interval", "1 m", "repeat_interval", "3 m", "escalate_count", 0L));
        new DiskCaller(Path.of(args[0], "state")).run(factory.create(settings), Collections.nCopies(RECORDS, error));
    }
}
