package io.emberlog.ring;

import static io.emberlog.ring.TestRings.CAPACITY;
import static io.emberlog.ring.TestRings.NO_HEARTBEATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Golden;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries staged beside a ring: the layout, the crash table of {@link StagingArea}, and what salvage makes of it. */
class StagingTest {
    private static final int STAGING = 16 * 1024;
    private static final int SLOT = 5;
    private static final int HEAD = MessageDescriptor.BATCH_HEADER_LENGTH;

    /** Stores of staging into an empty area. */
    private static final int WRITE_HEADER = 1;

    private static final int COPY_ENTRY = 2;
    private static final int COMMIT = 3;

    /** Stores of publishing. */
    private static final int WRITE_ENTRY_COUNT = 1;

    private static final int COMMIT_IN_RING = WRITE_ENTRY_COUNT + 5;
    private static final int CLEAR = COMMIT_IN_RING + 1;

    @TempDir
    Path directory;

    private final RingBlock block = new RingBlock();
    private RingFile file;
    private RingFile dying;
    private StagingArea area;
    private long sequence;

    @BeforeEach
    void createRing() throws IOException {
        create(false);
    }

    private void create(boolean checked) throws IOException {
        file = TestRings.create(directory.resolve("ring" + checked), new RingSpec(CAPACITY, STAGING, checked));
        area = file.stagingArea(SLOT);
        sequence = 0;
    }

    private BatchEncoder encode(String... texts) {
        BatchEncoder encoder = new BatchEncoder(STAGING, STAGING);
        encoder.begin();
        for (String text : texts) {
            encoder.beginEntry(9, 7, 1);
            encoder.text(MessageDescriptor.TEMPLATE, text);
            encoder.endEntry();
        }
        return encoder;
    }

    private int stage(StagingArea into, String... texts) {
        return stage(into, 9, texts);
    }

    private int stage(StagingArea into, int severity, String... texts) {
        BatchEncoder encoder = encode(texts);
        int result = into.stage(
                sequence + 1,
                new VarHandleBuffer(encoder.buffer()),
                HEAD,
                encoder.length() - HEAD,
                texts.length,
                severity);
        if (result == Ring.RINGED) {
            sequence += texts.length;
        }
        return result;
    }

    private StagingArea dyingArea(Steps steps) {
        dying = steps.through(file);
        return dying.stagingArea(SLOT);
    }

    /** Texts as {@code position/index text}, in the order of the salvage. */
    private List<String> salvaged(long journaledEnd, SlotSequences sequences) throws RingBrokenException {
        file.seal();
        RingSalvage salvage = RingSalvage.start(file, journaledEnd, sequences);
        List<String> texts = new ArrayList<>();
        RingBlockReader reader = new RingBlockReader();
        while (salvage.next(block, 1, NO_HEARTBEATS)) {
            reader.wrap(block.bytes(), 0, block.length(), block.position());
            while (reader.nextEntry()) {
                texts.add(reader.position() + "/" + reader.index() + " "
                        + reader.entry().text(MessageDescriptor.TEMPLATE));
            }
            assertThat(reader.broken()).isNull();
        }
        return texts;
    }

    private List<String> salvaged() throws RingBrokenException {
        return salvaged(-1, new SlotSequences());
    }

    @Test
    void anAreaIsAsItsPictureSays() throws Exception {
        for (boolean checked : new boolean[] {false, true}) {
            create(checked);
            stage(area, "one", "two");
            stage(area, "three");
            byte[] bytes = new byte[256];
            file.stagingBuffer(SLOT).getBytes(0, bytes);

            Golden.check(checked ? "staging-area-checked.hex" : "staging-area.hex", bytes, bytes.length);
        }
        assertThat(StagingDescriptor.COMMIT_WORD_OFFSET).isZero();
        assertThat(StagingDescriptor.BATCH_OFFSET).isEqualTo(8);
        assertThat(StagingDescriptor.ENTRIES_OFFSET).isEqualTo(24);
    }

