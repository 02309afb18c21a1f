package io.emberlog.ring;

import static io.emberlog.ring.TestRings.NO_HEARTBEATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.Heartbeat;
import io.emberlog.message.MessageDescriptor;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one call costs the master does not depend on how large a ring, or how much damage, its worker has made. */
class SalvageStepsTest {
    private static final int CAPACITY = 1 << 20;
    private static final int STAGING = 8 * 1024;

    @TempDir
    Path directory;

    private final RingBlock block = new RingBlock();

    private static void moveTail(RingFile file, long tail) {
        file.words().putLong(file.capacity() + RingDescriptor.TAIL_OFFSET, tail);
    }

    private static void offerHeartbeat(RingFile file) {
        VarHandleBuffer message = new VarHandleBuffer(new byte[MessageDescriptor.HEARTBEAT_LENGTH]);
        Heartbeat.encode(message.byteArray(), 0, 1, 2, false);
        assertThat(file.ring()
                        .offer(MessageDescriptor.TYPE_HEARTBEAT, message, 0, MessageDescriptor.HEARTBEAT_LENGTH, true))
                .isEqualTo(Ring.RINGED);
    }

    private static int callsUntilPrepared(RingSalvage salvage) throws RingBrokenException {
        int calls = 1;
        while (!salvage.prepare()) {
            calls++;
        }
        return calls;
    }

    @Test
    void aRingThatIsAllHoleIsReadInSteps() throws Exception {
        RingFile file = TestRings.create(directory, CAPACITY);
        moveTail(file, CAPACITY);
        file.seal();
        RingSalvage salvage = RingSalvage.start(file, -1, new SlotSequences());
        assertThat(callsUntilPrepared(salvage)).isGreaterThanOrEqualTo(CAPACITY / RingSalvage.STEP);
        assertThat(salvage.next(block, 1000, NO_HEARTBEATS)).isFalse();
        assertThat(salvage.holes()).isEqualTo(1);
        assertThat(salvage.position()).isEqualTo(CAPACITY);
    }

    @Test
    void aHoleOfManyStepsIsOneAndTheRecordBehindItIsTaken() throws Exception {
        RingFile file = TestRings.create(directory, CAPACITY);
        int hole = 3 * RingSalvage.STEP + 8;
        moveTail(file, hole);
        offerHeartbeat(file);
        file.seal();
        RingSalvage salvage = RingSalvage.start(file, -1, new SlotSequences());
        assertThat(callsUntilPrepared(salvage)).isGreaterThan(3);
        assertThat(salvage.next(block, 1000, NO_HEARTBEATS)).isTrue();
        assertThat(block.position()).isEqualTo(hole);
        assertThat(salvage.next(block, 1000, NO_HEARTBEATS)).isFalse();
        assertThat(salvage.holes()).isEqualTo(1);
    }

    @Test
    void damageInFrontOfTheJournalsEndIsCountedInStepsToo() throws Exception {
        RingFile file = TestRings.create(directory, CAPACITY);
        moveTail(file, 8 * RingSalvage.STEP);
        offerHeartbeat(file);
        long end = file.tail();
        file.seal();
        RingSalvage salvage = RingSalvage.start(file, end, new SlotSequences());
        assertThat(salvage.position()).isEqualTo(end);
        assertThat(salvage.prepare()).isFalse();
        assertThat(salvage.next(block, 1000, NO_HEARTBEATS)).isFalse();
        assertThat(salvage.holes()).isEqualTo(1);
        assertThat(salvage.position()).isEqualTo(end);
    }

    @Test
    void aRecordThatIsTakenBackWhenItsTurnHasComeEndsTheRing() throws Exception {
        RingFile file = TestRings.create(directory, CAPACITY);
        offerHeartbeat(file);
        moveTail(file, CAPACITY);
        file.seal();
        RingSalvage salvage = RingSalvage.start(file, -1, new SlotSequences());
        assertThat(salvage.prepare()).isTrue();
        file.words().putInt(0, 0);
        assertThatThrownBy(() -> salvage.next(block, 1000, NO_HEARTBEATS))
                .as("no hunt for the next record behind what was prepared")
                .isInstanceOf(RingBrokenException.class);
    }

    @Test
    void stagedBatchesThatWereTakenBeforeArePassedOverOneAtATime() throws Exception {
        RingFile file = TestRings.create(directory, new RingSpec(CAPACITY, STAGING, false));
        Stream stream = new Stream(1, CAPACITY);
        SlotSequences taken = new SlotSequences();
        int areas = 3;
        for (int slot = 0; slot <= areas; slot++) {
            StagingArea area = file.stagingArea(slot);
            Stream.Writer writer = stream.new Writer(slot);
            assertThat(writer.stage(area)).isEqualTo(Ring.RINGED);
            if (slot < areas) {
                taken.last(slot, 1_000_000);
            }
        }
        file.seal();
        RingSalvage salvage = RingSalvage.start(file, -1, taken);
        assertThat(callsUntilPrepared(salvage)).isEqualTo(areas + 1);
        assertThat(salvage.next(block, 1000, NO_HEARTBEATS)).isTrue();
        assertThat(salvage.next(block, 1000, NO_HEARTBEATS)).isFalse();
    }
}
