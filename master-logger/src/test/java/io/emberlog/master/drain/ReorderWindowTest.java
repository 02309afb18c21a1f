package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.heartbeat.CrashForensics;
import io.emberlog.heartbeat.HostIdentity;
import io.emberlog.heartbeat.LivenessConfig;
import io.emberlog.heartbeat.LivenessMonitor;
import io.emberlog.heartbeat.ProcessProbe;
import io.emberlog.master.journal.Journal;
import io.emberlog.master.journal.JournalConfig;
import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.master.journal.RecoveredState;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import io.emberlog.message.WorkerIdentity;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.Ring;
import io.emberlog.ring.RingBlock;
import io.emberlog.ring.RingFile;
import io.emberlog.ring.RingSpec;
import io.emberlog.ring.VarHandleBuffer;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the window promises, over many seeds: workers whose clocks are right, behind, ahead, or stepped write into real rings
 * with delays between a record's timestamp and its being seen, and the documents are read back.
 */
class ReorderWindowTest {
    private static final int SEEDS = 150;
    private static final long MS = 1_000_000;
    private static final long WINDOW_MS = 50;
    private static final long LONGEST_PASS_MS = 4;
    private static final long EPOCH_NS = 1_700_000_000_000_000_000L;

    /** How a worker's clock is wrong. */
    private enum ClockOf {
        RIGHT,
        BEHIND,
        AHEAD,
        STEPPED
    }

    /** A record on its way: its worker, its text is its number. */
    private record Logged(int worker, int number, long timestamp, long visibleNs) {}

    private record Delivered(Logged what, long seenNs, long deliveredNs) {}

    @TempDir
    Path temp;

    private ChannelDirectory channel;
    private Journal journal;
    private LivenessMonitor liveness;
    private final BatchEncoder encoder = new BatchEncoder(64 * 1024, 32 * 1024);
    private long nowNs;

