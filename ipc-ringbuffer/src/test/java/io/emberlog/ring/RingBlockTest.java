package io.emberlog.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.DropReport;
import io.emberlog.message.Heartbeat;
import io.emberlog.message.MessageDescriptor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A block as such: what it says of its records, and two of them as one. */
class RingBlockTest {
    private static final long POSITION = 1L << 33;

    private final List<String> beats = new ArrayList<>();
    private final BatchEncoder encoder = new BatchEncoder(64 * 1024, 32 * 1024);
    private final ByteBuffer ring = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);

    private void add(int type, byte[] payload, int length) {
        ring.putInt(8 + length).putInt(type).put(payload, 0, length);
        while (ring.position() % 8 != 0) {
            ring.put((byte) -1);
        }
    }

    private void addBatch(int slot, long firstSequence, long timestampNs, int severity, String... texts) {
        encoder.begin();
        for (int i = 0; i < texts.length; i++) {
            encoder.beginEntry(severity - i, timestampNs + i, 1);
            encoder.text(MessageDescriptor.TEMPLATE, texts[i]);
            encoder.endEntry();
        }
        encoder.finish(slot, firstSequence);
        add(MessageDescriptor.TYPE_LOG_BATCH, encoder.buffer(), encoder.length());
    }

    private void addBeat(boolean goodbye) {
        byte[] beat = new byte[MessageDescriptor.HEARTBEAT_LENGTH];
        Heartbeat.encode(beat, 0, 11, 22, goodbye);
        add(MessageDescriptor.TYPE_HEARTBEAT, beat, beat.length);
    }

    private RingBlock load(int from, int to, RecordCheck check, SlotSequences sequences) throws RingBrokenException {
        RingBlock block = new RingBlock();
        block.load(
                new VarHandleBuffer(ring.array()),
                from,
                to - from,
                POSITION + from,
                check,
                sequences,
                (sent, next, goodbye) -> beats.add(sent + " " + next + " " + goodbye));
        return block;
    }

    @Test
    void aBlockSaysOfEachRecordWhatItHolds() throws RingBrokenException {
        addBeat(false);
        addBatch(3, 10, 500, 17, "a", "b", "c");
        byte[] report = new byte[DropReport.length(1)];
        DropReport.encode(report, 0, 100, 200, 1);
        DropReport.encodeItem(report, 0, 0, 1, 9, 1, 1);
        add(MessageDescriptor.TYPE_DROPPED, report, report.length);
        add(MessageDescriptor.TYPE_PADDING, new byte[16], 16);
        addBatch(3, 11, 700, 9, "b", "c"); // doubles
        addBatch(4, 1, 800, 9, "other");
        addBeat(true);
        int end = ring.position();

        SlotSequences sequences = new SlotSequences();
        RingBlock block = load(0, end, null, sequences);
        assertThat(beats).containsExactly("11 22 false", "11 22 true");
        assertThat(block.position()).isEqualTo(POSITION);
        assertThat(block.endPosition()).isEqualTo(POSITION + end);
        assertThat(block.length()).isEqualTo(end);
        assertThat(block.recordCount()).isEqualTo(7);
        assertThat(block.entryCount()).isEqualTo(5);
        assertThat(block.doubles()).isEqualTo(2);
        assertThat(sequences.last(3)).isEqualTo(12);
        assertThat(sequences.last(4)).isEqualTo(1);
        int[] counts = {0, 3, 1, 0, 0, 1, 0};
        int[] severities = {0, 17, 13, 0, 9, 9, 0};
        long none = Long.MIN_VALUE;
        long[] timestamps = {none, 502, 200, none, 701, 800, none};
        for (int i = 0; i < counts.length; i++) {
            assertThat(block.entryCount(i)).as("entries of %d", i).isEqualTo(counts[i]);
            assertThat(block.severity(i)).as("severity of %d", i).isEqualTo(severities[i]);
            assertThat(block.timestamp(i)).as("timestamp of %d", i).isEqualTo(timestamps[i]);
        }
        block.capTimestamps(501);
        assertThat(block.timestamp(0)).isEqualTo(none);
        assertThat(block.timestamp(1)).isEqualTo(501);
        assertThat(block.timestamp(2)).isEqualTo(200);
        assertThat(block.timestamp(5)).isEqualTo(501);
    }

    /** More records than a block has room for at first, so that everything in it grows. */
    @Test
    void twoBlocksThatFollowOnAreAsOne() throws RingBrokenException {
        List<Integer> starts = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            starts.add(ring.position());
            addBatch(i % 3, 1 + i / 3, 1_000 + i, 9 + i % 8, "x".repeat(i * 3));
        }
        int end = ring.position();
        starts.add(end);
        RingBlock whole = load(0, end, null, new SlotSequences());
        for (int cut : new int[] {0, 1, 31, 32, 33, 64, 89, 90}) {
            SlotSequences sequences = new SlotSequences();
            RingBlock block = load(0, starts.get(cut), null, sequences);
            block.append(load(starts.get(cut), end, null, sequences));
            assertThat(block.recordCount()).isEqualTo(90);
            assertThat(block.entryCount()).isEqualTo(90);
            assertThat(block.endPosition()).isEqualTo(whole.endPosition());
            assertThat(Arrays.copyOf(block.bytes(), block.length())).isEqualTo(Arrays.copyOf(whole.bytes(), end));
            for (int i = 0; i < 90; i++) {
                assertThat(block.recordOffset(i)).isEqualTo(starts.get(i));
                assertThat(block.entryCount(i)).isEqualTo(1);
                assertThat(block.timestamp(i)).isEqualTo(1_000 + i);
                assertThat(block.severity(i)).isEqualTo(9 + i % 8);
            }
            assertThat(block.recordOffset(90)).isEqualTo(end);

            SlotSequences told = new SlotSequences();
            block.addTo(told, 3, 3);
            assertThat(told.last(0)).isZero();
            block.addTo(told, 3, 7); // slots 0, 1, 2, 0
            assertThat(told.last(0)).isEqualTo(3);
            assertThat(told.last(1)).isEqualTo(2);
            assertThat(told.last(2)).isEqualTo(2);
        }
        RingBlock early = load(0, starts.get(10), null, new SlotSequences());
        RingBlock late = load(starts.get(11), end, null, new SlotSequences());
        assertThatThrownBy(() -> early.append(late))
                .hasMessage("position=" + (POSITION + starts.get(11)) + " must be " + (POSITION + starts.get(10)));
        assertThat(early.recordCount()).isEqualTo(10);
    }

    @Test
    void aRecordOfTheOtherKindOfRingIsRefusedByItsType() throws RingBrokenException {
        addBatch(0, 1, 1, 9, "plain");
        int plain = ring.position();
        assertThatThrownBy(() -> load(0, plain, new RecordCheck(UUID.randomUUID()), new SlotSequences()))
                .hasMessage("record type=1 without the bit " + MessageDescriptor.CHECKED
                        + " in a checked ring at position " + POSITION);
        byte[] longer = Arrays.copyOf(encoder.buffer(), encoder.length() + MessageDescriptor.CHECK_LENGTH);
        add(MessageDescriptor.TYPE_LOG_BATCH | MessageDescriptor.CHECKED, longer, longer.length);
        int end = ring.position();
        assertThatThrownBy(() -> load(plain, end, null, new SlotSequences()))
                .hasMessage("record type=" + (MessageDescriptor.CHECKED | 1)
                        + " has the bit of a checked record in a ring that is not checked at position "
                        + (POSITION + plain));
        RingBlock first = load(0, end, null, new SlotSequences());
        assertThat(first.recordCount()).as("the block ends in front of it").isEqualTo(1);
        assertThat(first.endPosition()).isEqualTo(POSITION + plain);
    }

    @Test
    void whatBreaksTheRulesOfABatchIsSaidAndNotTaken() throws RingBrokenException {
        addBatch(5, 0, 1, 9, "numbers begin with 1");
        int first = ring.position();
        SlotSequences sequences = new SlotSequences();
        assertThatThrownBy(() -> load(0, first, null, sequences))
                .hasMessage("slot=5 firstSequence=0 count=1 must be from 1 and not exceed " + Long.MAX_VALUE
                        + " at position " + POSITION);
        assertThat(sequences.last(5)).isZero();
        addBatch(5, Long.MAX_VALUE, 1, 9, "a", "too many");
        assertThatThrownBy(() -> load(first, ring.position(), null, sequences))
                .hasMessageContaining("must be from 1 and not exceed");
        sequences.last(5, 7);
        int third = ring.position();
        addBatch(5, 7, 1, 9, "old", "new");
        assertThatThrownBy(() -> load(third, ring.position(), null, sequences))
                .hasMessageContaining("slot=5 firstSequence=7 count=2 must not overlap what was taken up to 7");
        assertThat(sequences.toString()).startsWith("[0, 0, 0, 0, 0, 7, 0");
    }
}
