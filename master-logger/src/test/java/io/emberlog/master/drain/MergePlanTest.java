package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.master.drain.MergePlan.Turn;
import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingBlock;
import io.emberlog.ring.SlotSequences;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents as they are planned, against a plan that looks at all rings at every step. */
class MergePlanTest {
    private static final int CASES = 1_500;
    private static final int SEGMENT_OVERHEAD = 24;
    private static final Comparator<Lane> BEFORE = Comparator.comparing((Lane lane) -> lane.turn != Turn.FIRST)
            .thenComparing(lane -> lane.turn == Turn.FIRST ? lane.seenNs : 0)
            .thenComparing(Lane::nextKey)
            .thenComparing(lane -> lane.order);

    @TempDir
    Path temp;

    private final JournalDocumentWriter writer = new JournalDocumentWriter();
    private final MergePlan plan = new MergePlan(writer);
    private final HeldRecords.Pool pool = new HeldRecords.Pool();
    private ChannelDirectory channel;

    @BeforeEach
    void openChannel() throws Exception {
        channel = ChannelDirectory.open(temp.resolve("channel"));
    }

    private record Piece(long position, int length, long timestamp, int block, int entries) {}

    /** A ring as the naive plan sees it. */
    private static final class Lane {
        final HeldRing ring;
        final List<Piece> pieces = new ArrayList<>();
        final int order;
        long until;
        Turn turn;
        long seenNs;
        int next;
        long key = Long.MIN_VALUE;
        int length;

        Lane(HeldRing ring, int order) {
            this.ring = ring;
            this.order = order;
        }

        boolean isEligible() {
            return next < pieces.size() && pieces.get(next).timestamp() <= until;
        }

        long nextKey() {
            return Math.max(key, pieces.get(next).timestamp());
        }
    }

    /** Segments as {@code ring position length}, in their order. */
    private static List<String> naive(List<Lane> lanes, int most, int budget) {
        List<String> segments = new ArrayList<>();
        List<Lane> open = new ArrayList<>(lanes);
        open.removeIf(lane -> !lane.isEligible());
        long barrier = Long.MAX_VALUE;
        int room = most;
        int sources = 0;
        while (!open.isEmpty()) {
            open.sort(BEFORE);
            Lane lane = open.remove(0);
            if (lane.turn == Turn.BEHIND && lane.nextKey() > barrier) {
                continue;
            }
            boolean first = lane.length == 0;
            int overhead = SEGMENT_OVERHEAD + (first ? MergePlan.SOURCE_ROOM : 0);
            long others = lane.turn == Turn.FIRST
                    ? Long.MAX_VALUE
                    : open.stream().mapToLong(Lane::nextKey).min().orElse(Long.MAX_VALUE);
            Piece start = lane.pieces.get(lane.next);
            int length = 0;
            while (lane.isEligible()
                    && lane.pieces.get(lane.next).block() == start.block()
                    && overhead + length + lane.pieces.get(lane.next).length() <= room
                    && (length == 0 || lane.nextKey() <= others && lane.length + length < budget)) {
                lane.key = lane.nextKey();
                length += lane.pieces.get(lane.next++).length();
            }
            if (length == 0 || first && sources == MergePlan.MAX_SOURCES) {
                break;
            }
            sources += first ? 1 : 0;
            room -= overhead + length;
            lane.length += length;
            segments.add(lane.ring.session.identity.ringUuid() + " " + start.position() + " " + length);
            if (lane.isEligible()) {
                if (lane.length >= budget) {
                    barrier = Math.min(barrier, lane.nextKey());
                } else {
                    open.add(lane);
                }
            }
        }
        return segments;
    }

