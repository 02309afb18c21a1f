package io.emberlog.ring;

import static io.emberlog.message.RingBlockReader.RECORD_HEADER_LENGTH;
import static io.emberlog.ring.TestRings.CAPACITY;
import static io.emberlog.ring.TestRings.NO_HEARTBEATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.lab.Fault;
import io.emberlog.lab.LabRun;
import io.emberlog.message.BatchEncoder;
import io.emberlog.message.DropReport;
import io.emberlog.message.Heartbeat;
import io.emberlog.message.MessageDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker that writes anything anywhere into its ring: the master ends with a message and a bounded amount of work. Alone:
 * {@code .ci/storm HostileRingTest 1000000 42}.
 */
class HostileRingTest {
    private static final double SHARE = 0.2;
    private static final double RESYNC_SHARE = 0.1;
    private static final double FILE_SHARE = 0.005;
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
    private final BatchEncoder encoder = new BatchEncoder(BatchEncoder.MIN_MAX_LENGTH, 64);

    @BeforeEach
    void createRing() throws Exception {
        createRingInItsSecondLap(RingSpec.of(CAPACITY));
    }

    private void createRingInItsSecondLap(RingSpec spec) throws Exception {
        RingFile made = TestRings.create(directory.resolve("checked" + spec.checked()), spec);
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

    /** What is done with a damaged ring. */
    private interface Reader {
        void read(long input, SplittableRandom random) throws RingBrokenException;
    }

    @Test
    void garbageInAnyWordOfARingEndsInAMessageAfterBoundedWork() throws IOException {
        LabRun.of(
                Fault.HOSTILE_RING,
                "ring",
                SHARE,
                run -> readDamaged(run, 10, (input, random) -> {
                    if (input % 2 == 0) {
                        drainToTheEnd(random);
                    } else {
                        salvageToTheEnd(random);
                    }
                }));
    }

    /** As after a reboot: neither head nor tail are believed, and who owns the ring can forge a checksum, too. */
    @Test
    void garbageInAnyWordOfARingOfAnEarlierBootEndsInAMessageAfterBoundedWork() throws Exception {
        createRingInItsSecondLap(new RingSpec(CAPACITY, 0, true));
        RecordCheck check = file.newCheck();
        LabRun.of(
                Fault.HOSTILE_RING,
                "resync",
                RESYNC_SHARE,
                run -> readDamaged(run, 20, (input, random) -> {
                    for (int i = random.nextInt(8); i > 0; i--) {
                        forge(check, random);
                    }
                    switch ((int) (input % 4)) {
                        case 0 -> drainToTheEnd(random);
                        case 1 -> salvageToTheEnd(random);
                        default -> resyncToTheEnd(random);
                    }
                }));
    }

    /** @param expected one input of so many at least breaks the rules */
    private void readDamaged(LabRun run, int expected, Reader reader) {
        SplittableRandom random = new SplittableRandom(run.seed());
        long broken = 0;
        for (long input = 0; input < run.count(); input++) {
            header.putBytes(0, page);
            file.words().putBytes(0, image);
            try {
                for (int i = random.nextInt(1, 5); i > 0; i--) {
                    damage(random);
                }
                reader.read(input, random);
            } catch (RingBrokenException e) {
                assertThat(e.getMessage()).contains("=");
                broken++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("input=" + input + ": " + e, e);
            }
            run.madeOne();
        }
        assertThat(broken).as("inputs that broke the rules").isGreaterThanOrEqualTo(run.count() / expected);
    }

    /** A record that passes every check that does not look at what is in the others. */
    private void forge(RecordCheck check, SplittableRandom random) {
        encoder.begin();
        for (int entries = random.nextInt(1, 4); entries > 0; entries--) {
            encoder.beginEntry(random.nextInt(25), random.nextLong(), random.nextLong());
            encoder.text(MessageDescriptor.TEMPLATE, "x".repeat(random.nextInt(40)));
            encoder.endEntry();
        }
        encoder.finish(random.nextInt(3), random.nextBoolean() ? random.nextInt(1, 3000) : random.nextLong());
        int length = RECORD_HEADER_LENGTH + encoder.length() + MessageDescriptor.CHECK_LENGTH;
        int index = random.nextInt((CAPACITY - length) / 8) * 8;
        long lap = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(4);
        long position = lap * CAPACITY + index;
        int type = MessageDescriptor.TYPE_LOG_BATCH | MessageDescriptor.CHECKED;
        check.message(new VarHandleBuffer(encoder.buffer()), 0, encoder.length());
        RingWords words = file.words();
        words.putInt(index, length);
        words.putInt(index + Integer.BYTES, type);
        words.putBytes(index + RECORD_HEADER_LENGTH, encoder.buffer(), 0, encoder.length());
        words.putLong(index + length - MessageDescriptor.CHECK_LENGTH, position);
        words.putInt(index + length - Integer.BYTES, check.value(type, position));
    }

    private void resyncToTheEnd(SplittableRandom random) throws RingBrokenException {
        long end = random.nextInt(4) > 0 ? -1 : random.nextLong(CAPACITY) & -8;
        RingResync resync = random.nextBoolean()
                ? RingResync.inspect(file, end, new SlotSequences())
                : RingResync.start(file, end, new SlotSequences());
        int steps = 0;
        while (!resync.prepare()) {
            assertThat(++steps).isLessThan(CAPACITY);
        }
        int calls = 0;
        long bytes = 0;
        while (resync.next(block, random.nextInt(1, 60_000), NO_HEARTBEATS)) {
            bytes += block.length();
            check(++calls, bytes);
        }
        assertThat(resync.holes()).isBetween(0L, (long) CAPACITY / 8);
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

    /** Lengths of the file and of its parts that do not belong together, with and without a checksum that is right. */
    @Test
    void aFileOfAnyLengthAndHeaderIsRefusedOrReadWithinItsBounds() throws Exception {
        createRingInItsSecondLap(new RingSpec(CAPACITY, 2 * RingDescriptor.PAGE_LENGTH, true));
        file.stagingArea(0); // not written: its areas are empty
        LabRun.of(Fault.HOSTILE_RING, "file", FILE_SHARE, this::openDamaged);
    }

    private void openDamaged(LabRun run) throws IOException {
        SplittableRandom random = new SplittableRandom(run.seed());
        long whole = Files.size(file.path());
        ByteBuffer bytes = ByteBuffer.allocate(page.length).order(ByteOrder.LITTLE_ENDIAN);
        long refused = 0;
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long input = 0; input < run.count(); input++) {
                bytes.clear().put(page);
                int edits = random.nextInt(4);
                for (int i = 0; i < edits; i++) {
                    editHeader(bytes, random);
                }
                if (random.nextBoolean()) {
                    fixChecksum(bytes);
                }
                long before = channel.size();
                long length = random.nextInt(3) > 0 ? whole : lengthOf(bytes, random, whole);
                channel.truncate(length);
                if (before < length) {
                    channel.write(ByteBuffer.allocate(1), length - 1);
                }
                if (before < whole && length >= whole) {
                    channel.write(ByteBuffer.wrap(image), page.length);
                }
                channel.write(bytes.clear().limit((int) Math.min(length, page.length)), 0);
                try {
                    readOpened(random);
                } catch (RingBrokenException e) {
                    assertThat(e.getMessage()).contains("=");
                    refused++;
                } catch (RuntimeException | Error e) {
                    throw new AssertionError("input=" + input + ": " + e, e);
                }
                run.madeOne();
            }
        }
        assertThat(refused).as("files refused").isBetween(run.count() / 10, run.count());
    }

