package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.message.DropReason;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.ring.CrashRow;
import io.emberlog.ring.Ring;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rings that fail, rings that the master seals, and what a death in the middle of replacing one leaves behind. */
class RetirementTest {
    @TempDir
    Path temp;

    private WorkerFixture worker() {
        WorkerFixture worker = new WorkerFixture(temp);
        worker.step(0);
        return worker;
    }

    private static int logOnly(int type, Runnable fault) {
        if (type == MessageDescriptor.TYPE_LOG_BATCH) {
            fault.run();
        }
        return Ring.RINGED;
    }

    private static void fault() {
        throw new InternalError("a fault occurred in an unsafe memory access operation");
    }

    @Test
    @CrashRow("W1")
    void failedWriteIsNotAcknowledgedAndItsNumberIsSpent() {
        WorkerFixture worker = worker();
        assertThat(worker.log.info("before")).isTrue();
        worker.ring(0).afterOffer = (type, result) -> logOnly(type, RetirementTest::fault);
        assertThat(worker.log.info("committed, but who knows")).isFalse();
        worker.ring(0).afterOffer = ScriptedRing.Step.NONE;
        worker.ring(0).beforeOffer = (type, result) -> logOnly(type, RetirementTest::fault);
        assertThat(worker.log.info("never committed")).isFalse();
        worker.ring(0).beforeOffer = ScriptedRing.Step.NONE;
        assertThat(worker.log.info("after")).isTrue();

        RingContents left = RingContents.only(worker.snapshot(temp.resolve("dead")));
        assertThat(left.file.header().state()).isEqualTo(RingDescriptor.STATE_OPEN);
        assertThat(left.messages()).containsExactly("before", "committed, but who knows", "after");
        assertThat(left.entries.stream().map(RingContents.Entry::sequence)).containsExactly(1L, 2L, 4L);
        assertThat(worker.dropped(DropReason.FAILED)).isEqualTo(2);
    }

    @Test
    void aRingWhoseFileWasRemovedIsLeftForANewOneOnceOneCanBeMade() throws Exception {
        WorkerFixture worker = worker();
        assertThat(worker.log.info("before")).isTrue();
        RingFile removed = ((MappedRing) worker.ring(0).real).file();
        Files.delete(worker.path(0));
        worker.failCreation = new IOException("no room");
        worker.step(1_000);
        worker.step(2_000);
        assertThat(worker.log.info("in the removed one, which a running master still reads"))
                .isTrue();
        assertThat(worker.rings).hasSize(1);

        worker.failCreation = null;
        worker.step(2_000 + 16_000); // RETRY_NS is over
        assertThat(worker.rings).hasSize(2);
        assertThat(worker.log.info("after")).isTrue();
        assertThat(removed.header().state()).isEqualTo(RingDescriptor.STATE_SEALED);
        RingContents left = RingContents.only(worker.snapshot(temp.resolve("left")));
        assertThat(left.messages()).containsExactly("after");
        assertThat(left.file.header().predecessor())
                .isEqualTo(removed.identity().ringUuid());
    }

    @Test
    void aWorkerThatNobodyHasOpenMakesNoNewFilesWhereItsOwnWereRemoved() throws Exception {
        WorkerFixture worker = worker();
        worker.log.close();
        worker.log.close();
        Files.delete(worker.path(0));
        for (int second = 1; second < 5; second++) {
            worker.step(1_000L * second);
        }
        assertThat(worker.rings).hasSize(1);
    }

