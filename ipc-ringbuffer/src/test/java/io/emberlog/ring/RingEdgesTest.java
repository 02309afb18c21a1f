package io.emberlog.ring;

import static io.emberlog.ring.TestRings.CAPACITY;
import static io.emberlog.ring.TestRings.NO_HEARTBEATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values at the very edge of what is allowed, and one step beyond it, each alone. */
class RingEdgesTest {
    private static final int HEADER = RingBlockReader.RECORD_HEADER_LENGTH;
    private static final int LONGEST = RingDescriptor.maxPayloadLength(CAPACITY);

    @TempDir
    Path directory;

    private final RingBlock block = new RingBlock();
    private RingFile file;
    private Ring ring;
    private long sequence;

    @BeforeEach
    void createRing() throws Exception {
        file = TestRings.create(directory);
        ring = file.ring();
        sequence = 0;
    }

    /** A batch of one entry with exactly that many bytes. */
    private VarHandleBuffer message(int length) {
        BatchEncoder encoder = new BatchEncoder(CAPACITY, CAPACITY);
        int text =
                length - MessageDescriptor.BATCH_HEADER_LENGTH - MessageDescriptor.ENTRY_HEADER_LENGTH - Integer.BYTES;
        encoder.begin();
        encoder.beginEntry(9, sequence + 1, 1);
        encoder.text(MessageDescriptor.TEMPLATE, new byte[text]);
        encoder.endEntry();
        encoder.finish(0, sequence + 1);
        assertThat(encoder.length()).isEqualTo(length);
        byte[] bytes = new byte[length];
        System.arraycopy(encoder.buffer(), 0, bytes, 0, length);
        return new VarHandleBuffer(bytes);
    }

    private int offer(int length, boolean mayUseReserve) {
        int result = ring.offer(MessageDescriptor.TYPE_LOG_BATCH, message(length), 0, length, mayUseReserve);
        sequence += result == Ring.RINGED ? 1 : 0;
        return result;
    }

    /** Eight records of the greatest length fill the ring to its last byte. */
    private void fill(int records) {
        for (int i = 0; i < records; i++) {
            assertThat(ring.offerLast(MessageDescriptor.TYPE_LOG_BATCH, message(LONGEST), 0, LONGEST))
                    .isEqualTo(Ring.RINGED);
            sequence++;
        }
    }

    private RingDrain drain() throws RingBrokenException {
        return new RingDrain(file, -1, new SlotSequences());
    }

