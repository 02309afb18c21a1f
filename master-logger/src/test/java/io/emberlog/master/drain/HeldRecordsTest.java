package io.emberlog.master.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.ring.ChannelDirectory;
import io.emberlog.ring.RingBlock;
import io.emberlog.ring.SlotSequences;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldRecordsTest {
    private static final long WINDOW_NS = 1600;
    private static final long GRAIN_NS = WINDOW_NS / 16;

    @TempDir
    Path temp;

    private final HeldRecords held = new HeldRecords();
    private final HeldRecords.Pool pool = new HeldRecords.Pool();
    private final SlotSequences sequences = new SlotSequences();
    private HeldRing ring;

    @BeforeEach
    void createRing() throws Exception {
        ring = new HeldRing(ChannelDirectory.open(temp.resolve("channel")), UUID.randomUUID());
    }

    private void hold(long nowNs, long... timestamps) throws Exception {
        for (long timestamp : timestamps) {
            ring.offer(timestamp);
        }
        held.add(ring.take(), nowNs, WINDOW_NS, pool);
    }

    @Test
    void blocksSeenWithinAGrainAreOneAndAreDueWithTheLastOfThem() throws Exception {
        hold(1000, 5);
        hold(1000 + GRAIN_NS - 1, 6);
        assertThat(held.blockCount()).isEqualTo(1);
        assertThat(held.block(0).recordCount()).isEqualTo(2);
        assertThat(held.seenNs()).isEqualTo(1000 + GRAIN_NS - 1);
        hold(1000 + GRAIN_NS, 7);
        assertThat(held.blockCount()).isEqualTo(2);
        assertThat(held.bytes())
                .isEqualTo(held.block(0).length() + held.block(1).length());
        assertThat(held.isDue(0, 1000 + GRAIN_NS - 1 + WINDOW_NS, WINDOW_NS)).isTrue();
        assertThat(held.isDue(0, 1000 + GRAIN_NS - 2 + WINDOW_NS, WINDOW_NS)).isFalse();
        assertThat(held.isDue(1, 1000 + GRAIN_NS + WINDOW_NS, WINDOW_NS)).isTrue();
    }

    @Test
    void aBlockThatDoesNotFollowOrWouldMakeATooLongOneStaysItself() throws Exception {
        hold(1000, 1);
        ring.offer(2);
        ring.take(); // that one is not held
        hold(1000, 3);
        assertThat(held.blockCount()).isEqualTo(2);

        int record = held.block(0).length();
        int most = 64 * 1024 / record;
        long[] many = new long[most - 1];
        hold(1000, many);
        assertThat(held.blockCount()).as("just as long as may be").isEqualTo(2);
        hold(1000, 4);
        assertThat(held.blockCount()).isEqualTo(3);
    }

    @Test
    void withoutAWindowEachBlockStaysAsItIs() throws Exception {
        ring.offer(1);
        held.add(ring.take(), 1000, 0, pool);
        ring.offer(2);
        held.add(ring.take(), 1000, 0, pool);
        assertThat(held.blockCount()).isEqualTo(2);
    }

    @Test
    void aBlockThatWasJoinedOrLetGoIsUsedAgain() throws Exception {
        ring.offer(1);
        RingBlock first = ring.take();
        held.add(first, 1000, WINDOW_NS, pool);
        ring.offer(2);
        RingBlock second = ring.take();
        held.add(second, 1000, WINDOW_NS, pool);
        assertThat(pool.take()).isSameAs(second);
        held.release(held.block(0).endPosition(), sequences, pool);
        assertThat(pool.take()).isSameAs(first);
        assertThat(pool.take()).isNotSameAs(first).isNotSameAs(second);
    }

    @Test
    void thePoolKeepsNoMoreThanSoManyAndNoneThatIsHuge() {
        RingBlock[] blocks = new RingBlock[65];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = new RingBlock();
            pool.giveBack(blocks[i]);
        }
        for (int i = 63; i >= 0; i--) {
            assertThat(pool.take()).isSameAs(blocks[i]);
        }
        assertThat(pool.take()).isNotSameAs(blocks[64]);
    }

    @Test
    void theTimestampsOfWhatIsDueAndOfWhatIsTooMuch() throws Exception {
        assertThat(held.timestampBeyond(0)).isEqualTo(Long.MIN_VALUE);
        assertThat(held.dueTimestamp(Long.MAX_VALUE / 2, WINDOW_NS)).isEqualTo(Long.MIN_VALUE);
        hold(1000, 30, 10, 20);
        hold(2000, 50, 40);
        int record = held.block(0).recordOffset(1);
        assertThat(held.bytes()).isEqualTo(5 * record);

        assertThat(held.dueTimestamp(1000 + WINDOW_NS - 1, WINDOW_NS)).isEqualTo(Long.MIN_VALUE);
        assertThat(held.dueTimestamp(1000 + WINDOW_NS, WINDOW_NS)).isEqualTo(30);
        assertThat(held.dueTimestamp(2000 + WINDOW_NS, WINDOW_NS)).isEqualTo(50);

        assertThat(held.timestampBeyond(5 * record)).isEqualTo(Long.MIN_VALUE);
        assertThat(held.timestampBeyond(5 * record - 1)).isEqualTo(30);
        assertThat(held.timestampBeyond(2 * record)).isEqualTo(30);
        assertThat(held.timestampBeyond(2 * record - 1)).isEqualTo(50);
        assertThat(held.timestampBeyond(0)).isEqualTo(50);

        held.release(record, sequences, pool);
        assertThat(held.dueTimestamp(1000 + WINDOW_NS, WINDOW_NS)).isEqualTo(20);
        assertThat(held.timestampBeyond(4 * record)).isEqualTo(Long.MIN_VALUE);
        assertThat(held.timestampBeyond(3 * record)).isEqualTo(10);
        assertThat(held.timestampBeyond(2 * record)).isEqualTo(20);
    }

    @Test
    void whatIsLetGoIsCountedUpToThePositionAndOnce() throws Exception {
        ring.offer(1, 3, 9, 10);
        ring.offer(2, 2, 17, 10);
        RingBlock first = ring.take();
        held.add(first, 1000, 0, pool);
        ring.offer(3, 4, 5, 10);
        held.add(ring.take(), 1000, 0, pool);
        long second = first.recordOffset(1);

        assertThat(held.release(0, sequences, pool)).isZero();
        assertThat(held.releasedSeverity()).isZero();
        assertThat(held.release(second, sequences, pool)).isEqualTo(3);
        assertThat(held.releasedSeverity()).isEqualTo(9);
        assertThat(held.firstRecord(0)).isEqualTo(1);
        assertThat(sequences.last(0)).isEqualTo(3);
        assertThat(held.bytes())
                .isEqualTo(first.length() - (int) second + held.block(1).length());
        assertThat(held.release(second, sequences, pool)).as("again").isZero();
        assertThat(held.release(Long.MAX_VALUE, sequences, pool)).isEqualTo(6);
        assertThat(held.releasedSeverity()).isEqualTo(17);
        assertThat(sequences.last(0)).isEqualTo(9);
        assertThat(held.isEmpty()).isTrue();
        assertThat(held.bytes()).isZero();
    }
}