    @BeforeEach
    void open() throws Exception {
        channel = ChannelDirectory.open(temp.resolve("channel"));
        journal = Journal.open(JournalConfig.in(temp.resolve("journal")), JournalListener.NONE);
        ProcessProbe probe = new ProcessProbe(HostIdentity.read());
        liveness = new LivenessMonitor(
                LivenessConfig.DEFAULTS, () -> nowNs, probe, new CrashForensics(probe, List.of()), transition -> {});
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void everyRingKeepsItsOrderNothingIsHeldLongerAndClocksThatAreRightOrBehindComeOutSorted() throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            ClockOf[] clocks = new ClockOf[2 + random.nextInt(4)];
            for (int i = 0; i < clocks.length; i++) {
                clocks[i] = i < 2 ? ClockOf.RIGHT : ClockOf.values()[random.nextInt(4)];
            }
            check("seed=" + seed, clocks, run(random, clocks));
        }
    }

    /**
     * Floods that are behind have the older timestamps for as long as they last: by those alone, a quiet worker would wait for
     * their end.
     */
    @ParameterizedTest
    @ValueSource(longs = {0, WINDOW_MS})
    void aQuietWorkerIsNotKeptWaitingByFloodsWhoseRecordsAreOlder(long windowMs) throws Exception {
        nowNs = 7 * MS;
        RingRoster roster = roster();
        JournalDocumentWriter writer = new JournalDocumentWriter();
        ReorderWindow window = new ReorderWindow(256 * 1024);
        window.set(windowMs * MS);
        MergePlan plan = new MergePlan(writer);
        HeldRecords.Pool pool = new HeldRecords.Pool();
        BlockTaker taker = taker(roster, writer, window, pool, EPOCH_NS);
        int floods = 8;
        List<RingFile> rings = new ArrayList<>();
        for (int i = 0; i <= floods; i++) {
            rings.add(RingFile.create(channel, RingSpec.of(1 << 20), worker("w" + i), null, 1));
        }
        roster.found(rings, true);
        long[] sequences = new long[floods];
        offer(rings.get(floods), 1, EPOCH_NS, "quiet");
        String filler = "f".repeat(30_000);

        long records = 0;
        boolean delivered = false;
        for (int pass = 0; pass < 200 && !delivered; pass++) {
            for (int i = 0; i < floods; i++) {
                while (isOffered(rings.get(i), sequences[i] + 1, EPOCH_NS - 3_600_000 * MS + sequences[i], filler)) {
                    sequences[i]++;
                }
            }
            writer.begin(records, 1);
            taker.take(nowNs);
            plan.begin(writer.remaining(), window.budget());
            window.choose(roster.sessions(), nowNs, plan);
            plan.plan();
            int count = plan.write();
            delivered = texts(writer, writer.finish(count), count).contains("quiet");
            records += count;
            for (int i = 0; i < plan.rings().size(); i++) {
                plan.rings().get(i).journaled(plan.endPosition(i), pool);
            }
            nowNs += 2 * MS;
        }
        assertThat(delivered).as("within 200 documents").isTrue();
    }

    /** A session holds the mapping of its file, and a file in memory takes its space until that is gone. */
    @Test
    void aPlanKeepsNoRingThatIsDoneWith() throws Exception {
        nowNs = MS;
        JournalDocumentWriter writer = new JournalDocumentWriter();
        MergePlan plan = new MergePlan(writer);
        List<WeakReference<RingSession>> sessions = new ArrayList<>();
        writer.begin(0, 1);
        plan.begin(writer.remaining(), 4096);
        for (int i = 0; i < 3; i++) {
            sessions.add(planned(plan));
        }
        plan.plan();
        assertThat(plan.write()).isEqualTo(3);
        plan.begin(0, 0);
        long deadlineNs = System.nanoTime() + 20_000 * MS;
        while (sessions.stream().anyMatch(session -> session.get() != null) && System.nanoTime() - deadlineNs < 0) {
            System.gc();
        }
        assertThat(sessions).allMatch(session -> session.get() == null);
    }

    private WeakReference<RingSession> planned(MergePlan plan) throws Exception {
        RingFile file = RingFile.create(channel, RingSpec.of(64 * 1024), worker("w"), null, 1);
        offer(file, 1, EPOCH_NS, "text");
        RingSession session = new RingSession(file, null, 0, false);
        session.start(null);
        RingBlock block = new RingBlock();
        session.drain().take(block, 4096, (sent, next, goodbye) -> {});
        session.held().add(block, nowNs, 0, new HeldRecords.Pool());
        plan.add(session, Long.MAX_VALUE, MergePlan.Turn.SAME);
        return new WeakReference<>(session);
    }

    private void check(String seed, ClockOf[] clocks, List<Delivered> out) {
        int[] nextNumber = new int[clocks.length];
        long newest = Long.MIN_VALUE;
        for (Delivered delivered : out) {
            Logged what = delivered.what;
            assertThat(what.number).as(seed + " " + what).isEqualTo(nextNumber[what.worker]++);
            assertThat(delivered.deliveredNs - delivered.seenNs)
                    .as(seed + " held for, " + what)
                    .isLessThanOrEqualTo((WINDOW_MS + WINDOW_MS / 16 + 1 + LONGEST_PASS_MS) * MS);
            if (clocks[what.worker] == ClockOf.RIGHT || clocks[what.worker] == ClockOf.BEHIND) {
                assertThat(what.timestamp).as(seed + " order, " + what).isGreaterThanOrEqualTo(newest);
                newest = what.timestamp;
            }
        }
    }

    private List<Delivered> run(Random random, ClockOf[] clocks) throws Exception {
        nowNs = random.nextLong() >> 2; // System.nanoTime() may be negative
        long startNs = nowNs;
        RingRoster roster = roster();
        JournalDocumentWriter writer = new JournalDocumentWriter();
        ReorderWindow window = new ReorderWindow(256 * 1024);
        window.set(WINDOW_MS * MS);
        MergePlan plan = new MergePlan(writer);
        HeldRecords.Pool pool = new HeldRecords.Pool();
        BlockTaker taker = taker(roster, writer, window, pool, EPOCH_NS - startNs);
        List<RingFile> rings = new ArrayList<>();
        for (ClockOf clock : clocks) {
            rings.add(RingFile.create(channel, RingSpec.of(64 * 1024), worker(clock.name()), null, 1));
        }
        roster.found(rings, true);

        PriorityQueue<Logged> coming = coming(random, clocks, startNs);
        int count = coming.size();
        Map<String, Logged> byText = new HashMap<>();
        Map<Logged, Long> seen = new HashMap<>();
        List<Delivered> out = new ArrayList<>();
        while (out.size() < count) {
            while (!coming.isEmpty() && coming.peek().visibleNs - nowNs <= 0) {
                Logged next = coming.poll();
                String text = next.worker + ":" + next.number;
                byText.put(text, next);
                seen.put(next, nowNs);
                offer(rings.get(next.worker), next.number + 1, next.timestamp, text);
            }
            writer.begin(out.size(), 1);
            taker.take(nowNs);
            plan.begin(writer.remaining(), window.budget());
            window.choose(roster.sessions(), nowNs, plan);
            plan.plan();
            int records = plan.write();
            for (String text : texts(writer, writer.finish(records), records)) {
                Logged what = byText.get(text);
                out.add(new Delivered(what, seen.get(what), nowNs));
            }
            for (int i = 0; i < plan.rings().size(); i++) {
                plan.rings().get(i).journaled(plan.endPosition(i), pool);
            }
            nowNs += 1 + (long) (random.nextDouble() * LONGEST_PASS_MS * MS);
            assertThat(nowNs - startNs).as("ends").isLessThan(10_000 * MS);
        }
        for (RingFile ring : rings) {
            assertThat(ring.head()).isEqualTo(ring.tail());
        }
        return out;
    }

    /** Records in the order in which they become visible; per worker in that of their timestamps, but where its clock steps. */
    private static PriorityQueue<Logged> coming(Random random, ClockOf[] clocks, long startNs) {
        PriorityQueue<Logged> coming = new PriorityQueue<>((a, b) -> {
            int order = Long.compare(a.visibleNs - startNs, b.visibleNs - startNs);
            return order != 0 ? order : a.number - b.number;
        });
        for (int worker = 0; worker < clocks.length; worker++) {
            long wrongNs = switch (clocks[worker]) {
                case RIGHT, STEPPED -> 0;
                case BEHIND -> -random.nextInt(20) * MS;
                case AHEAD -> random.nextInt(3) == 0 ? 3_600_000 * MS : random.nextInt(100) * MS;
            };
            long mostDelayNs = (WINDOW_MS - LONGEST_PASS_MS - 1) * MS + Math.min(0, wrongNs);
            long atNs = 0;
            long visibleNs = 0;
            int records = 20 + random.nextInt(60);
            int meanGapUs = 100 + random.nextInt(5_000);
            for (int number = 0; number < records; number++) {
                atNs += 1 + random.nextInt(2 * meanGapUs) * 1_000L;
                if (clocks[worker] == ClockOf.STEPPED && random.nextInt(15) == 0) {
                    wrongNs = (random.nextInt(7_200) - 3_600) * 1_000 * MS;
                }
                visibleNs = Math.max(visibleNs, atNs + (long) (random.nextDouble() * mostDelayNs));
                coming.add(new Logged(worker, number, EPOCH_NS + atNs + wrongNs, startNs + visibleNs));
            }
        }
        return coming;
    }

    private RingRoster roster() {
        SyncAgent sync = new SyncAgent(journal, Duration.ZERO, SyncAgent.NO_LEVEL, () -> nowNs, () -> {});
        MasterEvents events = new MasterEvents(worker("master"), () -> nowNs, new Alarm(text -> {}, () -> nowNs));
        return new RingRoster(RecoveredState.FRESH, liveness, new RingReaper(journal, events), sync);
    }

    private BlockTaker taker(
            RingRoster roster,
            JournalDocumentWriter writer,
            ReorderWindow window,
            HeldRecords.Pool pool,
            long epochMinusMonotonicNs) {
        WorkerIdentity master =
                new WorkerIdentity(UUID.randomUUID(), "master", 1, 1, "", "", "", "host", "process", "");
        MasterEvents events = new MasterEvents(master, () -> 0, new Alarm(text -> {}, () -> 0));
        return new BlockTaker(
                roster,
                new RingEndings(writer, events),
                writer,
                window,
                pool,
                liveness,
                () -> nowNs,
                () -> epochMinusMonotonicNs + nowNs);
    }

    private static WorkerIdentity worker(String name) {
        return new WorkerIdentity(UUID.randomUUID(), name, 1, 1, "", "", "", "host", "process", "");
    }

    private void offer(RingFile ring, long sequence, long timestamp, String text) {
        assertThat(isOffered(ring, sequence, timestamp, text)).isTrue();
    }

    private boolean isOffered(RingFile ring, long sequence, long timestamp, String text) {
        encoder.begin();
        encoder.beginEntry(9, timestamp, 1);
        encoder.text(MessageDescriptor.TEMPLATE, text);
        encoder.endEntry();
        encoder.finish(0, sequence);
        VarHandleBuffer bytes = new VarHandleBuffer(encoder.buffer());
        return ring.ring().offer(MessageDescriptor.TYPE_LOG_BATCH, bytes, 0, encoder.length(), true) == Ring.RINGED;
    }

    private static List<String> texts(JournalDocumentWriter writer, int length, int records) {
        JournalDocumentReader document = new JournalDocumentReader();
        assertThat(document.wrap(writer.array(), length)).isTrue();
        assertThat(document.recordCount()).isEqualTo(records);
        List<String> texts = new ArrayList<>();
        RingBlockReader reader = new RingBlockReader();
        for (int i = 0; i < document.segmentCount(); i++) {
            reader.wrap(
                    document.array(),
                    document.segmentOffset(i),
                    document.segmentLength(i),
                    document.segmentPosition(i));
            while (reader.nextEntry()) {
                texts.add(reader.entry().text(MessageDescriptor.TEMPLATE));
            }
        }
        return texts;
    }
}
