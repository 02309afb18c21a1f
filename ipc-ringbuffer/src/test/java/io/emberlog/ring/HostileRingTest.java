package io.emberlog.ring;

import static io.emberlog.ring.TestRings.CAPACITY;
import static io.emberlog.ring.TestRings.NO_HEARTBEATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.DropReport;
import io.emberlog.message.Heartbeat;
import io.emberlog.message.MessageDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker that writes anything anywhere into its ring: the master ends with a message and a bounded amount of work. */
class HostileRingTest {
    private static final int INPUTS = Integer.getInteger("emberlog.lab.count", 200_000);
    private static final long[] TEMPTING = {
        0,
        1,
        -1,
        7,
        8,
        -8,
        9,
        16,
        -16,
        CAPACITY,
        CAPACITY - 8,
        -CAPACITY,
        CAPACITY / 8,
        CAPACITY / 8 + 8,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Integer.MIN_VALUE + 8L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MAX_VALUE - 7,
        RingDescriptor.SEAL,
        RingDescriptor.SEAL + CAPACITY,
        -RingDescriptor.SEAL,
        1L << 32
    };

    @TempDir
    Path directory;

    private final RingBlock block = new RingBlock();
    private final byte[] image = new byte[CAPACITY + RingDescriptor.TRAILER_LENGTH];
    private final byte[] page = new byte[RingDescriptor.HEADER_LENGTH];
    private RingFile file;
    private VarHandleBuffer header;

    @BeforeEach
    void createRingInItsSecondLap() throws Exception {
        RingFile made = TestRings.create(directory);
        file = new RingFile(
                made, bytes -> header = new VarHandleBuffer(bytes), bytes -> new RingWords(bytes, CAPACITY));
        Stream stream = new Stream(1, CAPACITY);
        Stream.Writer writer = stream.new Writer(0);
        RingDrain drain = new RingDrain(file, -1, new SlotSequences());
        while (file.tail() < CAPACITY + CAPACITY / 2) {
            if (writer.offer(file.ring(), true) == Ring.FULL) {
                drain.take(block, 5000, NO_HEARTBEATS);
                drain.release(drain.takenPosition());
            }
            offerOthers(file.ring());
        }
        file.words().getBytes(0, image);
        header.getBytes(0, page);
    }

    private void offerOthers(Ring ring) {
        byte[] bytes = new byte[DropReport.length(2)];
        Heartbeat.encode(bytes, 0, 1, 2, false);
        ring.offer(MessageDescriptor.TYPE_HEARTBEAT, new VarHandleBuffer(bytes), 0, 24, true);
        DropReport.encode(bytes, 0, 1, 2, 2);
        DropReport.encodeItem(bytes, 0, 0, 1, 9, 5, 5);
        DropReport.encodeItem(bytes, 0, 1, 1, 13, 5, 5);
        ring.offer(MessageDescriptor.TYPE_DROPPED, new VarHandleBuffer(bytes), 0, bytes.length, true);
    }

    @Test
    void garbageInAnyWordOfARingEndsInAMessageAfterBoundedWork() {
        SplittableRandom random = new SplittableRandom(31);
        int broken = 0;
        for (int input = 0; input < INPUTS; input++) {
            header.putBytes(0, page);
            file.words().putBytes(0, image);
            try {
                for (int i = random.nextInt(1, 5); i > 0; i--) {
                    damage(random);
                }
                if (input % 2 == 0) {
                    drainToTheEnd(random);
                } else {
                    salvageToTheEnd(random);
                }
            } catch (RingBrokenException e) {
                assertThat(e.getMessage()).contains("=");
                broken++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed=31 input=" + input, e);
            }
        }
        assertThat(broken).as("inputs that broke the rules").isGreaterThan(INPUTS / 10);
    }

    /** Half of the damage goes where it hurts: the trailer, the positions and the heads of records. */
    private void damage(SplittableRandom random) {
        long value = random.nextInt(3) == 0 ? random.nextLong() : TEMPTING[random.nextInt(TEMPTING.length)];
        switch (random.nextInt(6)) {
            case 0 -> file.words().putLong(CAPACITY + 8 * random.nextInt(RingDescriptor.TRAILER_LENGTH / 8), value);
            case 1 -> file.words().putLong(CAPACITY + RingDescriptor.TAIL_OFFSET, value);
            case 2 -> header.putLong(128 + 8 * random.nextInt(40), value);
            case 3 -> header.putLong(8 * random.nextInt(page.length / 8), value);
            case 4 -> {
                int index = (int) file.head() & CAPACITY - 1;
                for (int skip = random.nextInt(20); skip > 0 && index < CAPACITY - 8; skip--) {
                    index += Math.max(8, Math.min(CAPACITY / 8, file.words().getInt(index)) + 7 & -8);
                }
                file.words().putInt(Math.min(index, CAPACITY - 8) + 4 * random.nextInt(2), (int) value);
            }
            default -> file.words().putInt(4 * random.nextInt(CAPACITY / 4), (int) value);
        }
    }

    private void drainToTheEnd(SplittableRandom random) throws RingBrokenException {
        RingDrain drain =
                new RingDrain(file, random.nextInt(4) > 0 ? -1 : random.nextLong(CAPACITY), new SlotSequences());
        long from = drain.takenPosition();
        drain.hasMore();
        drain.backlog();
        int calls = 0;
        while (drain.take(block, random.nextInt(1, 60_000), NO_HEARTBEATS) > 0) {
            check(++calls, drain.takenPosition() - from);
            if (random.nextBoolean()) {
                drain.release(drain.takenPosition());
            }
        }
    }

