package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.message.DropReason;
import io.emberlog.ring.CrashRow;
import io.emberlog.ring.RingDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batched mode: what is staged and when it is published, in which order, and that nothing acknowledged is lost. */
class BatchingTest {
    @TempDir
    Path temp;

    private WorkerFixture worker() {
        return worker(Overflow.drop());
    }

    private WorkerFixture worker(Overflow overflow) {
        WorkerFixture worker = WorkerFixture.batching(temp, overflow);
        worker.step(0);
        return worker;
    }

    private static void fault() {
        throw new InternalError("a fault occurred in an unsafe memory access operation");
    }

    private List<String> left(WorkerFixture worker, String snapshot) {
        return Salvaged.of(worker.snapshot(temp.resolve(snapshot))).texts();
    }

    @Test
    void recordsWaitStagedAndAProcessThatDiesThenLeavesThemAll() {
        WorkerFixture worker = worker();
        long tail = worker.ring(0).tail();
        for (int i = 0; i < 10; i++) {
            assertThat(worker.log.info("{}", i)).isTrue();
        }
        assertThat(worker.ring(0).tail()).as("nothing in the ring yet").isEqualTo(tail);
        assertThat(worker.log.metrics().appended()).isEqualTo(10);
        assertThat(worker.log.metrics().staged()).isPositive();
        assertThat(left(worker, "dead")).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    }

    @Test
    void aBatchIsPublishedWhenTheNextRecordDoesNotFit() {
        WorkerFixture worker = worker();
        int calls = 0;
        long tail = worker.ring(0).tail();
        while (worker.ring(0).tail() == tail) {
            assertThat(worker.log.info("{}", "x".repeat(100) + calls++)).isTrue();
        }
        WorkerMetrics metrics = worker.log.metrics();
        assertThat(metrics.batches()).isEqualTo(1);
        assertThat(metrics.appended()).isEqualTo(calls);
        Salvaged all = Salvaged.of(worker.directory);
        assertThat(all.entries).hasSize(calls);
        assertThat(all.entries.stream().map(Salvaged.Entry::position).distinct())
                .hasSize(2);
    }

    @Test
    void theHousekeeperPublishesByTime() {
        WorkerFixture worker = worker();
        worker.log.info("one");
        worker.step(WorkerFixture.FLUSH_MS - 1);
        assertThat(worker.log.metrics().batches()).isZero();
        worker.step(WorkerFixture.FLUSH_MS);
        assertThat(worker.log.metrics().batches()).isEqualTo(1);
        assertThat(worker.log.metrics().staged()).isZero();
        assertThat(RingContents.only(worker.directory).messages()).containsExactly("one");
        assertThat(worker.log.metrics().bytes())
                .as("as it stands in the ring")
                .isEqualTo(worker.log.metrics().largestRecord());
    }

    @Test
    void aRecordLargerThanTheAreaGoesIntoTheRingBehindWhatWasStaged() {
        WorkerFixture worker = worker();
        worker.log.info("before");
        String large = "y".repeat(4000);
        assertThat(worker.log
                        .atInfo()
                        .kv("a", large)
                        .kv("b", large)
                        .kv("c", large)
                        .log("large"))
                .isTrue();
        worker.log.info("after");

        assertThat(RingContents.only(worker.directory).messages()).containsExactly("before", "large");
        assertThat(left(worker, "dead")).containsExactly("before", "large", "after");
    }

    @Test
    void flushPublishesWhatEveryThreadStagedAndWaitsUntilItIsJournaled() throws InterruptedException {
        WorkerFixture worker = worker();
        for (int t = 0; t < 3; t++) {
            int thread = t;
            Thread other = new Thread(() -> worker.log.info("{}", thread));
            other.start();
            other.join();
        }
        AtomicReference<Boolean> result = new AtomicReference<>();
        Thread flusher = new Thread(() -> result.set(worker.log.flush(Duration.ofSeconds(60))));
        flusher.start();
        await().until(() -> flusher.getState() == Thread.State.TIMED_WAITING);
        assertThat(RingContents.only(worker.directory).messages()).containsExactlyInAnyOrder("0", "1", "2");
        assertThat(result.get()).isNull();
        worker.drain(0);
        await().until(() -> result.get() != null);
        assertThat(result.get()).isTrue();
    }

    @Test
    void flushIsNotTrueWhileSomeOfItIsStagedInASealedRing() {
        WorkerFixture worker = worker();
        worker.log.info("staged");
        worker.ring(0).condemned = true;
        worker.step(250);
        assertThat(worker.rings).hasSize(2);
        worker.drain(0);
        worker.drain(1);
        assertThat(worker.log.flush(Duration.ZERO))
                .as("the master has drained all that the rings hold, and has not salvaged")
                .isFalse();
        ((MappedRing) worker.ring(0).real).file().header().salvaged();
        assertThat(worker.log.flush(Duration.ZERO)).isTrue();
    }

