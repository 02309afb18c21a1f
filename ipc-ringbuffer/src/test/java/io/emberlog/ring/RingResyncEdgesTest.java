package io.emberlog.ring;

import static io.emberlog.ring.TestRings.CAPACITY;
import static io.emberlog.ring.TestRings.NO_HEARTBEATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.DropReason;
import io.emberlog.message.DropReport;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A resync at the edges of what is allowed. What a power cut makes of a ring is {@link RingResyncTest}'s. */
class RingResyncEdgesTest {
    private static final int AROUND = RingBlockReader.RECORD_HEADER_LENGTH + MessageDescriptor.CHECK_LENGTH;
    private static final int LONGEST = CAPACITY / 8 - AROUND;
    /** Of a message that makes a record of 80 bytes. */
    private static final int SHORT = 80 - AROUND;

    @TempDir
    Path directory;

    private final RingBlock block = new RingBlock();
    private RingFile file;
    private long sequence;

    @BeforeEach
    void createRing() throws Exception {
        file = TestRings.createChecked(directory);
    }

    private void offer(int length) {
        BatchEncoder encoder = new BatchEncoder(CAPACITY, CAPACITY);
        encoder.begin();
        encoder.beginEntry(9, sequence + 1, 1);
        encoder.text(
                MessageDescriptor.TEMPLATE,
                new byte
                        [length
                                - MessageDescriptor.BATCH_HEADER_LENGTH
                                - MessageDescriptor.ENTRY_HEADER_LENGTH
                                - Integer.BYTES]);
        encoder.endEntry();
        encoder.finish(0, ++sequence);
        offer(MessageDescriptor.TYPE_LOG_BATCH, encoder.buffer(), length);
    }

    private void offer(int type, byte[] message, int length) {
        assertThat(file.ring().offerLast(type, new VarHandleBuffer(message), 0, length))
                .isEqualTo(Ring.RINGED);
    }

    private RingResync resync(long journaledEnd, SlotSequences sequences) throws RingBrokenException {
        RingResync resync = RingResync.start(file, journaledEnd, sequences);
        while (!resync.prepare()) {
            continue;
        }
        return resync;
    }

    private RingResync resync(long journaledEnd) throws RingBrokenException {
        return resync(journaledEnd, new SlotSequences());
    }

    /** Bytes of each block. */
    private List<Integer> blocks(RingResync resync, int budget) throws RingBrokenException {
        List<Integer> lengths = new ArrayList<>();
        while (resync.next(block, budget, NO_HEARTBEATS)) {
            lengths.add(block.length());
        }
        return lengths;
    }

    @Test
    void theLongestRecordsUpToTheLastByteAreFoundAndABudgetIsKept() throws Exception {
        for (int i = 0; i < 8; i++) {
            offer(LONGEST);
        }
        int record = CAPACITY / 8;
        assertThat(blocks(resync(0), 1)).containsOnly(record).hasSize(8);
        assertThat(blocks(resync(0), 2 * record)).containsOnly(2 * record).hasSize(4);
        assertThat(blocks(resync(0), 3 * record - 1)).containsOnly(2 * record).hasSize(4);
        assertThat(blocks(resync(0), CAPACITY)).containsExactly(CAPACITY);
        assertThat(blocks(resync(record), CAPACITY)).containsExactly(7 * record);
        assertThat(resync(0).holes()).isZero();
    }

    @Test
    void recordsOfEachTypeAreFound() throws Exception {
        byte[] report = new byte[DropReport.length(1)];
        DropReport.encode(report, 0, 1, 2, 1);
        DropReport.encodeItem(report, 0, 0, DropReason.RING_FULL.code(), 9, 5, 5);
        offer(SHORT);
        offer(MessageDescriptor.TYPE_DROPPED, report, report.length);
        offer(SHORT);
        RingResync resync = resync(0);
        assertThat(resync.next(block, CAPACITY, NO_HEARTBEATS)).isTrue();
        assertThat(block.length()).isEqualTo((int) file.tail());
        assertThat(block.recordCount()).isEqualTo(3);
        assertThat(resync.holes()).isZero();
    }

