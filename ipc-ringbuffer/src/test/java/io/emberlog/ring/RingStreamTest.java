package io.emberlog.ring;

import static io.emberlog.ring.TestRings.CAPACITY;
import static io.emberlog.ring.TestRings.NO_HEARTBEATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.Heartbeat;
import io.emberlog.message.MessageDescriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingStreamTest {
    private static final int THREADS = 4;

    @TempDir
    Path directory;

    private final RingBlock block = new RingBlock();

    private int drain(RingDrain drain, Stream stream, int budget) throws RingBrokenException {
        int bytes = drain.take(block, budget, NO_HEARTBEATS);
        if (bytes > 0) {
            stream.accept(block);
            drain.release(drain.takenPosition());
        }
        return bytes;
    }

    @Test
    void oneThreadsStreamArrivesUnchangedOverManyLaps() throws Exception {
        RingFile file = TestRings.create(directory);
        Stream stream = new Stream(1, CAPACITY);
        Stream.Writer writer = stream.new Writer(5);
        RingDrain drain = new RingDrain(file, -1, new SlotSequences());
        Ring ring = file.ring();
        SplittableRandom random = new SplittableRandom(1);
        while (ring.tail() < 500L * CAPACITY) {
            int burst = random.nextInt(1, 40);
            for (int i = 0; i < burst; i++) {
                assertThat(writer.offer(ring, true)).isIn(Ring.RINGED, Ring.FULL);
            }
            do {
                assertThat(drain.hasMore()).isEqualTo(drain.backlog() > 0);
            } while (drain(drain, stream, random.nextInt(1, 20_000)) > 0 && random.nextInt(8) > 0);
        }
        while (drain(drain, stream, CAPACITY) > 0) {
            continue;
        }
        assertThat(stream.received(5)).isEqualTo(writer.sequence());
        assertThat(file.header().journaledPosition())
                .isEqualTo(file.head())
                .isEqualTo(file.tail())
                .isEqualTo(drain.takenPosition());
    }

    @Test
    void theStreamsOfSeveralThreadsArriveUnchangedAndEachInItsOrder() throws Exception {
        RingFile file = TestRings.create(directory);
        Stream stream = new Stream(2, CAPACITY);
        AtomicBoolean stop = new AtomicBoolean();
        List<Stream.Writer> writers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        AtomicInteger wrong = new AtomicInteger();
        for (int t = 0; t < THREADS; t++) {
            Stream.Writer writer = stream.new Writer(t);
            writers.add(writer);
            threads.add(new Thread(() -> {
                Ring ring = file.ring();
                while (!stop.get()) {
                    int result = writer.offer(ring, true);
                    if (result == Ring.FULL) {
                        Thread.yield();
                    } else if (result != Ring.RINGED) {
                        wrong.incrementAndGet();
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        RingDrain drain = new RingDrain(file, -1, new SlotSequences());
        while (drain.takenPosition() < 500L * CAPACITY) {
            if (drain(drain, stream, 30_000) == 0) {
                Thread.yield();
            }
        }
        stop.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        while (drain(drain, stream, CAPACITY) > 0) {
            continue;
        }
        assertThat(wrong).hasValue(0);
        for (int t = 0; t < THREADS; t++) {
            assertThat(stream.received(t)).isEqualTo(writers.get(t).sequence());
        }
    }

    /** Writers race the seal while a drain runs: what was acknowledged is drained or salvaged, exactly once. */
    @Test
    void nothingAcknowledgedIsLostOrDoubledWhenWritersRaceTheSeal() throws Exception {
        for (int round = 0; round < 60; round++) {
            RingFile file = TestRings.create(directory.resolve("round" + round));
            Stream stream = new Stream(round, CAPACITY);
            List<Stream.Writer> writers = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            CountDownLatch running = new CountDownLatch(THREADS);
            for (int t = 0; t < THREADS; t++) {
                Stream.Writer writer = stream.new Writer(t);
                writers.add(writer);
                threads.add(new Thread(() -> {
                    Ring ring = file.ring();
                    running.countDown();
                    int result;
                    do {
                        result = writer.offer(ring, true);
                        if (result == Ring.FULL) {
                            Thread.yield();
                        }
                    } while (result != Ring.SEALED);
                }));
            }
            RingDrain drain = new RingDrain(file, -1, new SlotSequences());
            threads.forEach(Thread::start);
            running.await();
            long sealAt = new SplittableRandom(round).nextLong(3L * CAPACITY);
            while (drain.takenPosition() < sealAt) {
                drain(drain, stream, 20_000);
            }
            // the owner's way: no claim after this, the calls in flight end, then the ring is sealed
            Thread closer = new Thread(() -> file.ring().closeTail());
            closer.start();
            long realTail = file.ring().closeTail();
            closer.join();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(file.seal()).isEqualTo(realTail);
            assertThat(file.header().realTail()).isEqualTo(realTail);
            RingSalvage salvage = RingSalvage.start(file, drain.takenPosition(), drain.sequences());
            while (salvage.next(block, 20_000, NO_HEARTBEATS)) {
                stream.accept(block);
            }
            assertThat(salvage.torn() + salvage.holes()).isZero();
            for (int t = 0; t < THREADS; t++) {
                assertThat(stream.received(t))
                        .as("round=%d thread=%d", round, t)
                        .isEqualTo(writers.get(t).sequence());
            }
        }
    }

    @Test
    void closingTheTailWhileTheDrainMovesTheHeadGivesTheRealTail() throws Exception {
        RingFile file = TestRings.create(directory);
        Stream stream = new Stream(3, CAPACITY);
        Stream.Writer writer = stream.new Writer(0);
        RingDrain drain = new RingDrain(file, -1, new SlotSequences());
        // between the two reads of closeTail the whole ring is drained and filled again
        RingFile overtaken = new RingFile(file, VarHandleBuffer::new, bytes -> new RingWords(bytes, CAPACITY) {
            private boolean overtaking;

            @Override
            public long getLongVolatile(int index) {
                long value = super.getLongVolatile(index);
                if (!overtaking) {
                    overtaking = true;
                    long end = file.tail() + 2L * CAPACITY;
                    try {
                        while (file.tail() < end) {
                            if (writer.offer(file.ring(), true) != Ring.RINGED) {
                                drain(drain, stream, CAPACITY);
                            }
                        }
                    } catch (RingBrokenException e) {
                        throw new AssertionError(e);
                    }
                }
                return value;
            }
        });

        assertThat(overtaken.seal()).isEqualTo(file.tail()).isGreaterThan(CAPACITY);
        assertThat(file.ring().tail()).isEqualTo(file.tail() + RingDescriptor.SEAL);
        assertThat(writer.offer(file.ring(), true)).isEqualTo(Ring.SEALED);
    }

    /** It read the head, slept while others wrote 2 GiB, and stores what it read just now. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWriterThatSleptForTwoGigabytesOfOthersRecordsLetsNobodyClaimWhatIsNotFree(boolean sealed) throws Exception {
        RingFile file = TestRings.create(directory);
        long tail = (sealed ? 1L << 30 : 1L << 31) + 4L * CAPACITY;
        RingFile slept = new RingFile(file, VarHandleBuffer::new, bytes -> new RingWords(bytes, CAPACITY) {
            @Override
            public void putLongRelease(int index, long value) {
                super.putLongRelease(index, value);
                if (index == CAPACITY + RingDescriptor.HEAD_CACHE_OFFSET) {
                    super.putLongRelease(index, 0);
                    if (sealed) {
                        file.ring().closeTail();
                    }
                }
            }
        });
        RingWords words = file.words();
        words.putLong(CAPACITY + RingDescriptor.HEAD_OFFSET, sealed ? tail : tail - CAPACITY); // else it is full
        words.putLong(CAPACITY + RingDescriptor.HEAD_CACHE_OFFSET, 0);
        words.putLong(CAPACITY + RingDescriptor.TAIL_OFFSET, tail);
        VarHandleBuffer goodbye = new VarHandleBuffer(new byte[MessageDescriptor.HEARTBEAT_LENGTH]);

        if (sealed) {
            words.putLong(CAPACITY + RingDescriptor.HEAD_CACHE_OFFSET, -(1L << 31));
        }
        assertThatThrownBy(() -> slept.ring()
                        .offerLast(MessageDescriptor.TYPE_HEARTBEAT, goodbye, 0, MessageDescriptor.HEARTBEAT_LENGTH))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("head=" + (sealed ? tail : tail - CAPACITY));
        assertThat(file.tail()).isEqualTo(tail);
        assertThat(file.ring()
                        .offerLast(MessageDescriptor.TYPE_HEARTBEAT, goodbye, 0, MessageDescriptor.HEARTBEAT_LENGTH))
                .as("whoever comes next looks at the head itself")
                .isEqualTo(sealed ? Ring.SEALED : Ring.FULL);
    }

    @Test
    void onlyRecordsThatMayUseTheReserveFillTheLastEighthAndOnlyLastWordsItsEnd() throws Exception {
        RingFile file = TestRings.create(directory);
        Ring ring = file.ring();
        byte[] heartbeat = new byte[MessageDescriptor.HEARTBEAT_LENGTH];
        Heartbeat.encode(heartbeat, 0, 1, 2, false);
        VarHandleBuffer source = new VarHandleBuffer(heartbeat);
        while (ring.offer(MessageDescriptor.TYPE_HEARTBEAT, source, 0, heartbeat.length, false) == Ring.RINGED) {
            continue;
        }
        assertThat(ring.offer(MessageDescriptor.TYPE_HEARTBEAT, source, 0, heartbeat.length, false))
                .isEqualTo(Ring.FULL);
        assertThat(ring.backlog()).isBetween(CAPACITY - CAPACITY / 8 - 64L, CAPACITY - CAPACITY / 8 + 64L);
        while (ring.offer(MessageDescriptor.TYPE_HEARTBEAT, source, 0, heartbeat.length, true) == Ring.RINGED) {
            continue;
        }
        assertThat(ring.backlog()).isEqualTo(CAPACITY - Ring.LAST_WORDS);
        while (ring.offerLast(MessageDescriptor.TYPE_HEARTBEAT, source, 0, heartbeat.length) == Ring.RINGED) {
            continue;
        }
        assertThat(ring.backlog()).isEqualTo(CAPACITY);

        RingDrain drain = new RingDrain(file, -1, new SlotSequences());
        List<Long> heard = new ArrayList<>();
        while (drain.take(block, CAPACITY, (sent, next, goodbye) -> heard.add(sent + next)) > 0) {
            drain.release(drain.takenPosition());
        }
        assertThat(heard).hasSize(CAPACITY / 32).containsOnly(3L);
        assertThat(ring.backlog()).isZero();
    }

    @Test
    void aClosedTailAndASealedRingAnswerSealed() throws Exception {
        RingFile file = TestRings.create(directory);
        Ring ring = file.ring();
        Stream.Writer writer = new Stream(5, CAPACITY).new Writer(0);
        assertThat(ring.isOpen()).isTrue();
        assertThat(writer.offer(ring, false)).isEqualTo(Ring.RINGED);

        long realTail = ring.closeTail();
        assertThat(ring.isOpen()).isFalse();
        assertThat(file.header().state()).isEqualTo(RingDescriptor.STATE_OPEN);
        assertThat(writer.offer(ring, true)).isEqualTo(Ring.SEALED);
        assertThat(writer.offer(ring, false)).isEqualTo(Ring.SEALED);
        assertThat(ring.closeTail()).isEqualTo(realTail);

        assertThat(file.seal()).isEqualTo(realTail);
        assertThat(file.header().state()).isEqualTo(RingDescriptor.STATE_SEALED);
        assertThat(file.header().realTail()).isEqualTo(realTail);
        assertThat(writer.offer(ring, true)).isEqualTo(Ring.SEALED);
        assertThat(writer.offer(ring, false)).isEqualTo(Ring.SEALED);
        assertThat(file.tail()).isEqualTo(realTail);

        file.header().salvaged();
        assertThat(file.seal()).isEqualTo(realTail);
        assertThat(file.header().state()).isEqualTo(RingDescriptor.STATE_SALVAGED);
    }

    @Test
    void aRecordCommittedAfterTheMasterSealedIsNotAcknowledged() throws Exception {
        RingFile file = TestRings.create(directory);
        Stream.Writer writer = new Stream(6, CAPACITY).new Writer(0);
        writer.encodeNext();
        // sealed between the claim and the commit
        RingFile slow = new RingFile(file, VarHandleBuffer::new, bytes -> new RingWords(bytes, CAPACITY) {
            @Override
            public void putInt(int index, int value) {
                file.seal();
                super.putInt(index, value);
            }
        });

        assertThat(writer.offer(slow.ring(), true)).isEqualTo(Ring.SEALED);
        assertThat(file.header().realTail()).isEqualTo(RingPositions.align(writer.length() + 8));
    }

    @Test
    void theLongestPayloadIsTakenAndOneByteMoreIsRefused() throws Exception {
        for (int capacity : new int[] {CAPACITY, 8 * 1024 * 1024}) {
            RingFile file = TestRings.create(directory.resolve("of" + capacity), capacity);
            Ring ring = file.ring();
            byte[] payload = new byte[ring.maxPayloadLength() + 1];
            Heartbeat.encode(payload, 0, 1, 2, true);
            VarHandleBuffer source = new VarHandleBuffer(payload);

            assertThatThrownBy(() -> ring.offer(MessageDescriptor.TYPE_HEARTBEAT, source, 0, payload.length, true))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("length=" + payload.length)
                    .hasMessageContaining("at most " + ring.maxPayloadLength());
            assertThat(ring.tail()).isZero();
            assertThat(ring.offer(MessageDescriptor.TYPE_HEARTBEAT, source, 0, payload.length - 1, true))
                    .isEqualTo(Ring.RINGED);
            RingDrain drain = new RingDrain(file, -1, new SlotSequences());
            assertThat(drain.take(block, 1, NO_HEARTBEATS)).isEqualTo(payload.length + 7);
        }
        assertThat(RingDescriptor.maxPayloadLength(RingDescriptor.MAX_CAPACITY)).isEqualTo(512 * 1024 - 8);
    }
}