    @Test
    void goodbyePublishesWhatIsStaged() {
        WorkerFixture worker = worker();
        worker.worker.start();
        worker.log.info("last words");
        worker.worker.housekeeper().leave();
        RingContents ring = RingContents.only(worker.directory);
        assertThat(ring.messages()).containsExactly("last words");
        assertThat(ring.heartbeats).endsWith(true);
    }

    @Test
    void aFullRingKeepsWhatIsStagedAndDropsOnlyWhatFindsNoRoomThere() {
        WorkerFixture worker = worker();
        int taken = worker.fill();
        assertThat(worker.dropped(DropReason.RING_FULL)).isEqualTo(1);
        assertThat(worker.log.metrics().staged()).isPositive();
        worker.step(WorkerFixture.FLUSH_MS);
        assertThat(left(worker, "full")).hasSize(taken);

        worker.drain(0);
        assertThat(worker.log.info("room again")).isTrue();
        worker.step(2 * WorkerFixture.FLUSH_MS);
        List<String> rest = Salvaged.of(worker.directory).texts();
        assertThat(rest).hasSizeGreaterThan(1).endsWith("room again");
        assertThat(worker.log.metrics().appended()).isEqualTo(taken + 1L);
    }

    @Test
    void aBatchMayUseTheReserveWhenOneOfItsRecordsMay() {
        WorkerFixture worker = worker();
        worker.fill();
        long tail = worker.ring(0).tail();
        assertThat(worker.log.info("{}", "x".repeat(1000))).isFalse();
        assertThat(worker.ring(0).tail()).isEqualTo(tail);
        assertThat(worker.log.warn("{}", "x".repeat(1000)))
                .as("INFO is staged in front of it, and makes room by the share kept for this one")
                .isTrue();
        assertThat(worker.ring(0).tail()).isGreaterThan(tail);
    }