    @Test
    void aRecordWithoutAnyMessageIsWholeAndRefusedForWhatItHolds() throws Exception {
        offer(MessageDescriptor.TYPE_HEARTBEAT, new byte[8], 0);
        RingResync resync = resync(0);
        assertThatThrownBy(() -> resync.next(block, CAPACITY, NO_HEARTBEATS))
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContaining("position 0");
    }

    @Test
    void recordsOfAnyOtherTypeAreNotFound() throws Exception {
        offer(SHORT);
        offer(MessageDescriptor.TYPE_DROPPED + 1, new byte[32], 32);
        offer(SHORT);
        RingResync resync = resync(0);
        assertThat(blocks(resync, CAPACITY)).containsExactly(80, 80);
        assertThat(resync.holes()).isEqualTo(1);
    }

    @Test
    void theHeaderIsBelievedAboutWhatWasTakenWhereThereIsNoJournalOnly() throws Exception {
        offer(SHORT);
        offer(SHORT);
        SlotSequences journaled = new SlotSequences();
        journaled.last(0, 1);
        file.header().journaledBatches(journaled);
        SlotSequences known = new SlotSequences();
        RingResync without = resync(-1, known);
        assertThat(without.sequences()).isSameAs(known);
        assertThat(known.last(0)).isEqualTo(1);
        assertThat(without.next(block, CAPACITY, NO_HEARTBEATS)).isTrue();
        assertThat(block.entryCount()).as("the first is a double").isEqualTo(1);
        RingResync with = resync(0);
        assertThat(with.sequences().last(0)).isZero();
        assertThat(with.prepare()).as("again").isTrue();
        assertThat(with.next(block, CAPACITY, NO_HEARTBEATS)).isTrue();
        assertThat(block.entryCount()).isEqualTo(2);
    }

    @Test
    void holesAreCountedFromWhereTheFirstResyncBeganWhereThatCanBe() throws Exception {
        for (int i = 0; i < 4; i++) {
            offer(SHORT);
        }
        file.words().setMemory(0, 80, (byte) 0);
        file.header().resyncedFrom(0);
        RingResync again = resync(2 * 80);
        assertThat(again.holes()).as("that in front of the first record").isEqualTo(1);
        assertThat(blocks(again, CAPACITY)).containsExactly(2 * 80);
        file.header().resyncedFrom(4);
        assertThat(resync(2 * 80).holes()).isZero();
        assertThat(file.header().resyncedFrom()).isEqualTo(2 * 80);
        file.header().resyncedFrom(3 * 80);
        assertThat(resync(2 * 80).holes()).as("it cannot have begun later").isZero();
        assertThat(file.header().resyncedFrom()).isEqualTo(2 * 80);
    }

    @Test
    void whatIsNoPositionIsRefused() {
        for (long wrong : new long[] {4, Long.MAX_VALUE - RingDescriptor.MAX_CAPACITY + 1, Long.MAX_VALUE - 7}) {
            assertThatThrownBy(() -> RingResync.start(file, wrong, new SlotSequences()))
                    .isInstanceOf(RingBrokenException.class)
                    .hasMessageContaining("journaledPosition=" + wrong);
        }
    }

    @Test
    void aRecordThatIsChangedAfterItWasFoundEndsInAMessage() throws Exception {
        for (int length : new int[] {AROUND - 1, 81, 3 * 80 + 1, CAPACITY / 8 + 1}) {
            createRing();
            for (int i = 0; i < 4; i++) {
                offer(SHORT);
            }
            RingResync resync = resync(80);
            file.words().putInt(3 * 80, length);
            assertThatThrownBy(() -> resync.next(block, CAPACITY, NO_HEARTBEATS))
                    .isInstanceOf(RingBrokenException.class)
                    .hasMessageContainingAll("length=" + length, "position " + 3 * 80, "80 bytes");
        }
    }

    @Test
    void nothingIsReadBeforeItIsPrepared() throws Exception {
        RingResync resync = RingResync.start(file, 0, new SlotSequences());
        assertThatThrownBy(() -> resync.next(block, 1, NO_HEARTBEATS)).isInstanceOf(IllegalStateException.class);
    }
}
