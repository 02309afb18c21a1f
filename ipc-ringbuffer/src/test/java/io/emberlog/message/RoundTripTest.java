package io.emberlog.message;

import static io.emberlog.message.GeneratedRecords.asArrived;
import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundTripTest {
    private final EntryDecoder decoder = new EntryDecoder();

    @Test
    void generatedRecordsArriveAsTheyWereWritten() {
        GeneratedRecords records = new GeneratedRecords(5);
        BatchEncoder encoder = new BatchEncoder(512 * 1024, 256 * 1024);
        for (int i = 0; i < 8_000; i++) {
            List<GeneratedRecords.Entry> written = new ArrayList<>();
            encoder.begin();
            for (int n = 1 + i % 3; n > 0; n--) {
                written.add(records.next(i % 100 == 0 ? 3000 : 40));
                GeneratedRecords.encode(encoder, written.get(written.size() - 1));
            }
            encoder.finish(i % SLOT_COUNT, 1);
            int at = BATCH_HEADER_LENGTH;
            for (GeneratedRecords.Entry entry : written) {
                assertThat(decoder.wrap(encoder.buffer(), at, encoder.length()))
                        .as("seed=5 record=%d", i)
                        .isTrue();
                assertSame(entry, i);
                int length = decoder.length();
                byte[] copy = new byte[17 + length];
                System.arraycopy(encoder.buffer(), at, copy, 17, length);
                decoder.wrapCopy(copy, 17);
                assertThat(decoder.length()).isEqualTo(length);
                assertSame(entry, i);
                at += length;
            }
            assertThat(at).isEqualTo(encoder.length());
        }
    }

    private void assertSame(GeneratedRecords.Entry entry, int i) {
        assertThat(decoder.severity()).isEqualTo(entry.severity());
        assertThat(decoder.timestampNs()).isEqualTo(entry.timestampNs());
        assertThat(decoder.threadId()).isEqualTo(entry.threadId());
        assertThat(decoder.originalLength()).as("seed=5 record=%d: not cut", i).isEqualTo(-1);
        for (int tag : new int[] {LOGGER, THREAD_NAME, TEMPLATE, LEVEL_NAME, MARKER, TRACE_ID, SPAN_ID, MODULE}) {
            String expected = tag == LOGGER && entry.texts()[tag] != null
                    ? new String(entry.texts()[tag].getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                    : asArrived(entry.texts()[tag]);
            assertThat(decoder.text(tag)).as("seed=5 record=%d tag=%d", i, tag).isEqualTo(expected);
        }
        assertThat(decoder.isLiteral()).isEqualTo(entry.args() == null);
        assertThat(read(decoder.args())).isEqualTo(entry.args() == null ? List.of() : arrived(entry.args()));
        assertThat(read(decoder.pairs(FIELDS))).isEqualTo(arrivedPairs(entry.fields()));
        assertThat(read(decoder.pairs(MDC))).isEqualTo(arrivedPairs(entry.mdc()));
        if (entry.caller() != null) {
            assertThat(read(decoder.caller()))
                    .containsExactly(
                            asArrived((String) entry.caller()[0]),
                            asArrived((String) entry.caller()[1]),
                            42L,
                            asArrived((String) entry.caller()[3]));
        } else {
            assertThat(decoder.caller().next()).isFalse();
        }
        assertThat(decoder.has(BYTES)).isEqualTo(entry.payload() != null);
        if (entry.payload() != null) {
            int from = decoder.sectionOffset(BYTES);
            assertThat(Arrays.copyOfRange(decoder.buffer(), from, from + decoder.sectionLength(BYTES)))
                    .isEqualTo(entry.payload());
        }
        assertThat(decoder.has(EXCEPTION)).isEqualTo(entry.exception() != null);
        if (entry.exception() != null) {
            assertSame(entry.exception());
        }
    }

    private void assertSame(List<GeneratedRecords.Thrown> expected) {
        ExceptionCursor cursor = decoder.exception();
        for (GeneratedRecords.Thrown node : expected) {
            assertThat(cursor.nextThrowable()).isTrue();
            assertThat(cursor.kind()).isEqualTo(node.kind());
            assertThat(cursor.depth()).isEqualTo(node.depth());
            assertThat(cursor.framesInCommon()).isEqualTo(node.inCommon());
            assertThat(text(cursor.buffer(), cursor.classOffset(), cursor.classLength()))
                    .isEqualTo(asArrived(node.type()));
            assertThat(
                            cursor.messageLength() < 0
                                    ? null
                                    : text(cursor.buffer(), cursor.messageOffset(), cursor.messageLength()))
                    .isEqualTo(asArrived(node.message()));
            for (String frame : node.frames()) {
                assertThat(cursor.nextFrame()).isTrue();
                assertThat(text(cursor.buffer(), cursor.frameOffset(), cursor.frameLength()))
                        .isEqualTo(asArrived(frame));
            }
            assertThat(cursor.nextFrame()).isFalse();
        }
        assertThat(cursor.nextThrowable()).isFalse();
    }

    private static String text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }

    private static List<Object> read(ValueCursor values) {
        List<Object> read = new ArrayList<>();
        while (values.next()) {
            read.add(values.value());
        }
        return read;
    }

    private static List<Object> arrived(List<Object> values) {
        List<Object> arrived = new ArrayList<>();
        values.forEach(value -> arrived.add(value instanceof String text ? asArrived(text) : value));
        return arrived;
    }

    private static List<Object> arrivedPairs(List<GeneratedRecords.Pair> pairs) {
        List<Object> arrived = new ArrayList<>();
        if (pairs != null) {
            pairs.forEach(pair -> arrived.addAll(arrived(Arrays.asList(pair.key(), pair.value()))));
        }
        return arrived;
    }

    @Test
    void utf8IsThatOfTheJdkWithLoneSurrogatesReplaced() {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c < 0x110000; c += c < 0x10000 ? 1 : 997) {
            all.appendCodePoint(c);
            all.append(c % 5 == 0 ? "a" : "");
        }
        String text = all.toString();
        byte[] bytes = new byte[(int) Utf8.length(text)];

        assertThat(Utf8.encode(text, bytes, 0, bytes.length)).isEqualTo(bytes.length);
        assertThat(bytes).isEqualTo(asArrived(text).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aTextIsCutAtACharacterAtEveryLimitAndKeepsItsLength() {
        String text = "aé€😀\uD800z".repeat(3);
        byte[] whole = asArrived(text).getBytes(StandardCharsets.UTF_8);
        for (int limit = 0; limit <= whole.length + 1; limit++) {
            for (boolean asBytes : new boolean[] {false, true}) {
                BatchEncoder encoder = new BatchEncoder(BatchEncoder.MIN_MAX_LENGTH, limit);
                encoder.begin();
                encoder.beginEntry(1, 1, 1);
                if (asBytes) {
                    encoder.text(TEMPLATE, whole);
                } else {
                    encoder.text(TEMPLATE, text);
                }
                encoder.endEntry();
                encoder.finish(0, 1);
                assertThat(decoder.wrap(encoder.buffer(), BATCH_HEADER_LENGTH, encoder.length()))
                        .isTrue();
                String arrived = decoder.text(TEMPLATE);
                assertThat(asArrived(text)).startsWith(arrived);
                assertThat(arrived).as("half a character").isEqualTo(asArrived(arrived));
                assertThat(decoder.sectionLength(TEMPLATE)).isBetween(Math.min(whole.length, limit - 3), limit);
                assertThat(decoder.originalLength()).isEqualTo(limit < whole.length ? whole.length : -1);
            }
        }
    }

    @Test
    void tenMegabytesArriveWholeWhereTheyFitAndCutWhereTheyDoNot() {
        String huge = "0123456789ä".repeat(1_000_000);
        BatchEncoder roomy = new BatchEncoder((1 << 24) - 1, 1 << 24);
        roomy.begin();
        roomy.beginEntry(1, 1, 1);
        roomy.text(TEMPLATE, huge);
        roomy.endEntry();
        roomy.finish(0, 1);
        assertThat(decoder.wrap(roomy.buffer(), BATCH_HEADER_LENGTH, roomy.length()))
                .isTrue();
        assertThat(decoder.text(TEMPLATE)).isEqualTo(huge);
        assertThat(decoder.originalLength()).isEqualTo(-1);

        BatchEncoder tight = new BatchEncoder(512 * 1024 - 8, 512 * 1024);
        tight.begin();
        tight.beginEntry(1, 1, 1);
        tight.text(TEMPLATE, huge);
        tight.endEntry();
        tight.finish(0, 1);
        assertThat(tight.length()).isLessThanOrEqualTo(512 * 1024 - 8);
        assertThat(decoder.wrap(tight.buffer(), BATCH_HEADER_LENGTH, tight.length()))
                .isTrue();
        assertThat(huge).startsWith(decoder.text(TEMPLATE));
        assertThat(decoder.originalLength()).isEqualTo(12_000_000);
    }

    /** Everything too long at once: the entry stays within its bound, decodes, and keeps what is short. */
    @Test
    void anOverfullEntryStaysWithinItsBoundAndKeepsLevelAndTrace() {
        String big = "x".repeat(100_000);
        for (int bound : new int[] {BatchEncoder.MIN_MAX_LENGTH, 65_528, 512 * 1024 - 8}) {
            for (int kind = 0; kind < 6; kind++) {
                BatchEncoder encoder = new BatchEncoder(bound, bound);
                encoder.begin();
                encoder.beginEntry(17, 1, 1);
                encoder.text(LOGGER, big);
                encoder.text(THREAD_NAME, big);
                encoder.text(TEMPLATE, big);
                encoder.beginArgs();
                for (int arg = 0; arg < 400; arg++) {
                    switch (kind) {
                        case 0 -> encoder.addLong(arg);
                        case 1 -> encoder.addString(big);
                        case 2 -> encoder.addString(null);
                        case 3 -> encoder.addDouble(arg);
                        case 4 -> encoder.addNull();
                        default -> encoder.addString("");
                    }
                }
                encoder.endArgs();
                encoder.text(LEVEL_NAME, "SECURITY");
                encoder.text(MARKER, big);
                for (int tag : new int[] {FIELDS, MDC}) {
                    encoder.beginPairs(tag);
                    while (encoder.key(big)) {
                        encoder.putNullable(big);
                        encoder.endPair();
                    }
                    encoder.endPairs();
                }
                encoder.text(TRACE_ID, "0af7651916cd43dd8448eb211c80319c");
                encoder.text(SPAN_ID, "b7ad6b7169203331");
                encoder.beginException();
                while (encoder.beginThrowable(CAUSE, 1000, big, big)) {
                    while (encoder.frame(big)) {
                        continue;
                    }
                    encoder.endThrowable(1);
                }
                encoder.endException();
                encoder.caller(big, big, 1, big);
                encoder.bytes(new byte[100_000], 0, 100_000);
                encoder.text(MODULE, big);
                encoder.endEntry();
                encoder.finish(0, 1);

                assertThat(encoder.length()).as("kind %d", kind).isLessThanOrEqualTo(bound);
                assertThat(decoder.wrap(encoder.buffer(), BATCH_HEADER_LENGTH, encoder.length()))
                        .isTrue();
                assertThat(decoder.levelName()).isEqualTo("SECURITY");
                assertThat(decoder.text(TRACE_ID)).isEqualTo("0af7651916cd43dd8448eb211c80319c");
                assertThat(decoder.text(SPAN_ID)).isEqualTo("b7ad6b7169203331");
                assertThat(decoder.originalLength()).isNotEqualTo(-1);
            }
        }
    }

    @Test
    void atMost255ArgumentsArriveAndTheRestIsMarkedAsCut() {
        BatchEncoder encoder = new BatchEncoder(64 * 1024, 1024);
        encoder.begin();
        encoder.beginEntry(1, 1, 1);
        encoder.beginArgs();
        for (int i = 0; i < 256; i++) {
            encoder.addLong(i);
        }
        encoder.endArgs();
        encoder.endEntry();
        encoder.finish(0, 1);
        assertThat(decoder.wrap(encoder.buffer(), BATCH_HEADER_LENGTH, encoder.length()))
                .isTrue();
        assertThat(decoder.argCount()).isEqualTo(255);
        assertThat(decoder.originalLength()).isZero();
    }

    @Test
    void aBoundThatTheLayoutCannotHoldIsRefused() {
        assertThatThrownBy(() -> new BatchEncoder(1 << 24, 10)).hasMessageContaining("maxLength=16777216");
        assertThatThrownBy(() -> new BatchEncoder(8000, 10)).hasMessageContaining("maxLength=8000");
        assertThatThrownBy(() -> new BatchEncoder(9000, -1)).hasMessageContaining("maxTextLength=-1");
    }
}