    @Test
    void whatIsStagedGoesIntoTheRingAsOneRecord() throws Exception {
        stage(area, "one");
        stage(area, "two");
        assertThat(file.tail()).isZero();
        assertThat(area.publish(file.ring(), false)).isEqualTo(Ring.RINGED);
        assertThat(area.length()).isZero();
        stage(area, "three");

        assertThat(salvaged()).containsExactly("0/0 one", "0/1 two", file.tail() + "/0 three");
    }

    @Test
    void entriesThatDoNotFitAreRefusedWholeAndNothingIsChanged() throws Exception {
        assertThat(stage(area, "x".repeat(4_000))).isEqualTo(Ring.RINGED);
        assertThat(stage(area, "y".repeat(2_500), "y".repeat(2_500))).isEqualTo(Ring.FULL);
        assertThat(stage(area, "y".repeat(2_500))).isEqualTo(Ring.RINGED);

        assertThat(area.entries()).isEqualTo(2);
        assertThat(salvaged()).hasSize(2);
    }

    @Test
    void anAreaIsFilledToItsLastByteAndPublishedEachTime() throws Exception {
        for (boolean checked : new boolean[] {false, true}) {
            // as long as a record of the ring may be, or as what is beside the ring has room for
            for (int staging : new int[] {4096, STAGING}) {
                Path at = directory.resolve(checked + "-" + staging);
                file = TestRings.create(at, new RingSpec(CAPACITY, staging, checked));
                area = file.stagingArea(SLOT);
                sequence = 0;
                int room = Math.min(
                        staging - StagingDescriptor.BATCH_OFFSET, file.ring().maxPayloadLength());
                assertThat(area.room()).isEqualTo(room);
                int around = encode("").length();
                for (int i = 0; i < 3; i++) {
                    assertThat(stage(area, "x".repeat(room - around + 1))).isEqualTo(Ring.FULL);
                    assertThat(stage(area, "x".repeat(room - around))).isEqualTo(Ring.RINGED);
                    assertThat(area.length()).isEqualTo(room);
                    assertThat(stage(area, "")).isEqualTo(Ring.FULL);
                    assertThat(area.publish(file.ring(), true)).isEqualTo(Ring.RINGED);
                }
                stage(area, "y".repeat(room - around));
                assertThat(salvaged()).hasSize(4);
            }
        }
    }

    @Test
    void anAreaTakesNoMoreThanOneRecordOfTheRingHolds() throws Exception {
        file = TestRings.create(directory, new RingSpec(CAPACITY, 512 * 1024, false));
        area = file.stagingArea(SLOT);
        while (stage(area, "x".repeat(100)) == Ring.RINGED) {
            continue;
        }

        assertThat(area.length()).isLessThanOrEqualTo(file.ring().maxPayloadLength());
        assertThat(area.publish(file.ring(), false)).isEqualTo(Ring.RINGED);
    }

    @Test
    void aFullRingLeavesTheBatchStaged() throws Exception {
        stage(area, "staged");
        StagingArea other = file.stagingArea(0);
        BatchEncoder big = encode("x".repeat(7_000));
        Ring ring = file.ring();
        for (int i = 1; ; i++) {
            big.finish(0, i);
            if (ring.offer(1, new VarHandleBuffer(big.buffer()), 0, big.length(), true) != Ring.RINGED) {
                break;
            }
        }
        other.stage(1000, new VarHandleBuffer(big.buffer()), HEAD, big.length() - HEAD, 1, 9);
        assertThat(other.publish(ring, true)).isEqualTo(Ring.FULL);
        assertThat(area.publish(ring, false)).isEqualTo(Ring.FULL);
        assertThat(stage(area, "and more")).isEqualTo(Ring.RINGED);

        List<String> all = salvaged();
        assertThat(all).hasSizeGreaterThan(4);
        assertThat(all.get(all.size() - 2)).endsWith("/0 staged");
        assertThat(all.get(all.size() - 1)).endsWith("/1 and more");
    }

