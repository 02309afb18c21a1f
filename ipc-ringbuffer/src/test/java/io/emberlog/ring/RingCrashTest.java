package io.emberlog.ring;

import static io.emberlog.ring.TestRings.CAPACITY;
import static io.emberlog.ring.TestRings.NO_HEARTBEATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.MessageDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The crash table of {@link Ring}: a writer that stops after each of its stores, and what salvage makes of it. */
class RingCrashTest {
    private static final int TYPE = MessageDescriptor.TYPE_LOG_BATCH;

    /** Stores of one Agrona write that neither wraps nor looks at the head. */
    private static final int MOVE_TAIL = 1;

    private static final int STORE_NEGATIVE_LENGTH = 2;
    private static final int COPY_PAYLOAD = 3;
    private static final int STORE_TYPE = 4;
    private static final int COMMIT = 5;

    /** A write that wraps looks at the head and refreshes its cache first. */
    private static final int WRAP_TAIL = 2;

    @TempDir
    Path directory;

    private final Stream stream = new Stream(7, CAPACITY);
    private final RingBlock block = new RingBlock();
    private RingFile file;

    @BeforeEach
    void createRing() throws IOException {
        file = TestRings.create(directory);
    }

    /** One record, a second one whose writer dies at that step, and a third by a neighbour. */
    private RingSalvage salvageAfter(Steps steps) throws RingBrokenException {
        offerText(file.ring(), 0, "before");
        assertThatThrownBy(() -> offerText(steps.through(file).ring(), 1, "in flight"))
                .isInstanceOf(Steps.Halted.class);
        offerText(file.ring(), 2, "after");
        file.seal();
        return RingSalvage.start(file, -1, new SlotSequences());
    }

    private int offerText(Ring ring, int slot, String text) {
        BatchEncoder encoder = new BatchEncoder(BatchEncoder.MIN_MAX_LENGTH, 4096);
        encoder.begin();
        encoder.beginEntry(9, 1, 1);
        encoder.text(MessageDescriptor.TEMPLATE, text);
        encoder.endEntry();
        encoder.finish(slot, 1);
        return ring.offer(TYPE, new VarHandleBuffer(encoder.buffer()), 0, encoder.length(), true);
    }

    private int deliveredBy(RingSalvage salvage) throws RingBrokenException {
        int delivered = 0;
        while (salvage.next(block, 1, NO_HEARTBEATS)) {
            delivered += block.entryCount();
        }
        assertThat(salvage.position()).isEqualTo(salvage.tail());
        return delivered;
    }

    @Test
    @CrashRow("R1")
    void aWriterThatDiesBeforeTheClaimLeavesNothing() throws Exception {
        RingSalvage salvage = salvageAfter(Steps.after(0));

        assertThat(deliveredBy(salvage)).isEqualTo(2);
        assertThat(salvage.torn() + salvage.holes()).isZero();
    }

    @Test
    @CrashRow("R2")
    void aClaimWithoutLengthIsSkippedAsAHole() throws Exception {
        RingSalvage salvage = salvageAfter(Steps.after(MOVE_TAIL));

        assertThat(deliveredBy(salvage)).isEqualTo(2);
        assertThat(salvage.holes()).isEqualTo(1);
        assertThat(salvage.torn()).isZero();
    }

    @Test
    @CrashRow("R2")
    void aHoleAtTheVeryEndIsCounted() throws Exception {
        offerText(file.ring(), 0, "before");
        assertThatThrownBy(() -> offerText(Steps.after(MOVE_TAIL).through(file).ring(), 1, "in flight"))
                .isInstanceOf(Steps.Halted.class);
        file.seal();
        RingSalvage salvage = RingSalvage.start(file, -1, new SlotSequences());

        assertThat(deliveredBy(salvage)).isEqualTo(1);
        assertThat(salvage.holes()).isEqualTo(1);
    }

    @Test
    @CrashRow("R3")
    void aWrapThatWasClaimedAndNotMarkedIsOneHole() throws Exception {
        RingDrain drain = new RingDrain(file, -1, new SlotSequences());
        Stream.Writer writer = fillToTheWrap(drain);
        assertThatThrownBy(
                        () -> writer.offer(Steps.after(WRAP_TAIL).through(file).ring(), true))
                .isInstanceOf(Steps.Halted.class);
        assertThat(file.tail() / CAPACITY).as("the claim wrapped").isGreaterThan(drain.takenPosition() / CAPACITY);
        offerText(file.ring(), 1, "after");
        file.seal();
        RingSalvage salvage = RingSalvage.start(file, drain.takenPosition(), drain.sequences());

        assertThat(deliveredBy(salvage)).isEqualTo(1);
        assertThat(salvage.holes()).isEqualTo(1);
        assertThat(salvage.torn()).isZero();
    }

