package io.emberlog.ring;

import static io.emberlog.ring.TestRings.CAPACITY;
import static io.emberlog.ring.TestRings.NO_HEARTBEATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.Bytes;
import io.emberlog.message.Golden;
import io.emberlog.message.Heartbeat;
import io.emberlog.message.MessageDescriptor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ring whose records carry their position and a CRC32C: the drain believes none whose check is wrong. */
class CheckedRingTest {
    private static final int THREADS = 4;

    @TempDir
    Path directory;

    private final RingBlock block = new RingBlock();

    @Test
    void bytesAreThoseOfTheGoldenDump() throws Exception {
        RingFile file = TestRings.create(
                directory, new RingSpec(CAPACITY, 0, true), UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"));
        offerHeartbeat(file.ring(), new VarHandleBuffer(new byte[32]));
        offerHeartbeat(file.ring(), new VarHandleBuffer(ByteBuffer.allocateDirect(32)));
        byte[] bytes = new byte[(int) file.tail()];
        file.words().getBytes(0, bytes);

        assertThat(bytes.length).isEqualTo(2 * 48);
        Golden.check("checked-records.hex", bytes, bytes.length);
    }

    private static void offerHeartbeat(Ring ring, VarHandleBuffer source) {
        byte[] bytes = new byte[MessageDescriptor.HEARTBEAT_LENGTH];
        Heartbeat.encode(bytes, 0, 0x1122334455667788L, 0x1122334455667799L, false);
        source.putBytes(8, bytes);
        assertThat(ring.offer(MessageDescriptor.TYPE_HEARTBEAT, source, 8, bytes.length, true))
                .isEqualTo(Ring.RINGED);
    }

    /** Every position is right, whatever lap and whoever else claims: the drain refuses any other. */
    @Test
    void theStreamsOfSeveralThreadsThatRaceTheSealArriveUnchanged() throws Exception {
        for (int round = 0; round < 20; round++) {
            RingFile file = TestRings.createChecked(directory.resolve("round" + round));
            Stream stream = new Stream(round, CAPACITY);
            List<Stream.Writer> writers = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            CountDownLatch running = new CountDownLatch(THREADS);
            AtomicInteger wrong = new AtomicInteger();
            for (int t = 0; t < THREADS; t++) {
                Stream.Writer writer = stream.new Writer(t);
                writers.add(writer);
                threads.add(new Thread(() -> {
                    Ring ring = file.ring();
                    running.countDown();
                    int result = Ring.RINGED;
                    while (result != Ring.SEALED) {
                        result = writer.offer(ring, true);
                        if (result == Ring.FULL) {
                            Thread.yield();
                        } else if (result != Ring.RINGED && result != Ring.SEALED) {
                            wrong.incrementAndGet();
                        }
                    }
                }));
            }
            threads.forEach(Thread::start);
            running.await();
            SlotSequences sequences = new SlotSequences();
            RingDrain drain = new RingDrain(file, -1, sequences);
            while (drain.takenPosition() < 20L * CAPACITY) {
                if (drain.take(block, 30_000, NO_HEARTBEATS) > 0) {
                    stream.accept(block);
                    drain.release(drain.takenPosition());
                } else {
                    Thread.yield();
                }
            }
            file.ring().closeTail();
            for (Thread thread : threads) {
                thread.join();
            }
            file.seal();
            RingSalvage salvage = RingSalvage.start(file, drain.takenPosition(), sequences);
            while (salvage.next(block, 30_000, NO_HEARTBEATS)) {
                stream.accept(block);
            }
            assertThat(wrong).hasValue(0);
            assertThat(salvage.torn() + salvage.holes()).isZero();
            for (int t = 0; t < THREADS; t++) {
                assertThat(stream.received(t)).isEqualTo(writers.get(t).sequence());
            }
        }
    }

    @Test
    void offersMakeNoGarbage() throws Exception {
        RingFile file = TestRings.createChecked(directory);
        VarHandleBuffer payload = new VarHandleBuffer(new byte[64]);
        Ring ring = file.ring();
        offers(
                TestRings.createChecked(directory.resolve("warm")).ring(),
                payload,
                100); // loads and links what it takes
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        offers(ring, payload, 2_000); // it is full after some 700 of them
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).as("bytes, and not some for each offer").isLessThan(10_000);
    }

