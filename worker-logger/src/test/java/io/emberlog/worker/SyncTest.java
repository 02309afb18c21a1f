package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.ring.RingHeader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker asks the master to force to its device, and when it says that this has happened. */
class SyncTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final long INTERVAL_MS = WorkerFixture.SYNC_INTERVAL.toMillis();

    @TempDir
    private Path directory;

    private WorkerFixture fixture;

    @BeforeEach
    void open() {
        fixture = new WorkerFixture(directory);
        fixture.step(0);
    }

    private RingHeader header(int index) {
        return ((MappedRing) fixture.ring(index).real).file().header();
    }

    @Test
    void syncAsksForAllThatWasLoggedAndReturnsWhenTheMasterSaysSo() throws Exception {
        assertThat(fixture.log.info("one")).isTrue();
        long tail = fixture.ring(0).tail();
        assertThat(header(0).syncRequest()).isZero();

        CompletableFuture<Boolean> synced = CompletableFuture.supplyAsync(() -> fixture.log.sync(LONG));
        awaitRequest(tail);
        header(0).syncedPosition(tail - 8);
        fixture.drain(0); // journaled is not enough
        assertThat(fixture.log.flush(LONG)).isTrue();
        assertThat(fixture.log.sync(Duration.ZERO)).isFalse();
        assertNotYet(synced);

        header(0).syncedPosition(tail);
        assertThat(synced.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(fixture.log.info("two")).isTrue();
        assertThat(fixture.log.sync(null)).isFalse();
        assertThat(header(0).syncRequest()).isEqualTo(fixture.ring(0).tail());
    }

    @Test
    void aRequestIsNotTakenBackByASmallerOne() {
        RingHeader header = header(0);
        header.requestSync(64);
        header.requestSync(32);
        assertThat(header.syncRequest()).isEqualTo(64);
        header.requestSync(72);
        assertThat(header.syncRequest()).isEqualTo(72);
    }

    @Test
    void aRingIsSyncedOnlyWhenThoseBeforeItAre() {
        assertThat(fixture.log.info("in the first ring")).isTrue();
        fixture.ring(0).condemned = true;
        fixture.step(10);
        assertThat(fixture.log.info("in the second")).isTrue();
        fixture.drain(0);
        fixture.drain(1);
        assertThat(fixture.log.flush(LONG)).isTrue();

        header(1).syncedPosition(fixture.ring(1).tail());
        assertThat(fixture.log.sync(Duration.ZERO)).isFalse();
        header(0).salvaged(); // which the master says only of what it has forced
        assertThat(fixture.log.sync(LONG)).isTrue();
    }

    @Test
    void theHousekeeperAsksAtThePaceThatWasSet() {
        assertThat(fixture.log.info("one")).isTrue();
        fixture.step(INTERVAL_MS - 1);
        assertThat(header(0).syncRequest()).isZero();
        fixture.step(INTERVAL_MS);
        long first = fixture.ring(0).tail();
        assertThat(header(0).syncRequest()).isEqualTo(first);

        assertThat(fixture.log.info("two")).isTrue();
        fixture.step(2 * INTERVAL_MS - 1);
        assertThat(header(0).syncRequest()).isEqualTo(first);
        fixture.step(2 * INTERVAL_MS);
        assertThat(header(0).syncRequest()).isEqualTo(fixture.ring(0).tail());
    }

    @Test
    void anInterruptedThreadStopsWaitingAndKeepsItsFlag() {
        assertThat(fixture.log.info("one")).isTrue();
        AtomicBoolean flag = new AtomicBoolean();
        CompletableFuture<Boolean> synced = CompletableFuture.supplyAsync(() -> {
            Thread.currentThread().interrupt();
            boolean result = fixture.log.sync(LONG);
            flag.set(Thread.interrupted());
            return result;
        });
        assertThat(synced.join()).isFalse();
        assertThat(flag).isTrue();
    }

    private void awaitRequest(long position) {
        long start = System.nanoTime();
        while (header(0).syncRequest() != position) {
            assertThat(System.nanoTime() - start).isLessThan(LONG.toNanos());
            LockSupport.parkNanos(100_000);
        }
    }

    /** Gives it a moment in which it would return if it did not wait. */
    private static void assertNotYet(CompletableFuture<Boolean> synced) throws Exception {
        try {
            assertThat(synced.get(20, TimeUnit.MILLISECONDS))
                    .as("returned early")
                    .isNull();
        } catch (TimeoutException expected) {
            assertThat(synced).isNotDone();
        }
    }
}
