package io.emberlog.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.master.config.ConfigReader;
import io.emberlog.master.config.HandlerTypes;
import io.emberlog.worker.WorkerLogger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole master whose drain thread rests while nobody logs, and a worker that wakes it. */
class DrainRestTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** As the ring's layout has it. */
    private static final int DRAIN_RESTS_OFFSET = 132;

    @TempDir
    Path temp;

    private Path ring() throws IOException {
        try (var files = Files.list(temp.resolve("channel"))) {
            return files.filter(file -> file.toString().endsWith(".ring"))
                    .findAny()
                    .orElseThrow();
        }
    }

    private static boolean rests(Path ring) throws IOException {
        ByteBuffer word = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel file = FileChannel.open(ring)) {
            assertThat(file.read(word, DRAIN_RESTS_OFFSET)).isEqualTo(Integer.BYTES);
        }
        return word.getInt(0) == 1;
    }

    @Test
    void whatIsLoggedWhileTheDrainRestsIsThereAndWakesIt() throws Exception {
        Path out = temp.resolve("out.log");
        Path file = Files.writeString(
                temp.resolve("emberlog.toml"), """
                [channel]
                directory = '%s'
                [journal]
                directory = '%s'
                [[handlers]]
                name = "output"
                type = "file"
                path = '%s'
                format = "pattern"
                pattern = "%%(message)s"
                """.formatted(temp.resolve("channel"), temp.resolve("state"), out));
        MasterLogger master =
                new MasterLogger(new ConfigReader(HandlerTypes.installed(), Map.of()).read(file, Map.of()));
        master.start();
        List<String> logged = new ArrayList<>();
        try (WorkerLogger worker = WorkerLogger.builder()
                .name("md-1")
                .directory(temp.resolve("channel"))
                .open()) {
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i <= 500 * round; i++) {
                    String text = "round " + round + " record " + i;
                    assertThat(worker.info(text)).isTrue();
                    logged.add(text);
                }
                assertThat(worker.flush(LIMIT)).isTrue();
                Path ring = ring();
                await().atMost(LIMIT).until(() -> rests(ring));
            }
            assertThat(worker.info("the last one")).isTrue();
            logged.add("the last one");
            Path ring = ring();
            await().atMost(LIMIT).until(() -> !rests(ring));
            assertThat(worker.flush(LIMIT)).isTrue();
        } finally {
            assertThat(master.stop(LIMIT)).isTrue();
        }
        assertThat(Files.readAllLines(out).stream().filter(logged::contains)).containsExactlyElementsOf(logged);
    }
}
