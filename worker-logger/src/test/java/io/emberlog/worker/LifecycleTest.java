package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.emberlog.message.DropReason;
import io.emberlog.message.Level;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening, closing, flushing, and the absence of a ring. */
class LifecycleTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private WorkerLogger.Builder builder() {
        return WorkerLogger.builder()
                .name("life")
                .directory(temp.resolve("channel"))
                .ringSize(1 << 17);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("emberlog-life"))
                .count();
    }

    private static String stderrOf(Runnable action) {
        PrintStream before = Stderr.stream;
        assertThat(Stderr.flush(LIMIT)).as("no line of another test is left").isTrue();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Stderr.stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try {
            action.run();
            assertThat(Stderr.flush(LIMIT)).isTrue();
        } finally {
            Stderr.stream = before;
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void openedAndClosedAThousandTimesLeavesOneRingAndOneThread() {
        long before = threads();
        for (int i = 0; i < 1000; i++) {
            try (WorkerLogger log = builder().open()) {
                assertThat(log.info("{}", i % 10)).isTrue();
            }
        }
        assertThat(RingContents.only(temp.resolve("channel")).entries).hasSize(1000);
        assertThat(threads()).isEqualTo(before + 1);
    }

    @Test
    void closedLoggerCountsWhatItIsGiven() {
        WorkerLogger log = builder().open();
        WorkerLogger child = log.logger("child");
        WorkerLogger other = builder().open();
        log.close();
        log.close();
        assertThat(log.info("a")).isFalse();
        assertThat(child.atWarn().log("b")).isFalse();
        assertThat(other.info("c")).isTrue();
        assertThat(other.metrics().dropped()).isEqualTo(Map.of(DropReason.CLOSED, 2L));
    }

    @Test
    void secondOpenWithOtherSettingsOfTheRingIsAMistake() {
        builder().open();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().ringSize(1 << 18).open())
                .withMessageContaining("ring_size=262144")
                .withMessageContaining("131072");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().service("x").open());
        assertThat(builder().level(Level.DEBUG).open().debug("levels are per open"))
                .isTrue();
    }

    @Test
    void interruptedCallerOpensAndKeepsItsFlag() {
        Thread.currentThread().interrupt();
        WorkerLogger log = builder().open();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(log.info("fine")).isTrue();
        assertThat(log.flush(Duration.ofSeconds(60))).isFalse();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(log.info("still fine")).isTrue();
        assertThat(RingContents.only(temp.resolve("channel")).messages()).containsExactly("fine", "still fine");
    }

    @Test
    void directoryThatCannotBeMadeIsOneMessageAndTheFallback() throws IOException {
        Path file = Files.createFile(temp.resolve("file"));
        AtomicReference<WorkerLogger> opened = new AtomicReference<>();
        String err = stderrOf(() -> {
            WorkerLogger log = builder().directory(file.resolve("channel")).open();
            opened.set(log);
            assertThat(log.logger("a.b").error("line {}\nbreak \u001b[31m", 1L, new Exception("x\ny")))
                    .isFalse();
            assertThat(log.debug("disabled")).isFalse();
        });
        assertThat(err.lines()).hasSize(2);
        assertThat(err.lines().findFirst().orElseThrow())
                .startsWith("emberlog: worker 'life': " + file + ": is not a directory; records go to standard error");
        assertThat(err).contains("ERROR [main] a.b - line 1\\u000abreak \\u001b[31m | java.lang.Exception: x\\u000ay");
        assertThat(opened.get().metrics().dropped()).isEqualTo(Map.of(DropReason.NO_RING, 1L));
        assertThat(opened.get().flush(Duration.ofSeconds(60))).isFalse();
    }

    @Test
    void standardErrorThatLogsIsNotAskedForWhatCouldNotBeLogged() throws IOException {
        Path file = Files.createFile(temp.resolve("file"));
        PrintStream before = System.err;
        AtomicReference<WorkerLogger> logger = new AtomicReference<>();
        System.setErr(new PrintStream(new ByteArrayOutputStream()) {
            @Override
            public void println(String line) {
                logger.get().info(line);
            }
        });
        try {
            String printed = stderrOf(() -> {
                logger.set(builder().directory(file.resolve("routed")).open());
                logger.get().info("no ring");
            });
            assertThat(printed).containsOnlyOnce("no ring");
        } finally {
            System.setErr(before);
        }
        assertThat(logger.get().metrics().dropped()).isEqualTo(Map.of(DropReason.NO_RING, 1L));
    }

    @Test
    void aRecordWhoseFallbackFailsIsCountedOnce() throws IOException {
        Path file = Files.createFile(temp.resolve("file"));
        WorkerLogger log = builder().directory(file.resolve("failing")).open();
        PrintStream before = Stderr.stream;
        AtomicInteger failed = new AtomicInteger();
        Stderr.stream = new PrintStream(new ByteArrayOutputStream()) {
            @Override
            public void println(String line) {
                failed.incrementAndGet();
                throw new StackOverflowError();
            }
        };
        try {
            assertThat(log.info("printed nowhere")).isFalse();
            await().until(() -> failed.get() > 0);
        } finally {
            Stderr.stream = before;
        }
        assertThat(log.metrics().dropped()).isEqualTo(Map.of(DropReason.NO_RING, 1L));
    }

    @Test
    void standardErrorThatTakesNothingHoldsUpNeitherACallNorTheNextRing() throws Exception {
        PrintStream before = Stderr.stream;
        assertThat(Stderr.flush(LIMIT)).isTrue();
        Semaphore taken = new Semaphore(0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Stderr.stream = new PrintStream(bytes, true, StandardCharsets.UTF_8) {
            @Override
            public void println(String line) {
                taken.acquireUninterruptibly();
                super.println(line);
            }
        };
        try {
            WorkerFixture worker = new WorkerFixture(temp);
            worker.failCreation = new IOException("No space left on device");
            AtomicReference<WorkerLogger> opened = new AtomicReference<>();
            Path file = Files.createFile(temp.resolve("file"));
            Thread stalled = new Thread(() -> {
                worker.step(0); // complains
                opened.set(builder().directory(file.resolve("stalled")).open());
                for (int i = 0; i < 2 * LinePrinter.MAX_LINES; i++) {
                    opened.get().info("{}", i);
                }
                worker.failCreation = null;
                worker.step(3_000);
            });
            stalled.setDaemon(true);
            stalled.start();
            stalled.join(LIMIT.toMillis());
            assertThat(stalled.isAlive()).isFalse();
            assertThat(worker.log.info("there is room again")).isTrue();
            assertThat(opened.get().metrics().dropped())
                    .isEqualTo(Map.of(DropReason.NO_RING, 2L * LinePrinter.MAX_LINES));
        } finally {
            taken.release(10 * LinePrinter.MAX_LINES);
            Stderr.flush(LIMIT);
            Stderr.stream = before;
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .hasSize(LinePrinter.MAX_LINES + 1)
                .last()
                .asString()
                .contains(" lines were not printed: ");
    }

    @Test
    void fallbackNoneSaysSoOnceAndIsSilent() throws IOException {
        Path file = Files.createFile(temp.resolve("file"));
        String err = stderrOf(() -> {
            WorkerLogger log = builder()
                    .directory(file.resolve("silent"))
                    .fallback(Fallback.NONE)
                    .open();
            assertThat(log.error("nothing")).isFalse();
        });
        assertThat(err.lines()).hasSize(1);
        assertThat(err).contains("nowhere");
    }

    @Test
    void ringThatCouldNotBeMadeIsTriedAgainLater() {
        WorkerFixture worker = new WorkerFixture(temp);
        worker.failCreation = new IOException("No space left on device");
        String err = stderrOf(() -> {
            worker.step(0);
            assertThat(worker.log.info("lost")).isFalse();
            worker.step(1_000);
            worker.failCreation = null;
            worker.step(2_000);
            assertThat(worker.log.info("lost")).isFalse();
        });
        assertThat(err).contains("No space left on device").hasLineCount(1);
        worker.step(16_000);
        assertThat(worker.log.info("taken")).isTrue();
        worker.step(16_250);
        assertThat(RingContents.only(worker.directory).drops)
                .containsExactly(new RingContents.Dropped(DropReason.NO_RING.code(), 9, 2, 2));
    }

    @Test
    void aRingIsMadeThreeSecondsAfterItCouldBeHoweverLongItCouldNot() {
        WorkerFixture worker = new WorkerFixture(temp);
        worker.failCreation = new IOException("No space left on device");
        String err = stderrOf(() -> {
            for (int second = 0; second <= 120; second++) {
                worker.step(1_000L * second);
                assertThat(worker.log.info("lost")).isFalse();
            }
        });
        assertThat(err).contains("No space left on device").hasLineCount(1);
        worker.failCreation = null;
        worker.step(123_000);
        assertThat(worker.log.info("taken")).isTrue();
    }

    @Test
    void flushIsTrueOnceEverythingBeforeItIsJournaled() {
        WorkerFixture worker = new WorkerFixture(temp);
        worker.step(0);
        worker.log.info("one");
        assertThat(worker.log.flush(Duration.ZERO)).isFalse();
        assertThat(worker.log.flush(Duration.ofMillis(5))).isFalse();
        AtomicReference<Boolean> result = new AtomicReference<>();
        Thread thread = new Thread(() -> result.set(worker.log.flush(Duration.ofSeconds(60))));
        thread.start();
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        assertThat(result.get()).isNull();
        worker.drain(0);
        await().until(() -> result.get() != null);
        assertThat(result.get()).isTrue();
        assertThat(worker.log.flush(Duration.ZERO)).isTrue();
    }

    @Test
    void flushWaitsForPredecessorsToo() {
        WorkerFixture worker = new WorkerFixture(temp);
        worker.step(0);
        worker.log.info("one");
        worker.ring(0).condemned = true;
        worker.step(250);
        worker.log.info("two");
        worker.drain(1);
        assertThat(worker.log.flush(Duration.ZERO)).isFalse();
        worker.drain(0);
        assertThat(worker.log.flush(Duration.ZERO)).isTrue();
    }

    @Test
    void heartbeatsGoOutAtOnceAndThenAtTheirInterval() {
        WorkerFixture worker = new WorkerFixture(temp);
        worker.step(0);
        long word = RingContents.only(worker.directory).file.header().heartbeatWord();
        worker.step(100);
        assertThat(RingContents.only(worker.directory).file.header().heartbeatWord())
                .isEqualTo(word);
        worker.step(250);
        assertThat(RingContents.only(worker.directory).file.header().heartbeatWord())
                .isEqualTo(word + 1);
        worker.step(59_000);
        assertThat(RingContents.only(worker.directory).heartbeats).containsExactly(false);
        worker.step(60_000);
        assertThat(RingContents.only(worker.directory).heartbeats).containsExactly(false, false);
    }

    @Test
    void goodbyeComesWithTheLastDropReport() {
        WorkerFixture worker = new WorkerFixture(temp);
        worker.worker.start();
        worker.log.close();
        worker.log.info("too late");
        assertThat(RingContents.saidGoodbye(worker.directory)).isFalse();
        worker.worker.housekeeper().leave();
        assertThat(RingContents.saidGoodbye(worker.directory)).isTrue();
        RingContents ring = RingContents.only(worker.directory);
        assertThat(ring.heartbeats).containsExactly(false, true);
        assertThat(ring.drops).containsExactly(new RingContents.Dropped(DropReason.CLOSED.code(), 9, 1, 1));
    }

    @Test
    void goodbyeAndALastDropReportFindRoomInARingThatIsFullToItsEnd() {
        WorkerFixture worker = new WorkerFixture(temp);
        worker.worker.start();
        worker.fill();
        for (int length = 1000; length > 0; length /= 2) {
            while (worker.log.atError().bytes(new byte[length]).log()) {
                continue;
            }
        }
        while (worker.log.error("")) {
            continue;
        }
        worker.worker.housekeeper().leave();
        RingContents ring = RingContents.only(worker.directory);
        assertThat(ring.heartbeats).as("the last one is the goodbye").endsWith(true);
        assertThat(ring.drops.stream()
                        .filter(drop -> drop.reason() == DropReason.RING_FULL.code())
                        .map(RingContents.Dropped::severity))
                .contains(Level.ERROR.severity());
    }

    @Test
    void metricsTellWhatWasDone() {
        WorkerFixture worker = new WorkerFixture(temp);
        worker.step(0);
        worker.log.info("short");
        worker.log.info("{}", "x".repeat(2000));
        WorkerMetrics metrics = worker.log.metrics();
        assertThat(metrics.appended()).isEqualTo(2);
        assertThat(metrics.largestRecord()).isBetween(2000, 2200);
        assertThat(metrics.bytes()).isBetween(2050L, 2400L);
        assertThat(metrics.dropped()).isEmpty();
        assertThat(metrics.ringCapacity()).isEqualTo(1 << 17);
        assertThat(metrics.ringUsed()).isGreaterThan(metrics.bytes());
        assertThat(metrics.rings()).isEqualTo(1);
    }
}