    private void salvageToTheEnd(SplittableRandom random) throws RingBrokenException {
        file.seal();
        RingSalvage salvage = random.nextInt(4) == 0
                ? RingSalvage.inspect(file)
                : RingSalvage.start(file, random.nextInt(4) > 0 ? -1 : random.nextLong(CAPACITY), new SlotSequences());
        long from = salvage.position();
        int calls = 0;
        while (salvage.next(block, random.nextInt(1, 60_000), NO_HEARTBEATS)) {
            check(++calls, salvage.position() - from);
        }
    }

    private void check(int calls, long bytes) {
        assertThat(calls <= CAPACITY / 8 && bytes <= CAPACITY && block.length() <= CAPACITY && block.length() > 0)
                .isTrue();
    }

    @Test
    void aWorkerThatScribblesWhileItIsDrainedHurtsOnlyItself() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Thread scribbler = new Thread(() -> {
            SplittableRandom random = new SplittableRandom(41);
            while (!stop.get()) {
                if (random.nextInt(8) == 0) {
                    file.words().putBytes(0, image);
                }
                damage(random);
            }
        });
        scribbler.start();
        SplittableRandom random = new SplittableRandom(43);
        try {
            for (int round = 0; round < 20_000; round++) {
                header.putBytes(0, page);
                try {
                    if (round % 2 == 0) {
                        drainToTheEnd(random);
                    } else {
                        salvageToTheEnd(random);
                    }
                } catch (RingBrokenException e) {
                    assertThat(e.getMessage()).contains("=");
                }
            }
        } finally {
            stop.set(true);
            scribbler.join();
        }
    }

    @Test
    void theMessageNamesTheFieldItsValueAndWhatWouldBeRight() throws Exception {
        int tail = CAPACITY + RingDescriptor.TAIL_OFFSET;
        int first = (int) file.head() & CAPACITY - 1;
        assertDrainBroken(() -> file.words().putLong(tail, 13), "tail=13", "capacity=65536", "head=");
        assertDrainBroken(() -> header.putLong(RingDescriptor.JOURNALED_OFFSET, -8), "journaledPosition=-8", "order");
        assertDrainBroken(() -> file.words().putInt(first, 5), "record length=5", "from 8 to 8192");
        assertDrainBroken(() -> file.words().putInt(first, 9000), "record length=9000", "from 8 to 8192");
        assertDrainBroken(() -> file.words().putInt(first + 4, 99), "record type=99", "at position " + file.head());
        assertDrainBroken(
                () -> {
                    file.seal();
                    header.putLong(RingDescriptor.REAL_TAIL_OFFSET, 8);
                },
                "real tail=8",
                "state=2");
        restore();
        file.words().putInt(first, Integer.MIN_VALUE);
        file.seal();
        assertThatThrownBy(this::salvageAll)
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContaining("length=-2147483648");
    }

    private void salvageAll() throws RingBrokenException {
        RingSalvage salvage = RingSalvage.start(file, -1, new SlotSequences());
        while (salvage.next(block, 5000, NO_HEARTBEATS)) {
            continue;
        }
    }

    private void restore() {
        header.putBytes(0, page);
        file.words().putBytes(0, image);
    }

    private void assertDrainBroken(Runnable damage, String... words) {
        restore();
        damage.run();
        assertThatThrownBy(() -> {
                    RingDrain drain = new RingDrain(file, -1, new SlotSequences());
                    drain.take(block, 5000, NO_HEARTBEATS);
                })
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void aTailThatBreaksTheRulesShowsThoughNothingIsCommitted() throws IOException, RingBrokenException {
        RingFile empty = TestRings.create(directory.resolve("empty"));
        RingDrain drain = new RingDrain(empty, -1, new SlotSequences());
        assertThat(drain.take(block, 1000, NO_HEARTBEATS)).isZero();
        empty.words().putLong(CAPACITY + RingDescriptor.TAIL_OFFSET, -64);

        assertThatThrownBy(() -> drain.take(block, 1000, NO_HEARTBEATS))
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContaining("tail=-64");
    }

    @Test
    void theRecordsInFrontOfABrokenOneAreTakenBeforeItIsReported() throws Exception {
        for (int kind = 0; kind < 3; kind++) {
            RingFile fresh = TestRings.create(directory.resolve("kind" + kind));
            Stream stream = new Stream(kind, CAPACITY);
            Stream.Writer writer = stream.new Writer(0);
            for (int i = 0; i < 5; i++) {
                writer.offer(fresh.ring(), true);
            }
            int broken = (int) fresh.tail();
            Stream.Writer last = stream.new Writer(1);
            last.offer(fresh.ring(), true);
            switch (kind) {
                case 0 -> fresh.words().putInt(broken + 4, 99); // type
                case 1 -> fresh.words().putLong(broken + 16, 0); // first sequence
                default -> fresh.words().putInt(broken + 24, 3); // entry length
            }
            RingDrain drain = new RingDrain(fresh, -1, new SlotSequences());

            assertThat(drain.take(block, CAPACITY, NO_HEARTBEATS)).isEqualTo(broken);
            stream.accept(block);
            assertThat(stream.received(0)).isEqualTo(5);
            assertThat(block.entryCount()).isEqualTo(5);
            assertThatThrownBy(() -> drain.take(block, CAPACITY, NO_HEARTBEATS))
                    .as("kind %d", kind)
                    .isInstanceOf(RingBrokenException.class)
                    .hasMessageContaining("at position " + broken);
            assertThat(drain.sequences().last(1)).isZero();
        }
    }
}
