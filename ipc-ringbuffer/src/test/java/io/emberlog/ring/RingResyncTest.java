package io.emberlog.ring;

import static io.emberlog.ring.RingDescriptor.PAGE_LENGTH;
import static io.emberlog.ring.TestRings.CAPACITY;
import static io.emberlog.ring.TestRings.NO_HEARTBEATS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Bytes;
import io.emberlog.message.Heartbeat;
import io.emberlog.message.MessageDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rings whose machine lost its power: pages of different times side by side, and what is read out of them. */
class RingResyncTest {
    private static final int CUTS = Integer.getInteger("emberlog.resync.cuts", 150);

    @TempDir
    Path directory;

    private final RingBlock block = new RingBlock();

    /**
     * A worker and a master at work on one ring, and all versions of its pages that the kernel may have written: a page is
     * written now and then, each on its own.
     */
    private final class Machine {
        final SplittableRandom random;
        final RingFile file;
        final Stream.Writer[] writers = new Stream.Writer[3];
        final RingDrain drain;
        /** By position: the bytes of the record. */
        final TreeMap<Long, byte[]> written = new TreeMap<>();
        /** Ends of documents, with what the journal then knew of the slots. */
        final List<Long> ends = new ArrayList<>(List.of(0L));

        final List<SlotSequences> sequences = new ArrayList<>(List.of(new SlotSequences()));
        final byte[][] onDisk;

        Machine(long seed) throws Exception {
            random = new SplittableRandom(seed);
            file = TestRings.createChecked(directory.resolve("seed" + seed));
            Stream stream = new Stream(seed, CAPACITY);
            for (int i = 0; i < writers.length; i++) {
                writers[i] = stream.new Writer(i);
            }
            drain = new RingDrain(file, -1, new SlotSequences());
            byte[] bytes = Files.readAllBytes(file.path());
            onDisk = new byte[(bytes.length + PAGE_LENGTH - 1) / PAGE_LENGTH][];
            for (int page = 0; page < onDisk.length; page++) {
                onDisk[page] = page(bytes, page);
            }
        }

        void work(int steps, int flushes) throws Exception {
            for (int step = 0; step < steps; step++) {
                switch (random.nextInt(24)) {
                    case 0 -> journal();
                    case 1, 2 -> offerHeartbeat();
                    default -> offer(writers[random.nextInt(writers.length)]);
                }
                if (random.nextInt(steps) < flushes) {
                    flush(random.nextInt(1, 100));
                }
            }
        }

        private void offer(Stream.Writer writer) {
            long before = file.tail();
            if (writer.offer(file.ring(), true) == Ring.RINGED) {
                remember(before);
            }
        }

        private void offerHeartbeat() {
            byte[] bytes = new byte[MessageDescriptor.HEARTBEAT_LENGTH];
            Heartbeat.encode(bytes, 0, 1, 2, false);
            long before = file.tail();
            if (file.ring().offer(MessageDescriptor.TYPE_HEARTBEAT, new VarHandleBuffer(bytes), 0, bytes.length, true)
                    == Ring.RINGED) {
                remember(before);
            }
        }

        private void remember(long before) {
            long position = before;
            if (file.words().getInt((int) position & CAPACITY - 1) + (position & CAPACITY - 1) == CAPACITY
                    && file.words().getInt(((int) position & CAPACITY - 1) + 4) == MessageDescriptor.TYPE_PADDING) {
                position += CAPACITY - (position & CAPACITY - 1);
            }
            byte[] record = new byte[file.words().getInt((int) position & CAPACITY - 1)];
            file.words().getBytes((int) position & CAPACITY - 1, record);
            written.put(position, record);
        }

        private void journal() throws RingBrokenException {
            if (drain.take(block, random.nextInt(1, 40_000), NO_HEARTBEATS) > 0) {
                drain.release(drain.takenPosition());
                ends.add(drain.takenPosition());
                SlotSequences now = new SlotSequences();
                now.copyFrom(drain.sequences());
                sequences.add(now);
            }
        }

