package io.emberlog.ring;

import static io.emberlog.message.MessageDescriptor.CHECKED;
import static io.emberlog.message.MessageDescriptor.CHECK_LENGTH;
import static io.emberlog.message.RingBlockReader.RECORD_HEADER_LENGTH;

import io.emberlog.fuzz.Check;
import io.emberlog.fuzz.Scratch;
import io.emberlog.fuzz.Script;
import io.emberlog.message.Bytes;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.RingBlockReader;
import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Bytes as what a worker has left in its ring file, for each way to read one: drained, salvaged, inspected, after a reboot.
 *
 * <pre>
 *  u8   how: bits 0-2 the reader | 8 checked | 16 checks are made right | 32 sealed | 64 the rest is staged
 *  u16  where the head is, in the ring; near the wrap from 0xFF00 on
 *  u8   n, then n x { u16 long in the header page or the trailer, i64 }
 *  rest records from the head on, or two staging areas; the tail is behind them
 * </pre>
 *
 * Whatever they are: it ends, in a {@link RingBrokenException} at worst; what is delivered is what stands there, whole
 * records of ascending positions, no slot's number twice; and reading without changing gives the same once more.
 */
public final class RingFuzz {
    private static final int CAPACITY = RingDescriptor.MIN_CAPACITY;
    private static final int STAGING = RingDescriptor.PAGE_LENGTH;
    private static final int AREAS = 2;
    private static final int LAPS = 3;
    private static final RingBlock.HeartbeatListener NO_HEARTBEATS = (sent, next, goodbye) -> {};

    private static final RingFuzz PLAIN = new RingFuzz(false);
    private static final RingFuzz CHECKS = new RingFuzz(true);

    private final RingFile file;
    private final byte[] page = new byte[RingDescriptor.HEADER_LENGTH];
    private final byte[] trailer = new byte[RingDescriptor.TRAILER_LENGTH];
    private final byte[] ring = new byte[CAPACITY];
    private final byte[] area = new byte[STAGING];
    private final RingBlock block = new RingBlock();
    private final RingBlockReader records = new RingBlockReader();
    private VarHandleBuffer header;