    private List<String> planned(List<Lane> lanes, int most, int budget) {
        writer.begin(0, 1);
        plan.begin(most, budget);
        for (Lane lane : lanes) {
            plan.add(lane.ring.session, lane.until, lane.turn);
        }
        plan.plan();
        int entries = plan.write();
        JournalDocumentReader document = new JournalDocumentReader();
        assertThat(document.wrap(writer.array(), writer.finish(entries)))
                .as(document.problem())
                .isTrue();
        List<String> segments = new ArrayList<>();
        for (int i = 0; i < document.segmentCount(); i++) {
            segments.add(document.sourceUuid(document.segmentSource(i)) + " " + document.segmentPosition(i) + " "
                    + document.segmentLength(i));
        }
        assertThat(plan.isEmpty()).isEqualTo(segments.isEmpty());
        assertThat(plan.rings()).hasSize(document.sourceCount());
        for (int i = 0; i < document.sourceCount(); i++) {
            UUID uuid = document.sourceUuid(i);
            assertThat(plan.rings().get(i).identity.ringUuid()).isEqualTo(uuid);
            assertThat(plan.endPosition(i)).isEqualTo(document.sourceEnd(i));
            List<String> ofRing = segments.stream()
                    .filter(segment -> segment.startsWith(uuid.toString()))
                    .toList();
            String[] last = ofRing.get(ofRing.size() - 1).split(" ");
            assertThat(document.sourceEnd(i)).isEqualTo(Long.parseLong(last[1]) + Long.parseLong(last[2]));
            assertThat(document.sourceStart(i))
                    .isEqualTo(Long.parseLong(ofRing.get(0).split(" ")[1]));
        }
        return segments;
    }

    private static int entries(List<Lane> lanes, List<String> segments) {
        int entries = 0;
        for (String segment : segments) {
            String[] words = segment.split(" ");
            long from = Long.parseLong(words[1]);
            for (Lane lane : lanes) {
                if (words[0].equals(lane.ring.session.identity.ringUuid().toString())) {
                    for (Piece piece : lane.pieces) {
                        boolean within = piece.position() >= from && piece.position() < from + Long.parseLong(words[2]);
                        entries += within ? piece.entries() : 0;
                    }
                }
            }
        }
        return entries;
    }

    /** Some records, some blocks of them, some of the first block gone already. */
    private void fill(Lane lane, Random random) throws Exception {
        HeldRecords held = lane.ring.session.held();
        long clock = random.nextInt(20);
        lane.seenNs = random.nextInt(3);
        int blocks = random.nextInt(4);
        for (int block = 0; block < blocks; block++) {
            int records = 1 + random.nextInt(5);
            for (int i = 0; i < records; i++) {
                clock += random.nextInt(8) - 2;
                lane.ring.offer(clock, 1 + random.nextInt(3), 9, random.nextInt(60));
            }
            RingBlock taken = lane.ring.take();
            held.add(taken, lane.seenNs, 0, pool);
            for (int i = 0; i < records; i++) {
                lane.pieces.add(new Piece(
                        taken.position() + taken.recordOffset(i),
                        taken.recordOffset(i + 1) - taken.recordOffset(i),
                        taken.timestamp(i),
                        block,
                        taken.entryCount(i)));
            }
        }
        if (blocks > 0 && random.nextInt(3) == 0) {
            int gone = random.nextInt(lane.pieces.size());
            held.release(lane.pieces.get(gone).position(), new SlotSequences(), pool);
            lane.pieces.subList(0, gone).clear();
        }
        lane.until = random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(40) - 2;
        lane.turn = Turn.values()[random.nextInt(3)];
    }