        /** The kernel writes some pages. */
        void flush(int percent) throws IOException {
            byte[] bytes = Files.readAllBytes(file.path());
            for (int page = 0; page < onDisk.length; page++) {
                if (random.nextInt(100) < percent) {
                    onDisk[page] = page(bytes, page);
                }
            }
        }

        private byte[] page(byte[] bytes, int page) {
            return Arrays.copyOfRange(bytes, page * PAGE_LENGTH, Math.min(bytes.length, (page + 1) * PAGE_LENGTH));
        }

        /** What the next boot finds. */
        RingFile cutPower() throws Exception {
            Path path = directory.resolve("after-" + file.path().getFileName());
            try (var out = Files.newOutputStream(path)) {
                for (byte[] page : onDisk) {
                    out.write(page);
                }
            }
            return RingFile.open(path);
        }

        /** Positions from there on whose records are on the disk, whole. */
        List<Long> intact(long from) {
            byte[] ring = new byte[CAPACITY];
            for (int page = 0; page < CAPACITY / PAGE_LENGTH; page++) {
                System.arraycopy(onDisk[page + 1], 0, ring, page * PAGE_LENGTH, PAGE_LENGTH);
            }
            List<Long> intact = new ArrayList<>();
            written.tailMap(from).forEach((position, record) -> {
                int at = (int) (position & CAPACITY - 1);
                if (Arrays.equals(ring, at, at + record.length, record, 0, record.length)) {
                    intact.add(position);
                }
            });
            return intact;
        }
    }

    /** Positions of the records taken, each compared with what was written there. */
    private List<Long> read(RingReadout readout, Machine machine) throws RingBrokenException {
        List<Long> taken = new ArrayList<>();
        while (!readout.prepare()) {
            continue;
        }
        while (readout.next(block, machine.random.nextInt(1, 40_000), NO_HEARTBEATS)) {
            for (int i = 0; i < block.recordCount(); i++) {
                int at = block.recordOffset(i);
                long position = block.position() + at;
                byte[] record = Arrays.copyOfRange(block.bytes(), at, at + Bytes.getInt(block.bytes(), at));
                assertThat(record).as("record at %d", position).isEqualTo(machine.written.get(position));
                taken.add(position);
            }
            assertThat(readout.position()).isEqualTo(block.endPosition());
        }
        return taken;
    }

    @Test
    void ofAnyMixtureOfPagesEveryWholeRecordIsTakenOnceInOrderAndNothingElse() throws Exception {
        long seed = Long.getLong("emberlog.resync.seed", System.nanoTime());
        int taken = 0;
        int lost = 0;
        int laps = 0;
        for (int cut = 0; cut < CUTS; cut++) {
            Machine machine = new Machine(seed + cut);
            machine.work(machine.random.nextInt(20, 600), machine.random.nextInt(0, 6));
            machine.flush(machine.random.nextInt(0, 100));
            // a journal that was not synced may have lost its last documents
            int known = machine.random.nextInt(3) == 0
                    ? machine.random.nextInt(machine.ends.size())
                    : machine.ends.size() - 1;
            long end = machine.ends.get(known);
            SlotSequences sequences = new SlotSequences();
            sequences.copyFrom(machine.sequences.get(known));

            RingResync resync = RingResync.start(machine.cutPower(), end, sequences);
            List<Long> positions = read(resync, machine);

            assertThat(positions).as("-Demberlog.resync.seed=%d", seed + cut).isEqualTo(machine.intact(end));
            assertThat(positions).isSorted().doesNotHaveDuplicates();
            taken += positions.size();
            lost += machine.written.tailMap(end).size() - positions.size();
            laps += positions.isEmpty() ? 0 : (int) ((positions.get(positions.size() - 1) - end) / CAPACITY);
        }
        assertThat(taken).as("records taken").isGreaterThan(10 * CUTS);
        assertThat(lost).as("records that the cuts took").isGreaterThan(10 * CUTS);
        assertThat(laps).as("laps found mixed in one file").isPositive();
    }