    private RingFuzz(boolean checked) {
        try {
            Path directory = Scratch.directory("ring");
            RingFile made = RingFile.create(
                    ChannelDirectory.open(directory.resolve("channel")),
                    new RingSpec(CAPACITY, STAGING, checked),
                    new WorkerIdentity(new UUID(5, 6), "worker", 1, 2, "boot", "machine", "", "host", "process", ""),
                    null,
                    1);
            file = new RingFile(
                    made, bytes -> header = new VarHandleBuffer(bytes), bytes -> new RingWords(bytes, CAPACITY));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        header.getBytes(0, page);
        file.words().getBytes(CAPACITY, trailer);
    }

    public static void fuzzerTestOneInput(byte[] data) {
        Script script = new Script(data);
        int how = script.u8();
        ((how & 8) == 0 ? PLAIN : CHECKS).read(how, script);
    }

    private void read(int how, Script script) {
        write(how, script);
        try {
            readTwice(how);
        } catch (RingBrokenException e) {
            Check.that(e.getMessage().contains("="), "the message names what is wrong: " + e.getMessage());
        }
    }

    private void write(int how, Script script) {
        int start = script.u16();
        int index = start >= 0xFF00 ? CAPACITY - 8 * (start & 0xFF) - 8 : start % CAPACITY & -8;
        long head = (long) LAPS * CAPACITY + index;
        Arrays.fill(ring, (byte) 0);
        header.putBytes(0, page);
        RingWords words = file.words();
        words.putBytes(CAPACITY, trailer);
        header.putLong(RingDescriptor.JOURNALED_OFFSET, head);
        words.putLong(CAPACITY + RingDescriptor.HEAD_OFFSET, head);
        words.putLong(CAPACITY + RingDescriptor.HEAD_CACHE_OFFSET, head);
        byte[][] patches = new byte[script.u8() % 8][];
        for (int i = 0; i < patches.length; i++) {
            patches[i] = script.take(Short.BYTES + Long.BYTES);
        }
        Arrays.fill(area, (byte) 0);
        for (int i = 0; i < AREAS; i++) {
            file.stagingBuffer(i).putBytes(0, area);
        }
        byte[] content = script.rest();
        long tail = head;
        if ((how & 64) != 0) {
            stage(content, (how & 16) != 0 && file.spec().checked());
        } else {
            if ((how & 16) != 0 && file.spec().checked()) {
                makeChecksRight(content, head);
            }
            int length = Math.min(content.length, CAPACITY);
            for (int i = 0; i < length; i++) {
                ring[index + i & CAPACITY - 1] = content[i];
            }
            tail += length + 7 & -8;
        }
        words.putBytes(0, ring);
        words.putLong(CAPACITY + RingDescriptor.TAIL_OFFSET, tail);
        if ((how & 32) != 0) {
            file.seal();
        }
        for (byte[] patch : patches) {
            if (patch.length == Short.BYTES + Long.BYTES) {
                int word =
                        Bytes.getUnsignedShort(patch, 0) % ((page.length + trailer.length) / Long.BYTES) * Long.BYTES;
                VarHandleBuffer into = word < page.length ? header : words;
                into.putLong(
                        word < page.length ? word : CAPACITY + word - page.length, Bytes.getLong(patch, Short.BYTES));
            }
        }
        words.getBytes(0, ring);
    }

    /** The content in two, with a commit word that fits where it is said to. */
    private void stage(byte[] content, boolean right) {
        for (int i = 0; i < AREAS; i++) {
            int from = content.length * i / AREAS;
            int length = Math.min(STAGING, content.length * (i + 1) / AREAS - from);
            VarHandleBuffer into = file.stagingBuffer(i);
            into.putBytes(0, content, from, length);
            int batch = length - StagingDescriptor.BATCH_OFFSET;
            if (right && batch > MessageDescriptor.BATCH_HEADER_LENGTH) {
                byte[] bytes = Arrays.copyOfRange(content, from + StagingDescriptor.BATCH_OFFSET, from + length);
                Bytes.putInt(bytes, 4, 0);
                CRC32C crc = new CRC32C();
                crc.update(bytes);
                into.putLong(0, crc.getValue() << Integer.SIZE | batch);
            }
        }
    }

    private void makeChecksRight(byte[] content, long position) {
        RecordCheck check = file.newCheck();
        int at = 0;
        while (at + RECORD_HEADER_LENGTH <= content.length) {
            int length = Bytes.getInt(content, at);
            if (length < RECORD_HEADER_LENGTH + CHECK_LENGTH || length > content.length - at) {
                return;
            }
            int type = Bytes.getInt(content, at + Integer.BYTES) | CHECKED;
            Bytes.putInt(content, at + Integer.BYTES, type);
            int message = length - RECORD_HEADER_LENGTH - CHECK_LENGTH;
            check.message(
                    new VarHandleBuffer(Arrays.copyOfRange(
                            content, at + RECORD_HEADER_LENGTH, at + RECORD_HEADER_LENGTH + message)),
                    0,
                    message);
            Bytes.putLong(content, at + length - CHECK_LENGTH, position + at);
            Bytes.putInt(content, at + length - Integer.BYTES, check.value(type, position + at));
            at += length + 7 & -8;
        }
    }

    private void readTwice(int how) throws RingBrokenException {
        switch (how & 7) {
            case 0, 1 -> drain((how & 7) == 0);
            case 2 -> readOut(RingSalvage.start(file, -1, new SlotSequences()), 700);
            case 3 -> readOut(resync(), 700);
            case 4 -> Check.same(salvage(3000), salvage(1), "what a second inspection with another budget finds");
            default -> Check.same(readOut(resync(), 3000), readOut(resync(), 1), "what a second resync finds");
        }
    }

    private long salvage(int budget) throws RingBrokenException {
        return readOut(RingSalvage.inspect(file), budget);
    }

    private RingResync resync() throws RingBrokenException {
        RingResync resync = RingResync.inspect(file, -1, new SlotSequences());
        int steps = 0;
        while (!resync.prepare()) {
            Check.that(++steps < CAPACITY, "a bounded number of steps");
        }
        return resync;
    }

    private void drain(boolean release) throws RingBrokenException {
        RingDrain drain = new RingDrain(file, -1, new SlotSequences());
        long taken = drain.takenPosition();
        long most = taken + CAPACITY;
        SlotSequences before = new SlotSequences();
        before.copyFrom(drain.sequences());
        while (drain.take(block, 5000, NO_HEARTBEATS) > 0) {
            Check.same(block.position(), taken, "position of the block");
            check(before);
            taken = block.endPosition();
            Check.that(taken <= most, "no more than the ring holds");
            if (release) {
                drain.release(taken);
            }
        }
    }

    /** @return a digest of what is delivered */
    private long readOut(RingReadout readout, int budget) throws RingBrokenException {
        long digest = 1;
        long position = readout.position();
        int calls = 0;
        SlotSequences before = new SlotSequences();
        before.copyFrom(readout.sequences());
        try {
            while (readout.next(block, budget, NO_HEARTBEATS)) {
                Check.that(++calls <= CAPACITY / 8 + MessageDescriptor.SLOT_COUNT, "a bounded number of blocks");
                Check.that(block.position() >= position, "positions ascend");
                position = block.endPosition();
                digest += check(before);
            }
        } catch (RingBrokenException e) {
            digest = 31 * digest + e.getMessage().hashCode();
        }
        Check.that(readout.torn() >= 0 && readout.holes() >= 0, "counts of damage");
        return 31 * digest + readout.torn() * 7 + readout.holes();
    }

    /** @return a digest that does not depend on where blocks begin and end */
    private long check(SlotSequences before) {
        Check.that(block.length() > 0 && block.length() % 8 == 0, "a block holds whole records");
        long digest = 0;
        records.wrap(block.bytes(), 0, block.length(), block.position());
        int count = 0;
        while (records.nextRecord()) {
            Check.same(block.recordOffset(count), records.recordOffset(), "offset of record " + count);
            compare(records.recordOffset(), records.alignedLength());
            if (records.type() == MessageDescriptor.TYPE_LOG_BATCH) {
                long first = records.firstSequence();
                Check.that(first > before.last(records.slot()), "a number is delivered once");
                before.last(records.slot(), first + records.entryCount() - 1);
                digest += first * 31 + records.position() + records.entryCount();
            }
            count++;
        }
        Check.same(records.broken(), null, "what is wrong with the block");
        Check.same(block.recordCount(), count, "records of the block");
        int entries = 0;
        records.wrap(block.bytes(), 0, block.length(), block.position());
        while (records.nextEntry()) {
            entries++;
        }
        Check.same(records.broken(), null, "what is wrong with the entries of the block");
        Check.same(block.entryCount(), entries, "entries of the block");
        return digest;
    }

    /** What stands in the ring, but for the type of a double. */
    private void compare(int offset, int length) {
        long position = block.position() + offset;
        int index = (int) position & CAPACITY - 1;
        if (index + length > CAPACITY || position >= file.tail()) {
            return; // staged: not of the ring
        }
        boolean same = Arrays.equals(block.bytes(), offset, offset + Integer.BYTES, ring, index, index + Integer.BYTES)
                && Arrays.equals(
                        block.bytes(),
                        offset + RECORD_HEADER_LENGTH,
                        offset + length,
                        ring,
                        index + RECORD_HEADER_LENGTH,
                        index + length);
        Check.that(same, "what is delivered of position " + position + " is what stands there");
    }
}
