package io.emberlog.ring;

import static io.emberlog.ring.TestRings.CAPACITY;
import static io.emberlog.ring.TestRings.NO_HEARTBEATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.MessageDescriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker that writes anything into its staging areas: salvage ends with a message and a bounded amount of work. */
class HostileStagingTest {
    private static final int INPUTS = Integer.getInteger("emberlog.lab.count", 20_000);
    private static final int STAGING = 8 * 1024;
    private static final int AREAS = 4;
    private static final long[] TEMPTING = {
        0,
        1,
        -1,
        7,
        8,
        16,
        40,
        STAGING,
        STAGING - 8,
        STAGING - 7,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1L << 32,
        64L << 16
    };

    @TempDir
    Path directory;

    private final RingBlock block = new RingBlock();
    private final byte[][] images = new byte[AREAS][STAGING];
    private RingFile file;

    private void createWithStagedBatches(boolean checked) throws Exception {
        file = TestRings.create(directory.resolve("checked" + checked), new RingSpec(CAPACITY, STAGING, checked));
        Stream stream = new Stream(1, CAPACITY);
        for (int slot = 0; slot < AREAS; slot++) {
            StagingArea area = file.stagingArea(slot);
            Stream.Writer writer = stream.new Writer(slot);
            while (writer.stage(area) == Ring.RINGED) {
                continue;
            }
            file.stagingBuffer(slot).getBytes(0, images[slot]);
        }
        file.seal();
    }

    private void restore() {
        for (int slot = 0; slot < AREAS; slot++) {
            file.stagingBuffer(slot).putBytes(0, images[slot]);
        }
    }

    /** Half of the damage goes where it hurts: the commit word, the header and the lengths of entries. */
    private void damage(SplittableRandom random) {
        long value = random.nextInt(3) == 0 ? random.nextLong() : TEMPTING[random.nextInt(TEMPTING.length)];
        VarHandleBuffer area = file.stagingBuffer(random.nextInt(AREAS));
        switch (random.nextInt(4)) {
            case 0 -> area.putLong(0, value);
            case 1 -> area.putInt(0, (int) value);
            case 2 -> area.putInt(8 + 4 * random.nextInt(6), (int) value);
            default -> area.putInt(4 * random.nextInt(STAGING / 4), (int) value);
        }
    }

    private int salvageToTheEnd() throws RingBrokenException {
        RingSalvage salvage = RingSalvage.start(file, -1, new SlotSequences());
        int calls = 0;
        while (salvage.next(block, 1, NO_HEARTBEATS)) {
            assertThat(++calls <= MessageDescriptor.SLOT_COUNT && block.length() <= STAGING && block.length() > 0)
                    .isTrue();
        }
        assertThat(salvage.position() - salvage.tail()).isLessThanOrEqualTo((long) AREAS * STAGING);
        return calls;
    }