    @Test
    void theHighestSeverityStagedIsKnown() {
        stage(area, 9, "a");
        stage(area, 17, "b");
        stage(area, 5, "c");
        assertThat(area.severity()).isEqualTo(17);
        area.publish(file.ring(), true);
        assertThat(area.severity()).isZero();
    }

    @Test
    void stagingIntoASealedRingSaysSoAfterTheCommit() throws Exception {
        stage(area, "before");
        file.seal();
        assertThat(stage(area, "after")).isEqualTo(Ring.SEALED);
        assertThat(area.publish(file.ring(), true)).isEqualTo(Ring.SEALED);

        assertThat(salvaged()).as("the caller repeats it, under its number").hasSize(2);
    }

    @Test
    @CrashRow("B1")
    void aHeaderWithoutACommitIsNothing() throws Exception {
        assertThatThrownBy(() -> stage(dyingArea(Steps.after(WRITE_HEADER)), "never"))
                .isInstanceOf(Steps.Halted.class);

        assertThat(salvaged()).isEmpty();
    }

    @Test
    @CrashRow("B2")
    void anEntryThatWasNotCommittedIsNotThere() throws Exception {
        for (Steps steps :
                List.of(Steps.inTheMiddleOf(COPY_ENTRY + COMMIT - 1), Steps.after(COPY_ENTRY + COMMIT - 1))) {
            createRing();
            StagingArea dies = dyingArea(steps);
            stage(dies, "one");
            assertThatThrownBy(() -> stage(dies, "two")).isInstanceOf(Steps.Halted.class);

            assertThat(salvaged()).containsExactly("0/0 one");
        }
    }

    @Test
    @CrashRow("B3")
    void aCommittedEntryIsDeliveredThoughItsCallNeverReturned() throws Exception {
        assertThatThrownBy(() -> stage(dyingArea(Steps.after(COMMIT)), "one")).isInstanceOf(Steps.Halted.class);

        assertThat(salvaged()).containsExactly("0/0 one");
    }

    @Test
    @CrashRow({"B4", "B5", "B6", "B7"})
    void aBatchWhosePublisherDiesAtAnyStepIsDeliveredOnce() throws Exception {
        for (boolean checked : new boolean[] {false, true}) {
            int check = checked ? 1 : 0; // a checked record takes one step more
            for (int step = WRITE_ENTRY_COUNT; step <= CLEAR + check; step++) {
                create(checked);
                StagingArea dies = dyingArea(Steps.after(COMMIT + 2 + step));
                stage(dies, "one");
                stage(dies, "two");
                assertThatThrownBy(() -> dies.publish(dying.ring(), false)).isInstanceOf(Steps.Halted.class);

                List<String> all = salvaged();
                assertThat(all).as("step %d", step).hasSize(2);
                String position = step < COMMIT_IN_RING + check ? file.tail() + "/" : "0/";
                assertThat(all).containsExactly(position + "0 one", position + "1 two");
            }
        }
    }

    @Test
    @CrashRow({"G1", "G2", "G3"})
    void aSalvageRepeatedAfterEveryBlockDeliversEachStagedBatchOnceAtItsPosition() throws Exception {
        Stream stream = new Stream(7, CAPACITY);
        Stream.Writer[] writers = new Stream.Writer[MessageDescriptor.SLOT_COUNT];
        for (int slot = 0; slot < writers.length; slot++) {
            writers[slot] = stream.new Writer(slot);
            if (slot % 3 == 0) {
                writers[slot].offer(file.ring(), true);
            }
            if (slot % 4 == 0) {
                StagingArea staged = file.stagingArea(slot);
                while (writers[slot].stage(staged) == Ring.RINGED && staged.length() < STAGING / 2) {
                    continue;
                }
            }
        }
        List<String> whole = salvaged();
        List<String> pieces = new ArrayList<>();
        SlotSequences journaled = new SlotSequences();
        long end = 0;
        while (true) {
            RingSalvage restarted = RingSalvage.start(file, end, copyOf(journaled));
            if (!restarted.next(block, 1, NO_HEARTBEATS)) {
                assertThat(restarted.position()).isEqualTo(end).isGreaterThan(file.tail());
                break;
            }
            stream.accept(block);
            end = block.endPosition();
            journaled.copyFrom(restarted.sequences());
            RingBlockReader reader = new RingBlockReader();
            reader.wrap(block.bytes(), 0, block.length(), block.position());
            while (reader.nextEntry()) {
                pieces.add(reader.position() + "/" + reader.index() + " "
                        + reader.entry().text(MessageDescriptor.TEMPLATE));
            }
        }

        assertThat(pieces).isEqualTo(whole);
        for (int slot = 0; slot < writers.length; slot++) {
            assertThat(stream.received(slot)).isEqualTo(writers[slot].sequence());
        }
    }

