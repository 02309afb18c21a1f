package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.DropReason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Explicit batches: all or nothing, in both modes, in their thread's order. */
class LogBatchTest {
    @TempDir
    Path temp;

    private WorkerFixture worker(boolean batching) {
        WorkerFixture worker =
                batching ? WorkerFixture.batching(temp, Overflow.drop()) : new WorkerFixture(temp, Overflow.drop());
        worker.step(0);
        return worker;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBatchIsOneRecordBetweenItsThreadsOthers(boolean batching) {
        WorkerFixture worker = worker(batching);
        worker.log.info("before");
        try (LogBatch batch = worker.log.logger("com.acme").batch()) {
            assertThat(batch.info("one {}", 1L)).isTrue();
            assertThat(batch.debug("disabled")).isFalse();
            assertThat(batch.warn("two {} {}", 2L, "b")).isTrue();
            assertThat(batch.at(io.emberlog.message.Level.ERROR).kv("k", 3).log("three"))
                    .isTrue();
            worker.log.info("meanwhile");
            assertThat(batch.size()).isEqualTo(3);
            assertThat(worker.log.metrics().appended()).isEqualTo(2);
            assertThat(batch.publish()).isTrue();
            assertThat(batch.size()).isZero();
        }
        worker.log.info("after");

        Salvaged all = Salvaged.of(worker.directory);
        assertThat(all.texts()).containsExactly("before", "meanwhile", "one 1", "two 2 b", "three", "after");
        assertThat(all.entries.subList(2, 5).stream()
                        .map(Salvaged.Entry::position)
                        .distinct())
                .as("one LOG_BATCH")
                .hasSize(1);
        assertThat(worker.log.metrics().appended()).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closedWithoutPublishItLeavesNoTrace(boolean batching) {
        WorkerFixture worker = worker(batching);
        try (LogBatch batch = worker.log.batch()) {
            batch.info("never");
        }
        assertThat(Salvaged.of(worker.directory).texts()).isEmpty();
        assertThat(worker.log.metrics().appended()).isZero();
        assertThat(worker.log.metrics().droppedTotal()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneThatIsTooLargeIsRefusedAtTheAddThatMakesItSoAndAsAWhole(boolean batching) {
        WorkerFixture worker = worker(batching);
        LogBatch batch = worker.log.batch();
        int added = 0;
        while (batch.info("{}", "x".repeat(1000))) {
            added++;
        }
        assertThat(added).isEqualTo(15);
        assertThat(worker.log.metrics().staged()).isZero();
        assertThat(batch.warn("would fit"))
                .as("not without the one that did not")
                .isFalse();
        assertThat(batch.publish()).isFalse();

        assertThat(Salvaged.of(worker.directory).texts()).isEmpty();
        assertThat(worker.log.metrics().dropped()).isEqualTo(Map.of(DropReason.REFUSED, added + 2L));
        assertThat(batch.info("anew")).isTrue();
        assertThat(batch.publish()).isTrue();
        assertThat(Salvaged.of(worker.directory).texts()).containsExactly("anew");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneThatFindsNoRoomIsCountedByLevelAndIsNotThereInPart(boolean batching) {
        WorkerFixture worker = worker(batching);
        worker.fill();
        int before = Salvaged.of(worker.directory).entries.size();
        LogBatch batch = worker.log.batch();
        for (int i = 0; i < 10; i++) {
            batch.info("{}", "x".repeat(1000));
        }
        assertThat(batch.publish()).isFalse();
        assertThat(Salvaged.of(worker.directory).entries).hasSize(before);
        assertThat(worker.dropped(DropReason.RING_FULL)).isEqualTo(1 + 10);
        batch.info("{}", "x".repeat(1000));
        batch.error("{}", "y".repeat(1000));
        assertThat(batch.publish()).as("as its highest severity").isTrue();
        assertThat(Salvaged.of(worker.directory).entries).hasSize(before + 2);
    }

    @Test
    void largerThanAStagingAreaItGoesIntoTheRingBehindWhatIsStaged() {
        WorkerFixture worker = worker(true);
        worker.log.info("staged");
        LogBatch batch = worker.log.batch();
        for (int i = 0; i < 12; i++) {
            batch.info("{}", "x".repeat(1000));
        }
        assertThat(batch.publish()).isTrue();
        List<String> texts = RingContents.only(worker.directory).messages();
        assertThat(texts).hasSize(13).startsWith("staged");
    }

    @Test
    void whatThrowsWhileItIsRenderedDoesNotSpoilIt() {
        WorkerFixture worker = worker(false);
        LogBatch batch = worker.log.batch();
        Object hostile = new Object() {
            @Override
            public String toString() {
                worker.log.info("logged from inside");
                throw new IllegalStateException("no");
            }
        };
        assertThat(batch.info("{}", hostile)).isTrue();
        assertThat(batch.info((String) null)).isTrue();
        assertThat(batch.publish()).isTrue();
        assertThat(Salvaged.of(worker.directory).texts())
                .containsExactly("logged from inside", "[FAILED toString(): java.lang.IllegalStateException]", "null");
    }

    /** Fails where a full heap or stack would: before a record has begun. */
    private static final class Failing extends Thread {
        private boolean fails;

        Failing(Runnable work) {
            super(work);
        }

        @Override
        public long getId() {
            if (fails) {
                throw new OutOfMemoryError("as if");
            }
            return super.getId();
        }
    }

    @Test
    void aRecordThatCouldNotEvenBeStartedRefusesItsBatch() throws InterruptedException {
        WorkerFixture worker = worker(false);
        LogBatch batch = worker.log.batch();
        boolean[] published = {true};
        Failing thread = new Failing(() -> {
            batch.info("one");
            ((Failing) Thread.currentThread()).fails = true;
            batch.at(io.emberlog.message.Level.INFO).log("two");
            ((Failing) Thread.currentThread()).fails = false;
            published[0] = batch.publish();
        });
        thread.start();
        thread.join();
        assertThat(published[0]).isFalse();
        assertThat(Salvaged.of(worker.directory).texts()).isEmpty();
    }

    @Test
    void closedOnesAndThoseOfAClosedLoggerAreCounted() {
        WorkerFixture worker = worker(false);
        LogBatch batch = worker.log.batch();
        batch.close();
        assertThat(batch.info("a")).isFalse();
        assertThat(batch.publish()).as("there is nothing in it").isTrue();
        LogBatch other = worker.log.batch();
        other.info("b");
        other.warn("c");
        worker.log.close();
        assertThat(other.publish()).isFalse();
        assertThat(worker.log.metrics().dropped()).isEqualTo(Map.of(DropReason.CLOSED, 3L));
    }

    @Test
    void aSealedRingMakesItRepeatTheWholeBatchUnderItsNumbers() {
        WorkerFixture worker = worker(false);
        worker.worker.start();
        ScriptedRing sealed = worker.ring(0);
        sealed.beforeOffer = (type, result) -> {
            ((MappedRing) sealed.real).file().seal();
            return result;
        };
        LogBatch batch = worker.log.batch();
        batch.info("one");
        batch.info("two");
        assertThat(batch.publish()).isTrue();
        assertThat(worker.log.info("three")).isTrue();
        assertThat(Salvaged.of(worker.directory).texts()).containsExactly("one", "two", "three");
        worker.worker.housekeeper().leave();
    }
}
