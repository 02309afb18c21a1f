package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.fake.FakeDiscord;
import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerTypes;
import io.emberlog.master.config.MasterConfig;
import io.emberlog.worker.WorkerLogger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker, the whole master, and a chat. */
class AlertingTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String TOKEN = "canary-51c2b7";

    @TempDir
    private Path temp;

    private FakeDiscord discord;

    @BeforeEach
    void start() throws Exception {
        discord = new FakeDiscord(TOKEN, System::nanoTime);
    }

    @AfterEach
    void stop() {
        discord.close();
    }

    private MasterLogger started() throws Exception {
        Path url = Files.writeString(temp.resolve("url"), discord.url());
        Files.setPosixFilePermissions(url, PosixFilePermissions.fromString("rw-------"));
        Path file = Files.writeString(
                temp.resolve("emberlog.toml"), """
                [channel]
                directory = "%s"
                [journal]
                directory = "%s"
                [[handlers]]
                name = "chat"
                type = "discord"
                url = "file:%s"
                breadcrumbs = 20
                group_wait = "1 h"
                """.formatted(temp.resolve("channel"), temp.resolve("state"), url));
        MasterConfig config = new ConfigReader(HandlerTypes.installed(), Map.of()).read(file, Map.of());
        MasterLogger master = new MasterLogger(config);
        master.start();
        return master;
    }

    private String seen() {
        return String.join("\n", discord.messages()).replace("\\", "").replace("\u200b", "");
    }

    @Test
    void theMastersEndTellsOfAllThatWaitedAndWithItWhatTheWorkerDidBefore() throws Exception {
        MasterLogger master = started();
        try (WorkerLogger worker = WorkerLogger.builder()
                .name("md-1")
                .directory(temp.resolve("channel"))
                .open()) {
            for (int i = 0; i < 30; i++) {
                worker.info("step {}", i);
            }
            for (int i = 0; i < 1000; i++) {
                worker.error("cannot fill order {}", i);
            }
            assertThat(worker.flush(LIMIT)).isTrue();
        }
        assertThat(master.stop(LIMIT)).isTrue();
        assertThat(seen())
                .contains("ERROR x 1000")
                .contains("told as the master stops")
                .contains("cannot fill order 0")
                .contains("step 10")
                .contains("step 29")
                .doesNotContain("step 9\n")
                .doesNotContain("INFO x");
        int told = discord.messages().size();

        assertThat(started().stop(LIMIT)).isTrue();
        assertThat(discord.messages()).as("nothing is told twice").hasSize(told);
        assertThat(discord.breaches()).isEmpty();
        try (var files = Files.walk(temp)) {
            List<Path> withSecret = files.filter(Files::isRegularFile)
                    .filter(each -> !each.endsWith("url"))
                    .filter(AlertingTest::holdsTheSecret)
                    .toList();
            assertThat(withSecret).isEmpty();
        }
    }

    private static boolean holdsTheSecret(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(TOKEN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
