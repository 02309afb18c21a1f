package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The last byte of a buffer, of a batch, of a count: written by mutation (docs/reliability-mutation.md). */
class EncoderEdgesTest {
    /** What the first buffer of an encoder holds, and a batch header, an entry header and a section header less. */
    private static final int FIRST_BUFFER = 1024;

    private static final int MOST = 16 * 1024;

    private final EntryDecoder decoder = new EntryDecoder();

    /** Each ends in one write that may not fit the buffer any more. */
    private enum Part {
        ENTRY(encoder -> {}),
        TEXT(encoder -> encoder.text(LOGGER, "name")),
        UTF8(encoder -> encoder.text(LOGGER, new byte[] {'a', 'b'})),
        BYTES(encoder -> encoder.bytes(new byte[] {1, 2, 3, 4}, 1, 2)),
        NO_ARGS(encoder -> args(encoder, () -> {})),
        NULL_ARG(encoder -> args(encoder, encoder::addNull)),
        BOOLEAN_ARG(encoder -> args(encoder, () -> encoder.addBoolean(true))),
        LONG_ARG(encoder -> args(encoder, () -> encoder.addLong(Long.MIN_VALUE))),
        DOUBLE_ARG(encoder -> args(encoder, () -> encoder.addDouble(0.5))),
        FLOAT_ARG(encoder -> args(encoder, () -> encoder.addFloat(0.5f))),
        TEXT_ARG(encoder -> args(encoder, () -> encoder.addString(""))),
        NO_TEXT_ARG(encoder -> args(encoder, () -> encoder.addString(null))),
        NO_PAIRS(encoder -> pairs(encoder, null)),
        NULL_PAIR(encoder -> pairs(encoder, () -> encoder.putNullable(null))),
        BOOLEAN_PAIR(encoder -> pairs(encoder, () -> encoder.putBoolean(false))),
        LONG_PAIR(encoder -> pairs(encoder, () -> encoder.putLong(7))),
        DOUBLE_PAIR(encoder -> pairs(encoder, () -> encoder.putDouble(7))),
        FLOAT_PAIR(encoder -> pairs(encoder, () -> encoder.putFloat(7))),
        TEXT_PAIR(encoder -> pairs(encoder, () -> encoder.putNullable("v"))),
        CALLER(encoder -> encoder.caller(null, null, 1, null)),
        NO_THROWABLE(encoder -> {
            encoder.beginException();
            encoder.endException();
        }),
        THROWABLE(encoder -> {
            encoder.beginException();
            encoder.beginThrowable(1, 0, "", null);
            encoder.endThrowable(0);
            encoder.endException();
        }),
        FRAME(encoder -> {
            encoder.beginException();
            encoder.beginThrowable(1, 300, "c", "m");
            encoder.frame("");
            encoder.endThrowable(3);
            encoder.endException();
        });

        private final Consumer<BatchEncoder> write;

        Part(Consumer<BatchEncoder> write) {
            this.write = write;
        }

        private static void args(BatchEncoder encoder, Runnable arg) {
            encoder.beginArgs();
            arg.run();
            encoder.endArgs();
        }

        private static void pairs(BatchEncoder encoder, Runnable value) {
            encoder.beginPairs(FIELDS);
            if (value != null) {
                encoder.key("");
                value.run();
                encoder.endPair();
            }
            encoder.endPairs();
        }
    }

    private static byte[] encoded(BatchEncoder encoder, int pad, Part part) {
        encoder.begin();
        encoder.beginEntry(9, 1, 2);
        encoder.text(TEMPLATE, new byte[pad]);
        encoder.endEntry();
        encoder.beginEntry(10, 3, 4);
        part.write.accept(encoder);
        encoder.endEntry();
        assertThat(encoder.entryCount()).isEqualTo(2);
        encoder.finish(3, 4);
        return Arrays.copyOf(encoder.buffer(), encoder.length());
    }

    @ParameterizedTest
    @EnumSource
    void whereTheBufferEndsChangesNothing(Part part) {
        BatchEncoder grown = new BatchEncoder(MOST, MOST);
        grown.begin();
        grown.beginEntry(1, -1, -1);
        grown.text(TEMPLATE, "x".repeat(MOST)); // and leaves its bytes in the buffer
        for (int pad = FIRST_BUFFER - 160; pad <= FIRST_BUFFER; pad++) {
            byte[] expected = encoded(grown, pad, part);
            assertThat(encoded(new BatchEncoder(MOST, MOST), pad, part))
                    .as("pad=%d", pad)
                    .isEqualTo(expected);
            assertThat(decoder.wrap(expected, BATCH_HEADER_LENGTH, expected.length))
                    .isTrue();
            assertThat(decoder.wrap(expected, BATCH_HEADER_LENGTH + decoder.length(), expected.length))
                    .as("pad=%d", pad)
                    .isTrue();
            assertThat(decoder.severity()).isEqualTo(10);
        }
    }