    @Test
    void aRebootInOrderLosesNothingAndShowsNoHole() throws Exception {
        for (int seed = 0; seed < 30; seed++) {
            Machine machine = new Machine(seed);
            machine.work(machine.random.nextInt(20, 400), 0);
            machine.flush(100);
            long end = machine.drain.takenPosition();

            RingResync resync = RingResync.start(machine.cutPower(), end, machine.drain.sequences());

            assertThat(read(resync, machine))
                    .isEqualTo(List.copyOf(machine.written.tailMap(end).keySet()));
            assertThat(resync.holes()).as("seed %d", seed).isZero();
            assertThat(resync.position()).isEqualTo(machine.file.tail());
        }
    }

    /** Zeroing may be what the cut took: the journaled records are whole in the file, and are no reason to count anything. */
    @Test
    void journaledRecordsThatAreStillThereAreNeitherTakenNorAHole() throws Exception {
        Machine machine = new Machine(3);
        while (machine.written.size() < 20) {
            machine.offer(machine.writers[0]);
        }
        machine.flush(100);
        machine.drain.take(block, CAPACITY, NO_HEARTBEATS);
        machine.drain.release(machine.drain.takenPosition());

        RingResync resync =
                RingResync.start(machine.cutPower(), machine.drain.takenPosition(), machine.drain.sequences());

        assertThat(read(resync, machine)).isEmpty();
        assertThat(resync.holes()).isZero();
        assertThat(resync.position()).isEqualTo(machine.file.tail());
    }

    @Test
    void headAndTailAreNotBelieved() throws Exception {
        Machine machine = new Machine(7);
        machine.work(200, 0);
        machine.flush(100);
        RingFile file = machine.cutPower();
        file.words().putLong(CAPACITY + RingDescriptor.TAIL_OFFSET, -5);
        file.words().putLong(CAPACITY + RingDescriptor.HEAD_OFFSET, Long.MAX_VALUE);
        long end = machine.drain.takenPosition();

        assertThat(read(RingResync.start(file, end, machine.drain.sequences()), machine))
                .isEqualTo(machine.intact(end))
                .isNotEmpty();
    }

    /** The page of the header is one of the pages that may be old: its journaledPosition counts only without a journal. */
    @Test
    void withoutAJournalTheHeaderSaysWhereToBegin() throws Exception {
        Machine machine = new Machine(11);
        machine.work(300, 0);
        machine.flush(100);
        long stated = machine.file.header().journaledPosition();

        RingResync resync = RingResync.inspect(machine.cutPower(), -1, new SlotSequences());

        assertThat(stated).isPositive();
        assertThat(read(resync, machine)).isEqualTo(machine.intact(stated)).isNotEmpty();
    }

    @Test
    @CrashRow({"Y1", "Y2"})
    void aMasterThatDiesInTheMiddleLeavesTheRestAndTheCountOfHolesToTheNext() throws Exception {
        int holes = 0;
        for (int seed = 0; seed < 60; seed++) {
            Machine machine = new Machine(seed);
            machine.work(300, 0);
            machine.flush(60);
            long end = machine.drain.takenPosition();
            RingFile file = machine.cutPower();
            SlotSequences sequences = new SlotSequences();
            sequences.copyFrom(machine.drain.sequences());
            List<Long> all = machine.intact(end);

            RingResync whole = RingResync.start(file, end, new SlotSequences()); // dies after Y1
            read(whole, machine);
            RingResync first = RingResync.start(file, end, sequences);
            while (!first.prepare()) {
                continue;
            }
            boolean any = first.next(block, machine.random.nextInt(1, 30_000), NO_HEARTBEATS);
            long journaled = any ? block.endPosition() : end; // dies after Y2
            RingResync second = RingResync.start(file, journaled, sequences);

            assertThat(read(second, machine))
                    .isEqualTo(all.stream().filter(p -> p >= journaled).toList());
            assertThat(second.holes()).isEqualTo(first.holes()).isEqualTo(whole.holes());
            holes += (int) second.holes();
        }
        assertThat(holes).isPositive();
    }