    @Test
    void theLongestMessageIsTakenAndOneByteMoreIsRefused() {
        assertThat(ring.maxPayloadLength()).isEqualTo(CAPACITY / 8 - HEADER);
        assertThat(offer(LONGEST, false)).isEqualTo(Ring.RINGED);
        VarHandleBuffer longer = new VarHandleBuffer(new byte[LONGEST + 1]);
        assertThatThrownBy(() -> ring.offer(1, longer, 0, LONGEST + 1, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("length=" + (LONGEST + 1))
                .hasMessageContaining("" + LONGEST);
        assertThat(ring.backlog()).isEqualTo(LONGEST + HEADER);
    }

    @Test
    void theUnreservedPartIsFilledToItsLastByteAndNoFurther() {
        fill(6);
        int left = CAPACITY - CAPACITY / 8 - 6 * (LONGEST + HEADER);
        assertThat(left).isEqualTo(LONGEST + HEADER);
        assertThat(offer(left - 104 - HEADER, false)).isEqualTo(Ring.RINGED);
        assertThat(offer(112, false))
                .as("the backlog and 112 is more than is unreserved")
                .isEqualTo(Ring.FULL);
        assertThat(offer(104, false)).as("the backlog and 104 is just that").isEqualTo(Ring.RINGED);
        assertThat(offer(64, false)).isEqualTo(Ring.FULL);
        assertThat(offer(64, true)).as("WARN and above go on in the reserve").isEqualTo(Ring.RINGED);
    }

    @Test
    void theVeryEndOfTheReserveIsForLastWords() {
        fill(7);
        int left = CAPACITY - 7 * (LONGEST + HEADER) - Ring.LAST_WORDS;
        assertThat(offer(left - 104 - HEADER, true)).isEqualTo(Ring.RINGED);
        assertThat(offer(112, true)).isEqualTo(Ring.FULL);
        assertThat(offer(104, true)).isEqualTo(Ring.RINGED);
        assertThat(offer(64, true)).isEqualTo(Ring.FULL);
        assertThat(ring.offerLast(MessageDescriptor.TYPE_LOG_BATCH, message(64), 0, 64))
                .isEqualTo(Ring.RINGED);
    }

    @Test
    void aRingThatIsFullToItsLastByteIsOpenAndDrainedWhole() throws Exception {
        fill(8);
        assertThat(ring.backlog()).isEqualTo(CAPACITY);
        assertThat(ring.isOpen()).isTrue();
        assertThat(ring.offerLast(1, message(64), 0, 64)).isEqualTo(Ring.FULL);
        RingDrain drain = drain();
        assertThat(drain.backlog()).isEqualTo(CAPACITY);
        assertThat(drain.take(block, CAPACITY, NO_HEARTBEATS)).isEqualTo(CAPACITY);
        assertThat(block.recordCount()).isEqualTo(8);
        assertThat(drain.hasMore()).isFalse();
        drain.release(drain.takenPosition());
        assertThat(file.head()).isEqualTo(CAPACITY);
        assertThat(ring.backlog()).isZero();
    }

    @Test
    void aCheckedRingIsFilledToItsLastByteAndEveryPositionIsRight() throws Exception {
        file = TestRings.createChecked(directory.resolve("checked"));
        ring = file.ring();
        int longest = LONGEST - MessageDescriptor.CHECK_LENGTH;
        RingDrain drain = drain();
        for (int lap = 0; lap < 3; lap++) {
            for (int i = 0; i < 8; i++) {
                assertThat(ring.offerLast(MessageDescriptor.TYPE_LOG_BATCH, message(longest), 0, longest))
                        .isEqualTo(Ring.RINGED);
                sequence++;
            }
            assertThat(ring.offerLast(1, message(64), 0, 64)).isEqualTo(Ring.FULL);
            assertThat(drain.take(block, CAPACITY, NO_HEARTBEATS)).isEqualTo(CAPACITY);
            assertThat(block.recordCount()).isEqualTo(8);
            drain.release(drain.takenPosition());
        }
    }

    @Test
    void aTailThatIsClosedAtAnyStepOfACheckedOfferLeavesARecordThatIsWholeOrNone() throws Exception {
        int ringed = 0;
        for (int before : new int[] {0, 7}) { // the ring is empty, or full but for this record
            for (int step = 0; step < 40; step++) {
                file = TestRings.createChecked(directory.resolve(before + "-" + step));
                ring = file.ring();
                sequence = 0;
                int longest = LONGEST - MessageDescriptor.CHECK_LENGTH;
                for (int i = 0; i < before; i++) {
                    ring.offerLast(MessageDescriptor.TYPE_LOG_BATCH, message(longest), 0, longest);
                    sequence++;
                }
                int result = SteppedRing.through(file, closingAt(step))
                        .ring()
                        .offerLast(MessageDescriptor.TYPE_LOG_BATCH, message(longest), 0, longest);
                ring.closeTail();
                RingSalvage salvage = salvage();
                int records = 0;
                while (salvage.next(block, CAPACITY, NO_HEARTBEATS)) {
                    records += block.recordCount();
                }
                assertThat(records).isEqualTo(before + (result == Ring.RINGED ? 1 : 0));
                assertThat(salvage.torn() + salvage.holes()).isZero();
                ringed += result == Ring.RINGED ? 1 : 0;
            }
        }
        assertThat(ringed).as("of 80").isBetween(10, 79);
    }

    private SteppedRing.Observer closingAt(int step) {
        return new SteppedRing.Observer() {
            private int steps;

            @Override
            public int before(int length) {
                if (steps++ == step) {
                    ring.closeTail();
                }
                return length;
            }

            @Override
            public void after() {
                // nobody dies here
            }
        };
    }

    @Test
    void aRingThatIsFullToItsLastByteIsSealedAndSalvagedWhole() throws Exception {
        fill(8);
        assertThat(file.seal()).isEqualTo(CAPACITY);
        assertThat(file.tail()).isEqualTo(CAPACITY);
        assertThat(ring.isOpen()).isFalse();
        assertThat(ring.offerLast(1, message(64), 0, 64)).isEqualTo(Ring.SEALED);
        RingSalvage salvage = RingSalvage.start(file, -1, new SlotSequences());
        assertThat(salvage.next(block, CAPACITY, NO_HEARTBEATS)).isTrue();
        assertThat(block.recordCount()).isEqualTo(8);
        assertThat(salvage.next(block, CAPACITY, NO_HEARTBEATS)).isFalse();
        assertThat(salvage.position()).isEqualTo(salvage.tail()).isEqualTo(CAPACITY);
        assertThat(salvage.torn() + salvage.holes()).isZero();
    }

    @Test
    void aDrainWithoutAJournalBelievesTheHeaderAboutWhatWasTakenAndWithOneTheJournal() throws Exception {
        offer(64, true);
        SlotSequences journaled = new SlotSequences();
        journaled.last(0, 1);
        file.header().journaledBatches(journaled);
        assertThat(new RingDrain(file, 0, new SlotSequences()).sequences().last(0))
                .isZero();
        RingDrain drain = drain();
        assertThat(drain.file()).isSameAs(file);
        assertThat(drain.sequences().last(0)).isEqualTo(1);
        drain.take(block, CAPACITY, NO_HEARTBEATS);
        assertThat(block.entryCount()).as("it is a double").isZero();
    }

    @Test
    void whatWasWrittenSinceTheTailWasLastReadIsTakenInTheSameBlock() throws Exception {
        startAt(CAPACITY);
        offer(64, true);
        RingDrain drain = new RingDrain(file, CAPACITY, new SlotSequences());
        offer(64, true);
        offer(64, true);
        assertThat(drain.backlog()).isEqualTo(3 * 72);
        assertThat(drain.take(block, CAPACITY, NO_HEARTBEATS)).isEqualTo(3 * 72);
    }

    @Test
    void aRecordThatWouldReachBeyondTheTailEndsABlockAndIsRefusedInTheNext() throws Exception {
        for (long start : new long[] {0, 2 * CAPACITY}) {
            createRing();
            startAt(start);
            for (int i = 0; i < 4; i++) {
                offer(64, true);
            }
            file.words().putInt(3 * 72, 80);
            RingDrain drain = new RingDrain(file, start, new SlotSequences());
            assertThat(drain.take(block, CAPACITY, NO_HEARTBEATS)).isEqualTo(3 * 72);
            assertThatThrownBy(() -> drain.take(block, CAPACITY, NO_HEARTBEATS))
                    .isInstanceOf(RingBrokenException.class)
                    .hasMessageContaining("length=80 at position " + (start + 3 * 72));
            assertThat(drain.takenPosition()).isEqualTo(start + 3 * 72);
        }
    }

    @Test
    void aRecordThatWouldReachBeyondTheWrapEndsABlockAndIsRefusedInTheNext() throws Exception {
        long start = CAPACITY - 3 * 72;
        startAt(start);
        for (int i = 0; i < 5; i++) {
            offer(64, true);
        }
        file.words().putInt((int) start + 2 * 72, 80);
        RingDrain drain = new RingDrain(file, start, new SlotSequences());
        assertThat(drain.take(block, CAPACITY, NO_HEARTBEATS)).isEqualTo(2 * 72);
        assertThatThrownBy(() -> drain.take(block, CAPACITY, NO_HEARTBEATS))
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContaining("length=80 at position " + (start + 2 * 72));
    }

    @Test
    void aRecordThatDoesNotFitIntoTheBudgetWaitsForTheNextBlock() throws Exception {
        offer(64, true);
        offer(64, true);
        offer(64, true);
        RingDrain drain = drain();
        assertThat(drain.take(block, 100, NO_HEARTBEATS)).isEqualTo(72);
        assertThat(drain.take(block, 2 * 72 - 1, NO_HEARTBEATS)).isEqualTo(72);
    }

    @Test
    void aRingSaysHowLongItIs() {
        assertThat(ring.capacity()).isEqualTo(CAPACITY);
    }

    private RingSalvage salvage() throws RingBrokenException {
        file.seal();
        return RingSalvage.start(file, -1, new SlotSequences());
    }

    /** So many bytes have gone through the ring, and nothing is in it. */
    private void startAt(long position) {
        RingWords words = file.words();
        words.putLong(CAPACITY + RingDescriptor.TAIL_OFFSET, position);
        words.putLong(CAPACITY + RingDescriptor.HEAD_OFFSET, position);
        words.putLong(CAPACITY + RingDescriptor.HEAD_CACHE_OFFSET, position);
        file.header().journaledPosition(position);
    }

    @Test
    void whatLiesBehindTheTailIsNotSalvagedHoweverWholeItLooks() throws Exception {
        offer(64, true);
        offer(64, true);
        file.words().putLong(CAPACITY + RingDescriptor.TAIL_OFFSET, 72);
        RingSalvage salvage = salvage();
        assertThat(salvage.next(block, CAPACITY, NO_HEARTBEATS)).isTrue();
        assertThat(block.recordCount()).isEqualTo(1);
        assertThat(salvage.next(block, CAPACITY, NO_HEARTBEATS)).isFalse();
        assertThat(salvage.position()).isEqualTo(72);
    }

    @Test
    void aRecordThatWouldReachBeyondTheTailEndsASalvageBehindThoseInFrontOfIt() throws Exception {
        offer(64, true);
        offer(64, true);
        file.words().putInt(72, 80);
        RingSalvage salvage = salvage();
        assertThat(salvage.next(block, CAPACITY, NO_HEARTBEATS)).isTrue();
        assertThat(block.recordCount()).isEqualTo(1);
        assertThatThrownBy(() -> salvage.next(block, CAPACITY, NO_HEARTBEATS))
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContaining("length=80 at position 72")
                .hasMessageContaining("72 bytes up to the tail");
    }

    @Test
    void theShortestPaddingInFrontOfTheWrapIsPassedOver() throws Exception {
        startAt(CAPACITY - HEADER);
        offer(64, true);
        offer(64, true);
        RingSalvage salvage = salvage();
        assertThat(salvage.next(block, CAPACITY, NO_HEARTBEATS)).isTrue();
        assertThat(block.length()).as("up to the wrap").isEqualTo(HEADER);
        assertThat(salvage.next(block, CAPACITY, NO_HEARTBEATS)).isTrue();
        assertThat(block.length()).isEqualTo(144);
        assertThat(salvage.torn() + salvage.holes()).isZero();
    }

    @Test
    void claimsOfTheLeastAndOfTheGreatestLengthAreTornAndPassedOver() throws Exception {
        RingWords words = file.words();
        words.putInt(0, -(LONGEST + HEADER));
        words.putInt(LONGEST + HEADER, -HEADER);
        words.putLong(CAPACITY + RingDescriptor.TAIL_OFFSET, LONGEST + 2 * HEADER);
        offer(64, true);
        RingSalvage salvage = salvage();
        assertThat(salvage.next(block, CAPACITY, NO_HEARTBEATS)).isTrue();
        assertThat(block.position()).isEqualTo(LONGEST + 2 * HEADER);
        assertThat(salvage.torn()).isEqualTo(2);
        assertThat(salvage.holes()).isZero();
        assertThat(salvage.next(block, CAPACITY, NO_HEARTBEATS)).isFalse();
    }

    @Test
    void claimsOneByteBeyondEitherBoundOrBeyondTheTailAreBroken() throws Exception {
        for (int length : new int[] {-(LONGEST + HEADER + 1), -(HEADER - 1), -72}) {
            createRing();
            file.words().putInt(0, length);
            file.words().putLong(CAPACITY + RingDescriptor.TAIL_OFFSET, length == -72 ? 64 : LONGEST + 64);
            RingSalvage salvage = salvage();
            assertThatThrownBy(() -> salvage.next(block, CAPACITY, NO_HEARTBEATS))
                    .isInstanceOf(RingBrokenException.class)
                    .hasMessageContaining("length=" + length);
        }
    }

    @Test
    void aClosedTailAloneAlreadyRefuses() throws Exception {
        offer(64, true);
        RingDrain drain = drain();
        assertThat(ring.closeTail()).isEqualTo(64 + HEADER);
        assertThat(ring.closeTail()).isEqualTo(64 + HEADER);
        assertThat(ring.isOpen()).isFalse();
        assertThat(offer(64, true)).isEqualTo(Ring.SEALED);
        assertThat(drain.backlog()).isEqualTo(64 + HEADER);
        assertThat(drain.hasMore()).isTrue();
        assertThat(drain.take(block, 1, NO_HEARTBEATS)).isEqualTo(64 + HEADER);
        assertThat(drain.hasMore()).isFalse();
        assertThat(drain.backlog()).isZero();
    }

    @Test
    void aBudgetThatIsExactlyMetIsUsedAndTheNextRecordStays() throws Exception {
        offer(64, true);
        offer(64, true);
        offer(64, true);
        RingDrain drain = drain();
        assertThat(drain.take(block, 2 * 72, NO_HEARTBEATS)).isEqualTo(2 * 72);
        assertThat(drain.take(block, 2 * 72, NO_HEARTBEATS)).isEqualTo(72);
        assertThat(drain.take(block, 2 * 72, NO_HEARTBEATS)).isZero();
        assertThat(block.length()).isZero();
        assertThat(block.position()).isEqualTo(block.endPosition()).isEqualTo(3 * 72);

        file.seal();
        RingSalvage salvage = RingSalvage.start(file, 0, new SlotSequences());
        assertThat(salvage.next(block, 2 * 72, NO_HEARTBEATS)).isTrue();
        assertThat(block.length()).isEqualTo(2 * 72);
        assertThat(salvage.next(block, 71, NO_HEARTBEATS)).isTrue();
        assertThat(block.length()).as("one record at least").isEqualTo(72);
    }

    @Test
    void aRecordAsLongAsTheMostIsTakenAndALongerOneIsNot() throws Exception {
        offer(64, true);
        RingDrain drain = drain();
        assertThat(drain.take(block, CAPACITY, 71, NO_HEARTBEATS)).isZero();
        assertThat(drain.take(block, CAPACITY, 72, NO_HEARTBEATS)).isEqualTo(72);
    }

    @Test
    void onlyWhatWasTakenAndNotReleasedCanBeReleased() throws Exception {
        offer(64, true);
        offer(64, true);
        RingDrain drain = drain();
        drain.take(block, CAPACITY, NO_HEARTBEATS);
        drain.release(72);
        assertThat(file.head()).isEqualTo(72);
        for (long wrong : new long[] {64, 71, 76, 145, 152}) {
            assertThatThrownBy(() -> drain.release(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("journaledEnd=" + wrong);
        }
        drain.release(72); // nothing new
        drain.release(144);
        assertThat(file.head()).isEqualTo(144);
        assertThat(file.header().journaledPosition()).isEqualTo(144);
        assertThat(file.header().journaledBatch(0)).isEqualTo(2);
    }

    @Test
    void eachPositionThatIsNotAlignedIsRefusedForItself() throws Exception {
        offer(64, true);
        offer(64, true);
        RingWords words = file.words();
        int head = CAPACITY + RingDescriptor.HEAD_OFFSET;
        int tail = CAPACITY + RingDescriptor.TAIL_OFFSET;
        file.header().journaledPosition(72);
        RingPositions.check(file, 72);
        RingPositions.check(file, 144);
        refused(76);
        refused(64);
        refused(152);
        words.putLong(head, 4);
        refused(72);
        words.putLong(head, 80);
        refused(144);
        words.putLong(head, -8);
        refused(72);
        words.putLong(head, 0);
        file.header().journaledPosition(68);
        refused(72);
        file.header().journaledPosition(72);
        words.putLong(tail, 140);
        refused(72);
        words.putLong(tail, 144);
        RingPositions.check(file, 72);
    }

    private void refused(long journaledEnd) {
        assertThatThrownBy(() -> RingPositions.check(file, journaledEnd)).isInstanceOf(RingBrokenException.class);
    }

    @Test
    void aSealedRingMustSayItsRealTailInBothPlaces() throws Exception {
        offer(64, true);
        file.seal();
        RingPositions.check(file, -1);
        RingWords words = file.words();
        int tail = CAPACITY + RingDescriptor.TAIL_OFFSET;
        words.putLong(tail, 72);
        refused(-1);
        words.putLong(tail, 64 + RingDescriptor.SEAL);
        refused(-1);
        words.putLong(tail, 72 + RingDescriptor.SEAL);
        RingPositions.check(file, -1);
    }

    @Test
    void numbersOfASlotGoOnWithoutOverlap() {
        SlotSequences sequences = new SlotSequences();
        assertThat(sequences.refusal(3, 0, 1)).contains("slot=3", "firstSequence=0", "count=1");
        assertThat(sequences.refusal(3, 1, 0)).isNotNull();
        assertThat(sequences.refusal(3, Long.MAX_VALUE, 2)).isNotNull();
        assertThat(sequences.refusal(3, Long.MAX_VALUE, 1)).isNull();
        assertThat(sequences.refusal(3, 1, 1)).isNull();
        assertThat(sequences.advance(3, 1, 5)).isTrue();
        assertThat(sequences.last(3)).isEqualTo(5);
        assertThat(sequences.last(2)).isZero();
        assertThat(sequences.advance(3, 5, 1)).as("taken before").isFalse();
        assertThat(sequences.advance(3, 2, 2)).as("taken before").isFalse();
        assertThat(sequences.refusal(3, 2, 4)).isNull();
        assertThat(sequences.refusal(3, 5, 1)).isNull();
        assertThat(sequences.refusal(3, 5, 2)).contains("overlap", "5");
        assertThat(sequences.refusal(3, 6, 1)).isNull();
        assertThat(sequences.advance(3, 6, 1)).isTrue();
        assertThat(sequences.last(3)).isEqualTo(6);
        SlotSequences copy = new SlotSequences();
        copy.copyFrom(sequences);
        copy.last(3, 9);
        assertThat(copy.last(3)).isEqualTo(9);
        assertThat(sequences.last(3)).isEqualTo(6);
    }

    @Test
    void aChecksumIsTheSameWhereverTheMessageComesFrom() {
        byte[] bytes = new byte[10_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + i / 256);
        }
        VarHandleBuffer heap = new VarHandleBuffer(bytes);
        VarHandleBuffer direct = new VarHandleBuffer(ByteBuffer.allocateDirect(bytes.length));
        direct.putBytes(0, bytes, 0, bytes.length);
        UUID uuid = new UUID(7, 8);
        for (int length : new int[] {0, 1, 4095, 4096, 4097, 8192, 9990}) {
            RecordCheck one = new RecordCheck(uuid);
            RecordCheck other = new RecordCheck(uuid);
            one.message(heap, 3, length);
            other.message(direct, 3, length);
            int value = one.value(1, 64);
            assertThat(other.value(1, 64)).as("length=%d", length).isEqualTo(value);
            one.message(heap, 3, length);
            assertThat(one.value(2, 64)).isNotEqualTo(value);
            one.message(heap, 3, length);
            assertThat(one.value(1, 72)).isNotEqualTo(value);
            one.message(heap, 4, length);
            assertThat(one.value(1, 64) == value).isEqualTo(length == 0);
            RecordCheck another = new RecordCheck(new UUID(7, 9));
            another.message(heap, 3, length);
            assertThat(another.value(1, 64)).isNotEqualTo(value);
        }
        RecordCheck check = new RecordCheck(uuid);
        VarHandleBuffer part = new VarHandleBuffer(new byte[0]);
        part.wrap(bytes, 100, 50);
        assertThatThrownBy(() -> check.message(part, 40, 11)).isInstanceOf(IndexOutOfBoundsException.class);
        check.message(part, 40, 10);
        int value = check.value(1, 0);
        check.message(heap, 140, 10);
        assertThat(check.value(1, 0)).isEqualTo(value);
    }

    @Test
    void wordsOfTheHeaderAreWhatWasLastSaid() {
        RingHeader header = file.header();
        assertThat(header.isJudgedDead()).isFalse();
        header.judgeDead();
        assertThat(header.isJudgedDead()).isTrue();
        assertThat(header.saidGoodbye()).isFalse();
        header.sayGoodbye();
        assertThat(header.saidGoodbye()).isTrue();
        assertThat(header.resyncedFrom()).isEqualTo(-1);
        header.resyncedFrom(0);
        assertThat(header.resyncedFrom()).isZero();
        header.resyncedFrom(72);
        assertThat(header.resyncedFrom()).isEqualTo(72);
        long beats = header.heartbeatWord();
        header.beat();
        header.beat();
        assertThat(header.heartbeatWord()).isEqualTo(beats + 2);
        header.controlSequence(5);
        assertThat(header.controlSequence()).isEqualTo(5);
        header.requestSync(64);
        header.requestSync(8);
        assertThat(header.syncRequest()).isEqualTo(64);
        header.requestSync(72);
        assertThat(header.syncRequest()).isEqualTo(72);
        header.addDropped(2, 9, 3);
        header.addDropped(2, 9, 4);
        header.addDropped(2, 10, 1);
        assertThat(header.dropped(2, 9)).isEqualTo(7);
        assertThat(header.dropped(2, 10)).isEqualTo(1);
        assertThat(header.dropped(1, 9)).isZero();
        assertThat(header.syncedPosition()).isZero();
        header.syncedPosition(72);
        assertThat(header.syncedPosition()).isEqualTo(72);
        SlotSequences journaled = new SlotSequences();
        journaled.last(3, 7);
        header.journaledBatches(journaled);
        journaled.last(3, 6);
        header.journaledBatches(journaled);
        assertThat(header.journaledBatch(3)).as("never goes back").isEqualTo(7);
        SlotSequences raised = new SlotSequences();
        raised.last(4, 2);
        raised.raiseTo(header);
        assertThat(raised.last(3)).isEqualTo(7);
        assertThat(raised.last(4)).isEqualTo(2);
        assertThat(header.predecessor()).isNull();
        assertThat(header.createdEpochNs()).isEqualTo(1);
        header.salvaged();
        assertThat(header.state()).isEqualTo(RingDescriptor.STATE_SALVAGED);
        header.sealed(99);
        assertThat(header.state()).as("not back").isEqualTo(RingDescriptor.STATE_SALVAGED);
    }

    @Test
    void aBlockKnowsOfEachRecordAndGrowsByTheNextOne() throws Exception {
        offer(64, true);
        offer(80, true);
        offer(96, true);
        RingDrain drain = drain();
        drain.take(block, 72 + 88, NO_HEARTBEATS);
        RingBlock next = new RingBlock();
        drain.take(next, CAPACITY, NO_HEARTBEATS);
        assertThat(block.recordCount()).isEqualTo(2);
        assertThat(block.recordOffset(0)).isZero();
        assertThat(block.recordOffset(1)).isEqualTo(72);
        assertThat(block.recordOffset(2)).isEqualTo(160);
        assertThat(block.timestamp(0)).isEqualTo(1);
        assertThat(block.timestamp(1)).isEqualTo(2);
        assertThat(block.severity(1)).isEqualTo(9);
        assertThat(block.entryCount(1)).isEqualTo(1);
        assertThatThrownBy(() -> next.append(block))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("position=0 must be " + next.endPosition());
        block.append(next);
        assertThat(block.length()).isEqualTo(160 + 104);
        assertThat(block.entryCount()).isEqualTo(3);
        assertThat(block.recordOffset(2)).isEqualTo(160);
        assertThat(block.timestamp(2)).isEqualTo(3);
        block.capTimestamps(2);
        assertThat(block.timestamp(0)).isEqualTo(1);
        assertThat(block.timestamp(2)).isEqualTo(2);
        SlotSequences sequences = new SlotSequences();
        block.addTo(sequences, 0, 2);
        assertThat(sequences.last(0)).isEqualTo(2);
        block.addTo(sequences, 2, 3);
        assertThat(sequences.last(0)).isEqualTo(3);
        byte[] bytes = new byte[block.length()];
        file.words().getBytes(0, bytes, 0, bytes.length);
        assertThat(java.util.Arrays.copyOf(block.bytes(), block.length())).isEqualTo(bytes);
    }
}
