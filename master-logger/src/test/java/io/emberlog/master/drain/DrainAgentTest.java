package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.emberlog.heartbeat.CrashForensics;
import io.emberlog.heartbeat.DeathReport;
import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.heartbeat.LivenessConfig;
import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.heartbeat.ProcessProbe;
import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.JournalReader;
import io.emberlog.master.journal.JournalRecovery;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Heartbeat;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.CrashRow;
import io.emberlog.ring.Ring;
import io.emberlog.ring.RingDescriptor;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.UserFolders;
import io.emberlog.ring.VarHandleBuffer;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrainAgentTest {
    private static final DeathReport KILLED = new DeathReport(
            false, "ended without goodbye", Optional.empty(), false, OptionalInt.empty(), OptionalLong.empty());

    private static final long EPOCH_NS = 1_000_000;
    private static final long NOTHING_TOLD = -1;

    @TempDir
    Path temp;

    private ChannelDirectory channel;
    private Path journalDirectory;
    private Journal journal;
    private RingReaper reaper;
    private SyncAgent sync;
    private DrainAgent agent;
    private long nowNs;
    private int budget = 256 * 1024;
    private Duration window = Duration.ZERO;
    private final List<String> alarms = new ArrayList<>();
    private Alarm alarm;
    private long toldIndex;
    /** Call of the clock that throws, counted from now; 0 for none. */
    private int clockThrowsAt;

    private long freeSpaceWatermark = JournalConfig.DEFAULT_FREE_SPACE_WATERMARK_BYTES;
    private boolean recoveryThrows;
    private boolean listenerThrows;
    private final BatchEncoder encoder = new BatchEncoder(64 * 1024, 32 * 1024);
    private final long[] sequences = new long[MessageDescriptor.SLOT_COUNT];

    @BeforeEach
    void start() throws Exception {
        channel = ChannelDirectory.open(temp.resolve("channel"));
        journalDirectory = temp.resolve("journal");
        startMaster();
    }

    @AfterEach
    void stop() {
        journal.close();
    }

    private void startMaster() throws Exception {
        toldIndex = NOTHING_TOLD;
        alarm = new Alarm(alarms::add, () -> nowNs);
        journal = Journal.open(journalConfig(), JournalListener.NONE);
        MasterEvents events = new MasterEvents(identity("master"), () -> 1, alarm);
        ProcessProbe probe = new ProcessProbe(new HostIdentity("this boot", "this machine", "", false));
        LivenessMonitor liveness = new LivenessMonitor(
                LivenessConfig.DEFAULTS, () -> nowNs, probe, new CrashForensics(probe, List.of()), transition -> {});
        reaper = new RingReaper(journal, events);
        sync = new SyncAgent(journal, Duration.ZERO, SyncAgent.NO_LEVEL, this::now, () -> {});
        agent = new DrainAgent(
                journal,
                recoveryListener(),
                JournalRecovery.recover(journal),
                liveness,
                events,
                reaper,
                sync,
                this::told,
                this::now,
                () -> EPOCH_NS,
                budget);
        agent.reorderWindow(window);
    }

    private JournalConfig journalConfig() {
        JournalConfig defaults = JournalConfig.in(journalDirectory);
        return new JournalConfig(
                journalDirectory,
                defaults.maxSizeBytes(),
                defaults.maxAgeMs(),
                defaults.segmentBytes(),
                defaults.rollIntervalMs(),
                freeSpaceWatermark);
    }

    private JournalListener recoveryListener() {
        return (JournalListener) java.lang.reflect.Proxy.newProxyInstance(
                JournalListener.class.getClassLoader(),
                new Class<?>[] {JournalListener.class},
                (proxy, method, args) -> {
                    if (recoveryThrows) {
                        throw new IllegalStateException("recovery fails");
                    }
                    return null;
                });
    }

    private void told(long index, long next) {
        if (listenerThrows) {
            throw new IllegalStateException("the listener fails");
        }
        toldIndex = index;
    }

    private long now() {
        if (clockThrowsAt > 0 && --clockThrowsAt == 0) {
            throw new IllegalStateException("a fault that nobody foresaw");
        }
        return nowNs;
    }

    /** What a kill leaves: files as they are, objects gone. */
    private void restartMaster() throws Exception {
        journal.close();
        startMaster();
    }

    private static WorkerIdentity identity(String name) {
        return new WorkerIdentity(UUID.randomUUID(), name, 1, 1, "", "", "", "host", "process", "");
    }

    /** A ring on a disk, made before this machine was booted. */
    private RingFile ringOfEarlierBoot(String name, boolean checked) throws Exception {
        WorkerIdentity owner = new WorkerIdentity(
                UUID.randomUUID(), name, 1, 1, "the boot before", "this machine", "", "host", "process", "");
        return RingFile.create(channel, new RingSpec(64 * 1024, 0, checked), owner, null, 1);
    }

    private RingFile ring(String name, UUID predecessor) throws Exception {
        return RingFile.create(channel, RingSpec.of(64 * 1024), identity(name), predecessor, 1);
    }

    private void log(RingFile file, int slot, long timestamp, String text) {
        log(file, slot, ++sequences[slot], timestamp, text);
    }

    private void offer(Ring ring, long timestamp, String text) {
        log(ring, 0, ++sequences[0], timestamp, text);
    }

    private void log(RingFile file, int slot, long sequence, long timestamp, String text) {
        log(file.ring(), slot, sequence, timestamp, text);
    }

    private void log(Ring ring, int slot, long sequence, long timestamp, String text) {
        encoder.begin();
        encoder.beginEntry(9, timestamp, 1);
        encoder.text(MessageDescriptor.TEMPLATE, text);
        encoder.endEntry();
        encoder.finish(slot, sequence);
        assertThat(ring.offer(
                        MessageDescriptor.TYPE_LOG_BATCH,
                        new VarHandleBuffer(encoder.buffer()),
                        0,
                        encoder.length(),
                        true))
                .isEqualTo(Ring.RINGED);
    }

    private void drainAll() {
        int idle = 0;
        while (idle < 3) {
            idle = agent.doWork() == 0 ? idle + 1 : 0;
        }
        assertThat(toldIndex)
                .as("what is told is the last document")
                .isIn(NOTHING_TOLD, journal.isFailed() ? toldIndex : journal.lastIndex());
    }

    /** Texts of all records in the journal, those of the master in angle brackets; numbering checked on the way. */
    private List<String> journaled() throws Exception {
        List<String> texts = new ArrayList<>();
        JournalDocumentReader document = new JournalDocumentReader();
        RingBlockReader records = new RingBlockReader();
        try (JournalReader reader = JournalReader.open(journalDirectory, JournalListener.NONE)) {
            while (reader.next(document)) {
                assertThat(document.firstSequence()).isEqualTo(texts.size());
                for (int segment = 0; segment < document.segmentCount(); segment++) {
                    boolean master = document.sourceIdentity(document.segmentSource(segment))
                            .name()
                            .equals("master");
                    records.wrap(
                            document.array(),
                            document.segmentOffset(segment),
                            document.segmentLength(segment),
                            document.segmentPosition(segment));
                    while (records.nextEntry()) {
                        String text = records.entry().text(MessageDescriptor.TEMPLATE);
                        texts.add(master ? "<" + text + ">" : text);
                    }
                    assertThat(records.broken()).isNull();
                }
                assertThat(texts).hasSize((int) (document.firstSequence() + document.recordCount()));
            }
        }
        return texts;
    }

    private List<String> workersRecords() throws Exception {
        return journaled().stream().filter(text -> !text.startsWith("<")).toList();
    }

    @Test
    void journalsWhatARingHoldsAndGivesItsSpaceBack() throws Exception {
        RingFile file = ring("a", null);
        log(file, 0, 10, "one");
        log(file, 0, 11, "two");
        agent.found(List.of(RingFile.open(file.path())));
        drainAll();
        log(file, 0, 12, "three");
        drainAll();
        assertThat(workersRecords()).containsExactly("one", "two", "three");
        assertThat(file.head()).isEqualTo(file.tail());
        assertThat(file.header().journaledPosition()).isEqualTo(file.tail());
    }

    @Test
    void mergesRingsByTimestampAndNeverReordersOne() throws Exception {
        RingFile a = ring("a", null);
        RingFile b = ring("b", null);
        log(a, 0, 10, "a10");
        log(a, 0, 30, "a30");
        log(a, 0, 15, "a15 late");
        log(a, 0, 50, "a50");
        log(b, 1, 20, "b20");
        log(b, 1, 25, "b25");
        log(b, 1, 40, "b40");
        agent.found(List.of(RingFile.open(a.path()), RingFile.open(b.path())));
        drainAll();
        assertThat(workersRecords()).containsExactly("a10", "b20", "b25", "a30", "a15 late", "b40", "a50");
    }

    @Test
    @CrashRow({"D1", "D6"})
    void aRestartedMasterTakesNothingTwiceAndNothingLess() throws Exception {
        RingFile file = ring("a", null);
        agent.found(List.of(RingFile.open(file.path())));
        for (int i = 0; i < 300; i++) {
            log(file, 0, i, "r" + i);
            if (i % 7 == 0) {
                agent.doWork();
            }
            if (i % 50 == 49) {
                restartMaster();
                agent.found(List.of(RingFile.open(file.path())));
            }
        }
        drainAll();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            expected.add("r" + i);
        }
        assertThat(workersRecords()).isEqualTo(expected);
    }

    @Test
    @CrashRow({"S1", "S2"})
    void aDeadWorkersRingIsSealedSalvagedAndRemoved() throws Exception {
        RingFile file = ring("a", null);
        log(file, 0, 10, "one");
        agent.found(List.of(RingFile.open(file.path())));
        drainAll();
        log(file, 0, 11, "two");
        agent.ownerDead(file.identity().ringUuid(), KILLED, 5_000_000);
        drainAll();
        assertThat(file.ring().isOpen()).isFalse();
        assertThat(file.path()).exists();
        restartMaster();
        agent.found(List.of(RingFile.open(file.path())));
        drainAll();
        reaper.doWork();
        assertThat(workersRecords()).containsExactly("one", "two");
        assertThat(agent.isDrained())
                .as("a stop need not wait for the judgement")
                .isTrue();
        assertThat(file.path()).as("the ring of a death that was not told").exists();
        agent.ownerDead(file.identity().ringUuid(), KILLED, 5_000_000);
        drainAll();
        reaper.doWork();
        assertThat(workersRecords()).containsExactly("one", "two");
        assertThat(journaled()).filteredOn(text -> text.contains("died")).hasSize(1);
        assertThat(journaled()).noneMatch(text -> text.contains("replaced its ring"));
        assertThat(file.path()).doesNotExist();
        assertThat(ChannelDirectory.lockFileOf(file.path())).doesNotExist();
    }

    @Test
    void aRingSealedForADeathThatWasNoneEndsWhenItsSuccessorIsThere() throws Exception {
        RingFile file = ring("a", null);
        log(file, 0, 10, "one");
        agent.found(List.of(RingFile.open(file.path())));
        agent.ownerDead(file.identity().ringUuid(), KILLED, 5_000_000);
        drainAll();
        restartMaster();
        agent.found(List.of(RingFile.open(file.path())));
        drainAll();
        RingFile successor = ring("a", file.identity().ringUuid());
        log(successor, 0, 11, "two");
        agent.found(List.of(RingFile.open(successor.path())));
        drainAll();
        reaper.doWork();
        assertThat(workersRecords()).containsExactly("one", "two");
        assertThat(journaled()).noneMatch(text -> text.contains("died"));
        assertThat(journaled())
                .filteredOn(text -> text.contains("replaced its ring"))
                .hasSize(1);
        assertThat(file.path()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsRepeatedInASuccessorIsADoubleForTheNextMasterToo(boolean checked) throws Exception {
        RingFile file = RingFile.create(channel, new RingSpec(64 * 1024, 0, checked), identity("a"), null, 1);
        log(file, 3, 1, 10, "one");
        log(file, 3, 2, 11, "two");
        agent.found(List.of(RingFile.open(file.path())));
        drainAll();
        file.seal();
        drainAll();
        reaper.doWork();
        restartMaster();
        RingFile successor = RingFile.create(
                channel,
                new RingSpec(64 * 1024, 0, checked),
                identity("a"),
                file.identity().ringUuid(),
                1);
        log(successor, 3, 2, 11, "two");
        log(successor, 3, 3, 12, "three");
        agent.found(List.of(RingFile.open(successor.path())));
        drainAll();
        assertThat(workersRecords()).containsExactly("one", "two", "three");
    }

    @Test
    void whoDiesBeforeTheRingThatItReplacedHasEndedIsToldDeadOnce() throws Exception {
        RingFile old = ring("a", null);
        log(old, 0, 10, "one");
        agent.found(List.of(RingFile.open(old.path())));
        drainAll();
        RingFile successor = ring("a", old.identity().ringUuid());
        log(successor, 0, 11, "two");
        agent.found(List.of(RingFile.open(successor.path())));
        agent.ownerDead(old.identity().ringUuid(), KILLED, 5_000_000);
        agent.ownerDead(successor.identity().ringUuid(), KILLED, 5_000_000);
        drainAll();
        nowNs += RingSession.SEAL_GRACE_NS;
        drainAll();
        assertThat(workersRecords()).containsExactly("one", "two");
        assertThat(journaled()).filteredOn(text -> text.contains("died")).hasSize(1);
        assertThat(journaled())
                .filteredOn(text -> text.contains("replaced its ring"))
                .hasSize(1);
    }

    @Test
    @CrashRow({"S3", "P1", "P2", "P3"})
    void anEndedRingIsNeverReadAgain() throws Exception {
        RingFile file = ring("a", null);
        log(file, 0, 10, "one");
        agent.found(List.of(RingFile.open(file.path())));
        drainAll();
        agent.ownerDead(file.identity().ringUuid(), KILLED, -1);
        agent.doWork();
        nowNs += RingSession.SEAL_GRACE_NS;
        drainAll();
        restartMaster();
        agent.found(List.of(RingFile.open(file.path())));
        drainAll();
        assertThat(workersRecords()).containsExactly("one");
        reaper.doWork();
        assertThat(file.path()).doesNotExist();
        assertThat(journaled()).filteredOn(text -> text.contains("died")).hasSize(1);
    }

    @Test
    void aSuccessorWaitsForItsPredecessorAndItsDoublesAreDropped() throws Exception {
        RingFile old = ring("a", null);
        log(old, 0, 10, "one");
        log(old, 3, 11, "two");
        RingFile successor = ring("a", old.identity().ringUuid());
        agent.found(List.of(RingFile.open(successor.path()), RingFile.open(old.path())));
        drainAll();
        // the worker saw the seal after its commit and repeats: same slot, same sequence
        old.seal();
        log(successor, 3, sequences[3], 11, "two");
        log(successor, 0, 12, "three");
        drainAll();
        assertThat(workersRecords()).containsExactly("one", "two", "three");
        restartMaster();
        agent.found(List.of(RingFile.open(successor.path())));
        agent.found(List.of());
        agent.found(List.of());
        log(successor, 0, 13, "four");
        drainAll();
        assertThat(workersRecords()).containsExactly("one", "two", "three", "four");
    }

    /** It could not be opened for a while, as when the master was out of descriptors. */
    @Test
    void aSuccessorWaitsForAsLongAsItsPredecessorHasAFile() throws Exception {
        RingFile old = ring("a", null);
        log(old, 0, 10, "one");
        old.seal();
        RingFile successor = ring("a", old.identity().ringUuid());
        log(successor, 0, 11, "two");
        agent.found(List.of(RingFile.open(successor.path())), false);
        for (int listing = 0; listing < 5; listing++) {
            agent.found(List.of(), false);
            drainAll();
        }
        assertThat(workersRecords()).isEmpty();
        agent.found(List.of(RingFile.open(old.path())));
        drainAll();
        assertThat(workersRecords()).containsExactly("one", "two");
    }

    @Test
    void aSuccessorWhosePredecessorIsGoneIsBegun() throws Exception {
        RingFile old = ring("a", null);
        RingFile successor = ring("a", old.identity().ringUuid());
        log(successor, 0, 11, "two");
        Files.delete(old.path());
        agent.found(List.of(RingFile.open(successor.path())));
        drainAll();
        assertThat(workersRecords()).as("the next listing may show both").isEmpty();
        agent.found(List.of());
        drainAll();
        assertThat(workersRecords()).containsExactly("two");
    }

    @Test
    void aRingOfAnEarlierBootWaitsForItsOwnersDeathAndIsReadAroundItsDamage() throws Exception {
        RingFile file = ringOfEarlierBoot("a", true);
        log(file, 0, 10, "one");
        log(file, 0, 11, "two");
        long lost = file.tail();
        log(file, 0, 12, "lost");
        log(file, 0, 13, "four");
        overwrite(file, lost, new byte[8]); // as if its page had never been written
        overwrite(file, file.capacity() + RingBufferDescriptor.TAIL_POSITION_OFFSET, new byte[8]);
        agent.found(List.of(RingFile.open(file.path())));
        drainAll();
        assertThat(workersRecords()).isEmpty();
        agent.ownerDead(file.identity().ringUuid(), KILLED, -1);
        drainAll();
        nowNs += RingSession.SEAL_GRACE_NS;
        drainAll();
        assertThat(workersRecords()).containsExactly("one", "two", "four");
        assertThat(journaled())
                .filteredOn(text -> text.contains("salvaged after a reboot"))
                .hasSize(1);
        assertThat(holesOfEnded()).containsExactly(1L);
        reaper.doWork();
        assertThat(file.path()).doesNotExist();
    }

    @Test
    void aMasterThatStopsInTheMiddleOfSuchARingGoesOnWithTheRest() throws Exception {
        RingFile file = ringOfEarlierBoot("a", true);
        for (int i = 0; i < 40; i++) {
            log(file, 0, i, "r" + i + " ".repeat(1000));
        }
        overwrite(file, 0, new byte[8]);
        agent.found(List.of(RingFile.open(file.path())));
        agent.ownerDead(file.identity().ringUuid(), KILLED, -1);
        agent.doWork();
        nowNs += RingSession.SEAL_GRACE_NS;
        budget = 4096;
        int restarts = 0;
        while (file.path().toFile().exists()) {
            restartMaster();
            restarts++;
            agent.found(List.of(RingFile.open(file.path())));
            agent.doWork();
            agent.ownerDead(file.identity().ringUuid(), KILLED, -1);
            agent.doWork();
            reaper.doWork();
        }
        assertThat(restarts).isGreaterThan(5);
        assertThat(workersRecords()).hasSize(39).doesNotHaveDuplicates().first().isEqualTo("r1" + " ".repeat(1000));
        assertThat(holesOfEnded()).containsExactly(1L);
    }

    @Test
    void aRingOfAnEarlierBootWithoutChecksIsSetAsideUnread() throws Exception {
        RingFile file = ringOfEarlierBoot("a", false);
        log(file, 0, 10, "one");
        agent.found(List.of(RingFile.open(file.path())));
        drainAll();
        assertThat(file.path()).exists();
        agent.ownerDead(file.identity().ringUuid(), KILLED, -1);
        agent.doWork();
        nowNs += RingSession.SEAL_GRACE_NS;
        drainAll();
        assertThat(workersRecords()).isEmpty();
        reaper.doWork();
        assertThat(textOf(aside(file))).contains("one");
        assertThat(journaled()).filteredOn(text -> text.contains("set aside")).hasSize(1);
    }

    private static void overwrite(RingFile file, long ringOffset, byte[] bytes) throws Exception {
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), RingDescriptor.HEADER_LENGTH + ringOffset);
        }
    }

    private List<Long> holesOfEnded() throws Exception {
        List<Long> holes = new ArrayList<>();
        JournalDocumentReader document = new JournalDocumentReader();
        try (JournalReader reader = JournalReader.open(journalDirectory, JournalListener.NONE)) {
            while (reader.next(document)) {
                for (int i = 0; i < document.endedCount(); i++) {
                    holes.add(document.endedHole(i));
                }
            }
        }
        return holes;
    }

    @Test
    void aBrokenRingIsSetAsideAndTheOthersGoOn() throws Exception {
        RingFile bad = ring("bad", null);
        RingFile good = ring("good", null);
        log(bad, 0, 10, "fine");
        log(bad, 0, 99, 11, "x");
        log(bad, 0, 50, 11, "goes back");
        log(good, 1, 12, "good");
        agent.found(List.of(RingFile.open(bad.path())));
        agent.found(List.of(RingFile.open(good.path())));
        drainAll();
        corruptNextRecord(bad);
        log(good, 1, 13, "still good");
        drainAll();
        assertThat(workersRecords()).containsExactly("fine", "x", "good", "still good");
        reaper.doWork();
        assertThat(bad.path()).doesNotExist();
        assertThat(aside(bad)).exists();
        assertThat(journaled()).filteredOn(text -> text.contains("set aside")).hasSize(1);
        restartMaster();
        agent.found(List.of(RingFile.open(good.path())));
        drainAll();
        assertThat(workersRecords()).hasSize(4);
    }

    private static Path aside(RingFile file) {
        return Path.of(file.path() + ChannelDirectory.QUARANTINE_SUFFIX);
    }

    private static String textOf(Path file) throws Exception {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    /** With a broken record in front of one that is whole. */
    private RingFile ringWithEvidence() throws Exception {
        RingFile file = ring("evidence", null);
        log(file, 0, 10, "broken");
        overwrite(file, 4, new byte[] {0x55});
        log(file, 0, 11, "behind the damage");
        return file;
    }

    @Test
    void aRingThatIsSetAsideKeepsItsBytesAndIsCalledNothing() throws Exception {
        RingFile file = ringWithEvidence();
        agent.found(List.of(RingFile.open(file.path())));
        drainAll();
        reaper.doWork();
        assertThat(textOf(aside(file))).contains("broken", "behind the damage");
        assertThat(file.header().state()).isEqualTo(RingDescriptor.STATE_SEALED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRingThatCannotBeRenamedWaitsForThatWithItsBytes(boolean restarted) throws Exception {
        RingFile file = ringWithEvidence();
        for (int number = 1; number <= RingReaper.MOST_NAMES; number++) {
            Files.createDirectory(Path.of(file.path() + "." + number + ChannelDirectory.QUARANTINE_SUFFIX));
        }
        Files.createDirectory(aside(file));
        agent.found(List.of(RingFile.open(file.path())));
        drainAll();
        reaper.doWork();
        reaper.doWork();
        assertThat(textOf(file.path())).contains("behind the damage");
        assertThat(file.header().state()).isEqualTo(RingDescriptor.STATE_SEALED);
        if (restarted) {
            restartMaster();
            agent.found(List.of(RingFile.open(file.path())));
            drainAll();
            reaper.doWork();
            assertThat(textOf(file.path())).contains("behind the damage");
        }
        Files.delete(aside(file));
        reaper.doWork();
        assertThat(file.path()).doesNotExist();
        assertThat(textOf(aside(file))).contains("behind the damage");
        assertThat(journaled()).filteredOn(text -> text.contains("set aside")).hasSize(1);
    }

    @Test
    void aRingWhoseNewNameIsTakenGetsAnother() throws Exception {
        RingFile file = ringWithEvidence();
        Files.createDirectory(aside(file));
        agent.found(List.of(RingFile.open(file.path())));
        drainAll();
        reaper.doWork();
        assertThat(file.path()).doesNotExist();
        assertThat(textOf(Path.of(file.path() + ".1" + ChannelDirectory.QUARANTINE_SUFFIX)))
                .contains("behind the damage");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRingThatCannotBeSetAsideIsForgottenInTheEnd(boolean gone) throws Exception {
        RingFile file = ringWithEvidence();
        if (gone) {
            agent.found(List.of(RingFile.open(file.path())));
            Files.delete(file.path());
        } else {
            for (int number = 1; number <= RingReaper.MOST_NAMES; number++) {
                Files.createDirectory(Path.of(file.path() + "." + number + ChannelDirectory.QUARANTINE_SUFFIX));
            }
            Files.createDirectory(aside(file));
            agent.found(List.of(RingFile.open(file.path())));
        }
        drainAll();
        for (int step = 0; step <= RingReaper.MOST_RENAMES; step++) {
            reaper.doWork();
        }
        assertThat(reaper.hasFile(file.identity().ringUuid())).isFalse();
        assertThat(Files.exists(file.path())).isEqualTo(!gone);
    }

    @Test
    void aRingWhoseFileWasRemovedIsCalledSalvagedWhenAllOfItIsThere() throws Exception {
        RingFile file = ring("removed", null);
        RingFile mastersView = RingFile.open(file.path());
        agent.found(List.of(mastersView));
        log(file, 0, 10, "one");
        Files.delete(file.path());
        file.seal();
        drainAll();
        reaper.doWork();
        assertThat(workersRecords()).containsExactly("one");
        assertThat(file.header().state()).isEqualTo(RingDescriptor.STATE_SALVAGED);
    }

    private static void corruptNextRecord(RingFile file) throws Exception {
        byte[] bytes = Files.readAllBytes(file.path());
        int at = 4096 + (int) file.tail();
        try (var channel = java.nio.channels.FileChannel.open(file.path(), java.nio.file.StandardOpenOption.WRITE)) {
            assertThat(bytes[at]).isZero();
            channel.write(java.nio.ByteBuffer.wrap(new byte[] {0x7F, 0x7F, 0x7F, 0x7F}), at);
        }
    }

    /** With a window the clock is asked before the first ring is taken from, behind each, and before a document is appended. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void aFaultAnywhereInAPassLosesAndDoublesNothing(int call) throws Exception {
        holdFor(1);
        RingFile a = ring("a", null);
        RingFile b = ring("b", null);
        RingFile c = ring("c", null);
        agent.found(List.of(RingFile.open(a.path()), RingFile.open(b.path()), RingFile.open(c.path())));
        log(a, 0, 10, "one");
        log(b, 1, 11, "two");
        log(c, 2, 12, "idle");
        drainAll();
        afterMs(2);
        log(a, 0, 13, "three");
        log(b, 1, 14, "four");
        clockThrowsAt = call;
        int faults = 0;
        for (int pass = 0; pass < 5 && faults == 0; pass++) {
            nowNs += 1_000_000;
            try {
                agent.doWork();
            } catch (IllegalStateException e) {
                faults++;
            }
        }
        assertThat(faults).isEqualTo(1);
        assertThat(agent.isDrained()).isFalse();
        log(c, 2, sequences[2], 12, "idle"); // a double, which is known by what was taken before
        log(a, 0, 15, "five");
        drainAll();
        afterMs(2);
        assertThat(agent.isDrained()).isTrue();
        assertThat(workersRecords()).containsExactlyInAnyOrder("one", "two", "idle", "three", "four", "five");
    }

    @Test
    void aFaultBehindTheAppendDoublesNothing() throws Exception {
        RingFile a = ring("a", null);
        agent.found(List.of(RingFile.open(a.path())));
        listenerThrows = true;
        log(a, 0, 10, "one");
        assertThatThrownBy(() -> agent.doWork()).hasMessage("the listener fails");
        listenerThrows = false;
        log(a, 0, 11, "two");
        drainAll();
        assertThat(workersRecords()).containsExactly("one", "two");
    }

    @Test
    void aMasterThatStartsKnowsWhatWasTakenOfEachSlot() throws Exception {
        RingFile a = ring("a", null);
        agent.found(List.of(RingFile.open(a.path())));
        log(a, 0, 10, "one");
        log(a, 5, 11, "two");
        drainAll();
        restartMaster();
        agent.found(List.of(RingFile.open(a.path())));
        log(a, 5, sequences[5], 11, "two");
        log(a, 0, 12, "three");
        drainAll();
        assertThat(workersRecords()).containsExactly("one", "two", "three");
    }

    @Test
    void whileTheDisksSpaceIsBelowTheWatermarkNothingIsTakenAndBothEndsOfThatAreTold() throws Exception {
        journal.close();
        freeSpaceWatermark = Long.MAX_VALUE;
        startMaster();
        RingFile a = ring("a", null);
        agent.found(List.of(RingFile.open(a.path())));
        log(a, 0, 10, "one");
        assertThat(agent.doWork() + agent.doWork()).isZero();
        assertThat(a.head()).isZero();
        nowNs += 1_000_000_000L;
        alarm.print();
        assertThat(alarms)
                .singleElement(STRING)
                .matches("emberlog: ERROR journal: too little free space for \\Q" + journal.directory()
                        + "\\E: \\d+ bytes are free, journal.min_free is " + Long.MAX_VALUE
                        + " bytes; draining waits");
        freeSpaceWatermark = 0;
        journal.configure(journalConfig());
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> agent.doWork() > 0);
        drainAll();
        assertThat(journaled())
                .containsExactlyInAnyOrder(
                        "one",
                        "<journal: too little free space for {}; draining waits>",
                        "<journal: can be written again; draining goes on>");
    }

    /** A directory that is away cannot be opened again: tries come after 200 ms, then after twice as long each time. */
    @Test
    void aJournalThatFailedIsOpenedAgainAtLongerAndLongerIntervals() throws Exception {
        RingFile a = ring("a", null);
        agent.found(List.of(RingFile.open(a.path())));
        log(a, 0, 10, "one");
        drainAll();
        for (int round = 0; round < 2; round++) {
            failBehindTheNextAppend();
            log(a, 0, 11 + round, "more");
            agent.doWork();
            assertThat(journal.isFailed()).isTrue();
            Path away = journalDirectory.resolveSibling("away");
            Files.move(journalDirectory, away);
            Files.createFile(journalDirectory);
            for (int waitMs : new int[] {200, 400, 800}) {
                nowNs += (waitMs - 1) * 1_000_000L;
                Files.delete(journalDirectory);
                Files.move(away, journalDirectory);
                assertThat(agent.doWork())
                        .as("before " + waitMs + " ms have passed")
                        .isZero();
                assertThat(journal.isFailed()).isTrue();
                Files.move(journalDirectory, away);
                Files.createFile(journalDirectory);
                nowNs += 1_000_000L;
                assertThat(agent.doWork()).isZero();
                assertThat(journal.isFailed()).isTrue();
            }
            Files.delete(journalDirectory);
            Files.move(away, journalDirectory);
            nowNs += 1_600_000_000L;
            assertThat(agent.doWork()).isEqualTo(1);
            drainAll();
        }
        assertThat(workersRecords()).containsExactly("one", "more", "more");
        assertThat(journaled())
                .filteredOn(text -> text.contains("draining waits"))
                .hasSize(2);
    }

    /** A document of a heartbeat has no records whose number would tell: where the ring stands does. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDocumentWithoutRecordsIsThereOnceWhetherItsAppendFailedBeforeOrBehind(boolean behind) throws Exception {
        RingFile a = ring("a", null);
        agent.found(List.of(RingFile.open(a.path())));
        log(a, 0, 10, "one");
        drainAll();
        int before = segments(a);
        if (behind) {
            failBehindTheNextAppend();
        } else {
            closeSegment();
        }
        beat(a);
        agent.doWork();
        assertThat(journal.isFailed()).isTrue();
        nowNs += 1_000_000_000L;
        drainAll();
        assertThat(segments(a)).isEqualTo(before + 1);
        assertThat(a.head()).isEqualTo(a.tail());
    }

    @Test
    void aHeartbeatAloneIsTakenAndKeepsNobodyAwake() throws Exception {
        RingFile a = ring("a", null);
        agent.found(List.of(RingFile.open(a.path())));
        log(a, 0, 10, "one");
        drainAll();
        beat(a);
        assertThat(agent.doWork()).isZero();
        assertThat(a.head()).isEqualTo(a.tail());
        beat(a);
        log(a, 0, 11, "two");
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(workersRecords()).containsExactly("one", "two");
    }

    @Test
    void aRingInWhichNothingStirsIsLookedIntoAllTheSame() throws Exception {
        RingFile a = ring("a", null);
        RingFile b = ring("b", null);
        agent.found(List.of(RingFile.open(a.path()), RingFile.open(b.path())));
        log(a, 0, 10, "one");
        drainAll();
        try (RandomAccessFile bytes = new RandomAccessFile(a.path().toFile(), "rw")) {
            bytes.seek(RingDescriptor.HEADER_LENGTH + a.capacity() + RingBufferDescriptor.TAIL_POSITION_OFFSET);
            bytes.writeLong(Long.reverseBytes(a.head() - 8));
        }
        log(b, 0, 11, "two");
        drainAll();
        assertThat(workersRecords()).containsExactly("one", "two");
        nowNs += 1_000_000_000L;
        log(b, 0, 12, "three");
        drainAll();
        reaper.doWork();
        assertThat(workersRecords()).containsExactly("one", "two", "three");
        assertThat(journaled()).anyMatch(text -> text.contains("quarantine") || text.contains("set aside"));
        assertThat(a.path()).doesNotExist();
    }

    @Test
    void ofManyQuietRingsOneThatIsSealedByItsOwnerEndsAtOnce() throws Exception {
        RingFile a = ring("a", null);
        RingFile b = ring("b", null);
        agent.found(List.of(RingFile.open(a.path()), RingFile.open(b.path())));
        log(a, 0, 10, "one");
        drainAll();
        a.ring().closeTail();
        a.seal();
        drainAll();
        reaper.doWork();
        assertThat(a.path()).doesNotExist();
        assertThat(b.path()).exists();
    }

    @Test
    void theDrainLooksOftenForASecondAndRestsOnceEveryWorkerKnowsThatItIsToWakeIt() throws Exception {
        RingFile a = ring("a", null);
        AtomicBoolean heard = new AtomicBoolean();
        AtomicInteger woken = new AtomicInteger();
        agent.onWake(woken::incrementAndGet, heard::get);
        agent.found(List.of(RingFile.open(a.path())));
        assertThat(woken).hasValue(1);
        drainAll();
        long second = 1_000_000_000L;
        assertThat(agent.parkNs(second - 1)).isEqualTo(500_000);
        assertThat(agent.parkNs(second)).isEqualTo(10_000_000);
        assertThat(agent.parkNs(2 * second)).as("nobody is heard").isEqualTo(10_000_000);
        assertThat(a.header().takeDrainRests()).isFalse();

        heard.set(true);
        assertThat(agent.parkNs(2 * second)).as("one more look").isZero();
        assertThat(agent.isResting()).isTrue();
        assertThat(agent.parkNs(2 * second)).isEqualTo(100_000_000);
        Ring ofWorker = a.ring();
        log(a, 0, 10, "not by this object");
        assertThat(ofWorker.isWakeWanted()).isFalse();
        beat(ofWorker);
        assertThat(ofWorker.isWakeWanted()).as("a heartbeat can wait").isFalse();
        offer(ofWorker, 11, "one");
        assertThat(ofWorker.takeWakeWanted()).isTrue();
        assertThat(ofWorker.isWakeWanted()).isFalse();
        assertThat(a.header().takeDrainRests()).isTrue();
        assertThat(a.header().takeDrainRests()).as("once").isFalse();
        offer(ofWorker, 12, "two");
        assertThat(ofWorker.isWakeWanted()).isFalse();

        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(agent.parkNs(0)).isEqualTo(500_000);
        assertThat(agent.isResting()).isFalse();
        assertThat(workersRecords()).containsExactly("not by this object", "one", "two");
        agent.ownerLeaves(a.identity().ringUuid());
        assertThat(woken).as("a JVM waits for that before it ends").hasValue(2);
    }

    @Test
    void theDrainDoesNotRestWhileSomethingWaitsForItAndTellsNewRings() throws Exception {
        RingFile a = ring("a", null);
        RingFile b = ring("b", null);
        agent.onWake(() -> {}, () -> true);
        agent.found(List.of(RingFile.open(a.path())));
        long late = 10_000_000_000L;
        assertThat(agent.parkNs(late)).as("a ring waits to be begun").isEqualTo(10_000_000);
        drainAll();
        assertThat(agent.parkNs(late)).isZero();
        assertThat(agent.parkNs(late)).isEqualTo(100_000_000);
        agent.found(List.of(RingFile.open(b.path())));
        drainAll();
        assertThat(agent.isResting()).isFalse();
        assertThat(a.header().takeDrainRests()).isFalse();
        assertThat(agent.parkNs(late)).isZero();
        assertThat(b.header().takeDrainRests()).isTrue();

        agent.ownerDead(a.identity().ringUuid(), KILLED, 1);
        assertThat(agent.parkNs(late)).as("a step that nobody asked for").isEqualTo(100_000_000);
        agent.doWork();
        assertThat(agent.parkNs(late)).as("sealed, and not salvaged yet").isEqualTo(10_000_000);
        assertThat(agent.isResting()).isFalse();
        nowNs += RingSession.SEAL_GRACE_NS;
        drainAll();
        assertThat(agent.parkNs(late)).as("salvaged").isZero();
    }

    @Test
    void aDrainAtRestThatMeetsTheEndOfARingGoesOnBehindIt() throws Exception {
        RingFile a = ring("a", null);
        agent.onWake(() -> {}, () -> true);
        agent.found(List.of(RingFile.open(a.path())));
        String text = "x".repeat(1_000);
        while (a.tail() % a.capacity() + text.length() <= a.capacity()) {
            log(a, 0, 10, text);
            drainAll();
        }
        long late = 10_000_000_000L;
        assertThat(agent.parkNs(late)).isZero();
        assertThat(agent.doWork()).isZero();
        assertThat(agent.parkNs(late)).isEqualTo(100_000_000);
        log(a, 0, 11, text + " at the start");
        assertThat(agent.doWork()).as("padding is no record").isZero();
        assertThat(agent.parkNs(late)).as("until the record behind it").isZero();
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(workersRecords()).endsWith(text + " at the start");
        assertThat(agent.doWork()).isZero();
        assertThat(agent.parkNs(0)).isEqualTo(500_000);
    }

    @Test
    void heartbeatsOfManyKeepNoRecordWaitingBehindThem() throws Exception {
        List<RingFile> rings = new ArrayList<>();
        List<RingFile> found = new ArrayList<>();
        for (int i = 0; i < 2 * MergePlan.MAX_SOURCES; i++) {
            rings.add(ring("ring-" + i, null));
            found.add(RingFile.open(rings.get(i).path()));
        }
        agent.onWake(() -> {}, () -> true);
        agent.found(found);
        drainAll();
        long late = 10_000_000_000L;
        assertThat(agent.parkNs(late)).isZero();
        assertThat(agent.doWork()).isZero();
        assertThat(agent.parkNs(late)).isEqualTo(100_000_000);
        rings.forEach(DrainAgentTest::beat);
        assertThat(agent.doWork()).isZero();
        assertThat(agent.parkNs(late))
                .as("half of them have not had their turn")
                .isZero();
        RingFile last = rings.stream()
                .filter(ring -> ring.head() != ring.tail())
                .reduce((one, other) -> other)
                .orElseThrow();
        log(last, 0, 10, "behind a heartbeat");
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(workersRecords()).containsExactly("behind a heartbeat");
        assertThat(agent.doWork()).isZero();
        assertThat(agent.parkNs(0)).isEqualTo(500_000);
    }

    private static void beat(RingFile file) {
        beat(file.ring());
    }

    private static void beat(Ring ring) {
        byte[] heartbeat = new byte[MessageDescriptor.HEARTBEAT_LENGTH];
        Heartbeat.encode(heartbeat, 0, 1, 2, false);
        assertThat(ring.offer(
                        MessageDescriptor.TYPE_HEARTBEAT, new VarHandleBuffer(heartbeat), 0, heartbeat.length, true))
                .isEqualTo(Ring.RINGED);
    }

    /** Of that ring, in all documents. */
    private int segments(RingFile file) throws Exception {
        int count = 0;
        JournalDocumentReader document = new JournalDocumentReader();
        try (JournalReader reader = JournalReader.open(journalDirectory, JournalListener.NONE)) {
            while (reader.next(document)) {
                for (int i = 0; i < document.segmentCount(); i++) {
                    if (document.sourceUuid(document.segmentSource(i))
                            .equals(file.identity().ringUuid())) {
                        count++;
                    }
                }
            }
        }
        return count;
    }

    /** The document is published, and then something fails. */
    private void failBehindTheNextAppend() throws Exception {
        setField("segmentSync", null);
    }

    private void setField(String name, Object value) throws Exception {
        field(journal, name).set(journal, value);
    }

    /** What writes next finds that it cannot. */
    private void closeSegment() throws Exception {
        Object writer = field(journal, "writer").get(journal);
        ((FileChannel) field(writer, "channel").get(writer)).close();
    }

    private static java.lang.reflect.Field field(Object of, String name) throws Exception {
        java.lang.reflect.Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /** The journal was deleted, or another directory was configured, while workers lived. */
    @Test
    void aRingThatTheJournalDoesNotKnowGoesOnWhereItsHeaderSaysAlsoAfterTheNextRestart() throws Exception {
        RingFile a = ring("a", null);
        agent.found(List.of(RingFile.open(a.path())));
        log(a, 0, 10, "one");
        drainAll();
        journal.close();
        journalDirectory = temp.resolve("another");
        startMaster();
        agent.found(List.of(RingFile.open(a.path())));
        drainAll();
        restartMaster();
        agent.found(List.of(RingFile.open(a.path())));
        log(a, 0, 11, "two");
        drainAll();
        assertThat(workersRecords()).containsExactly("two");
        assertThat(a.path()).exists();
    }

    @Test
    void aDocumentIsNotAppendedAgainWhileNobodyCouldLookWhetherItIsThere() throws Exception {
        RingFile a = ring("a", null);
        agent.found(List.of(RingFile.open(a.path())));
        log(a, 0, 10, "one");
        drainAll();
        appendWithGap();
        recoveryThrows = true;
        failBehindTheNextAppend();
        log(a, 0, 11, "two");
        agent.doWork();
        assertThat(journal.isFailed()).isTrue();
        nowNs += 1_000_000_000L;
        alarm.print();
        assertThat(alarms)
                .as("told while no record of it can be")
                .singleElement(STRING)
                .contains("draining waits");
        assertThatThrownBy(() -> agent.doWork()).hasMessage("recovery fails");
        assertThat(journal.isFailed()).isFalse();
        recoveryThrows = false;
        drainAll();
        log(a, 0, 12, "three");
        drainAll();
        List<String> texts = new ArrayList<>();
        JournalDocumentReader document = new JournalDocumentReader();
        try (JournalReader reader = JournalReader.open(journalDirectory, JournalListener.NONE)) {
            while (reader.next(document)) {
                RingBlockReader records = new RingBlockReader();
                for (int i = 0; i < document.segmentCount(); i++) {
                    records.wrap(
                            document.array(),
                            document.segmentOffset(i),
                            document.segmentLength(i),
                            document.segmentPosition(i));
                    while (records.nextEntry()) {
                        texts.add(records.entry().text(MessageDescriptor.TEMPLATE));
                    }
                }
            }
        }
        texts.removeIf(text -> text.startsWith("journal"));
        assertThat(texts).containsExactly("one", "two", "three");
    }

    @Test
    void aRingOfWhichSomethingIsLostIsRemovedButNotCalledSalvaged() throws Exception {
        RingFile lost = ring("lost", null);
        RingFile other = ring("other", null);
        agent.found(List.of(RingFile.open(lost.path()), RingFile.open(other.path())));
        log(lost, 0, 10, "one");
        drainAll();
        sync.request();
        Thread.currentThread().interrupt(); // as an error of the device it makes the force fail
        sync.doWork();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(journal.isFailed()).isTrue();
        try (var files = Files.newDirectoryStream(journalDirectory, "*.cq4")) {
            for (Path file : files) {
                Files.write(file, new byte[(int) Files.size(file)]);
            }
        }
        nowNs += 1_000_000_000L;
        log(other, 0, 10, "two");
        drainAll();
        assertThat(journal.breaches()).isPositive();

        for (RingFile file : List.of(lost, other)) {
            agent.ownerDead(file.identity().ringUuid(), KILLED, -1);
        }
        agent.doWork();
        nowNs += RingSession.SEAL_GRACE_NS;
        drainAll();
        reaper.doWork();
        assertThat(lost.path()).doesNotExist();
        assertThat(lost.header().state()).isEqualTo(RingDescriptor.STATE_SEALED);
        assertThat(other.path()).doesNotExist();
        assertThat(other.header().state()).isEqualTo(RingDescriptor.STATE_SALVAGED);
    }

    /** So that recovery has something to tell its listener, which can then fail. */
    private void appendWithGap() throws Exception {
        JournalDocumentWriter empty = new JournalDocumentWriter();
        empty.begin(1_000, 1);
        journal.append(empty.array(), empty.finish(0));
    }

    @Test
    @CrashRow("D2")
    void whatWasAppendedBeforeTheRingWasToldIsNotTakenAgain() throws Exception {
        RingFile file = ring("a", null);
        agent.found(List.of(RingFile.open(file.path())));
        log(file, 0, 10, "one");
        drainAll();
        log(file, 0, 11, "two");
        log(file, 0, 12, "three");
        byte[] beforeRelease = Files.readAllBytes(file.path());
        drainAll();
        // the master dies between its append and its first store into the ring
        try (var channel = java.nio.channels.FileChannel.open(file.path(), java.nio.file.StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(beforeRelease), 0);
        }
        restartMaster();
        agent.found(List.of(RingFile.open(file.path())));
        log(file, 0, 13, "four");
        drainAll();
        assertThat(workersRecords()).containsExactly("one", "two", "three", "four");
        assertThat(file.head()).isEqualTo(file.tail());
    }

    private void holdFor(long ms) {
        window = Duration.ofMillis(ms);
        agent.reorderWindow(window);
    }

    private void afterMs(long ms) {
        nowNs += ms * 1_000_000;
        drainAll();
    }

    @Test
    void aRingThatIsCutBehindTheLastPassIsNotDrainedUntilItIsSetAside() throws Exception {
        RingFile a = ring("a", null);
        agent.found(List.of(RingFile.open(a.path())));
        log(a, 0, 1, "before");
        drainAll();
        assertThat(agent.isDrained()).isTrue();
        try (FileChannel channel = FileChannel.open(a.path(), StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        assertThat(agent.isDrained()).isFalse();
        drainAll();
        assertThat(agent.isDrained()).isTrue();
        assertThat(a.path()).doesNotExist();
    }

    @Test
    void recordsAreHeldForTheWindowAndLeaveInTheOrderOfTheirTimestamps() throws Exception {
        holdFor(50);
        RingFile a = ring("a", null);
        RingFile b = ring("b", null);
        agent.found(List.of(RingFile.open(a.path()), RingFile.open(b.path())));
        log(a, 0, 20, "a20");
        drainAll();
        afterMs(40);
        log(b, 1, 10, "b10");
        log(b, 1, 30, "b30");
        drainAll();
        assertThat(workersRecords()).isEmpty();
        assertThat(agent.isDrained()).isFalse();
        afterMs(10);
        assertThat(workersRecords()).containsExactly("b10", "a20");
        assertThat(a.head()).isEqualTo(a.tail());
        assertThat(b.header().journaledPosition()).isBetween(1L, b.tail() - 1);
        afterMs(40);
        assertThat(workersRecords()).containsExactly("b10", "a20", "b30");
        assertThat(agent.isDrained()).isTrue();
    }

    @Test
    @CrashRow("D8")
    void aMasterThatDiesWhileItHoldsRecordsFindsThemInTheirRings() throws Exception {
        holdFor(50);
        RingFile a = ring("a", null);
        RingFile b = ring("b", null);
        List<RingFile> both = List.of(RingFile.open(a.path()), RingFile.open(b.path()));
        agent.found(both);
        for (int i = 0; i < 20; i++) {
            log(a, 0, 10 * i, "a" + 10 * i);
            log(b, 1, 10 * i + 5, "b" + (10 * i + 5));
            afterMs(15);
            if (i % 6 == 5) { // some of each ring is journaled, some is held
                restartMaster();
                agent.found(List.of(RingFile.open(a.path()), RingFile.open(b.path())));
            }
        }
        afterMs(60);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            expected.add("a" + 10 * i);
            expected.add("b" + (10 * i + 5));
        }
        assertThat(workersRecords()).isEqualTo(expected);
    }

    @Test
    void aDeadWorkersRecordsAreHeldTooAndItsEndComesBehindThem() throws Exception {
        holdFor(200);
        RingFile a = ring("a", null);
        RingFile b = ring("b", null);
        agent.found(List.of(RingFile.open(a.path()), RingFile.open(b.path())));
        log(a, 0, 10, "a10");
        log(a, 0, 30, "a30");
        drainAll();
        agent.ownerDead(a.identity().ringUuid(), KILLED, -1);
        drainAll();
        afterMs(150); // the grace of the seal is over: salvage
        log(b, 1, 20, "b20");
        drainAll();
        assertThat(journaled()).noneMatch(text -> text.contains("died"));
        afterMs(50);
        assertThat(workersRecords()).containsExactly("a10", "b20", "a30");
        assertThat(journaled()).filteredOn(text -> text.contains("died")).hasSize(1);
        assertThat(journaled().get(3)).contains("died");
        reaper.doWork();
        assertThat(a.path()).doesNotExist();
    }

    @Test
    void whatIsHeldOfABrokenRingIsJournaledBeforeItIsSetAside() throws Exception {
        holdFor(50);
        RingFile bad = ring("bad", null);
        agent.found(List.of(RingFile.open(bad.path())));
        log(bad, 0, 10, "fine");
        drainAll();
        corruptNextRecord(bad);
        drainAll();
        assertThat(bad.path()).exists();
        afterMs(50);
        assertThat(workersRecords()).containsExactly("fine");
        assertThat(bad.path()).doesNotExist();
        assertThat(Path.of(bad.path() + ChannelDirectory.QUARANTINE_SUFFIX)).exists();
    }

    @Test
    void aShorterWindowLetsGoOfWhatIsHeldAndZeroHoldsNothing() throws Exception {
        holdFor(10_000);
        RingFile a = ring("a", null);
        agent.found(List.of(RingFile.open(a.path())));
        log(a, 0, 10, "one");
        drainAll();
        afterMs(1_000);
        assertThat(workersRecords()).isEmpty();
        holdFor(1_000);
        drainAll();
        assertThat(workersRecords()).containsExactly("one");
        log(a, 0, 11, "two");
        drainAll();
        afterMs(500);
        holdFor(0);
        drainAll();
        assertThat(workersRecords()).containsExactly("one", "two");
    }

    @Test
    void aRingThatIsHalfFullOfHeldRecordsLetsTheOldestGoAndTheOthersKeepTheirWindow() throws Exception {
        holdFor(5_000);
        RingFile flooded = ring("a", null);
        RingFile quiet = ring("b", null);
        agent.found(List.of(RingFile.open(flooded.path()), RingFile.open(quiet.path())));
        log(quiet, 1, 5, "quiet");
        String text = "x".repeat(1_000);
        for (int i = 0; i < 500; i++) { // eight rings full, with a pass for each record
            log(flooded, 0, 10 + i, text);
            agent.doWork();
        }
        assertThat(workersRecords()).hasSizeGreaterThan(450).containsOnly(text);
        assertThat(flooded.tail() - flooded.header().journaledPosition()).isBetween(30_000L, 33_000L);
        afterMs(5_000);
        assertThat(workersRecords()).hasSize(501).contains("quiet");
    }

    @Test
    void moreRingsThanADocumentHoldsComeOutInOrderOverSeveralDocuments() throws Exception {
        holdFor(50);
        List<RingFile> rings = new ArrayList<>();
        List<RingFile> opened = new ArrayList<>();
        for (int i = 0; i < 3 * MergePlan.MAX_SOURCES; i++) {
            rings.add(ring("w" + i, null));
            opened.add(RingFile.open(rings.get(i).path()));
        }
        agent.found(opened);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 5 * rings.size(); i++) {
            sequences[0] = i / rings.size();
            log(rings.get(i * 7 % rings.size()), 0, i, "r" + i);
            expected.add("r" + i);
        }
        afterMs(0);
        assertThat(workersRecords()).isEmpty();
        afterMs(50);
        assertThat(workersRecords()).isEqualTo(expected);
    }

    @Test
    void aFaultWhileRecordsAreHeldLosesAndDoublesNothing() throws Exception {
        holdFor(50);
        RingFile a = ring("a", null);
        RingFile b = ring("b", null);
        agent.found(List.of(RingFile.open(a.path()), RingFile.open(b.path())));
        int faults = 0;
        for (int i = 0; i < 30; i++) {
            log(a, 0, 2 * i, "a" + 2 * i);
            log(b, 1, 2 * i + 1, "b" + (2 * i + 1));
            nowNs += 20_000_000;
            clockThrowsAt = i % 5;
            try {
                agent.doWork();
                agent.doWork();
            } catch (IllegalStateException e) {
                faults++;
            }
            clockThrowsAt = 0;
        }
        assertThat(faults).isGreaterThan(20);
        afterMs(60);
        afterMs(60); // what was taken once more was seen now
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            expected.add((i % 2 == 0 ? "a" : "b") + i);
        }
        assertThat(workersRecords()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(workersRecords().stream().filter(text -> text.startsWith("a")))
                .containsExactlyElementsOf(
                        expected.stream().filter(text -> text.startsWith("a")).toList());
    }

    @Test
    void aUserWithManyBusyRingsGetsNoMoreOfAPassThanOneWithASingleRing() throws Exception {
        UserTurns turns = new UserTurns();
        List<RingSession> sessions = new ArrayList<>();
        Map<Integer, Integer> visits = new HashMap<>();
        for (int i = 0; i < 10; i++) {
            sessions.add(sessionOf(i == 4 ? 1001 : 1000));
        }
        Map<RingSession, Integer> ofRing = new HashMap<>();
        for (int pass = 0; pass < 90; pass++) {
            turns.begin(sessions, session -> true);
            for (int i = 0; i < 4; i++) { // a pass that is full after four rings
                visits.merge(turns.at(i).user, 1, Integer::sum);
                ofRing.merge(turns.at(i), 1, Integer::sum);
            }
            turns.end(4);
        }
        assertThat(ofRing.get(sessions.get(4))).as("in every pass").isEqualTo(90);
        assertThat(visits.get(1000)).isEqualTo(3 * 90);
        assertThat(ofRing.values()).as("no ring of the other starves").containsOnly(90, 30);

        turns.begin(List.of(), session -> true);
        turns.end(0);
        turns.begin(sessions.subList(4, 5), session -> true);
        assertThat(turns.at(0)).isSameAs(sessions.get(4));
        turns.end(1);
    }

    private RingSession sessionOf(int uid) throws Exception {
        WorkerIdentity named =
                new WorkerIdentity(UserFolders.newRingUuid(uid), "w", 1, 1, "", "", "", "host", "process", "");
        return new RingSession(RingFile.create(channel, RingSpec.of(64 * 1024), named, null, 1), null, 0, false);
    }
}