    @Test
    void aRingWhoseWholeDirectoryWasRemovedIsLeftForOneInANewDirectory() throws Exception {
        WorkerFixture worker = worker();
        try (var files = Files.list(worker.directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(worker.directory);
        worker.step(1_000);
        worker.step(1_999);
        assertThat(worker.rings).as("missed only once so far").hasSize(1);
        worker.step(2_000);
        assertThat(worker.rings).hasSize(2);
        assertThat(worker.path(1)).exists();
        worker.step(10_000);
        assertThat(worker.rings).as("the new one is in its place").hasSize(2);
    }

    @Test
    @CrashRow("W2")
    void successorNamesItsPredecessorBeforeItTakesAnything() {
        WorkerFixture worker = worker();
        worker.log.info("before");
        worker.ring(0).condemned = true;
        worker.onCreate = ring -> worker.snapshot(temp.resolve("dead"));
        worker.step(250);

        List<RingContents> left = RingContents.all(temp.resolve("dead"));
        assertThat(left).hasSize(2);
        assertThat(left.get(0).messages()).containsExactly("before");
        assertThat(left.get(0).file.header().state()).isEqualTo(RingDescriptor.STATE_OPEN);
        assertThat(left.get(1).entries).isEmpty();
        assertThat(left.get(1).file.header().predecessor())
                .isEqualTo(left.get(0).file.identity().ringUuid());
    }

    @Test
    @CrashRow("W3")
    void recordsGoToTheSuccessorBeforeThePredecessorIsSealed() {
        WorkerFixture worker = worker();
        worker.log.info("first");
        worker.ring(0).condemned = true;
        worker.ring(0).beforeClose = () -> {
            worker.log.info("second");
            worker.snapshot(temp.resolve("dead"));
        };
        worker.step(250);

        List<RingContents> left = RingContents.all(temp.resolve("dead"));
        assertThat(left.get(0).file.header().state()).isEqualTo(RingDescriptor.STATE_OPEN);
        assertThat(left.get(0).messages()).containsExactly("first");
        assertThat(left.get(1).messages()).containsExactly("second");
        assertThat(left.get(1).entries.get(0).sequence())
                .as("numbers of a slot go on across rings")
                .isEqualTo(2);
    }

    @Test
    @CrashRow("W4")
    void closedTailTellsWhereTheRingEndsBeforeItIsSealed() {
        WorkerFixture worker = worker();
        worker.log.info("first");
        long tail = worker.ring(0).tail();
        worker.ring(0).condemned = true;
        worker.ring(0).afterClose = () -> worker.snapshot(temp.resolve("dead"));
        worker.step(250);

        List<RingContents> left = RingContents.all(temp.resolve("dead"));
        assertThat(left.get(0).file.header().state()).isEqualTo(RingDescriptor.STATE_OPEN);
        assertThat(left.get(0).file.tail()).isEqualTo(tail);
        assertThat(left.get(0).messages()).containsExactly("first");
        assertThat(left.get(1).file.header().state()).isEqualTo(RingDescriptor.STATE_OPEN);
    }

    @Test
    void callInFlightFinishesInTheOldRingBeforeThatIsSealed() {
        WorkerFixture worker = worker();
        Semaphore committed = new Semaphore(0);
        Semaphore mayReturn = new Semaphore(0);
        worker.ring(0).afterOffer = (type, result) -> {
            committed.release();
            mayReturn.acquireUninterruptibly();
            return result;
        };
        AtomicReference<Boolean> result = new AtomicReference<>();
        Thread thread = new Thread(() -> result.set(worker.log.info("in flight")));
        thread.start();
        committed.acquireUninterruptibly();
        worker.ring(0).condemned = true;
        worker.ring(0).afterClose = mayReturn::release;
        AtomicReference<Boolean> atSeal = new AtomicReference<>();
        worker.ring(0).beforeSeal = () -> {
            await().until(() -> !thread.isAlive());
            atSeal.set(result.get());
        };
        worker.step(250);

        assertThat(atSeal.get()).isTrue();
        assertThat(RingContents.all(worker.directory).get(0).messages()).containsExactly("in flight");
        assertThat(RingContents.all(worker.directory).get(1).entries).isEmpty();
    }

    @Test
    @CrashRow("W5")
    void predecessorIsSealedWithItsRealTail() {
        WorkerFixture worker = worker();
        worker.log.info("first");
        long tail = worker.ring(0).tail();
        worker.ring(0).condemned = true;
        worker.ring(0).afterSeal = () -> worker.snapshot(temp.resolve("dead"));
        worker.step(250);

        List<RingContents> left = RingContents.all(temp.resolve("dead"));
        assertThat(left.get(0).file.header().state()).isEqualTo(RingDescriptor.STATE_SEALED);
        assertThat(left.get(0).file.header().realTail()).isEqualTo(tail);
        assertThat(left.get(0).messages()).containsExactly("first");
        assertThat(left.get(1).file.header().state()).isEqualTo(RingDescriptor.STATE_OPEN);
    }

    @Test
    @CrashRow({"W6", "W7"})
    void recordThatMeetsASealedRingIsRepeatedUnderItsNumber() {
        WorkerFixture worker = worker();
        worker.log.info("before");
        AtomicBoolean second = new AtomicBoolean();
        worker.onCreate = ring -> {
            ring.afterOffer = (type, result) -> {
                if (type == MessageDescriptor.TYPE_LOG_BATCH && !second.getAndSet(true)) {
                    worker.snapshot(temp.resolve("dead-before-return"));
                }
                return result;
            };
        };
        worker.ring(0).afterOffer = (type, result) -> {
            if (type != MessageDescriptor.TYPE_LOG_BATCH) {
                return result;
            }
            sealAsMaster(worker.path(0));
            worker.snapshot(temp.resolve("dead-before-repeat"));
            Thread housekeeper = new Thread(() -> worker.step(250));
            housekeeper.start();
            await().until(() -> !housekeeper.isAlive());
            return Ring.SEALED;
        };

        assertThat(worker.log.info("repeated")).isTrue();

        RingContents once = RingContents.only(temp.resolve("dead-before-repeat"));
        assertThat(once.messages()).containsExactly("before", "repeated");
        List<RingContents> twice = RingContents.all(temp.resolve("dead-before-return"));
        RingContents.Entry there = twice.get(0).entries.get(1);
        RingContents.Entry again = twice.get(1).entries.get(0);
        assertThat(again.message()).isEqualTo("repeated").isEqualTo(there.message());
        assertThat(again.slot()).isEqualTo(there.slot());
        assertThat(again.sequence()).isEqualTo(there.sequence());
        assertThat(worker.log.metrics().droppedTotal()).isZero();
    }

    private static void sealAsMaster(Path ring) {
        try {
            RingFile.open(ring).seal();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void lateFailureInAnOldRingDoesNotHideOneInTheNewRing() {
        WorkerFixture worker = worker();
        worker.ring(0).condemned = true;
        worker.step(250);
        worker.ring(1).beforeOffer = (type, result) -> logOnly(type, RetirementTest::fault);
        assertThat(worker.log.info("fails in the second")).isFalse();
        worker.ring(0).condemned = true;
        worker.step(500);
        assertThat(worker.rings).hasSize(3);
    }

    @Test
    void ringSealedWhileTheWorkerIsIdleIsReplacedInTheNextRound() {
        WorkerFixture worker = worker();
        worker.log.info("first");
        sealAsMaster(worker.path(0));
        worker.step(250);

        assertThat(worker.log.info("second")).isTrue();
        List<RingContents> rings = RingContents.all(worker.directory);
        assertThat(rings.get(0).messages()).containsExactly("first");
        assertThat(rings.get(1).messages()).containsExactly("second");
        assertThat(rings.get(1).heartbeats).containsExactly(false);
    }

    /** The housekeeper has said goodbye: who waits for what it will not make holds up the end of the process. */
    @Test
    void nobodyWaitsForASuccessorThatWillNotBeMade() {
        AtomicInteger waits = new AtomicInteger();
        Pauses pauses = new Pauses() {
            private long nowNs;

            @Override
            public long nanoTime() {
                return nowNs += 100_000_000;
            }

            @Override
            public void idle(int attempt) {
                waits.incrementAndGet();
            }
        };
        WorkerFixture worker = worker();
        RingChain chain = new RingChain((predecessor, now) -> worker.ring(0), new EpochClock(), why -> {}, pauses);
        chain.maintain(0, new SlotTable());
        WorkerRing ring = chain.current();
        assertThat(chain.awaitSuccessor(ring)).isNull();
        assertThat(waits.getAndSet(0)).isPositive();
        chain.end();
        assertThat(chain.awaitSuccessor(ring)).isNull();
        assertThat(waits).hasValue(0);
    }

    @Test
    void sealedRingWithoutASuccessorInTimeDropsTheRecordAndSpendsItsNumber() {
        WorkerFixture worker = worker();
        worker.log.info("first");
        sealAsMaster(worker.path(0));

        assertThat(worker.log.info("nobody makes a successor")).isFalse();
        assertThat(worker.dropped(DropReason.RETIRING)).isEqualTo(1);

        worker.step(250);
        assertThat(worker.log.info("second")).isTrue();
        assertThat(RingContents.all(worker.directory).get(1).entries.get(0).sequence())
                .isEqualTo(3);
    }

    /** The end of a stack, say: the first write may have been committed, and its number is not to be the next record's. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @CrashRow({"W6", "W7"})
    void waitingForASuccessorThatThrowsSpendsTheNumberOfWhatTheSealedRingMayHold(boolean batching) {
        Path channel = temp.resolve("channel");
        RingSpec spec = new RingSpec(1 << 17, batching ? 8 * 1024 : 0, false);
        WorkerRing.Creator creator = MappedRing.creator(channel, spec, RingChecks.OFF, "test", null);
        List<ScriptedRing> rings = new ArrayList<>();
        Pauses ending = new Pauses() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void idle(int attempt) {
                throw new StackOverflowError();
            }
        };
        SlotTable slots = new SlotTable();
        RingChain chain = new RingChain(
                (predecessor, now) -> {
                    rings.add(new ScriptedRing(creator.create(predecessor, now)));
                    return rings.get(rings.size() - 1);
                },
                new EpochClock(),
                why -> {},
                ending);
        RingWriter writer = new RingWriter(chain, slots, new DropCounters(), batching);
        chain.maintain(0, slots);
        assertThat(writer.write(record("before"), 9, Overflow.drop())).isNull();
        ScriptedRing.Step sealed = (type, result) -> {
            ((MappedRing) rings.get(0).real).file().seal();
            return Ring.SEALED;
        };
        rings.get(0).afterOffer = sealed;
        rings.get(0).afterStage = sealed;
        assertThat(writer.write(record("committed, but who knows"), 9, Overflow.drop()))
                .isEqualTo(DropReason.FAILED);
        chain.maintain(250_000_000, slots);
        assertThat(writer.write(record("acknowledged"), 9, Overflow.drop())).isNull();

        assertThat(rings).hasSize(2);
        assertThat(Salvaged.of(channel).texts()).containsExactly("before", "committed, but who knows", "acknowledged");
    }

    private static Encoded record(String text) {
        Scratch scratch = new ScratchPool(8 * 1024, 4 * 1024).acquire();
        scratch.begin(1, null, Level.INFO, text);
        scratch.batch.endEntry();
        return scratch;
    }

    @Test
    void anInterruptOfTheThreadThatMakesARingCostsNeitherTheRingNorARecord() {
        WorkerFixture worker = new WorkerFixture(temp);
        Thread.currentThread().interrupt();
        worker.step(0);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(worker.log.info("in the first")).isTrue();
        worker.ring(0).condemned = true;
        Thread.currentThread().interrupt();
        worker.step(250);
        assertThat(worker.log.info("in the second")).isTrue();
        assertThat(worker.rings).hasSize(2);
    }

    @Test
    void ringsThatKeepFailingEndInTheFallbackAndComeBackLater() {
        WorkerFixture worker = worker();
        worker.onCreate = ring -> ring.beforeOffer = (type, result) -> logOnly(type, RetirementTest::fault);
        worker.ring(0).beforeOffer = (type, result) -> logOnly(type, RetirementTest::fault);
        for (int round = 1; round <= 10; round++) {
            assertThat(worker.log.info("round")).isFalse();
            worker.step(250L * round);
        }
        assertThat(worker.rings).hasSize(RingChain.BUDGET);
        assertThat(worker.dropped(DropReason.FAILED)).isEqualTo(RingChain.BUDGET);
        assertThat(worker.dropped(DropReason.NO_RING)).isEqualTo(10 - RingChain.BUDGET);

        worker.onCreate = ring -> {};
        worker.step(61_000);
        assertThat(worker.log.info("back")).isTrue();
        worker.step(61_250);
        RingContents last = RingContents.of(worker.path(RingChain.BUDGET));
        assertThat(last.messages()).containsExactly("back");
        assertThat(last.drops)
                .as("what found no ring is reported in the next one")
                .contains(new RingContents.Dropped(DropReason.NO_RING.code(), 9, 6, 6));
        assertThat(last.file.header().predecessor())
                .isEqualTo(worker.ring(RingChain.BUDGET - 1).uuid());
    }

    @Test
    void stackOverflowInTheMiddleOfLoggingLosesNothingThatWasAcknowledged() {
        WorkerFixture worker = new WorkerFixture(temp, Overflow.drop(), 1 << 23);
        worker.step(0);
        worker.worker.housekeeper().start();
        int[] acknowledged = new int[1];
        Thread thread = new Thread(null, () -> recurse(worker.log, acknowledged), "deep", 512 * 1024);
        thread.start();
        await().until(() -> !thread.isAlive());
        await().until(() -> worker.log.info("still here"));
        assertThat(acknowledged[0]).isPositive();
        assertThat(worker.rings).as("one overflow costs one ring at most").hasSizeLessThan(3);
        List<String> deep = RingContents.all(worker.directory).stream()
                .flatMap(ring -> ring.entries.stream())
                .filter(entry -> entry.template().equals("deep {}"))
                .map(RingContents.Entry::message)
                .toList();
        for (int i = 0; i < acknowledged[0]; i++) {
            assertThat(deep).contains("deep " + i);
        }
    }

    private static void recurse(WorkerLogger log, int[] acknowledged) {
        try {
            if (log.info("deep {}", acknowledged[0])) {
                acknowledged[0]++;
            }
            recurse(log, acknowledged);
        } catch (StackOverflowError end) {
            return;
        }
    }
}
