package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random bytes and damaged valid ones: no exception, no endless loop, no read outside. */
class HostileBytesTest {
    private static final int INPUTS = Integer.getInteger("emberlog.lab.count", 1_000_000);
    private static final int[] TEMPTING = {
        0,
        1,
        -1,
        7,
        8,
        -8,
        255,
        256,
        0xFFFF,
        1 << 24,
        (1 << 24) - 1,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        -7,
        Integer.MAX_VALUE - 7
    };

    private final RingBlockReader reader = new RingBlockReader();
    private long checksum;

    @Test
    void randomBytesEndTheWalkAndNothingWorse() {
        SplittableRandom random = new SplittableRandom(17);
        for (int input = 0; input < INPUTS / 2; input++) {
            byte[] bytes = new byte[random.nextInt(160)];
            random.nextBytes(bytes);
            if (bytes.length >= 32 && input % 2 == 0) {
                makeLookAlmostRight(bytes, random);
            }
            walk(bytes, 17, input);
        }
    }

    private static void makeLookAlmostRight(byte[] bytes, SplittableRandom random) {
        Bytes.putInt(bytes, 0, bytes.length & -8);
        Bytes.putInt(bytes, 4, random.nextInt(1, 4));
        bytes[8] = VERSION;
        Bytes.putShort(bytes, 10, random.nextInt(64));
        Bytes.putInt(bytes, 12, 1);
        if (bytes.length >= 60) {
            Bytes.putInt(bytes, 24, (bytes.length & -8) - 24);
            bytes[28] = (byte) random.nextInt(25);
            int tag = random.nextInt(1, 17);
            Bytes.putInt(bytes, 48, (bytes.length & -8) - 52 << 8 | tag);
        }
    }

    @Test
    void damagedValidRecordsEndTheWalkAndNothingWorse() {
        SplittableRandom random = new SplittableRandom(23);
        GeneratedRecords records = new GeneratedRecords(23);
        byte[] valid = new byte[0];
        int validUpTo = 0;
        for (int input = 0; input < INPUTS / 2; input++) {
            if (input % 500 == 0) {
                valid = records.ringRecords(random.nextInt(1, 4), 700);
                validUpTo = valid.length;
                assertThat(walk(valid, 23, input)).isNull();
            }
            byte[] bytes = valid.clone();
            int mutations = random.nextInt(1, 4);
            for (int i = 0; i < mutations; i++) {
                mutate(bytes, validUpTo, random);
            }
            walk(bytes, 23, input);
        }
    }

    private static void mutate(byte[] bytes, int length, SplittableRandom random) {
        int at = random.nextInt(length);
        switch (random.nextInt(4)) {
            case 0 -> bytes[at] = (byte) random.nextInt();
            case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> Bytes.putInt(bytes, Math.min(at, length - 4), TEMPTING[random.nextInt(TEMPTING.length)]);
            default ->
                Bytes.putInt(
                        bytes,
                        Math.min(at, length - 4),
                        Bytes.getInt(bytes, Math.min(at, length - 4)) + random.nextInt(-9, 10));
        }
    }

    /** Walks and reads everything there is to read. */
    private String walk(byte[] bytes, long seed, int input) {
        try {
            reader.wrap(bytes, 0, bytes.length, 4096);
            int entries = 0;
            while (reader.nextEntry()) {
                readAll(reader.entry());
                checksum += reader.index() + reader.position();
                if (++entries > bytes.length) {
                    throw new AssertionError("endless");
                }
            }
            return reader.broken();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed=" + seed + " input=" + input, e);
        }
    }

    private void readAll(EntryDecoder entry) {
        checksum +=
                entry.severity() + entry.timestampNs() + entry.threadId() + entry.argCount() + entry.originalLength();
        for (int tag = 1; tag < TAG_COUNT; tag++) {
            for (int i = 0; i < entry.sectionLength(tag); i++) {
                checksum += entry.buffer()[entry.sectionOffset(tag) + i];
            }
        }
        checksum += entry.levelName().length();
        readAll(entry.args());
        readAll(entry.pairs(FIELDS));
        readAll(entry.pairs(MDC));
        ValueCursor caller = entry.caller();
        if (caller.next() && caller.next() && caller.next()) {
            checksum += caller.longValue();
        }
        readAll(entry.caller());
        if (entry.has(EXCEPTION)) {
            ExceptionCursor exception = entry.exception();
            while (exception.nextThrowable()) {
                checksum += exception.kind() + exception.depth() + exception.framesInCommon();
                sum(exception.classOffset(), exception.classLength(), exception.buffer());
                sum(exception.messageOffset(), exception.messageLength(), exception.buffer());
                while (exception.nextFrame()) {
                    sum(exception.frameOffset(), exception.frameLength(), exception.buffer());
                }
            }
        }
    }

    private void readAll(ValueCursor values) {
        while (values.next()) {
            sum(values.textOffset(), values.textLength(), values.buffer());
            Object value = values.value();
            checksum += value == null ? 0 : value.hashCode();
        }
    }

    private void sum(int offset, int length, byte[] bytes) {
        for (int i = 0; i < length; i++) {
            checksum += bytes[offset + i];
        }
    }

    @Test
    void dropReportsWhoseCountsOverflowShowTheHighestCount() {
        byte[] bytes = new byte[8 + DropReport.length(2)];
        Bytes.putInt(bytes, 0, bytes.length);
        Bytes.putInt(bytes, 4, TYPE_DROPPED);
        DropReport.encode(bytes, 8, 1, 2, 2);
        DropReport.encodeItem(bytes, 8, 0, 200, 255, Long.MAX_VALUE, Long.MAX_VALUE);
        DropReport.encodeItem(bytes, 8, 1, 0, 0, 2, 3);
        reader.wrap(bytes, 0, bytes.length, 0);
        assertThat(reader.nextEntry()).isTrue();
        ValueCursor args = reader.entry().args();
        assertThat(args.next()).isTrue();
        assertThat(args.longValue()).isEqualTo(Long.MAX_VALUE);

        DropReport.encodeItem(bytes, 8, 1, 0, 0, -1, 3);
        reader.wrap(bytes, 0, bytes.length, 0);
        assertThat(reader.nextEntry()).isFalse();
        assertThat(reader.broken()).contains("drop report").contains("position 0");

        byte[] many = new byte[8 + DropReport.length(DropReport.MAX_ITEMS + 1)];
        Bytes.putInt(many, 0, many.length);
        Bytes.putInt(many, 4, TYPE_DROPPED);
        DropReport.encode(many, 8, 1, 2, DropReport.MAX_ITEMS + 1);
        reader.wrap(many, 0, many.length, 0);
        assertThat(reader.nextEntry()).isFalse();
        DropReport.encode(many, 8, 1, 2, DropReport.MAX_ITEMS);
        reader.wrap(many, 0, many.length, 0);
        assertThat(reader.nextEntry()).isTrue();
    }

    @Test
    void aBrokenRecordIsNamedWithItsPositionAndWhatWouldBeRight() {
        byte[] bytes = new byte[64];
        Heartbeat.encode(bytes, 8, 1, 2, false);
        Bytes.putInt(bytes, 0, 32);
        Bytes.putInt(bytes, 4, TYPE_HEARTBEAT);
        Bytes.putInt(bytes, 32, 16);
        Bytes.putInt(bytes, 36, 77);
        reader.wrap(bytes, 0, bytes.length, 1000);

        assertThat(reader.nextRecord()).isTrue();
        assertThat(reader.nextRecord()).isFalse();
        assertThat(reader.broken()).isEqualTo("record type=77 must be one of 1, 2, 3, -1 at position 1032");
    }
}