    @Test
    void aToolChangesNothing() throws Exception {
        Machine machine = new Machine(3);
        machine.work(100, 0);
        machine.flush(100);
        Path path = machine.cutPower().path();
        byte[] before = Files.readAllBytes(path);

        read(RingResync.inspect(RingFile.openReadOnly(path), 0, new SlotSequences()), machine);

        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    @Test
    void aMessageThatHoldsARecordIsNotTakenForOne() throws Exception {
        Machine machine = new Machine(5);
        RingFile file = machine.file;
        byte[] inner = new byte[44];
        Bytes.putInt(inner, 0, inner.length);
        Bytes.putInt(inner, 4, MessageDescriptor.CHECKED | MessageDescriptor.TYPE_HEARTBEAT);
        Heartbeat.encode(inner, 8, 1, 2, true);
        int outerHeader = 8 + MessageDescriptor.BATCH_HEADER_LENGTH + MessageDescriptor.ENTRY_HEADER_LENGTH + 4;
        int pad = -outerHeader & 7;
        long position = outerHeader + pad;
        RecordCheck check = file.newCheck();
        check.message(new VarHandleBuffer(inner), 8, MessageDescriptor.HEARTBEAT_LENGTH);
        Bytes.putLong(inner, 32, position);
        Bytes.putInt(inner, 40, check.value(Bytes.getInt(inner, 4), position));
        byte[] payload = new byte[pad + inner.length];
        System.arraycopy(inner, 0, payload, pad, inner.length);
        BatchEncoder encoder = new BatchEncoder(1 << 14, 4096);
        encoder.begin();
        encoder.beginEntry(9, 1, 1);
        encoder.bytes(payload, 0, payload.length);
        encoder.endEntry();
        encoder.finish(0, 1);
        file.ring()
                .offer(
                        MessageDescriptor.TYPE_LOG_BATCH,
                        new VarHandleBuffer(encoder.buffer()),
                        0,
                        encoder.length(),
                        true);
        machine.remember(0);
        assertThat(file.words().getInt((int) position)).isEqualTo(inner.length);

        assertThat(read(RingResync.start(file, 0, new SlotSequences()), machine))
                .containsExactly(0L);

        file.words().putInt(0, 0); // bytes alone do make it a record
        RingResync alone = RingResync.start(file, 0, new SlotSequences());
        assertThat(alone.prepare()).isTrue();
        assertThat(alone.next(block, CAPACITY, NO_HEARTBEATS)).isTrue();
        assertThat(block.position()).isEqualTo(position);
    }

    @Test
    void aRingWithoutChecksIsRefusedWithTheSettingThatWouldHelp() throws Exception {
        RingFile file = TestRings.create(directory);
        assertThatThrownBy(() -> RingResync.start(file, 0, new SlotSequences()))
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContainingAll("flags=0", "EMBERLOG_RING_CHECKS=on");
    }

    @Test
    void garbageInARingEndsInAMessageOrInWhatIsWhole() throws Exception {
        SplittableRandom random = new SplittableRandom(17);
        Machine machine = new Machine(17);
        machine.work(300, 0);
        RingFile file = machine.file;
        byte[] image = new byte[CAPACITY];
        file.words().getBytes(0, image);
        for (int input = 0; input < 2_000; input++) {
            file.words().putBytes(0, image);
            for (int i = random.nextInt(1, 50); i > 0; i--) {
                file.words().putLong(8 * random.nextInt(CAPACITY / 8), random.nextLong() >> random.nextInt(64));
            }
            SlotSequences sequences = new SlotSequences();
            sequences.copyFrom(machine.drain.sequences());
            List<Long> whole = read(RingResync.start(file, machine.drain.takenPosition(), sequences), machine);
            assertThat(whole).isSorted().doesNotHaveDuplicates();
        }
        assertThatThrownBy(() -> RingResync.start(file, 4, new SlotSequences()))
                .isInstanceOf(RingBrokenException.class);
    }

    /** As {@link HostileRingTest}: the position of each record is right and its checksum wrong, so that all are computed. */
    @Test
    void forgedRecordsThatCostChecksumsEndInAMessage() throws Exception {
        RingFile file = TestRings.createChecked(directory);
        int longest = RingPositions.maxRecordLength(CAPACITY);
        for (int base = 0; base + longest <= CAPACITY; base += longest) {
            int half = longest / 2;
            for (int i = 0; i < half / 16; i++) {
                int index = base + i * 16;
                int trailer = base + half + i * 16;
                file.words().putInt(index, trailer + MessageDescriptor.CHECK_LENGTH - index);
                file.words().putInt(index + 4, MessageDescriptor.CHECKED | MessageDescriptor.TYPE_LOG_BATCH);
                file.words().putLong(trailer, index);
            }
        }
        RingResync resync = RingResync.start(file, 0, new SlotSequences());
        assertThatThrownBy(resync::prepare)
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContainingAll("checksums", "capacity=" + CAPACITY);
    }

    @Test
    void morePiecesThanAnyPowerCutLeavesEndInAMessage() throws Exception {
        int capacity = 4 << 20;
        RingFile file = TestRings.create(directory, new RingSpec(capacity, 0, true), java.util.UUID.randomUUID());
        RecordCheck check = file.newCheck();
        VarHandleBuffer nothing = new VarHandleBuffer(new byte[8]);
        int type = MessageDescriptor.CHECKED | MessageDescriptor.TYPE_HEARTBEAT;
        for (int index = 0; index < capacity; index += 32) {
            long position = index + (index / 32 % 2) * (long) capacity;
            check.message(nothing, 0, 8);
            file.words().putInt(index, 28);
            file.words().putInt(index + 4, type);
            file.words().putLong(index + 16, position);
            file.words().putInt(index + 24, check.value(type, position));
        }
        RingResync resync = RingResync.start(file, 0, new SlotSequences());
        assertThatThrownBy(resync::prepare)
                .isInstanceOf(RingBrokenException.class)
                .hasMessageContaining("pieces=65536");
    }

    @Test
    void aLargeRingIsLookedThroughInSteps() throws Exception {
        RingFile file = TestRings.create(directory, new RingSpec(16 << 20, 0, true), java.util.UUID.randomUUID());
        RingResync resync = RingResync.start(file, 0, new SlotSequences());
        int steps = 1;
        while (!resync.prepare()) {
            steps++;
        }
        assertThat(steps).isEqualTo(4);
        assertThat(resync.next(block, 1000, NO_HEARTBEATS)).isFalse();
        assertThat(resync.holes()).isZero();
    }

    @Test
    @CrashRow("Y3")
    void stagedBatchesFollowTheRecordsOnceEachAlsoWhenTheMasterDiesAmongThem() throws Exception {
        int slots = 5;
        int torn = 3;
        for (int taken = 0; taken <= slots; taken++) {
            RingSpec spec = new RingSpec(CAPACITY, 4 * PAGE_LENGTH, true);
            RingFile file = TestRings.create(directory.resolve("taken" + taken), spec);
            Stream stream = new Stream(taken, CAPACITY);
            Stream.Writer inRing = stream.new Writer(60);
            inRing.offer(file.ring(), true);
            long[] staged = new long[slots];
            for (int slot = 0; slot < slots; slot++) {
                Stream.Writer writer = stream.new Writer(slot);
                StagingArea area = file.stagingArea(slot);
                for (int i = 0; i < 3; i++) {
                    staged[slot] += writer.stage(area) == Ring.RINGED ? 1 : 0;
                }
                if (slot == torn) { // a page of it is as it was before
                    file.stagingBuffer(slot).putLong(area.length(), 0);
                }
            }
            SlotSequences sequences = new SlotSequences();
            RingResync first = RingResync.start(file, 0, sequences);
            assertThat(first.prepare()).isTrue();
            long end = 0;
            for (int i = 0; i < taken && first.next(block, 1, NO_HEARTBEATS); i++) {
                stream.accept(block);
                end = block.endPosition();
            }

            RingResync second = RingResync.start(file, end, sequences);
            assertThat(second.prepare()).isTrue();
            while (second.next(block, 1, NO_HEARTBEATS)) {
                stream.accept(block);
                assertThat(block.position()).isEqualTo(end);
                end = block.endPosition();
            }
            assertThat(stream.received(60)).isEqualTo(1);
            for (int slot = 0; slot < slots; slot++) {
                assertThat(stream.received(slot)).isEqualTo(slot == torn ? 0 : staged[slot]);
            }
            assertThat(second.torn()).isEqualTo(1);
            assertThat(second.holes()).isZero();
        }
    }
}