    @Test
    void blockWaitsForTheMasterToMakeRoomForTheBatch() {
        WorkerFixture worker = worker(Overflow.block(Duration.ofSeconds(60)));
        AtomicReference<Boolean> result = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            boolean all = true;
            for (int i = 0; i < 300; i++) {
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
        assertThat(worker.log.metrics().appended()).isEqualTo(300);
    }

    @Test
    void aThreadThatFindsItsSlotOwnedWaitsAndKeepsItsOrder() throws Exception {
        WorkerFixture worker = worker();
        CountDownLatch inside = new CountDownLatch(1);
        AtomicBoolean goOn = new AtomicBoolean();
        worker.log.info("first");
        Thread publisher = new Thread(() -> worker.step(WorkerFixture.FLUSH_MS));
        worker.ring(0).beforePublish = (type, result) -> {
            inside.countDown();
            await().until(goOn::get);
            return result;
        };
        publisher.start();
        inside.await();
        AtomicReference<Boolean> second = new AtomicReference<>();
        Thread me = Thread.currentThread();
        Thread watcher = new Thread(() -> {
            await().until(() -> me.getState() == Thread.State.TIMED_WAITING || second.get() != null);
            goOn.set(true);
        });
        watcher.start();
        second.set(worker.log.info("second"));
        watcher.join();
        publisher.join();

        assertThat(second.get()).isTrue();
        Salvaged all = Salvaged.of(worker.directory);
        assertThat(all.texts()).containsExactly("first", "second");
        assertThat(all.entries.stream().map(Salvaged.Entry::slot).distinct())
                .as("one slot a thread, or its order would be lost")
                .hasSize(1);
    }

    @Test
    @CrashRow("W3")
    void whatIsStagedInARingThatGoesComesOutInFrontOfItsSuccessor() {
        WorkerFixture worker = worker();
        worker.log.info("one");
        worker.log.info("two");
        worker.ring(0).condemned = true;
        worker.ring(0).beforeClose = () -> {
            worker.log.info("three");
            assertThat(left(worker, "dead")).containsExactly("one", "two", "three");
        };
        worker.step(250);
        worker.log.info("four");

        assertThat(left(worker, "later")).containsExactly("one", "two", "three", "four");
        assertThat(RingContents.all(worker.directory).get(0).file.header().state())
                .isEqualTo(RingDescriptor.STATE_SEALED);
    }

    @Test
    @CrashRow({"W6", "W7"})
    void aRecordStagedInARingThatTheMasterHasSealedIsRepeatedUnderItsNumber() {
        WorkerFixture worker = worker();
        worker.worker.start();
        await().until(() -> worker.worker.flush(Duration.ZERO) || worker.rings.size() > 0);
        int before = worker.rings.size();
        ScriptedRing sealed = worker.ring(before - 1);
        worker.log.info("one");
        List<List<String>> atDeath = new ArrayList<>();
        sealed.beforeStage = (type, result) -> {
            ((MappedRing) sealed.real).file().seal();
            return result;
        };
        sealed.afterStage = (type, result) -> {
            atDeath.add(left(worker, "committed"));
            return result;
        };
        assertThat(worker.log.info("two")).isTrue();
        assertThat(worker.log.info("three")).isTrue();

        assertThat(atDeath.get(0)).containsExactly("one", "two");
        assertThat(left(worker, "repeated")).containsExactly("one", "two", "three");
        assertThat(RingContents.all(worker.directory).get(before).messages())
                .as("a batch of its own: what follows must not hide behind a double")
                .containsExactly("two");
        worker.worker.housekeeper().leave();
    }

    @Test
    void nothingIsStagedBehindABatchWhosePublishingMetASeal() {
        WorkerFixture worker = worker();
        worker.log.info("one");
        worker.ring(0).beforePublish = (type, result) -> {
            ((MappedRing) worker.ring(0).real).file().seal();
            return result;
        };
        assertThat(worker.log.flush(Duration.ZERO)).isFalse();
        List<String> stagedLate = new ArrayList<>();
        worker.ring(0).beforeStage = (type, result) -> {
            stagedLate.add("in a ring where the batch in front of it may be, too: an overlap that salvage refuses");
            return result;
        };
        worker.worker.start();
        assertThat(worker.log.info("two")).isTrue();
        worker.worker.housekeeper().leave();

        assertThat(stagedLate).isEmpty();
        assertThat(Salvaged.of(worker.directory).texts()).containsExactly("one", "two");
    }

    @Test
    void aPublishingThatFailsLosesAndDoublesNothingWhereverItFails() {
        for (boolean committed : new boolean[] {false, true}) {
            WorkerFixture worker = WorkerFixture.batching(temp.resolve("committed" + committed), Overflow.drop());
            worker.step(0);
            int acknowledged = 0;
            if (committed) {
                worker.ring(0).afterPublish = (type, result) -> {
                    fault();
                    return result;
                };
            } else {
                worker.ring(0).beforePublish = (type, result) -> {
                    fault();
                    return result;
                };
            }
            while (worker.log.info("{}", "x".repeat(500) + acknowledged)) {
                acknowledged++;
            }
            assertThat(worker.dropped(DropReason.FAILED)).isEqualTo(1);
            assertThat(worker.ring(0).condemned).isTrue();
            worker.step(250);
            assertThat(worker.log.info("after")).isTrue();

            List<String> all = Salvaged.of(worker.directory).texts();
            assertThat(all).hasSize(acknowledged + 1).doesNotHaveDuplicates().endsWith("after");
        }
    }

    @Test
    void aStagingThatFailsSpendsItsNumber() {
        for (boolean committed : new boolean[] {false, true}) {
            WorkerFixture worker = WorkerFixture.batching(temp.resolve("staged" + committed), Overflow.drop());
            worker.step(0);
            worker.log.info("one");
            if (committed) {
                worker.ring(0).afterStage = (type, result) -> {
                    fault();
                    return result;
                };
            } else {
                worker.ring(0).beforeStage = (type, result) -> {
                    fault();
                    return result;
                };
            }
            assertThat(worker.log.info("who knows")).isFalse();
            worker.step(250);
            worker.log.info("after");

            List<String> all = Salvaged.of(worker.directory).texts();
            assertThat(all).isEqualTo(committed ? List.of("one", "who knows", "after") : List.of("one", "after"));
        }
    }

    @Test
    void aRingThatCannotBeReplacedKeepsWhatIsStagedAndTheBooksBalance() {
        WorkerFixture worker = worker();
        worker.log.info("one");
        worker.failCreation = new java.io.IOException("No space left on device");
        worker.ring(0).condemned = true;
        worker.step(250);
        assertThat(worker.log.info("two")).isFalse();
        worker.failCreation = null;
        worker.step(20_000);
        assertThat(worker.log.info("three")).isTrue();

        assertThat(Salvaged.of(worker.directory).texts()).containsExactly("one", "three");
        assertThat(worker.log.metrics().dropped()).isEqualTo(java.util.Map.of(DropReason.NO_RING, 1L));
    }

    @Test
    void manyThreadsKeepTheirOrderAndTheBooksBalance() throws InterruptedException {
        WorkerFixture worker = worker();
        int threads = 70; // more than there are slots
        Thread[] all = new Thread[threads];
        for (int t = 0; t < threads; t++) {
            int thread = t;
            all[t] = new Thread(() -> {
                for (int i = 0; i < 20; i++) {
                    worker.log.info("{}/{}", thread, i);
                }
            });
        }
        for (Thread thread : all) {
            thread.start();
        }
        for (Thread thread : all) {
            thread.join();
        }
        WorkerMetrics metrics = worker.log.metrics();
        assertThat(metrics.appended() + metrics.droppedTotal()).isEqualTo(threads * 20L);
        int[] next = new int[threads];
        for (String text : Salvaged.of(worker.directory).texts()) {
            int thread = Integer.parseInt(text.substring(0, text.indexOf('/')));
            int number = Integer.parseInt(text.substring(text.indexOf('/') + 1));
            assertThat(number).as("thread %d", thread).isGreaterThanOrEqualTo(next[thread]);
            next[thread] = number + 1;
        }
        assertThat(Salvaged.of(worker.directory).entries).hasSize((int) metrics.appended());
    }
}