    @Test
    void garbageInAnyWordOfAnAreaEndsInAMessageAfterBoundedWork() throws Exception {
        createWithStagedBatches(false);
        SplittableRandom random = new SplittableRandom(53);
        int broken = 0;
        for (int input = 0; input < INPUTS; input++) {
            restore();
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                damage(random);
            }
            try {
                salvageToTheEnd();
            } catch (RingBrokenException e) {
                assertThat(e.getMessage()).contains("=");
                broken++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed=53 input=" + input, e);
            }
        }
        assertThat(broken).as("inputs that broke the rules").isGreaterThan(INPUTS / 10);
    }

    @Test
    void damageInACheckedAreaIsTornUnlessItsLengthIsImpossible() throws Exception {
        createWithStagedBatches(true);
        SplittableRandom random = new SplittableRandom(59);
        int whole = 0;
        for (int input = 0; input < INPUTS; input++) {
            restore();
            file.stagingBuffer(0).putByte(8 + random.nextInt(64), (byte) random.nextInt());
            int delivered = salvageToTheEnd();
            assertThat(delivered).isBetween(AREAS - 1, AREAS);
            whole += delivered == AREAS ? 1 : 0;
        }
        assertThat(whole)
                .as("the entry count is nobody's business; a byte may be what it was")
                .isLessThan(INPUTS / 8);
    }

    @Test
    void aWorkerThatScribblesWhileItIsSalvagedHurtsOnlyItself() throws Exception {
        createWithStagedBatches(false);
        AtomicBoolean stop = new AtomicBoolean();
        Thread scribbler = new Thread(() -> {
            SplittableRandom random = new SplittableRandom(61);
            while (!stop.get()) {
                if (random.nextInt(4) == 0) {
                    restore();
                }
                damage(random);
            }
        });
        scribbler.start();
        try {
            for (int round = 0; round < 5_000; round++) {
                try {
                    salvageToTheEnd();
                } catch (RingBrokenException e) {
                    assertThat(e.getMessage()).contains("=");
                }
            }
        } finally {
            stop.set(true);
            scribbler.join();
        }
    }

    /** The area behind the last batch is emptied while it is copied: nothing, and not once more what was copied. */
    @Test
    void anAreaThatIsEmptiedWhileItIsReadIsNothing() throws Exception {
        createWithStagedBatches(false);
        for (int slot = 2; slot < AREAS; slot++) {
            file.stagingBuffer(slot).putLong(0, 0);
        }
        VarHandleBuffer last = file.stagingBuffer(1);
        long word = last.getLongVolatile(0);
        AtomicBoolean stop = new AtomicBoolean();
        Thread worker = new Thread(() -> {
            while (!stop.get()) {
                last.putLongRelease(0, 0);
                last.putLongRelease(0, word);
            }
        });
        worker.start();
        try {
            for (int round = 0; round < INPUTS; round++) {
                assertThat(salvageToTheEnd()).isBetween(1, 2);
            }
        } finally {
            stop.set(true);
            worker.join();
        }
    }

    /** Empties and fills its area as a stalled thread would: whatever is delivered is one whole batch. */
    @Test
    void anAreaThatIsFilledAnewWhileItIsReadIsOneBatchOrTheOther() throws Exception {
        file = TestRings.create(directory.resolve("alive"), new RingSpec(CAPACITY, STAGING, false));
        Stream stream = new Stream(3, CAPACITY);
        Stream.Writer writer = stream.new Writer(0);
        StagingArea area = file.stagingArea(0);
        AtomicBoolean stop = new AtomicBoolean();
        List<Throwable> failed = new ArrayList<>();
        Thread worker = new Thread(() -> {
            try {
                RingDrain drain = new RingDrain(file, -1, new SlotSequences());
                RingBlock own = new RingBlock();
                while (!stop.get()) {
                    while (writer.stage(area) == Ring.RINGED) {
                        continue;
                    }
                    if (area.publish(file.ring(), true) == Ring.FULL) {
                        while (drain.take(own, CAPACITY, NO_HEARTBEATS) > 0) {
                            stream.accept(own);
                            drain.release(drain.takenPosition());
                        }
                    }
                }
            } catch (Throwable t) {
                failed.add(t);
            }
        });
        worker.start();
        try {
            int seen = 0;
            for (int round = 0; round < 200_000 && seen < 2_000; round++) {
                SlotSequences sequences = new SlotSequences();
                StagingReader reader = new StagingReader(file);
                if (reader.next(block, 0, sequences)) {
                    seen++;
                    new WholeBatch(stream).check(block);
                }
            }
            assertThat(seen).isPositive();
        } finally {
            stop.set(true);
            worker.join();
        }
        assertThat(failed).isEmpty();
    }

    private record WholeBatch(Stream stream) {
        void check(RingBlock block) {
            io.emberlog.message.RingBlockReader reader = new io.emberlog.message.RingBlockReader();
            reader.wrap(block.bytes(), 0, block.length(), block.position());
            while (reader.nextEntry()) {
                stream.checkText(reader);
            }
            assertThat(reader.broken()).isNull();
        }
    }

    @Test
    void theMessageNamesTheAreaTheFieldAndWhatWouldBeRight() throws Exception {
        createWithStagedBatches(false);
        assertBroken(
                () -> file.stagingBuffer(1).putInt(0, STAGING), "staging area=1", "length=8192", "from 40 to 8184");
        assertBroken(() -> file.stagingBuffer(2).putShort(10, (short) 3), "staging area=2", "slot=3");
        assertBroken(() -> file.stagingBuffer(3).putInt(24, 23), "staging area=3", "entries must fill length=");
        assertBroken(() -> file.stagingBuffer(0).putByte(28, (byte) 99), "severity 0 to 24");
    }

    private void assertBroken(Runnable damage, String... words) {
        restore();
        damage.run();
        assertThatThrownBy(this::salvageToTheEnd)
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContainingAll(words);
    }
}
