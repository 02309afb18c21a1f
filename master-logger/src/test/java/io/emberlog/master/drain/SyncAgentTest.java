package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.JournalException;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingHeader;
import io.emberlog.ring.RingSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When the journal is forced, and what workers are told of it. */
class SyncAgentTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int ERROR = 17;

    @TempDir
    private Path temp;

    private final JournalDocumentWriter writer = new JournalDocumentWriter();
    private final AtomicInteger woken = new AtomicInteger();
    private Journal journal;
    private RingFile ring;
    private RingSync ringSync;
    private long nowNs = 1_000 * SECOND_NS;
    private long sequence;

    @BeforeEach
    void open() throws Exception {
        journal = Journal.open(JournalConfig.in(temp.resolve("journal")), JournalListener.NONE);
        ring = ring();
        ringSync = new RingSync(ring);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private RingFile ring() throws Exception {
        WorkerIdentity worker =
                new WorkerIdentity(UUID.randomUUID(), "w", 1, 2, "boot", "machine", "4", "host", "Main", "");
        RingFile made = RingFile.create(
                ChannelDirectory.open(temp.resolve("channel")), RingSpec.of(64 * 1024), worker, null, 1);
        return RingFile.open(made.path());
    }

    private SyncAgent agent(Duration interval, int level) {
        SyncAgent agent = new SyncAgent(journal, interval, level, () -> nowNs, woken::incrementAndGet);
        agent.add(ringSync, 0);
        return agent;
    }

    private RingHeader header() {
        return ring.header();
    }

    /** One document, after which the ring is journaled up to there. */
    private void journaled(RingSync which, long end) throws JournalException {
        writer.begin(sequence, 1);
        writer.addEnded(UUID.randomUUID(), end, 0, 0, java.util.Map.of());
        journal.append(writer.array(), writer.finish(0));
        which.journaled(end);
    }

    @Test
    void whatIsJournaledIsSyncedWhenTheIntervalIsOver() throws Exception {
        SyncAgent agent = agent(Duration.ofSeconds(1), SyncAgent.NO_LEVEL);
        journaled(ringSync, 64);
        nowNs += SECOND_NS - 1;
        assertThat(agent.doWork()).isZero();
        assertThat(header().syncedPosition()).isZero();
        assertThat(agent.isAllSynced()).isFalse();

        nowNs += 1;
        assertThat(agent.doWork()).as("nobody waited").isZero();
        assertThat(header().syncedPosition()).isEqualTo(64);
        assertThat(journal.syncedIndex()).isEqualTo(journal.lastIndex());
        assertThat(agent.isAllSynced()).isTrue();

        journaled(ringSync, 128);
        nowNs += SECOND_NS;
        agent.doWork();
        assertThat(header().syncedPosition()).isEqualTo(128);
    }

    @Test
    void itLooksOnceASecondWhereAllIsSyncedAndTimeBringsTheRest() throws Exception {
        SyncAgent agent = agent(Duration.ofSeconds(1), SyncAgent.NO_LEVEL);
        journaled(ringSync, 64);
        agent.journaled(9);
        assertThat(agent.parkNs(SECOND_NS)).isEqualTo(10_000_000);
        nowNs += SECOND_NS;
        assertThat(agent.parkNs(SECOND_NS)).as("not synced yet").isEqualTo(100_000_000);
        agent.doWork();
        assertThat(agent.isAllSynced()).isTrue();
        assertThat(agent.parkNs(SECOND_NS)).isEqualTo(1_000_000_000);
        int before = woken.get();
        agent.journaled(9);
        assertThat(woken).hasValue(before + 1);
        assertThat(agent.parkNs(SECOND_NS)).isEqualTo(10_000_000);
    }

    @Test
    void itLooksSeldomOnceNothingWasAppendedForASecondAndIsWokenByTheNextDocument() throws Exception {
        SyncAgent agent = agent(Duration.ZERO, SyncAgent.NO_LEVEL);
        nowNs += SECOND_NS;
        assertThat(agent.parkNs(49_999_999)).as("somebody waited just now").isEqualTo(250_000);
        assertThat(agent.parkNs(SECOND_NS)).isEqualTo(100_000_000);
        agent.journaled(0);
        assertThat(woken).as("by nothing but a heartbeat").hasValue(0);
        assertThat(agent.parkNs(SECOND_NS)).isEqualTo(100_000_000);
        agent.journaled(9);
        assertThat(woken).hasValue(1);

        agent.doWork();
        agent.journaled(9);
        assertThat(woken).as("awake").hasValue(1);
        assertThat(agent.parkNs(SECOND_NS)).isEqualTo(10_000_000);
        nowNs += SECOND_NS - 1;
        assertThat(agent.parkNs(SECOND_NS)).isEqualTo(10_000_000);
        nowNs += 1;
        agent.request();
        assertThat(agent.parkNs(SECOND_NS)).as("asked").isEqualTo(10_000_000);
        agent.doWork();
        assertThat(agent.parkNs(SECOND_NS)).isEqualTo(100_000_000);
    }

    @Test
    void aRequestIsServedAtOnceAndNotBeforeItIsJournaledAlsoWhereTimeAsksForNothing() throws Exception {
        SyncAgent agent = agent(Duration.ZERO, SyncAgent.NO_LEVEL);
        journaled(ringSync, 64);
        nowNs += 1_000 * SECOND_NS;
        assertThat(agent.doWork()).isZero();
        assertThat(journal.syncedIndex()).isEqualTo(-1);

        header().requestSync(128);
        assertThat(agent.doWork()).isZero();
        journaled(ringSync, 128);
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(header().syncedPosition()).isEqualTo(128);
        assertThat(agent.doWork()).as("served").isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 65, 1L << 62, Long.MAX_VALUE})
    void aRequestThatMeansNothingCostsNothing(long request) throws Exception {
        SyncAgent agent = agent(Duration.ZERO, SyncAgent.NO_LEVEL);
        ringSync.journaled(0);
        agent.request();
        agent.doWork();
        journaled(ringSync, 64);
        header().requestSync(request);
        assertThat(agent.doWork()).isZero();
        assertThat(journal.syncedIndex()).isEqualTo(-1);
    }

    @Test
    void aRecordOfTheLevelWakesTheThreadAndIsSyncedAtOnce() throws Exception {
        SyncAgent agent = agent(Duration.ZERO, ERROR);
        journaled(ringSync, 64);
        agent.journaled(ERROR - 1);
        assertThat(woken).hasValue(0);
        assertThat(agent.doWork()).isZero();
        agent.journaled(ERROR);
        agent.journaled(ERROR);
        assertThat(woken).as("once for both").hasValue(1);
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(header().syncedPosition()).isEqualTo(64);
    }

    @Test
    void oneForceAnswersForAllRings() throws Exception {
        SyncAgent agent = agent(Duration.ZERO, SyncAgent.NO_LEVEL);
        RingFile other = ring();
        RingSync otherSync = new RingSync(other);
        agent.add(otherSync, 0);
        journaled(ringSync, 64);
        journaled(otherSync, 256);
        header().requestSync(8);
        agent.doWork();
        assertThat(header().syncedPosition()).isEqualTo(64);
        assertThat(other.header().syncedPosition()).isEqualTo(256);
    }

    @Test
    void aForceThatFailsTellsNobodyAndIsMadeGoodWhenTheJournalIsOpenedAgain() throws Exception {
        SyncAgent agent = agent(Duration.ZERO, SyncAgent.NO_LEVEL);
        journaled(ringSync, 64);
        fail(agent);
        assertThat(header().syncedPosition()).isZero();
        assertThat(agent.doWork()).as("not opened again yet").isZero();
        assertThat(header().syncedPosition()).isZero();

        journal.reopen();
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(header().syncedPosition()).isEqualTo(64);
    }

    @Test
    void aRingOfWhichSomethingMayBeLostIsNeverCalledSyncedAgainAndTheOthersAre() throws Exception {
        SyncAgent agent = agent(Duration.ZERO, SyncAgent.NO_LEVEL);
        RingFile other = ring();
        RingSync otherSync = new RingSync(other);
        agent.add(otherSync, 0);
        RingFile idle = ring();
        RingSync idleSync = new RingSync(idle);
        agent.add(idleSync, 0);
        journaled(otherSync, 256);
        agent.request();
        agent.doWork();
        journaled(ringSync, 64);
        lose(agent);
        journaled(otherSync, 512); // before the sync thread knows of anything
        journaled(idleSync, 8);
        agent.doWork();
        assertThat(other.header().syncedPosition()).isEqualTo(512);
        assertThat(idle.header().syncedPosition()).isEqualTo(8);

        journaled(ringSync, 128);
        header().requestSync(128);
        agent.request();
        agent.doWork();
        assertThat(header().syncedPosition()).isNegative();
        assertThat(ringSync.isWhole()).isFalse();
        assertThat(otherSync.isWhole()).isTrue();
        assertThat(idleSync.isWhole()).isTrue();
    }

    @Test
    void nothingIsCalledSyncedBetweenALossAndItsBeingToldToTheRings() throws Exception {
        SyncAgent agent = agent(Duration.ZERO, SyncAgent.NO_LEVEL);
        journaled(ringSync, 64);
        fail(agent);
        damageJournal();
        journal.reopen();
        assertThat(agent.doWork()).isZero();
        agent.opened();
        agent.doWork();
        assertThat(header().syncedPosition()).isNegative();
    }

    @Test
    void theNextMasterDoesNotCallSyncedWhatThisOneMustNot() throws Exception {
        SyncAgent agent = agent(Duration.ZERO, SyncAgent.NO_LEVEL);
        journaled(ringSync, 64);
        lose(agent);
        agent.doWork();

        ringSync = new RingSync(ring);
        SyncAgent next = agent(Duration.ZERO, SyncAgent.NO_LEVEL);
        journaled(ringSync, 128);
        next.request();
        next.doWork();
        assertThat(header().syncedPosition()).isNegative();
    }

    @Test
    void aLossThatAMasterFindsAsItBeginsConcernsWhatWasNotSyncedBefore() throws Exception {
        SyncAgent first = agent(Duration.ZERO, SyncAgent.NO_LEVEL);
        RingFile other = ring();
        RingSync otherSync = new RingSync(other);
        first.add(otherSync, 0);
        journaled(otherSync, 256);
        first.request();
        first.doWork();
        journaled(ringSync, 64);
        lose(first); // what follows is as if the first had ended here

        SyncAgent next = new SyncAgent(journal, Duration.ZERO, SyncAgent.NO_LEVEL, () -> nowNs, woken::incrementAndGet);
        RingSync ringAgain = new RingSync(ring);
        next.add(ringAgain, 64);
        RingSync otherAgain = new RingSync(other);
        next.add(otherAgain, 256);
        ringAgain.journaled(64);
        otherAgain.journaled(256);
        journaled(otherAgain, 512);
        next.request();
        next.doWork();
        assertThat(header().syncedPosition()).isNegative();
        assertThat(other.header().syncedPosition()).isEqualTo(512);
    }

    @Test
    void aRingFileThatIsCutDoesNotKeepTheOthersFromBeingSynced() throws Exception {
        SyncAgent agent = agent(Duration.ZERO, SyncAgent.NO_LEVEL);
        RingFile other = ring();
        RingSync otherSync = new RingSync(other);
        agent.add(otherSync, 0);
        journaled(ringSync, 64);
        journaled(otherSync, 256);
        try (FileChannel channel = FileChannel.open(ring.path(), StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        agent.request();
        agent.doWork();
        assertThat(other.header().syncedPosition()).isEqualTo(256);
    }

    /** An interrupt closes the channel that is being forced: as an error of the device, it makes force throw. */
    private static void fail(SyncAgent agent) {
        agent.request();
        Thread.currentThread().interrupt();
        try {
            assertThat(agent.doWork()).isZero();
        } finally {
            Thread.interrupted();
        }
    }

    /** What is journaled and not synced is gone, and found to be. */
    private void lose(SyncAgent agent) throws Exception {
        fail(agent);
        damageJournal();
        journal.reopen();
        assertThat(journal.breaches()).isPositive();
        agent.opened();
    }

    private void damageJournal() throws IOException {
        try (Stream<Path> files = Files.list(journal.directory())) {
            for (Path file : files.filter(f -> f.toString().endsWith(".cq4")).toList()) {
                Files.write(file, new byte[(int) Files.size(file)]);
            }
        }
    }
}