    private static void offers(Ring ring, VarHandleBuffer payload, int count) {
        for (int i = 0; i < count; i++) {
            ring.offerLast(MessageDescriptor.TYPE_LOG_BATCH, payload, 0, 64);
        }
    }

    @Test
    void theLongestMessageIsShorterByTheCheckAndFits() throws Exception {
        RingFile file = TestRings.createChecked(directory);
        int most = file.ring().maxPayloadLength();
        assertThat(most).isEqualTo(RingDescriptor.maxPayloadLength(CAPACITY) - 12);
        VarHandleBuffer payload = new VarHandleBuffer(new byte[most + 1]);
        assertThatThrownBy(() -> file.ring().offer(1, payload, 0, most + 1, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most " + most);
        assertThat(file.ring().offer(MessageDescriptor.TYPE_PADDING + 2, payload, 0, most, true))
                .isEqualTo(Ring.RINGED);
        assertThat(file.tail()).isEqualTo(CAPACITY / 8);
    }

    @Test
    void aBitFlippedAnywhereInARecordIsSeen() throws Exception {
        RingFile file = TestRings.createChecked(directory);
        offerHeartbeat(file.ring(), new VarHandleBuffer(new byte[32]));
        byte[] good = new byte[44];
        file.words().getBytes(0, good);
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            file.words().putBytes(0, bad);
            RingDrain drain = new RingDrain(file, -1, new SlotSequences());
            try {
                assertThat(drain.take(block, CAPACITY, NO_HEARTBEATS))
                        .as("bit %d: taken", bit)
                        .isZero(); // a negative length was not committed
                assertThat(Bytes.getInt(bad, 0)).isNegative();
            } catch (RingBrokenException e) {
                assertThat(e.getMessage()).as("bit %d", bit).contains("=");
            }
        }
        file.words().putBytes(0, good);
        assertThat(new RingDrain(file, -1, new SlotSequences()).take(block, CAPACITY, NO_HEARTBEATS))
                .isEqualTo(48);
    }

    @Test
    void aRecordOfTheOtherKindOfRingIsRefused() throws Exception {
        RingFile checked = TestRings.createChecked(directory.resolve("checked"));
        RingFile plain = TestRings.create(directory.resolve("plain"));
        offerHeartbeat(checked.ring(), new VarHandleBuffer(new byte[32]));
        offerHeartbeat(plain.ring(), new VarHandleBuffer(new byte[32]));
        byte[] fromChecked = new byte[48];
        checked.words().getBytes(0, fromChecked);
        byte[] fromPlain = new byte[32];
        plain.words().getBytes(0, fromPlain);

        checked.words().putBytes(0, fromPlain);
        assertThatThrownBy(() -> new RingDrain(checked, -1, new SlotSequences()).take(block, CAPACITY, NO_HEARTBEATS))
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContainingAll("type=2", "checked ring", "at position 0");

        offerHeartbeat(plain.ring(), new VarHandleBuffer(new byte[32]));
        plain.words().putBytes(0, fromChecked);
        assertThatThrownBy(() -> new RingDrain(plain, -1, new SlotSequences()).take(block, CAPACITY, NO_HEARTBEATS))
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContainingAll("not checked", "at position 0");
    }

    @Test
    void aRecordOfAnotherRingIsRefused() throws Exception {
        RingFile one = TestRings.createChecked(directory.resolve("one"));
        RingFile other = TestRings.createChecked(directory.resolve("other"));
        offerHeartbeat(one.ring(), new VarHandleBuffer(new byte[32]));
        offerHeartbeat(other.ring(), new VarHandleBuffer(new byte[32]));
        byte[] bytes = new byte[48];
        one.words().getBytes(0, bytes);
        other.words().putBytes(0, bytes);

        assertThatThrownBy(() -> new RingDrain(other, -1, new SlotSequences()).take(block, CAPACITY, NO_HEARTBEATS))
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContaining("CRC");
    }
}