    @Test
    void anyPlanIsTheOneThatLooksAtAllRingsAtEveryStep() throws Exception {
        List<HeldRing> rings = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            rings.add(new HeldRing(channel, UUID.randomUUID()));
        }
        long segmentsOfAll = 0;
        for (int seed = 0; seed < CASES; seed++) {
            Random random = new Random(seed);
            List<Lane> lanes = new ArrayList<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                rings.set(i, fresh(rings.get(i), seed));
                Lane lane = new Lane(rings.get(i), lanes.size());
                fill(lane, random);
                lanes.add(lane);
            }
            int most = random.nextInt(4) == 0 ? 1 << 20 : 1_000 + random.nextInt(12_000);
            int budget = random.nextInt(3) == 0 ? 1 << 20 : random.nextInt(600);
            List<String> segments = planned(lanes, most, budget);
            assertThat(segments).as("seed %d", seed).isEqualTo(naive(lanes, most, budget));
            segmentsOfAll += segments.size();
            for (Lane lane : lanes) {
                lane.ring.session.held().release(Long.MAX_VALUE, new SlotSequences(), pool);
            }
        }
        assertThat(segmentsOfAll).isGreaterThan(CASES);
    }

    /** A ring takes a few hundred cases' records before it is full. */
    private HeldRing fresh(HeldRing ring, int seed) throws Exception {
        return ring.file.tail() < ring.file.capacity() / 2
                ? ring
                : new HeldRing(channel, new UUID(seed, ring.hashCode()));
    }

    @Test
    void allRecordsOfARingThatGoesFirstGoInOneRunAndCountAllTheirEntries() throws Exception {
        Lane late = new Lane(new HeldRing(channel, UUID.randomUUID()), 0);
        Lane other = new Lane(new HeldRing(channel, UUID.randomUUID()), 1);
        for (Lane lane : List.of(late, other)) {
            for (int i = 0; i < 100; i++) {
                lane.ring.offer(lane == late ? 1_000 + i : i, 2, 9, 10);
            }
            RingBlock block = lane.ring.take();
            lane.ring.session.held().add(block, 0, 0, pool);
            for (int i = 0; i < 100; i++) {
                lane.pieces.add(new Piece(block.recordOffset(i), block.recordOffset(1), block.timestamp(i), 0, 2));
            }
            lane.until = Long.MAX_VALUE;
            lane.turn = lane == late ? Turn.FIRST : Turn.SAME;
        }
        List<String> segments = planned(List.of(other, late), 1 << 20, 1 << 20);
        assertThat(segments).hasSize(2);
        assertThat(segments.get(0))
                .startsWith(late.ring.session.identity.ringUuid().toString());
        assertThat(entries(List.of(late, other), segments)).isEqualTo(400);
    }

    @Test
    void aDocumentHoldsRecordsOfSoManyRings() throws Exception {
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < MergePlan.MAX_SOURCES + 3; i++) {
            Lane lane = new Lane(new HeldRing(channel, UUID.randomUUID()), i);
            lane.ring.offer(i);
            RingBlock block = lane.ring.take();
            lane.ring.session.held().add(block, 0, 0, pool);
            lane.pieces.add(new Piece(0, block.length(), i, 0, 1));
            lane.until = Long.MAX_VALUE;
            lane.turn = Turn.SAME;
            lanes.add(lane);
        }
        List<String> segments = planned(lanes, 1 << 20, 1 << 20);
        assertThat(segments).hasSize(MergePlan.MAX_SOURCES).isEqualTo(naive(lanes, 1 << 20, 1 << 20));
    }

    @Test
    void runsThatAlternateAreKeptHoweverManyThereAre() throws Exception {
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Lane lane = new Lane(new HeldRing(channel, UUID.randomUUID()), i);
            for (int record = 0; record < 150; record++) {
                lane.ring.offer(2 * record + i);
            }
            RingBlock block = lane.ring.take();
            lane.ring.session.held().add(block, 0, 0, pool);
            for (int record = 0; record < 150; record++) {
                lane.pieces.add(
                        new Piece(block.recordOffset(record), block.recordOffset(1), block.timestamp(record), 0, 1));
            }
            lane.until = Long.MAX_VALUE;
            lane.turn = Turn.SAME;
            lanes.add(lane);
        }
        List<String> segments = planned(lanes, 1 << 20, 1 << 20);
        assertThat(segments).hasSize(300).isEqualTo(naive(lanes, 1 << 20, 1 << 20));
    }
}
