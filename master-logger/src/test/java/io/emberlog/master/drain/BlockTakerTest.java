package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.heartbeat.CrashForensics;
import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.heartbeat.LivenessConfig;
import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.heartbeat.ProcessProbe;
import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.RecoveredState;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much one pass over the rings takes, and out of which. */
class BlockTakerTest {
    private static final int BUDGET = 100 * 1024;
    private static final int TEXT = 10_000;
    private static final int RECORD = TEXT + 200;

    @TempDir
    Path temp;

    private final JournalDocumentWriter writer = new JournalDocumentWriter();
    private final ReorderWindow window = new ReorderWindow(BUDGET);
    private final List<HeldRing> rings = new ArrayList<>();
    private Journal journal;
    private RingRoster roster;
    private BlockTaker taker;

    @BeforeEach
    void openJournal() throws Exception {
        journal = Journal.open(JournalConfig.in(temp.resolve("journal")), JournalListener.NONE);
    }

    @AfterEach
    void closeJournal() {
        journal.close();
    }

    /** Rings with so many large records each. */
    private void rings(int count, int records) throws Exception {
        ChannelDirectory channel = ChannelDirectory.open(temp.resolve("channel"));
        for (int i = 0; i < count; i++) {
            HeldRing ring = new HeldRing(channel, UUID.randomUUID());
            for (int record = 0; record < records; record++) {
                ring.offer(record, 1, 9, TEXT);
            }
            rings.add(ring);
        }
        ProcessProbe probe = new ProcessProbe(HostIdentity.read());
        LivenessMonitor liveness = new LivenessMonitor(
                LivenessConfig.DEFAULTS, () -> 0, probe, new CrashForensics(probe, List.of()), transition -> {});
        WorkerIdentity master =
                new WorkerIdentity(UUID.randomUUID(), "master", 1, 1, "", "", "", "host", "process", "");
        MasterEvents events = new MasterEvents(master, () -> 0, new Alarm(text -> {}, () -> 0));
        SyncAgent sync = new SyncAgent(journal, Duration.ZERO, SyncAgent.NO_LEVEL, () -> 0, () -> {});
        roster = new RingRoster(RecoveredState.FRESH, liveness, new RingReaper(journal, events), sync);
        taker = new BlockTaker(
                roster,
                new RingEndings(writer, events),
                writer,
                window,
                new HeldRecords.Pool(),
                liveness,
                () -> 0,
                () -> Long.MAX_VALUE);
        roster.found(rings.stream().map(ring -> ring.file).toList(), true);
        writer.begin(0, 1);
    }

    private List<Integer> held() {
        return roster.sessions().stream().map(session -> session.held().bytes()).toList();
    }

    private int heldInAll() {
        return held().stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    void aRingIsHeldToItsBudgetAPassAndToTwoBeforeItIsJournaled() throws Exception {
        rings(1, 60);
        int first = taker.take(0);
        assertThat(first).isBetween(BUDGET - RECORD, BUDGET).isEqualTo(heldInAll());
        int second = taker.take(0);
        assertThat(second).isBetween(BUDGET - RECORD, BUDGET);
        assertThat(heldInAll()).isEqualTo(first + second);
        int third = taker.take(0);
        assertThat(heldInAll()).isEqualTo(first + second + third).isBetween(2 * BUDGET - RECORD, 2 * BUDGET + RECORD);
        assertThat(taker.take(0) + taker.take(0)).isLessThanOrEqualTo(RECORD);
        assertThat(heldInAll()).isLessThanOrEqualTo(2 * BUDGET + RECORD);
    }

    @Test
    void aPassTakesAboutADocumentAndTheNextOneGoesOnWithTheOthers() throws Exception {
        rings(16, 12);
        int taken = taker.take(0);
        assertThat(taken).isBetween(1 << 20, (1 << 20) + BUDGET).isEqualTo(heldInAll());
        List<Integer> first = held();
        long visited = first.stream().filter(bytes -> bytes > 0).count();
        assertThat(first.subList(0, (int) visited)).doesNotContain(0);
        taker.take(0);
        assertThat(held()).doesNotContain(0);
        assertThat(held().subList((int) visited, 16)).allMatch(bytes -> bytes <= BUDGET);
    }

    @Test
    void withoutAWindowNoMoreRingsAreHeldThanADocumentHas() throws Exception {
        rings(MergePlan.MAX_SOURCES + 8, 1);
        assertThat(taker.take(0)).isPositive();
        assertThat(held().stream().filter(bytes -> bytes > 0)).hasSize(MergePlan.MAX_SOURCES);
        assertThat(taker.take(0)).as("first those have to go").isZero();
        assertThat(held().stream().filter(bytes -> bytes > 0)).hasSize(MergePlan.MAX_SOURCES);
        roster.sessions()
                .get(0)
                .held()
                .release(Long.MAX_VALUE, new io.emberlog.ring.SlotSequences(), new HeldRecords.Pool());
        assertThat(taker.take(0)).isPositive();
        assertThat(held().stream().filter(bytes -> bytes > 0)).hasSize(MergePlan.MAX_SOURCES);
    }

    @Test
    void withAWindowAllRingsAreTakenFrom() throws Exception {
        window.set(1_000);
        rings(MergePlan.MAX_SOURCES + 8, 1);
        taker.take(0);
        assertThat(held()).doesNotContain(0);
    }

    @Test
    void nothingIsTakenIntoADocumentThatIsNearlyFull() throws Exception {
        rings(1, 1);
        byte[] filler = new byte[writer.remaining()];
        int source = writer.addSource(rings.get(0).session.identity, 0, filler.length);
        while (writer.addSegment(source, 0, filler, 0, Math.min(1 << 20, writer.remainingForSegment() & -8))) {
            if (writer.remainingForSegment() < 8) {
                break;
            }
        }
        assertThat(taker.take(0)).isZero();
        writer.begin(0, 1);
        assertThat(taker.take(0)).isPositive();
    }

    @Test
    void aRingsShareIsOfTheRingAndOfAllThatIsHeld() throws Exception {
        rings(1, 1);
        RingSession session = roster.sessions().get(0);
        assertThat(window.share(session, 1)).as("without a window").isEqualTo(BUDGET);
        window.set(1);
        assertThat(window.share(session, 0)).isEqualTo(session.file.capacity() / 2);
        assertThat(window.share(session, 64)).isEqualTo((32 << 20) / 64);
        assertThat(window.share(session, 10_000)).isEqualTo(64 * 1024);
    }
}