    /** As much as fits is there, the mark that it is not all of it, too, and the batch ends where it may at the latest. */
    @Test
    void whatDoesNotFitIsLeftOutAndMarked() {
        for (int pad = 0; pad < BatchEncoder.MIN_MAX_LENGTH; pad++) {
            for (int e = 0; e < endless().size(); e++) {
                Consumer<BatchEncoder> endless = endless().get(e);
                BatchEncoder encoder = new BatchEncoder(BatchEncoder.MIN_MAX_LENGTH, 1 << 20);
                encoder.begin();
                encoder.beginEntry(9, 1, 2);
                encoder.text(TEMPLATE, new byte[pad]);
                endless.accept(encoder);
                encoder.endEntry();
                encoder.finish(0, 1);
                assertThat(encoder.length()).isLessThanOrEqualTo(BatchEncoder.MIN_MAX_LENGTH);
                assertThat(decoder.wrap(encoder.buffer(), BATCH_HEADER_LENGTH, encoder.length()))
                        .as("pad=%d of %s length=%d", pad, e, encoder.length())
                        .isTrue();
                assertThat(decoder.originalLength()).as("pad=%d", pad).isNotNegative();
            }
        }
    }

    private static List<Consumer<BatchEncoder>> endless() {
        return List.of(
                encoder -> {
                    encoder.beginArgs();
                    for (int i = 0; i < 1_000; i++) {
                        encoder.addLong(i);
                    }
                    encoder.endArgs();
                },
                encoder -> {
                    encoder.beginPairs(FIELDS);
                    while (encoder.key("k")) {
                        encoder.putLong(1);
                        encoder.endPair();
                    }
                    encoder.endPairs();
                },
                encoder -> {
                    encoder.beginException();
                    while (encoder.beginThrowable(1, 0, "c", "m")) {
                        encoder.endThrowable(0);
                    }
                    encoder.endException();
                },
                encoder -> {
                    encoder.beginException();
                    if (encoder.beginThrowable(1, 0, "c", "m")) {
                        while (encoder.frame("f")) {
                            continue;
                        }
                        encoder.endThrowable(0);
                    }
                    encoder.endException();
                },
                encoder -> encoder.bytes(new byte[1 << 16], 0, 1 << 16),
                encoder -> encoder.text(MODULE, new byte[1 << 16]));
    }

    @Test
    void aTextOfJustTheAllowedLengthIsNotCut() {
        BatchEncoder encoder = new BatchEncoder(MOST, 100);
        for (int length : new int[] {99, 100, 101}) {
            encoder.begin();
            encoder.beginEntry(9, 1, 2);
            encoder.text(TEMPLATE, new byte[length]);
            encoder.bytes(new byte[length], 0, length);
            encoder.endEntry();
            assertThat(decoder.wrap(encoder.buffer(), BATCH_HEADER_LENGTH, encoder.length()))
                    .isTrue();
            assertThat(decoder.originalLength()).isEqualTo(length <= 100 ? -1 : 101);
            assertThat(decoder.sectionLength(BYTES)).isEqualTo(Math.min(100, length));
        }
    }

    @Test
    void aBatchIsCountedByItsLengthsWhereverItStands() {
        int offset = 24;
        byte[] bytes = new byte[200];
        int at = offset + BATCH_HEADER_LENGTH;
        int[] lengths = {ENTRY_HEADER_LENGTH, ENTRY_HEADER_LENGTH + 5, ENTRY_HEADER_LENGTH};
        for (int length : lengths) {
            Bytes.putInt(bytes, at + ENTRY_LENGTH_OFFSET, length);
            at += length;
        }
        BatchHeader.encode(bytes, offset, 7, 3, 99);
        assertThat(BatchHeader.slot(bytes, offset)).isEqualTo(7);
        assertThat(BatchHeader.firstSequence(bytes, offset)).isEqualTo(99);
        assertThat(Bytes.getInt(bytes, offset + BATCH_ENTRY_COUNT_OFFSET)).isEqualTo(3);
        int length = at - offset;
        assertThat(BatchHeader.countEntries(bytes, offset, length)).isEqualTo(3);
        assertThat(BatchHeader.countEntries(bytes, offset, BATCH_HEADER_LENGTH)).isZero();
        for (int wrong = BATCH_HEADER_LENGTH + 1; wrong < length; wrong++) {
            boolean isSum =
                    wrong == BATCH_HEADER_LENGTH + lengths[0] || wrong == BATCH_HEADER_LENGTH + lengths[0] + lengths[1];
            assertThat(BatchHeader.countEntries(bytes, offset, wrong))
                    .as("length=%d", wrong)
                    .isEqualTo(isSum ? wrong == BATCH_HEADER_LENGTH + lengths[0] ? 1 : 2 : -1);
        }
        Bytes.putInt(bytes, offset + BATCH_HEADER_LENGTH + ENTRY_LENGTH_OFFSET, ENTRY_HEADER_LENGTH - 1);
        assertThat(BatchHeader.countEntries(bytes, offset, length)).isEqualTo(-1);
    }

