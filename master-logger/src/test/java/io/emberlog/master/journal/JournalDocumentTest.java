package io.emberlog.master.journal;

import static io.emberlog.master.journal.JournalDocumentDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.emberlog.message.WorkerIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class JournalDocumentTest {
    private final JournalDocumentWriter writer = new JournalDocumentWriter();
    private final JournalDocumentReader reader = new JournalDocumentReader();

    @Test
    void offsetsAddUpToThePicture() {
        assertThat(HEADER_LENGTH).isEqualTo(24);
        assertThat(SOURCE_TEXTS_OFFSET).isEqualTo(40);
        assertThat(SEGMENT_RECORDS_OFFSET).isEqualTo(16);
        assertThat(ENDED_SLOTS_OFFSET).isEqualTo(42);
        assertThat(STATE_RINGS_OFFSET).isEqualTo(12);
        assertThat(STATE_RING_SLOTS_OFFSET).isEqualTo(27);
        assertThat(SLOT_LENGTH).isEqualTo(10);
        assertThat(new int[] {FIRST_SEQUENCE_OFFSET, APPENDED_EPOCH_NS_OFFSET, SEGMENT_POSITION_OFFSET})
                .containsExactly(8, 16, 8);
    }

    @Test
    void oneDocumentIsTheGoldenBytes() throws IOException {
        int length = golden();
        try (InputStream in = getClass().getResourceAsStream("journal-document-v1.hex")) {
            String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("#.*|\\s", "");
            assertThat(HexFormat.of().formatHex(writer.array(), 0, length)).isEqualTo(hex);
        }
    }

    @Test
    void everythingWrittenIsReadBack() {
        assertThat(reader.wrap(writer.array(), golden())).as(reader.problem()).isTrue();

        assertThat(reader.firstSequence()).isEqualTo(1000);
        assertThat(reader.appendedEpochNs()).isEqualTo(1_700_000_000_000_000_000L);
        assertThat(reader.recordCount()).isEqualTo(5);
        assertThat(reader.sourceCount()).isEqualTo(2);
        assertThat(reader.sourceIdentity(0)).isEqualTo(TestDocuments.WORKER);
        assertThat(reader.sourceStart(0)).isEqualTo(64);
        assertThat(reader.sourceEnd(0)).isEqualTo(128);
        assertThat(reader.sourceIdentity(1).name()).isEqualTo("größer");
        assertThat(reader.segmentCount()).isEqualTo(2);
        assertThat(reader.segmentSource(1)).isEqualTo(1);
        assertThat(reader.segmentPosition(1)).isEqualTo(8);
        byte[] batch = TestDocuments.batch(7, 40, 3, 8);
        assertThat(reader.segmentLength(1)).isEqualTo(batch.length);
        assertThat(Arrays.copyOfRange(
                        reader.array(), reader.segmentOffset(1), reader.segmentOffset(1) + reader.segmentLength(1)))
                .isEqualTo(batch);
        assertThat(reader.endedCount()).isEqualTo(1);
        assertThat(reader.endedUuid(0)).isEqualTo(TestDocuments.RING);
        assertThat(reader.endedTorn(0)).isEqualTo(2);
        assertThat(reader.endedHole(0)).isEqualTo(1);
        assertThat(reader.ended(0)).isEqualTo(new RingEnd(128, true, Map.of(1, 11L)));
        assertThat(reader.state())
                .isEqualTo(new RecoveredState(
                        1005, Map.of(TestDocuments.RING, new RingEnd(128, true, Map.of(1, 11L, 63, 9L)))));
    }

    @Test
    void whatTheIdentityLosesIsEmptyOrZero() {
        writer.begin(0, 0);
        writer.addSource(new WorkerIdentity(TestDocuments.RING, "n", 1, 99, "b", "m", "p", "h", "x", "s"), 0, 0);
        reader.wrap(writer.array(), writer.finish(0));
        assertThat(reader.sourceIdentity(0))
                .isEqualTo(new WorkerIdentity(TestDocuments.RING, "n", 1, 0, "", "", "", "h", "x", "s"));
    }

    @Test
    void anyFlippedBitAndAnyCutIsFound() {
        int length = golden();
        byte[] whole = Arrays.copyOf(writer.array(), length);
        for (int bit = 0; bit < length * 8; bit++) {
            whole[bit >> 3] ^= (byte) (1 << (bit & 7));
            assertThat(reader.wrap(whole, length)).as("bit %d", bit).isFalse();
            whole[bit >> 3] ^= (byte) (1 << (bit & 7));
        }
        for (int cut = 0; cut < length; cut++) {
            assertThat(reader.wrap(whole, cut)).as("cut at %d", cut).isFalse();
        }
        assertThat(reader.wrap(whole, length)).isTrue();
        assertThat(reader.wrap(whole, length + 1)).isFalse();
        assertThat(reader.wrap(whole, -1)).isFalse();
    }

    @Test
    void afterAProblemTheViewIsEmpty() {
        reader.wrap(writer.array(), golden());
        assertThat(reader.wrap(new byte[100], 100)).isFalse();
        assertThat(reader.problem()).contains("crc32c");
        assertThat(reader.sourceCount() + reader.segmentCount() + reader.endedCount())
                .isZero();
        assertThat(reader.state()).isNull();
    }

    @Test
    void garbageWithARightChecksumIsEitherReadableOrRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int length = golden();
        byte[] golden = Arrays.copyOf(writer.array(), length);
        int accepted = 0;
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = round % 4 == 0 ? new byte[MIN_DOCUMENT_LENGTH + random.nextInt(300)] : golden.clone();
            if (round % 4 == 0) {
                random.nextBytes(bytes);
                bytes[VERSION_OFFSET] = VERSION;
                bytes[ZERO_OFFSET] = 0;
            } else {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length - TRAILER_LENGTH)] = (byte) random.nextInt();
                }
            }
            CRC32C crc = new CRC32C();
            crc.update(bytes, 0, bytes.length - TRAILER_LENGTH);
            INT.set(bytes, bytes.length - TRAILER_LENGTH, (int) crc.getValue());
            if (reader.wrap(bytes, bytes.length)) {
                accepted++;
                readEverything(seed);
            }
        }
        assertThat(accepted).as("seed %d", seed).isPositive();
    }

    @Test
    void whatDoesNotFitChangesNothing() {
        byte[] records = new byte[MAX_RECORDS_LENGTH];
        writer.begin(0, 0);
        int source = writer.addSource(TestDocuments.WORKER, 0, records.length);
        assertThat(writer.addSegment(source, 0, records, 0, records.length)).isTrue();
        assertThat(writer.addSegment(source, 0, records, 0, records.length)).isFalse();
        int rest = writer.remainingForSegment() & -8;
        assertThat(writer.addSegment(source, 0, records, 0, rest + 8)).isFalse();
        assertThat(writer.addSegment(source, 0, records, 0, rest)).isTrue();
        assertThat(writer.addSource(TestDocuments.WORKER, 0, 0)).isEqualTo(-1);
        assertThat(writer.addState(0, Map.of())).isFalse();
        int length = writer.finish(0);
        assertThat(length).isLessThanOrEqualTo(JournalDocumentWriter.MAX_LENGTH);
        assertThat(reader.wrap(writer.array(), length)).isTrue();
        assertThat(reader.segmentCount()).isEqualTo(2);
    }

    @Test
    void theWriterRefusesItsCallersMistakes() {
        assertThatThrownBy(() -> writer.finish(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> writer.addState(0, Map.of())).isInstanceOf(IllegalStateException.class);
        writer.begin(0, 0);
        assertThatThrownBy(() -> writer.addSegment(0, 0, new byte[8], 0, 8))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> writer.addSource(TestDocuments.WORKER, 8, 0)).hasMessageContaining("startPosition=8");
        writer.addSource(TestDocuments.WORKER, 0, 8);
        assertThatThrownBy(() -> writer.addSegment(0, 0, new byte[9], 0, 9)).hasMessageContaining("recordsLength=9");
    }

    private int golden() {
        writer.begin(1000, 1_700_000_000_000_000_000L);
        int first = writer.addSource(TestDocuments.WORKER, 64, 128);
        int second = writer.addSource(TestDocuments.worker(new UUID(1, 2), "größer"), 8, 48);
        byte[] batch = TestDocuments.batch(1, 10, 2, 16);
        writer.addSegment(first, 64, batch, 0, batch.length);
        batch = TestDocuments.batch(7, 40, 3, 8);
        writer.addSegment(second, 8, batch, 0, batch.length);
        writer.addEnded(TestDocuments.RING, 128, 2, 1, Map.of(1, 11L));
        Map<Integer, Long> slots = new java.util.TreeMap<>(Map.of(1, 11L, 63, 9L));
        writer.addState(1005, Map.of(TestDocuments.RING, new RingEnd(128, true, slots)));
        return writer.finish(5);
    }

    private void readEverything(long seed) {
        try {
            for (int i = 0; i < reader.sourceCount(); i++) {
                reader.sourceIdentity(i);
                assertThat(reader.sourceEnd(i)).isGreaterThanOrEqualTo(reader.sourceStart(i));
            }
            for (int i = 0; i < reader.segmentCount(); i++) {
                reader.sourceUuid(reader.segmentSource(i));
                int end = reader.segmentOffset(i) + reader.segmentLength(i);
                assertThat(end).isLessThanOrEqualTo(reader.array().length);
                assertThat(RingRecords.lastSequences(
                                reader.array(),
                                reader.segmentOffset(i),
                                reader.segmentLength(i),
                                new java.util.HashMap<>()))
                        .isLessThanOrEqualTo(end);
            }
            for (int i = 0; i < reader.endedCount(); i++) {
                reader.ended(i);
            }
            reader.state();
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
