package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.emberlog.message.DropReason;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What wakes a drain that rests is a new time stamp of the ring's file; the master's side is RingTouchesTest. */
class DrainWakeTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path temp;

    private WorkerFixture worker;
    private RingFile ring;
    private WatchService touches;

    @AfterEach
    void leave() throws Exception {
        touches.close();
        worker.worker.housekeeper().leave();
    }

    private void open(WorkerFixture fixture) throws Exception {
        worker = fixture;
        worker.step(0);
        ring = RingFile.open(
                ChannelDirectory.open(temp.resolve("channel")).rings().get(0));
        touches = ring.path().getFileSystem().newWatchService();
        ring.path().getParent().register(touches, StandardWatchEventKinds.ENTRY_MODIFY);
    }

    /** As the master hears it. What is touched to end the wait comes behind everything before it. */
    private boolean isTouched() throws Exception {
        Path last = Files.createTempFile(ring.path().getParent(), "last", ".tmp");
        Set<Object> names = new HashSet<>();
        assertThat(last.toFile().setLastModified(0)).isTrue();
        while (!names.contains(last.getFileName())) {
            WatchKey key = touches.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(key).isNotNull();
            key.pollEvents().forEach(event -> names.add(event.context()));
            key.reset();
        }
        return names.contains(ring.path().getFileName());
    }

    @Test
    void aRecordThatMeetsADrainAtRestWakesItOnce() throws Exception {
        open(new WorkerFixture(temp));
        worker.log.info("awake");
        worker.step(50);
        assertThat(isTouched()).isFalse();

        ring.header().drainRests(true);
        worker.step(61_000); // with a heartbeat, for which nobody is woken
        assertThat(isTouched()).isFalse();
        assertThat(worker.log.info("first")).isTrue();
        worker.step(61_001);
        assertThat(isTouched()).isTrue();
        assertThat(ring.header().takeDrainRests()).as("taken back").isFalse();

        assertThat(worker.log.info("second")).isTrue();
        worker.step(61_002);
        assertThat(isTouched()).as("again for one that was told already").isFalse();
    }

    @Test
    void theThreadThatLogsHasTheHousekeeperDoItAtOnce() throws Exception {
        open(new WorkerFixture(temp));
        worker.worker.housekeeper().start();
        ring.header().drainRests(true);
        assertThat(worker.log.info("first")).isTrue();
        await().atMost(LIMIT).until(this::isTouched);
    }

    @Test
    void whatWasStagedWakesItWhenItIsPublished() throws Exception {
        open(WorkerFixture.batching(temp, Overflow.drop()));
        ring.header().drainRests(true);
        assertThat(worker.log.info("staged")).isTrue();
        worker.step(1);
        assertThat(isTouched()).isFalse();
        worker.step(1 + WorkerFixture.FLUSH_MS);
        assertThat(isTouched()).isTrue();
    }

    @Test
    void whoWaitsForWhatWasStagedHasTheHousekeeperWakeIt() throws Exception {
        open(WorkerFixture.batching(temp, Overflow.drop()));
        Thread before = worker.worker.chain.housekeeper;
        Thread waiting = new Thread(LockSupport::park);
        waiting.start();
        await().atMost(LIMIT).until(() -> waiting.getState() == Thread.State.WAITING);
        worker.worker.chain.housekeeper = waiting;
        ring.header().drainRests(true);
        assertThat(worker.log.info("staged")).isTrue();
        assertThat(worker.log.flush(Duration.ZERO)).as("no master").isFalse();
        waiting.join(LIMIT.toMillis());
        assertThat(waiting.isAlive()).isFalse();
        worker.worker.chain.housekeeper = before;
    }

    @Test
    void theEndOfTheStackBehindARecordThatIsRingedChangesNothingAboutIt() throws Exception {
        open(new WorkerFixture(temp));
        worker.ring(0).beforeWake = () -> {
            throw new StackOverflowError();
        };
        assertThat(worker.log.info("ringed")).isTrue();
        assertThat(worker.dropped(DropReason.FAILED)).isZero();
        assertThat(worker.ring(0).condemned).isFalse();
    }

    @Test
    void aRingWhoseNameIsGoneWakesNobodyAndTakesRecords() throws Exception {
        open(new WorkerFixture(temp));
        ring.header().drainRests(true);
        Files.delete(ring.path());
        assertThat(worker.log.info("first")).isTrue();
        worker.step(1);
        assertThat(worker.log.info("second")).isTrue();
        assertThat(ring.path()).doesNotExist();
    }
}