    @Test
    @CrashRow("R3")
    void aWrapWhoseWriterDiesAtAnyOfItsStoresLosesNothingElse() throws Exception {
        // head cache, tail, -padding, padding's type, padding, then all but the last of the record's own four
        for (int step = WRAP_TAIL; step < WRAP_TAIL + 3 + 4; step++) {
            file = TestRings.create(directory.resolve("wrap" + step));
            Stream fresh = new Stream(7, CAPACITY);
            RingDrain drain = new RingDrain(file, -1, new SlotSequences());
            Stream.Writer writer = fillToTheWrap(drain, fresh);
            RingFile dying = Steps.after(step).through(file);
            assertThatThrownBy(() -> writer.offer(dying.ring(), true)).isInstanceOf(Steps.Halted.class);
            offerText(file.ring(), 1, "after");
            file.seal();
            RingSalvage salvage = RingSalvage.start(file, drain.takenPosition(), drain.sequences());

            assertThat(deliveredBy(salvage)).as("step %d", step).isEqualTo(1);
            assertThat(salvage.torn() + salvage.holes())
                    .as("damage after step %d", step)
                    .isBetween(1L, 2L);
        }
    }

    private Stream.Writer fillToTheWrap(RingDrain drain) throws RingBrokenException {
        return fillToTheWrap(drain, stream);
    }

    /** Writes and drains until the writer's next record has to wrap. */
    private Stream.Writer fillToTheWrap(RingDrain drain, Stream stream) throws RingBrokenException {
        Stream.Writer writer = stream.new Writer(0);
        Ring ring = file.ring();
        while (true) {
            writer.encodeNext();
            int room = CAPACITY - (int) (ring.tail() & CAPACITY - 1);
            if (RingPositions.align(writer.length() + 8) > room && room > 16) {
                return writer;
            }
            assertThat(writer.offer(ring, true)).isEqualTo(Ring.RINGED);
            while (drain.take(block, CAPACITY, NO_HEARTBEATS) > 0) {
                stream.accept(block);
                drain.release(drain.takenPosition());
            }
        }
    }

    @Test
    @CrashRow("R4")
    void aSizedClaimIsSkippedAsTorn() throws Exception {
        RingSalvage salvage = salvageAfter(Steps.after(STORE_NEGATIVE_LENGTH));

        assertThat(deliveredBy(salvage)).isEqualTo(2);
        assertThat(salvage.torn()).isEqualTo(1);
        assertThat(salvage.holes()).isZero();
    }

    @Test
    @CrashRow("R5")
    void aHalfCopiedOrUncommittedPayloadIsTorn() throws Exception {
        Steps[] deaths = {Steps.inTheMiddleOf(COPY_PAYLOAD), Steps.after(COPY_PAYLOAD), Steps.after(STORE_TYPE)};
        for (Steps death : deaths) {
            file = TestRings.create(directory);
            RingSalvage salvage = salvageAfter(death);

            assertThat(deliveredBy(salvage)).isEqualTo(2);
            assertThat(salvage.torn()).isEqualTo(1);
            assertThat(salvage.holes()).isZero();
        }
    }

    @Test
    @CrashRow("R6")
    void aCommittedRecordArrivesThoughItsCallNeverReturned() throws Exception {
        RingSalvage salvage = salvageAfter(Steps.after(COMMIT));

        assertThat(deliveredBy(salvage)).isEqualTo(3);
        assertThat(salvage.torn() + salvage.holes()).isZero();
    }

    @Test
    @CrashRow("R7")
    void anAcknowledgedRecordArrives() throws Exception {
        assertThat(offerText(file.ring(), 0, "acknowledged")).isEqualTo(Ring.RINGED);
        file.seal();

        assertThat(deliveredBy(RingSalvage.start(file, -1, new SlotSequences())))
                .isEqualTo(1);
    }

