package io.emberlog.master.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingTouchesTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path temp;

    private final AtomicInteger touched = new AtomicInteger();
    private Path channel;
    private RingTouches touches;

    @BeforeEach
    void open() throws Exception {
        channel = Files.createDirectory(temp.resolve("channel"));
        Path lock = Files.createFile(channel.resolve("master.lock"));
        touches = new RingTouches(lock, touched::incrementAndGet);
    }

    @AfterEach
    void close() {
        touches.close();
    }

    private boolean touch(Path file) {
        return file.toFile().setLastModified(System.currentTimeMillis());
    }

    @Test
    void aTouchOfAFileIsHeardOnceEventsAreKnownToCome() throws Exception {
        assertThat(touches.hearsAll()).isFalse();
        touches.hear(List.of(channel));
        await().atMost(LIMIT).until(touches::hearsAll);
        Path ring = Files.createFile(channel.resolve("a.ring"));
        int before = touched.get();
        assertThat(touch(ring)).isTrue();
        await().atMost(LIMIT).until(() -> touched.get() > before);
    }

    @Test
    void aDirectoryThatWasRemovedAndMadeAgainIsHeardAgain() throws Exception {
        Path user = Files.createDirectory(channel.resolve("1001"));
        touches.hear(List.of(channel, user));
        await().atMost(LIMIT).until(touches::hearsAll);
        Files.delete(user);
        await().atMost(LIMIT).until(() -> {
            touches.hear(List.of(channel, user));
            return !touches.hearsAll();
        });
        Files.createDirectory(user);
        touches.hear(List.of(channel, user));
        assertThat(touches.hearsAll()).isTrue();
        Path ring = Files.createFile(user.resolve("a.ring"));
        await().atMost(LIMIT).until(() -> {
            int before = touched.get();
            touch(ring);
            Thread.sleep(50);
            return touched.get() > before;
        });
    }

    @Test
    void whatIsNotWantedAnyMoreIsForgotten() throws Exception {
        Path user = Files.createDirectory(channel.resolve("1001"));
        Path ring = Files.createFile(user.resolve("a.ring"));
        touches.hear(List.of(channel, user));
        await().atMost(LIMIT).until(touches::hearsAll);
        touches.hear(List.of(channel));
        assertThat(touches.hearsAll()).isTrue();
        Path other = Files.createFile(channel.resolve("b.ring"));
        touch(ring);
        int before = touched.get();
        touch(other);
        await().atMost(LIMIT).until(() -> touched.get() > before);
    }

    @Test
    void afterItsEndNothingIsHeard() {
        touches.hear(List.of(channel));
        await().atMost(LIMIT).until(touches::hearsAll);
        touches.close();
        assertThat(touches.hearsAll()).isFalse();
        touches.hear(List.of(channel, temp));
        assertThat(touches.hearsAll()).isFalse();
    }
}