    @Test
    @CrashRow("G2")
    void whatComesToABatchAfterItWasTakenDoesNotKeepTheOthersFromARepeatedSalvage() throws Exception {
        stage(area, "one", "two");
        stageInto(SLOT + 1, "other");
        file.seal();
        RingSalvage first = RingSalvage.start(file, -1, new SlotSequences());
        assertThat(first.next(block, 1, NO_HEARTBEATS)).isTrue();
        long journaled = block.endPosition();
        SlotSequences sequences = copyOf(first.sequences());
        assertThat(stage(area, "three")).isEqualTo(Ring.SEALED);

        assertThat(salvaged(journaled, sequences)).containsExactly(journaled + "/0 other");
        assertThat(sequences.last(SLOT)).isEqualTo(2);
    }

    private void stageInto(int slot, String text) {
        BatchEncoder encoder = encode(text);
        StagingArea other = file.stagingArea(slot);
        assertThat(other.stage(1, new VarHandleBuffer(encoder.buffer()), HEAD, encoder.length() - HEAD, 1, 9))
                .isEqualTo(Ring.RINGED);
    }

    private static SlotSequences copyOf(SlotSequences other) {
        SlotSequences copy = new SlotSequences();
        copy.copyFrom(other);
        return copy;
    }

    /** The worker was killed between the publishing and the clearing, and then the journal was deleted. */
    @Test
    void whatTheHeaderSaysWasJournaledIsADoubleWhereNoJournalIsLeft() throws Exception {
        StagingArea dies = dyingArea(Steps.after(COMMIT + COMMIT_IN_RING));
        stage(dies, "one");
        assertThatThrownBy(() -> dies.publish(dying.ring(), false)).isInstanceOf(Steps.Halted.class);
        RingDrain drain = new RingDrain(file, -1, new SlotSequences());
        drain.take(block, CAPACITY, NO_HEARTBEATS);
        drain.release(drain.takenPosition());

        assertThat(file.header().journaledBatch(SLOT)).isEqualTo(1);
        assertThat(salvaged()).isEmpty();
        RingSalvage inspection = RingSalvage.inspect(file);
        assertThat(inspection.next(block, 1, NO_HEARTBEATS)).isFalse();
    }

    @Test
    void aStagedBatchOfACheckedRingWhoseBytesDidNotReachTheDiskIsTorn() throws Exception {
        create(true);
        stage(area, "one");
        stage(file.stagingArea(SLOT + 1), "other");
        file.stagingBuffer(SLOT).putByte(StagingDescriptor.ENTRIES_OFFSET + 30, (byte) 1);
        file.seal();
        RingSalvage salvage = RingSalvage.start(file, -1, new SlotSequences());

        assertThat(salvage.next(block, 1, NO_HEARTBEATS)).isTrue();
        assertThat(block.entryCount()).isEqualTo(1);
        assertThat(salvage.next(block, 1, NO_HEARTBEATS)).isFalse();
        assertThat(salvage.torn()).isEqualTo(1);
    }

    @Test
    void anAreaOfARingWithoutAnyIsRefused() throws Exception {
        RingFile plain = TestRings.create(directory.resolve("plain"));
        assertThatThrownBy(() -> plain.stagingArea(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("staging length=0");
    }
}