    @Test
    @CrashRow("R8")
    void aTailClosedByAProcessThatDiedBeforeItSaidSealedGivesTheRealTail() throws Exception {
        offerText(file.ring(), 0, "before");
        long tail = file.tail();
        for (int step = 0; step <= 1; step++) {
            RingFile dying = Steps.after(step).through(file);
            assertThatThrownBy(dying::seal).isInstanceOf(Steps.Halted.class);
            assertThat(file.header().state()).isEqualTo(RingDescriptor.STATE_OPEN);
            assertThat(file.ring().tail()).isEqualTo(tail + RingDescriptor.SEAL);
            assertThat(RingSalvage.start(file, -1, new SlotSequences()).tail()).isEqualTo(tail);
            assertThat(new RingDrain(file, -1, new SlotSequences()).backlog()).isEqualTo(tail);
        }

        assertThat(file.seal()).isEqualTo(tail);
        assertThat(file.header().state()).isEqualTo(RingDescriptor.STATE_SEALED);
        assertThat(deliveredBy(RingSalvage.start(file, -1, new SlotSequences())))
                .isEqualTo(1);
    }

    /** Several laps of a writer that dies after its k-th store, for every k: acknowledged once, the one in flight at most once. */
    @Test
    @CrashRow({"R1", "R2", "R3", "R4", "R5", "R6", "R7"})
    void whereverAWriterDiesTheAcknowledgedArriveOnceAndInOrder() throws Exception {
        int steps = lifeOf(Steps.unlimited());
        assertThat(steps).isGreaterThan(500);
        for (int k = 0; k < steps; k++) {
            lifeOf(Steps.after(k));
            lifeOf(Steps.inTheMiddleOf(k + 1));
        }
    }

    private int lifeOf(Steps steps) throws Exception {
        file.words().setMemory(0, CAPACITY + RingDescriptor.TRAILER_LENGTH, (byte) 0);
        file.header().journaledPosition(0);
        reopenState();
        Stream life = new Stream(11, CAPACITY);
        RingDrain drain = new RingDrain(file, -1, new SlotSequences());
        Stream.Writer writer = life.new Writer(0);
        try {
            Ring ring = steps.through(file).ring();
            for (int offers = 0; offers < 180; offers++) {
                if (writer.offer(ring, true) == Ring.FULL) {
                    while (drain.take(block, 4096, NO_HEARTBEATS) > 0) {
                        life.accept(block);
                        drain.release(drain.takenPosition());
                    }
                }
            }
        } catch (Steps.Halted dead) {
            // as intended
        }
        file.seal();
        RingSalvage salvage = RingSalvage.start(file, drain.takenPosition(), drain.sequences());
        while (salvage.next(block, 4096, NO_HEARTBEATS)) {
            life.accept(block);
        }
        assertThat(life.received(0)).as("steps=%d", steps.done()).isBetween(writer.sequence(), writer.sequence() + 1);
        assertThat(salvage.torn() + salvage.holes()).isLessThanOrEqualTo(2);
        return steps.done();
    }

    private void reopenState() {
        VarHandleBuffer[] header = new VarHandleBuffer[1];
        new RingFile(file, bytes -> header[0] = new VarHandleBuffer(bytes), bytes -> new RingWords(bytes, CAPACITY));
        header[0].putLong(RingDescriptor.JOURNALED_BATCH_OFFSET, 0);
        header[0].putIntRelease(RingDescriptor.STATE_OFFSET, RingDescriptor.STATE_OPEN);
    }

    @Test
    void payloadOfAWriterThatComesBackWhileItsHoleIsSkippedIsNotTakenForARecord() throws Exception {
        offerText(file.ring(), 0, "before");
        int hole = (int) file.tail();
        offerText(file.ring(), 1, "in flight");
        int length = (int) file.tail() - hole;
        offerText(file.ring(), 2, "after");
        byte[] written = new byte[length];
        file.words().getBytes(hole, written, 0, length);
        for (int committed = 0; committed < 2; committed++) {
            file.words().setMemory(hole, length, (byte) 0);
            int sign = committed == 1 ? 1 : -1;
            RingFile watched = new RingFile(file, VarHandleBuffer::new, bytes -> new RingWords(bytes, file.capacity()) {
                private boolean back;

                @Override
                public int getInt(int index) {
                    comeBack(index);
                    return super.getInt(index);
                }

                @Override
                public int getIntVolatile(int index) {
                    comeBack(index);
                    return super.getIntVolatile(index);
                }

                private void comeBack(int index) {
                    if (!back && index == hole + 8) {
                        back = true;
                        file.words().putBytes(hole, written, 0, length);
                        file.words().putInt(hole, sign * file.words().getInt(hole));
                    }
                }
            });
            file.seal();
            RingSalvage salvage = RingSalvage.start(watched, -1, new SlotSequences());
            assertThat(deliveredBy(salvage)).isEqualTo(2 + committed);
            assertThat(salvage.torn()).isEqualTo(1 - committed);
            assertThat(salvage.holes()).isZero();
        }
    }
}
