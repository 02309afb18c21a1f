package io.emberlog.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.BatchEncoder;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArgListTest {
    private static final int RUNS = 20_000;
    private static final Object[] VALUES = {
        null,
        true,
        false,
        1L,
        -2,
        (short) 3,
        (byte) 4,
        1.5,
        -2.5f,
        'c',
        'ü',
        '\ud800',
        "",
        "text",
        "ü\ud83d\ude00",
        "x".repeat(64),
        "\u20ac".repeat(64),
        "y".repeat(65),
        "z".repeat(300),
        new StringBuilder("object"),
        new int[] {1, 2}
    };

    /** With much room and with little, in front of which a text stands, so that something is cut in many of them. */
    @Test
    void argumentsAreEncodedAsIfEachHadBeenWrittenAtOnce() {
        ArgList args = new ArgList();
        int cut = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            Random random = new Random(seed);
            Object[] values = new Object[random.nextInt(20) == 0 ? random.nextInt(400) : random.nextInt(6)];
            Arrays.setAll(values, i -> VALUES[random.nextInt(VALUES.length)]);
            int count = Math.max(0, values.length - random.nextInt(2));
            int maxText = random.nextInt(10) == 0 ? 0 : 256 << random.nextInt(3);
            String before = "t".repeat(random.nextInt(3) * random.nextInt(4_000));
            BatchEncoder expected = begun(maxText, before);
            expected.beginArgs();
            for (int i = 0; i < count; i++) {
                addNow(expected, values[i]);
            }
            expected.endArgs();
            for (Object value : values) {
                add(args, value);
            }
            assertThat(args.size()).isEqualTo(values.length);
            BatchEncoder actual = begun(maxText, before);
            args.encode(actual, count);
            args.clear();
            assertThat(whole(actual)).as("seed %d", seed).isEqualTo(whole(expected));
            cut += actual.isCut() ? 1 : 0;
        }
        assertThat(cut).isBetween(RUNS / 10, RUNS * 9 / 10);
    }

    @Test
    void moreArgumentsThanARecordHoldsTakeNoRoom() {
        ArgList args = new ArgList();
        Throwable failure = new IllegalStateException();
        for (int i = 0; i < 1_000_000; i++) {
            args.add("x".repeat(64));
            args.add(i);
        }
        assertThat(args.lastThrowable()).isNull();
        args.add(failure);
        assertThat(args.lastThrowable()).isSameAs(failure);
        assertThat(args.size()).isEqualTo(2_000_001);
        BatchEncoder batch = new BatchEncoder(64 * 1024, 1024);
        batch.begin();
        batch.beginEntry(Level.INFO.severity(), 1, 2);
        args.encode(batch, args.size() - 1);
        assertThat(batch.isCut()).isTrue();
        assertThat(batch.length()).isLessThan(16 * 1024);
        args.add(1);
        assertThat(args.lastThrowable()).isNull();
        args.clear();
        args.add(1);
        assertThat(args.lastThrowable()).isNull();
        assertThat(args.size()).isEqualTo(1);
    }

    @Test
    void theLastThrowableIsOneOnlyInTheLastPlace() {
        Throwable failure = new IllegalStateException();
        ArgList args = new ArgList();
        assertThat(args.lastThrowable()).isNull();
        args.add(failure);
        assertThat(args.lastThrowable()).isSameAs(failure);
        args.add(127L << 56); // whose last byte is the mark of an object
        assertThat(args.lastThrowable()).isNull();
        args.add("\u007f");
        assertThat(args.lastThrowable()).isNull();
        args.add(failure);
        assertThat(args.lastThrowable()).isSameAs(failure);
        args.clear();
        assertThat(args.lastThrowable()).isNull();
    }

    private static BatchEncoder begun(int maxText, String before) {
        BatchEncoder batch = new BatchEncoder(BatchEncoder.MIN_MAX_LENGTH, maxText);
        batch.begin();
        batch.beginEntry(Level.INFO.severity(), 1, 2);
        batch.text(MessageDescriptor.TEMPLATE, "a {}");
        batch.text(MessageDescriptor.TEMPLATE, before);
        return batch;
    }

    private static byte[] whole(BatchEncoder batch) {
        batch.endEntry();
        batch.finish(0, 1);
        return Arrays.copyOf(batch.buffer(), batch.length());
    }

    private static void addNow(BatchEncoder batch, Object value) {
        if (value instanceof Character c) {
            batch.addString(c.toString());
        } else {
            ObjectText.add(batch, value);
        }
    }

    private static void add(ArgList args, Object value) {
        if (value instanceof Long number) {
            args.add(number.longValue());
        } else if (value instanceof Double number) {
            args.add(number.doubleValue());
        } else if (value instanceof Float number) {
            args.add(number.floatValue());
        } else if (value instanceof Boolean flag) {
            args.add(flag.booleanValue());
        } else if (value instanceof Character c) {
            args.add(c.charValue());
        } else {
            args.add(value);
        }
    }
}