    private static void editHeader(ByteBuffer bytes, SplittableRandom random) {
        long value = random.nextInt(3) == 0 ? random.nextLong() : TEMPTING[random.nextInt(TEMPTING.length)];
        switch (random.nextInt(6)) {
            case 0 -> bytes.putInt(RingDescriptor.CAPACITY_OFFSET, 1 << random.nextInt(32));
            case 1 ->
                bytes.putInt(RingDescriptor.STAGING_LENGTH_OFFSET, random.nextInt(130) * RingDescriptor.PAGE_LENGTH);
            case 2 -> bytes.putShort(RingDescriptor.NAME_OFFSET + 64 * random.nextInt(16), (short) value);
            case 3 -> bytes.putLong(8 * random.nextInt(16), value);
            case 4 -> bytes.putLong(RingDescriptor.STATE_OFFSET + 8 * random.nextInt(4), value);
            default -> bytes.putLong(8 * random.nextInt(bytes.capacity() / 8), value);
        }
    }

    private static void fixChecksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, RingDescriptor.FIXED_LENGTH);
        crc.update(bytes.array(), RingDescriptor.NAME_OFFSET, RingDescriptor.TEXTS_END - RingDescriptor.NAME_OFFSET);
        bytes.putInt(RingDescriptor.HEADER_CRC_OFFSET, (int) crc.getValue());
    }

    /** Some length; often the one that the header asks for. */
    private static long lengthOf(ByteBuffer header, SplittableRandom random, long whole) {
        int capacity = header.getInt(RingDescriptor.CAPACITY_OFFSET);
        int staging = header.getInt(RingDescriptor.STAGING_LENGTH_OFFSET);
        long asked = RingDescriptor.fileLength(capacity, staging);
        long most = 1L << 20;
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong(most);
            case 1 -> Math.max(0, whole + random.nextInt(-16, 16));
            default -> asked >= 0 && asked <= most ? asked : random.nextInt(page(random));
        };
    }

    private static int page(SplittableRandom random) {
        return RingDescriptor.PAGE_LENGTH * random.nextInt(1, 40);
    }

    private void readOpened(SplittableRandom random) throws IOException, RingBrokenException {
        RingFile inHand = file;
        try {
            file = random.nextInt(4) == 0 ? RingFile.openReadOnly(inHand.path()) : RingFile.open(inHand.path());
            assertThat(file.spec().fileLength()).isEqualTo(file.length());
            switch (random.nextInt(3)) {
                case 0 -> inspectToTheEnd(RingSalvage.inspect(file), random);
                case 1 -> {
                    RingResync resync = RingResync.inspect(file, -1, new SlotSequences());
                    while (!resync.prepare()) {
                        continue;
                    }
                    inspectToTheEnd(resync, random);
                }
                default -> file.tail();
            }
        } finally {
            file = inHand;
        }
    }

    private void inspectToTheEnd(RingReadout readout, SplittableRandom random) throws RingBrokenException {
        int calls = 0;
        while (readout.next(block, random.nextInt(1, 60_000), NO_HEARTBEATS)) {
            assertThat(++calls).isLessThan(file.capacity() / 8 + MessageDescriptor.SLOT_COUNT + 1);
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
