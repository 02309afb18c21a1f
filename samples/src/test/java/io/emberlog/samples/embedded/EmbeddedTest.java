package io.emberlog.samples.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.samples.process.Children;
import io.emberlog.samples.process.Jvm;
import io.emberlog.samples.process.Waiting;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int RECORDS = 20_000;

    @TempDir
    private Path directory;

    @Test
    void aMasterAndAWorkerInOneJvmDeliverEverythingDownToTheLastWords() throws Exception {
        try (Children children = new Children()) {
            int lastWords = 0;
            for (int life = 1; life <= 2; life++) {
                Path out = directory.resolve("out" + life);
                Path err = directory.resolve("err" + life);
                Process app = children.start(Jvm.embedded(Embedded.class, directory.toString(), "" + RECORDS)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile()));
                Waiting.until(
                        "the application to log",
                        LIMIT,
                        () -> !app.isAlive() || Files.readString(out).contains("master runs"));
                assertThat(Files.readString(err)).isEmpty();
                assertThat(Files.readAllLines(out))
                        .hasSize(5)
                        .startsWith("journaled: true", "errors: [no coffee left]")
                        .endsWith("master runs: true, workers: 1")
                        .element(2)
                        .asString()
                        .matches("app: \\d+ records, 0 errors, \\d+ ms behind, write p99 \\d+ us");
                assertThat(Files.readAllLines(out).get(3)).startsWith("latest-errors: ");
                assertThat(locksOfThisProcess(app))
                        .as("locks held, also after a look at the status")
                        .isTrue();
                app.getOutputStream().close();
                assertThat(app.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(app.exitValue()).isZero();
                assertThat(Files.readString(err)).isEmpty();
                List<String> lines = Files.readAllLines(directory.resolve("app.log"));
                assertThat(lines)
                        .filteredOn(line -> line.contains(" of " + RECORDS))
                        .hasSize(life * RECORDS);
                assertThat(lines.stream()
                                .filter(line -> line.contains("- record "))
                                .distinct())
                        .hasSize(life * RECORDS);
                lastWords += Files.readString(out).contains("last words: true") ? 1 : 0;
                assertThat(lines)
                        .filteredOn(line -> line.contains("- last words"))
                        .hasSize(lastWords);
                assertThat(lines)
                        .filteredOn(line -> line.contains(" stopped event=stopped"))
                        .hasSize(life);
                assertThat(lines).noneMatch(line -> line.contains("died"));
                assertThat(rings()).isZero();
            }
        }
    }

    private long rings() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("rings"))) {
            return files.filter(file -> file.toString().endsWith(".ring")).count();
        }
    }

    /** Each lock file of this life is held: the master's two and that of the ring. */
    private boolean locksOfThisProcess(Process app) throws IOException {
        assertThat(Files.readString(directory.resolve("state/master.lock"))).contains("pid=" + app.pid());
        boolean held = isHeld(directory.resolve("state/master.lock")) && isHeld(directory.resolve("rings/master.lock"));
        try (Stream<Path> files = Files.list(directory.resolve("rings"))) {
            List<Path> locks = files.filter(
                            file -> file.getFileName().toString().startsWith("embedded")
                                    && file.toString().endsWith(".lock"))
                    .toList();
            assertThat(locks).hasSize(1);
            return held && isHeld(locks.get(0));
        }
    }

    private static boolean isHeld(Path lock) throws IOException {
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock mine = channel.tryLock()) {
            return mine == null;
        }
    }
}