    @Test
    void aDropReportIsShownAsARecordOfTheSameNumbers() {
        int offset = 16;
        byte[] bytes = new byte[offset + DropReport.length(3)];
        Arrays.fill(bytes, (byte) -1);
        DropReport.encode(bytes, offset, 1_000, 2_000, 3);
        DropReport.encodeItem(bytes, offset, 0, DropReason.RING_FULL.code(), 9, 5, 50);
        DropReport.encodeItem(bytes, offset, 1, 200, 17, 7, 70);
        DropReport.encodeItem(bytes, offset, 2, DropReason.FAILED.code(), 13, 0, 3);
        assertThat(DropReport.isValid(bytes, offset, DropReport.length(3))).isTrue();
        assertThat(DropReport.isValid(bytes, offset, DropReport.length(3) - 1)).isFalse();
        assertThat(DropReport.fromEpochNs(bytes, offset)).isEqualTo(1_000);

        new DropRecordRenderer().render(bytes, offset, decoder);
        assertThat(decoder.severity()).isEqualTo(Level.WARN.severity());
        assertThat(decoder.timestampNs()).isEqualTo(2_000);
        assertThat(decoder.text(LOGGER)).isEqualTo("emberlog.worker");
        assertThat(decoder.text(TEMPLATE)).isEqualTo("dropped {} records: {}");
        assertThat(values(decoder.args()))
                .containsExactly(
                        12L,
                        "5 INFO (" + DropReason.RING_FULL.text() + "), 7 ERROR (reason 200), 0 WARN ("
                                + DropReason.FAILED.text() + ")");
        assertThat(values(decoder.pairs(FIELDS)))
                .containsExactly("dropped", 12L, "dropped_total", 123L, "since_ns", 1_000L);
    }

    @Test
    void sumsOfForgedCountsStandStill() {
        byte[] bytes = new byte[DropReport.length(2)];
        DropReport.encode(bytes, 0, 0, 0, 2);
        DropReport.encodeItem(bytes, 0, 0, 0, 9, Long.MAX_VALUE, Long.MAX_VALUE - 1);
        DropReport.encodeItem(bytes, 0, 1, 0, 9, 1, 1);
        assertThat(DropReport.isValid(bytes, 0, bytes.length)).isTrue();
        new DropRecordRenderer().render(bytes, 0, decoder);
        assertThat(values(decoder.pairs(FIELDS)))
                .containsExactly("dropped", Long.MAX_VALUE, "dropped_total", Long.MAX_VALUE, "since_ns", 0L);
    }

    @Test
    void aReportOfTooManyItemsOrOfNegativeNumbersIsNone() {
        byte[] bytes = new byte[DropReport.length(DropReport.MAX_ITEMS + 1)];
        DropReport.encode(bytes, 0, 0, 0, DropReport.MAX_ITEMS);
        assertThat(DropReport.isValid(bytes, 0, bytes.length)).isTrue();
        DropReport.encode(bytes, 0, 0, 0, DropReport.MAX_ITEMS + 1);
        assertThat(DropReport.isValid(bytes, 0, bytes.length)).isFalse();
        DropReport.encode(bytes, 0, 0, 0, 0);
        assertThat(DropReport.isValid(bytes, 0, DROPPED_HEADER_LENGTH)).isTrue();
        assertThat(DropReport.isValid(bytes, 0, DROPPED_HEADER_LENGTH - 1)).isFalse();
        DropReport.encode(bytes, 0, 0, 0, 1);
        DropReport.encodeItem(bytes, 0, 0, 0, 9, -1, 0);
        assertThat(DropReport.isValid(bytes, 0, bytes.length)).isFalse();
        DropReport.encodeItem(bytes, 0, 0, 0, 9, 0, -1);
        assertThat(DropReport.isValid(bytes, 0, bytes.length)).isFalse();
    }

    @Test
    void aHeartbeatIsReadAsItWasWrittenAndNoOtherVersionIsOne() {
        int offset = 8;
        byte[] bytes = new byte[offset + HEARTBEAT_LENGTH];
        for (boolean goodbye : new boolean[] {false, true}) {
            Heartbeat.encode(bytes, offset, 5, 6, goodbye);
            assertThat(Heartbeat.isValid(bytes, offset, HEARTBEAT_LENGTH)).isTrue();
            assertThat(Heartbeat.isValid(bytes, offset, HEARTBEAT_LENGTH - 1)).isFalse();
            assertThat(Heartbeat.sentEpochNs(bytes, offset)).isEqualTo(5);
            assertThat(Heartbeat.nextCheckInEpochNs(bytes, offset)).isEqualTo(6);
            assertThat(Heartbeat.isGoodbye(bytes, offset)).isEqualTo(goodbye);
        }
        Bytes.putInt(bytes, offset + HEARTBEAT_VERSION_OFFSET, VERSION + 1);
        assertThat(Heartbeat.isValid(bytes, offset, HEARTBEAT_LENGTH)).isFalse();
    }

    private static List<Object> values(ValueCursor cursor) {
        List<Object> values = new ArrayList<>();
        while (cursor.next()) {
            values.add(cursor.value());
        }
        return values;
    }
}
