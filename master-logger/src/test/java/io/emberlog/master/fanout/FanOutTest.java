package io.emberlog.master.fanout;

import static io.emberlog.master.fanout.TestJournal.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.emberlog.handler.Handler;
import io.emberlog.handler.HandlerMetrics.Counter;
import io.emberlog.handler.LogRecord;
import io.emberlog.handler.RecordRejectedException;
import io.emberlog.master.SmallDisk;
import io.emberlog.master.config.IdleMode;
import io.emberlog.message.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.agrona.concurrent.SystemEpochNanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class FanOutTest {
    private static final Duration PLENTY = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<String> reports = new CopyOnWriteArrayList<>();
    private final List<FanOut> started = new ArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private TestJournal journal;
    private FanOut fanOut;
    private IdleMode idle = IdleMode.BACKOFF;

    @BeforeEach
    void openJournal() throws Exception {
        journal = new TestJournal(directory.resolve("journal"));
    }

    @AfterEach
    void stop() {
        release.countDown();
        started.forEach(each -> each.stop(Duration.ZERO));
        await().until(() -> threads.stream().noneMatch(Thread::isAlive));
        journal.close();
    }

    @Test
    void everyHandlerGetsEveryRecordOnItsOwnThread() throws Exception {
        RecordingHandler one = new RecordingHandler();
        RecordingHandler two = new RecordingHandler();
        append(3);
        start(spec("one", one), spec("two", two));
        append(4);
        await().untilAsserted(() -> assertThat(one.numbers()).containsExactly(numbers(0, 7)));
        await().untilAsserted(() -> assertThat(two.numbers()).containsExactly(numbers(0, 7)));
        assertThat(threads).extracting(Thread::getName).containsExactly("emberlog-one", "emberlog-two");
        assertThat(threads).allMatch(Thread::isDaemon);
    }

    @Test
    void anIdleHandlerIsWokenByEachAppend() throws Exception {
        TicklessCounter handler = new TicklessCounter();
        start(spec("out", handler));
        for (int i = 1; i <= 100; i++) {
            int expected = i;
            if (i % 3 == 0) {
                await().pollInterval(Duration.ofMillis(1))
                        .until(() -> threads.get(0).getState() == Thread.State.TIMED_WAITING);
            }
            append(1);
            await().pollInterval(Duration.ofMillis(1)).until(() -> handler.count == expected);
        }
    }

    @Test
    void aStopDeliversFlushesAndCheckpointsAllThatIsJournaled() throws Exception {
        RecordingHandler one = new RecordingHandler();
        RecordingHandler two = new RecordingHandler();
        start(spec("one", one), spec("two", two));
        for (int i = 0; i < 50; i++) {
            append(20);
        }
        assertThat(fanOut.stop(PLENTY)).isEmpty();
        assertThat(one.numbers()).containsExactly(numbers(0, 1000));
        assertThat(two.numbers()).containsExactly(numbers(0, 1000));
        assertThat(one.calls).endsWith("flush", "checkpoint", "close");
        assertThat(fanOut.status()).allMatch(s -> s.state() == HandlerState.STOPPED && s.lagRecords() == 0);
        assertThat(stored()).containsOnlyKeys("one", "two").containsValue(journal.lastIndex());
    }

    @Test
    void aHandlerThatHangsHoldsUpNeitherTheOthersNorTheStopAndGetsItsRecordsAgain() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        RecordingHandler hanging = new RecordingHandler() {
            @Override
            void onHandle(long number) {
                if (number == 3) {
                    hangs.countDown();
                    hang();
                }
            }
        };
        RecordingHandler other = new RecordingHandler();
        append(10);
        start(spec("hanging", hanging), spec("other", other));
        hangs.await();
        append(10);
        await().untilAsserted(() -> assertThat(other.numbers()).containsExactly(numbers(0, 20)));
        assertThat(fanOut.status().get(1).lagRecords()).isZero();

        assertThat(fanOut.stop(Duration.ofMillis(200))).containsExactly("hanging");
        assertThat(reports).anyMatch(r -> r.startsWith("hanging") && r.contains("was given up"));
        assertThat(fanOut.status().get(0).state()).isEqualTo(HandlerState.ABANDONED);
        assertThat(fanOut.status().get(1).state()).isEqualTo(HandlerState.STOPPED);

        RecordingHandler next = new RecordingHandler();
        start(spec("hanging", next));
        await().untilAsserted(() -> assertThat(next.numbers()).containsExactly(numbers(0, 20)));
        assertThat(fanOut.stop(PLENTY)).isEmpty();
        byte[] checkpoint = Files.readAllBytes(directory.resolve("state/checkpoints/hanging.ckpt"));

        release.countDown();
        await().until(() -> !threads.get(0).isAlive());
        assertThat(hanging.numbers()).containsExactly(numbers(0, 4));
        assertThat(hanging.calls).endsWith("close").doesNotContain("checkpoint");
        assertThat(directory.resolve("state/checkpoints/hanging.ckpt")).hasBinaryContent(checkpoint);
    }

    @Test
    void aHandlerWhoseDestinationIsAwayHoldsUpNobodyAndTheStopGivesItUp() throws Exception {
        AtomicBoolean away = new AtomicBoolean(true);
        RecordingHandler failing = new RecordingHandler() {
            @Override
            void onHandle(long number) throws IOException {
                if (away.get() && number == 2) {
                    throw new IOException("away");
                }
            }
        };
        RecordingHandler other = new RecordingHandler();
        start(spec("failing", failing), spec("other", other));
        append(10);
        await().untilAsserted(() -> assertThat(other.numbers()).containsExactly(numbers(0, 10)));
        await().until(() -> fanOut.status().get(0).state() == HandlerState.WAITING);
        assertThat(fanOut.status().get(0).lagRecords())
                .as("two of them in its buffer")
                .isEqualTo(10);
        assertThat(fanOut.stop(Duration.ofMillis(300))).containsExactly("failing");
        assertThat(reports).anyMatch(r -> r.startsWith("failing") && r.contains("10 records to go"));

        away.set(false);
        await().until(() -> !threads.get(0).isAlive());
        start(spec("failing", failing));
        assertThat(fanOut.stop(PLENTY)).isEmpty();
        assertThat(failing.numbers()).endsWith(numbers(2, 10));
    }

    @Test
    void onlyConfiguredHandlersHoldRetention() throws Exception {
        append(5);
        start(spec("one", new RecordingHandler()), spec("two", new RecordingHandler()));
        assertThat(stored()).containsEntry("one", -1L).containsEntry("two", -1L);
        fanOut.stop(PLENTY);
        long stored = journal.lastIndex();
        append(5);

        CountDownLatch opening = new CountDownLatch(1);
        RecordingHandler two = new RecordingHandler() {
            @Override
            void onOpen() {
                opening.countDown();
                hang();
            }
        };
        start(spec("two", two));
        opening.await();
        assertThat(stored()).containsOnlyKeys("two").containsEntry("two", stored);
        assertThat(fanOut.status().get(0).lagRecords()).isEqualTo(5);
        assertThat(fanOut.status().get(0).state()).isEqualTo(HandlerState.OPENING);
    }

    @Test
    void statusTellsHowFarAHandlerIsBehind() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        start(spec("out", new RecordingHandler() {
            @Override
            void onHandle(long number) {
                if (number == 4) {
                    hangs.countDown();
                    hang();
                }
            }
        }));
        append(2);
        await().until(() -> fanOut.status().get(0).lagRecords() == 0);
        append(3);
        append(3);
        append(3);
        hangs.await();
        HandlerStatus status = fanOut.status().get(0);
        assertThat(status.name()).isEqualTo("out");
        assertThat(status.lagRecords()).isPositive().isLessThanOrEqualTo(9);
        assertThat(status.lagDocuments()).isBetween(2L, 3L);
        assertThat(status.count(Counter.RECORDS)).isBetween(2L, 4L);
        await().until(() -> fanOut.status().get(0).quietNs() > 50_000_000L);
    }

    @Test
    void aSinkThatThrowsAndAHandlerWithAWrongConfigurationStopNothing() throws Exception {
        RecordingHandler wrong = new RecordingHandler() {
            @Override
            void onOpen() {
                throw new IllegalArgumentException("wrong");
            }
        };
        RecordingHandler other = new RecordingHandler();
        append(2);
        start(
                (name, level, message, cause) -> {
                    throw new IllegalStateException("sink");
                },
                spec("wrong", wrong),
                spec("other", other));
        await().until(() -> fanOut.status().get(0).state() == HandlerState.FAILED);
        assertThat(fanOut.stop(PLENTY)).isEmpty();
        assertThat(other.numbers()).containsExactly(0, 1);
        assertThat(stored()).containsEntry("wrong", -1L);
    }

    @Test
    void anInterruptOfWhoeverStopsEndsTheWaitAndIsKept() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        append(1);
        start(spec("out", new RecordingHandler() {
            @Override
            void onHandle(long number) {
                hangs.countDown();
                hang();
            }
        }));
        hangs.await();
        Thread.currentThread().interrupt();
        assertThat(fanOut.stop(PLENTY)).containsExactly("out");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aHandlerIsExchangedBetweenTwoRecordsAndTheNextOneGoesOnBehindTheLast() throws Exception {
        RecordingHandler first = new RecordingHandler();
        RecordingHandler stays = new RecordingHandler();
        start(spec("out", first), spec("stays", stays));
        List<RecordingHandler> all = new ArrayList<>(List.of(first));
        for (int i = 0; i < 30; i++) {
            append(50);
            RecordingHandler next = new RecordingHandler();
            all.add(next);
            fanOut.change(Set.of(), List.of(spec("out", next)), PLENTY);
        }
        append(50);
        assertThat(fanOut.stop(PLENTY)).isEmpty();
        List<Long> taken = new ArrayList<>();
        all.forEach(handler -> taken.addAll(handler.taken));
        assertThat(taken.stream().mapToLong(Long::longValue).toArray()).containsExactly(numbers(0, 31 * 50));
        assertThat(stays.numbers()).containsExactly(numbers(0, 31 * 50));
        assertThat(stays.calls).filteredOn("open"::equals).hasSize(1);
    }

    @Test
    void aHandlerThatLeftHoldsNoRetentionAndGoesOnWhenItComesBack() throws Exception {
        RecordingHandler first = new RecordingHandler();
        start(spec("out", first), spec("other", new RecordingHandler()));
        append(10);
        await().untilAsserted(() -> assertThat(first.numbers()).hasSize(10));
        fanOut.change(Set.of("out"), List.of(), PLENTY);
        await().until(() -> first.calls.contains("close"));
        assertThat(first.calls).endsWith("checkpoint", "close");
        assertThat(fanOut.places()).containsOnlyKeys("other");
        append(10);
        RecordingHandler again = new RecordingHandler();
        fanOut.change(Set.of(), List.of(spec("out", again)), PLENTY);
        assertThat(fanOut.stop(PLENTY)).isEmpty();
        assertThat(first.numbers()).containsExactly(numbers(0, 10));
        assertThat(again.numbers()).containsExactly(numbers(10, 20));
    }

    @Test
    void theSuccessorOfAHandlerThatHangsWaitsUntilItHasLetGo() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        RecordingHandler hanging = new RecordingHandler() {
            @Override
            void onHandle(long number) {
                if (number == 3) {
                    hangs.countDown();
                    hang();
                }
            }
        };
        start(spec("out", hanging));
        append(10);
        hangs.await();
        RecordingHandler next = new RecordingHandler();
        fanOut.change(Set.of(), List.of(spec("out", next)), Duration.ofMillis(1));
        RecordingHandler last = new RecordingHandler();
        fanOut.change(Set.of(), List.of(spec("out", last)), Duration.ofMillis(1));
        await().until(() -> threads.get(2).getState() == Thread.State.TIMED_WAITING);
        assertThat(next.calls).isEmpty();
        assertThat(last.calls).isEmpty();
        release.countDown();
        await().untilAsserted(() -> assertThat(last.numbers()).endsWith(9));
        assertThat(next.calls).isEmpty();
        List<Long> taken = new ArrayList<>(hanging.taken);
        taken.addAll(last.taken);
        assertThat(taken).contains(0L, 3L, 4L, 9L);
        assertThat(last.openedWith).containsExactly(last.taken.get(0) == 0 ? -1L : last.taken.get(0));
    }

    @Test
    void aHandlerWhoseDestinationIsAwayLeavesAtOnceAndItsSuccessorGetsTheRecord() throws Exception {
        RecordingHandler away = new RecordingHandler() {
            @Override
            void onHandle(long number) throws IOException {
                if (number == 2) {
                    throw new IOException("away");
                }
            }
        };
        start(spec("out", away));
        append(5);
        await().until(() -> fanOut.status().get(0).state() == HandlerState.WAITING);
        RecordingHandler next = new RecordingHandler();
        fanOut.change(Set.of(), List.of(spec("out", next)), PLENTY);
        await().untilAsserted(() -> assertThat(next.numbers()).containsExactly(2, 3, 4));
        assertThat(away.numbers()).containsExactly(0, 1);
    }

    @Test
    void everyHandlerOpensAnewOnRequestAndOneThatFailsIsAskedAgain() throws Exception {
        List<String> reopened = new CopyOnWriteArrayList<>();
        RecordingHandler fine = new RecordingHandler() {
            @Override
            public void reopen() {
                reopened.add("fine");
            }
        };
        RecordingHandler failing = new RecordingHandler() {
            @Override
            public void reopen() throws IOException {
                reopened.add("failing");
                if (reopened.stream().filter("failing"::equals).count() < 3) {
                    throw new IOException("not now");
                }
            }
        };
        start(spec("fine", fine), spec("failing", failing));
        append(3);
        await().untilAsserted(() -> assertThat(failing.numbers()).hasSize(3));
        fanOut.reopen();
        await().until(() -> reopened.stream().filter("failing"::equals).count() == 3);
        append(3);
        await().untilAsserted(() -> assertThat(failing.numbers()).hasSize(6));
        assertThat(fanOut.stop(PLENTY)).isEmpty();
        assertThat(reopened).filteredOn("fine"::equals).hasSize(1);
        assertThat(reopened).filteredOn("failing"::equals).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void aThreadSleepsBetweenRecordsOrIsAwakeForASecondAndMissesNoneEitherWay(IdleMode mode) throws Exception {
        idle = mode;
        RecordingHandler handler = new RecordingHandler();
        start(spec("out", handler));
        // of ten looks, each well behind a record, nine or more find it awake; a slow machine may take some more rounds
        await().atMost(PLENTY).pollDelay(Duration.ZERO).until(() -> {
            int awake = 0;
            for (int look = 0; look < 10; look++) {
                int before = handler.numbers().length;
                append(1);
                await().untilAsserted(() -> assertThat(handler.numbers()).hasSize(before + 1));
                LockSupport.parkNanos(20_000_000);
                awake += threads.get(0).getState() == Thread.State.RUNNABLE ? 1 : 0;
            }
            return mode.sleeps() ? awake < 5 : awake >= 9;
        });
        await().atMost(PLENTY).until(() -> threads.get(0).getState() == Thread.State.TIMED_WAITING);
        append(1);
        long sent = journal.nextSequence();
        await().untilAsserted(() -> assertThat(handler.numbers())
                .isEqualTo(LongStream.range(0, sent).toArray()));
    }

    @Test
    void aStopNamesPastAllHandlersThoseThatAreBehindWithTheReasonAndHowFar() throws Exception {
        List<String> alarms = new CopyOnWriteArrayList<>();
        ReportSink sink = new ReportSink() {
            @Override
            public void report(String handler, Level level, String message, Throwable cause) {
                reports.add(message);
            }

            @Override
            public boolean alarm(String handler, Level level, String message) {
                return alarms.add(message);
            }
        };
        RecordingHandler away = new RecordingHandler() {
            @Override
            void onOpen() {
                RecordingFaults.sneak(new IOException("path=/log/app.log: Read-only file system"));
            }
        };
        RecordingHandler wrong = new RecordingHandler() {
            @Override
            void onOpen() {
                throw new IllegalArgumentException("url is missing");
            }
        };
        append(3);
        start(sink, spec("away", away), spec("wrong", wrong), spec("fine", new RecordingHandler()));
        await().until(() -> fanOut.status().get(1).state() == HandlerState.FAILED);
        await().until(() -> fanOut.status().get(0).problem() != null);
        assertThat(fanOut.isOneBehind()).isTrue();
        alarms.clear();
        assertThat(fanOut.stop(Duration.ofMillis(1))).contains("away");
        assertThat(alarms)
                .contains(
                        "handler away has not finished in time and was given up with all records of the journal, up to number 2, to go: cannot be opened:"
                                + " path=/log/app.log: Read-only file system; what is behind its last checkpoint is"
                                + " delivered at the next start",
                        "handler wrong is closed with all records of the journal, up to number 2, to go: stays closed, its configuration is wrong: url is"
                                + " missing; what is behind its last checkpoint is delivered at the next start");
    }

    @Test
    void onAFullDiskARefusedRecordHoldsUpItsHandlerAndNeitherTheOthersNorTheStop() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("state"), 1)) {
            RecordingHandler refusing = new RefusingTheThird();
            RecordingHandler other = new RecordingHandler();
            start(spec("refusing", refusing), spec("other", other));
            append(2);
            await().until(() -> stored().get("refusing") == journal.lastIndex());
            disk.fillBut(0);
            append(8);
            await().untilAsserted(() -> assertThat(other.numbers()).containsExactly(numbers(0, 10)));
            await().until(() -> fanOut.status().get(0).problem() != null);
            assertThat(fanOut.status().get(0).problem()).contains("cannot be put aside", "No space left on device");
            assertThat(refusing.numbers()).containsExactly(0, 1);
            assertThat(reports).filteredOn(line -> line.contains("put aside")).hasSize(1);

            disk.free();
            await().untilAsserted(() -> assertThat(refusing.numbers()).containsExactly(0, 1, 3, 4, 5, 6, 7, 8, 9));
            assertThat(Files.readAllLines(directory.resolve("state/dead-letters/refusing.jsonl")))
                    .singleElement()
                    .asString()
                    .contains(",\"sequence\":2,");
            assertThat(fanOut.stop(PLENTY)).isEmpty();
        }
    }

    @Test
    void aStopOnAFullDiskLeavesTheRefusedRecordToTheNextStart() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("state"), 1)) {
            start(spec("refusing", new RefusingTheThird()));
            append(2);
            await().until(() -> stored().get("refusing") == journal.lastIndex());
            disk.fillBut(0);
            append(8);
            await().until(() -> fanOut.status().get(0).problem() != null);
            fanOut.stop(Duration.ofHours(1)); // the test's limit ends it when it waits
            assertThat(fanOut.isOneBehind()).isTrue();
            assertThat(reports)
                    .anyMatch(line -> line.contains("is closed with 8 records to go")
                            && line.contains("No space left on device"));

            disk.free();
            RecordingHandler next = new RefusingTheThird();
            start(spec("refusing", next));
            await().untilAsserted(() -> assertThat(next.numbers()).endsWith(3, 4, 5, 6, 7, 8, 9));
            assertThat(Files.readAllLines(directory.resolve("state/dead-letters/refusing.jsonl")))
                    .singleElement()
                    .asString()
                    .contains(",\"sequence\":2,");
            assertThat(fanOut.stop(PLENTY)).isEmpty();
        }
    }

    @Test
    void aNameCanBeUsedOnce() {
        assertThatThrownBy(() -> start(spec("out", new RecordingHandler()), spec("out", new RecordingHandler())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name=out");
        assertThat(threads).isEmpty();
    }

    private void start(HandlerSpec... handlers) throws IOException {
        start((name, level, message, cause) -> reports.add(name + " " + level.name() + " " + message), handlers);
    }

    private void start(ReportSink sink, HandlerSpec... handlers) throws IOException {
        FanOutConfig config = new FanOutConfig(
                journal.directory(),
                directory.resolve("state"),
                SystemNanoClock.INSTANCE,
                SystemEpochNanoClock.INSTANCE,
                task -> {
                    Thread thread = new Thread(task);
                    threads.add(thread);
                    return thread;
                },
                sink,
                SyncedJournal.NOT_AWAITED,
                idle);
        fanOut = FanOut.start(config, List.of(handlers), journal.lastIndex(), journal.nextSequence());
        started.add(fanOut);
    }

    private void append(int count) throws Exception {
        long index = journal.append(count);
        if (fanOut != null) {
            fanOut.signal(index, journal.nextSequence());
        }
    }

    /** Not by a lock or a latch that an interrupt could end. */
    private void hang() {
        while (release.getCount() > 0) {
            LockSupport.parkNanos(this, 1_000_000);
        }
    }

    private static HandlerSpec spec(String name, Handler handler) {
        return new HandlerSpec(name, handler, 0);
    }

    private static final class RefusingTheThird extends RecordingHandler {
        @Override
        void onHandle(long number) throws RecordRejectedException {
            if (number == 2) {
                throw new RecordRejectedException("no");
            }
        }
    }

    private static final class TicklessCounter extends TicklessHandler {
        private volatile long count;

        @Override
        public void handle(LogRecord record) {
            count = record.sequence() + 1;
        }
    }

    private Map<String, Long> stored() {
        Map<String, Long> stored = new HashMap<>();
        fanOut.places().forEach((name, place) -> stored.put(name, place.storedIndex()));
        return stored;
    }
}
