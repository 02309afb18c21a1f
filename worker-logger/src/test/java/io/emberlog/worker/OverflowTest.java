package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.message.DropReason;
import io.emberlog.message.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full ring: who waits, who is dropped, who may use the reserved share, and that the books balance. */
class OverflowTest {
    @TempDir
    Path temp;

    private WorkerFixture worker(Overflow overflow) {
        WorkerFixture worker = new WorkerFixture(temp, overflow);
        worker.step(0);
        return worker;
    }

    @Test
    void fullRingDropsAndCountsByReasonAndLevel() {
        WorkerFixture worker = worker(Overflow.drop());
        int taken = worker.fill();
        assertThat(worker.log.info("{}", "x".repeat(1000))).isFalse();
        worker.drain(0);
        worker.step(250);

        assertThat(worker.log.metrics().appended()).isEqualTo(taken);
        assertThat(worker.log.metrics().dropped()).containsExactly(java.util.Map.entry(DropReason.RING_FULL, 2L));
        assertThat(RingContents.only(worker.directory).drops)
                .containsExactly(new RingContents.Dropped(DropReason.RING_FULL.code(), 9, 2, 2));
    }

    @Test
    void warnAndAboveMayUseTheReservedShare() {
        WorkerFixture worker = worker(Overflow.drop());
        worker.fill();

        int reserved = 0;
        while (worker.log.warn("{}", "x".repeat(1000))) {
            reserved++;
        }
        assertThat(reserved * 1000).isBetween(128 * 1024 / 8 * 3 / 4, 128 * 1024 / 8);
        assertThat(worker.dropped(DropReason.RING_FULL)).isEqualTo(2);
    }

    @Test
    void dropReportsTakeTheReservedShareOnlyNowAndThen() {
        WorkerFixture worker = worker(Overflow.drop());
        worker.fill();
        while (worker.log.info("")) {
            continue; // up to the last byte that is not reserved
        }
        int reports = 0;
        for (int round = 1; round <= 100; round++) {
            worker.log.info("{}", "x".repeat(1000));
            long tail = worker.ring(0).tail();
            worker.step(250L * round);
            reports += worker.ring(0).tail() > tail ? 1 : 0;
        }
        assertThat(reports).isBetween(1, 4);
    }

    @Test
    void blockWaitsUntilTheMasterMakesRoom() {
        WorkerFixture worker = worker(Overflow.block(Duration.ofSeconds(60)));
        for (int i = 0; i < 90; i++) {
            worker.log.info("{}", "x".repeat(1000));
        }
        AtomicReference<Boolean> result = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            boolean all = true;
            for (int i = 0; i < 100; i++) {
                all &= worker.log.info("{}", "y".repeat(1000));
            }
            result.set(all);
        });
        thread.start();
        await().until(() -> {
            if (thread.getState() == Thread.State.TIMED_WAITING) {
                worker.drain(0);
            }
            return result.get() != null;
        });
        assertThat(result.get()).isTrue();
        assertThat(worker.log.metrics().droppedTotal()).isZero();
        assertThat(worker.log.metrics().appended()).isEqualTo(190);
    }

    @Test
    void blockEndsAtItsDeadlineAndDoesNotSpendASequenceNumber() {
        WorkerFixture worker = worker(Overflow.block(Duration.ofMillis(5)));
        int taken = worker.fill();
        assertThat(worker.dropped(DropReason.BLOCK_TIMEOUT)).isEqualTo(1);

        worker.drain(0);
        assertThat(worker.log.info("room again")).isTrue();
        assertThat(RingContents.only(worker.directory).entries.get(0).sequence())
                .isEqualTo(taken + 1L);
    }

    @Test
    void interruptedThreadStillWaitsWithinBoundsAndKeepsItsFlag() {
        WorkerFixture worker = worker(Overflow.block(Duration.ofMillis(5)));
        Thread.currentThread().interrupt();
        try {
            worker.fill();
            assertThat(worker.dropped(DropReason.BLOCK_TIMEOUT)).isEqualTo(1);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void policyIsPerLevel() {
        Overflow policy = Overflow.parse("drop, warn=block:50ms, error=block:1s");
        assertThat(policy.blockNs(Level.INFO.severity())).isZero();
        assertThat(policy.blockNs(Level.WARN.severity())).isEqualTo(50_000_000);
        assertThat(policy.blockNs(Level.EMERGENCY.severity())).isEqualTo(1_000_000_000);
        assertThat(policy)
                .isEqualTo(Overflow.drop()
                        .from(Level.WARN, Overflow.block(Duration.ofMillis(50)))
                        .from(Level.ERROR, Overflow.block(Duration.ofSeconds(1))));
    }

    @Test
    void booksBalanceOverManyThreads() throws InterruptedException {
        WorkerFixture worker = worker(Overflow.drop());
        worker.worker.housekeeper().start();
        Thread[] threads = new Thread[8];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 2_000; i++) {
                    worker.log.info("{} {}", i, "x");
                }
            });
            threads[t].start();
        }
        await().until(() -> {
            worker.drain(0);
            return java.util.Arrays.stream(threads).noneMatch(Thread::isAlive);
        });
        WorkerMetrics metrics = worker.log.metrics();
        assertThat(metrics.appended() + metrics.droppedTotal()).isEqualTo(16_000);
    }
}
