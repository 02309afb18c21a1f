package io.emberlog.master.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingTouchesTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path temp;

    private final AtomicInteger touched = new AtomicInteger();
    private final AtomicLong nowNs = new AtomicLong();
    private volatile Runnable whenTouched = touched::incrementAndGet;
    private Path channel;
    private Path lock;
    private RingTouches touches;

    @BeforeEach
    void open() throws Exception {
        channel = Files.createDirectory(temp.resolve("channel"));
        lock = Files.createFile(channel.resolve("master.lock"));
        touches = new RingTouches(lock, () -> whenTouched.run(), nowNs::get);
    }

    @AfterEach
    void close() {
        touches.close();
    }

    private static boolean touch(Path file) {
        return file.toFile().setLastModified(System.currentTimeMillis());
    }

    /** As the watch thread asks, again and again. */
    private void awaitHearing(boolean all, Path... directories) {
        await().atMost(LIMIT).until(() -> {
            nowNs.addAndGet(1_000_000_000L);
            touches.hear(List.of(directories));
            return touches.hearsAll() == all;
        });
    }

    private void awaitTouch(Path file) {
        int before = touched.get();
        await().atMost(LIMIT).until(() -> {
            assertThat(touch(file)).isTrue();
            return touched.get() > before;
        });
    }

    @Test
    void aTouchOfAFileIsHeardOnceEventsAreKnownToCome() throws Exception {
        assertThat(touches.hearsAll()).isFalse();
        awaitHearing(true, channel);
        Path ring = Files.createFile(channel.resolve("a.ring"));
        int before = touched.get();
        assertThat(touch(ring)).isTrue();
        await().atMost(LIMIT).until(() -> touched.get() > before);
    }

    @Test
    void aDirectoryThatWasRemovedAndMadeAgainIsHeardAgain() throws Exception {
        Path user = Files.createDirectory(channel.resolve("1001"));
        awaitHearing(true, channel, user);
        Files.delete(user);
        awaitHearing(false, channel, user);
        Files.createDirectory(user);
        awaitHearing(true, channel, user);
        awaitTouch(Files.createFile(user.resolve("a.ring")));
    }

    @Test
    void aDirectoryThatWasMovedAwayAndMadeAgainIsHeardAgain() throws Exception {
        awaitHearing(true, channel);
        Path before = Files.move(channel, temp.resolve("moved"));
        Files.createDirectory(channel);
        nowNs.addAndGet(1_000_000_000L);
        touches.hear(List.of(channel));
        assertThat(touches.hearsAll()).as("another directory is heard").isFalse();
        awaitHearing(true, channel);
        awaitTouch(Files.createFile(channel.resolve("a.ring")));
        int heard = touched.get();
        assertThat(touch(before.resolve(lock.getFileName()))).isTrue();
        awaitTouch(channel.resolve("a.ring"));
        assertThat(touched.get()).isGreaterThan(heard);
    }

    @Test
    void whatIsNotWantedAnyMoreIsForgotten() throws Exception {
        Path user = Files.createDirectory(channel.resolve("1001"));
        Path ring = Files.createFile(user.resolve("a.ring"));
        awaitHearing(true, channel, user);
        awaitHearing(true, channel);
        assertThat(touch(ring)).isTrue();
        awaitTouch(Files.createFile(channel.resolve("b.ring")));
    }

    @Test
    void whereEventsComeNoMoreNothingIsHeard() throws Exception {
        awaitHearing(true, channel);
        Files.delete(lock); // so that its own touches make none
        awaitHearing(false, channel);
        Files.createFile(lock);
        awaitHearing(true, channel);
    }

    @Test
    void whatFailsWhileItListensEndsTheHearing() throws Exception {
        awaitHearing(true, channel);
        whenTouched = () -> {
            throw new OutOfMemoryError("of a listener");
        };
        assertThat(touch(lock)).isTrue();
        awaitHearing(false, channel);
        touches.hear(List.of(channel));
        assertThat(touches.hearsAll()).isFalse();
        assertThat(threads()).isEmpty();
    }

    @Test
    void afterItsEndNothingIsHeard() {
        awaitHearing(true, channel);
        touches.close();
        assertThat(touches.hearsAll()).isFalse();
        touches.hear(List.of(channel, temp));
        assertThat(touches.hearsAll()).isFalse();
        assertThat(threads()).isEmpty();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter("emberlog-touches"::equals)
                .toList();
    }
}
