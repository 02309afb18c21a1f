package io.emberlog.master.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalRecoveryTest {
    private static final UUID A = new UUID(0, 0xA);
    private static final UUID B = new UUID(0, 0xB);

    @TempDir
    Path directory;

    private final Recorder recorder = new Recorder();
    private final JournalDocumentWriter writer = new JournalDocumentWriter();
    private Journal journal;

    @BeforeEach
    void open() throws JournalException {
        journal = Journal.open(JournalConfig.in(directory), recorder);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void anEmptyJournalIsAFreshState() throws JournalException {
        assertThat(JournalRecovery.recover(journal)).isEqualTo(RecoveredState.FRESH);
    }

    /** A directory stands where a segment was: it can be opened and not read, as on a disk that fails. */
    @Test
    void aSegmentThatCannotBeReadNowIsNeitherDamageNorTheEnd() throws JournalException, IOException {
        appendBatches(0, A, 0, 1, 10, 5);
        long index = journal.lastIndex();
        Path segment = SegmentFiles.list(directory).firstEntry().getValue();
        Path away = directory.resolve("away");
        try (JournalReader reader = JournalReader.open(directory, recorder)) {
            Files.move(segment, away);
            Files.createDirectory(segment);
            assertThatThrownBy(() -> reader.moveTo(index)).isInstanceOf(UncheckedIOException.class);
        }
        assertThatThrownBy(() -> JournalRecovery.recover(journal))
                .isInstanceOfSatisfying(
                        JournalException.class,
                        e -> assertThat(e.reason()).isEqualTo(JournalException.Reason.UNAVAILABLE));
        assertThat(recorder.broken).isEmpty();

        Files.delete(segment);
        Files.move(away, segment);
        assertThat(JournalRecovery.recover(journal).nextSequence()).isEqualTo(5);
    }

    @Test
    void documentsWithoutAStateCountFromTheFirst() throws JournalException {
        appendBatches(0, A, 0, 1, 10, 5);
        appendBatches(5, B, 0, 2, 0, 1);
        appendBatches(6, A, 64, 1, 15, 2);
        assertThat(JournalRecovery.recover(journal))
                .isEqualTo(new RecoveredState(
                        8,
                        Map.of(A, new RingEnd(128, false, Map.of(1, 16L)), B, new RingEnd(64, false, Map.of(2, 0L)))));
        assertThat(recorder.broken).isEmpty();
    }

    @Test
    void theNewestStateReplacesAllBeforeIt() throws JournalException {
        appendBatches(0, A, 0, 1, 10, 5);
        appendState(100, Map.of(B, new RingEnd(640, false, Map.of(0, 3L))));
        appendBatches(100, B, 640, 0, 4, 2);
        assertThat(JournalRecovery.recover(journal))
                .isEqualTo(new RecoveredState(102, Map.of(B, new RingEnd(704, false, Map.of(0, 5L)))));
    }

    @Test
    void segmentsBeforeTheOneThatBeginsWithAStateAreNotRead() throws JournalException, IOException {
        appendBatches(0, A, 0, 1, 10, 5);
        Path old = SegmentFiles.list(directory).firstEntry().getValue();
        journal.reopen();
        appendState(5, JournalRecovery.recover(journal).rings());
        appendBatches(5, B, 0, 0, 0, 1);
        corruptEverythingBehindTheHeader(old);
        recorder.broken.clear();
        assertThat(JournalRecovery.recover(journal).nextSequence()).isEqualTo(6);
        assertThat(JournalRecovery.recover(journal).rings()).containsOnlyKeys(A, B);
        assertThat(recorder.broken).isEmpty();
    }

    @Test
    void anEndedRingStaysEnded() throws JournalException {
        appendBatches(0, A, 0, 1, 10, 5);
        writer.begin(5, 0);
        writer.addEnded(A, 256, 1, 2, Map.of(1, 14L, 3, 7L));
        append(0);
        RingEnd end = new RingEnd(256, true, Map.of(1, 14L, 3, 7L));
        assertThat(JournalRecovery.recover(journal)).isEqualTo(new RecoveredState(5, Map.of(A, end)));
        appendState(5, JournalRecovery.recover(journal).rings());
        assertThat(JournalRecovery.recover(journal).rings()).containsEntry(A, end);
    }

    @Test
    void paddingHeartbeatsAndDropReportsMoveNoSlot() throws JournalException {
        ByteBuffer records = ByteBuffer.allocate(24 + 40 + 32).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        records.putInt(0, 24).putInt(4, -1);
        records.putInt(24, 40).putInt(28, 2);
        records.putInt(64, 32).putInt(68, 3);
        writer.begin(0, 0);
        int source = writer.addSource(TestDocuments.worker(A, "a"), 0, 96);
        writer.addSegment(source, 0, records.array(), 0, 96);
        append(1);
        assertThat(JournalRecovery.recover(journal))
                .isEqualTo(new RecoveredState(1, Map.of(A, new RingEnd(96, false, Map.of()))));
        assertThat(recorder.broken).isEmpty();
    }

    @Test
    void bytesThatAreNoRecordsEndTheWalkAndAreReported() throws JournalException {
        writer.begin(0, 0);
        int source = writer.addSource(TestDocuments.worker(A, "a"), 0, 64);
        byte[] records = new byte[64];
        java.util.Arrays.fill(records, (byte) 0x7F);
        writer.addSegment(source, 0, records, 0, records.length);
        append(1);
        assertThat(JournalRecovery.recover(journal).rings().get(A).endPosition())
                .isEqualTo(64);
        assertThat(recorder.broken).singleElement().asString().contains("holds no record");
    }

    @Test
    void brokenLastDocumentsAreReportedAndWhatIsBeforeThemCounts() throws JournalException, IOException {
        appendBatches(0, A, 0, 1, 10, 5);
        appendBatches(5, A, 64, 1, 15, 5);
        appendBatches(10, A, 128, 1, 20, 5);
        damageTrailersFromTheEnd(2);
        assertThat(JournalRecovery.recover(journal))
                .isEqualTo(new RecoveredState(5, Map.of(A, new RingEnd(64, false, Map.of(1, 14L)))));
        assertThat(recorder.broken).hasSize(2).allMatch(what -> what.contains("crc32c"));
    }

    private void appendBatches(long sequence, UUID ring, long position, int slot, long first, int count)
            throws JournalException {
        writer.begin(sequence, 0);
        int source = writer.addSource(TestDocuments.worker(ring, "w"), position, position + 64);
        byte[] batch = TestDocuments.batch(slot, first, count, 40);
        writer.addSegment(source, position, batch, 0, batch.length);
        append(count);
    }

    private void appendState(long nextSequence, Map<UUID, RingEnd> rings) throws JournalException {
        writer.begin(nextSequence, 0);
        writer.addState(nextSequence, rings);
        append(0);
    }

    private void append(int recordCount) throws JournalException {
        int length = writer.finish(recordCount);
        journal.append(writer.array(), length);
    }

    private void corruptEverythingBehindTheHeader(Path file) throws IOException {
        byte[] junk = new byte[64 << 10];
        java.util.Arrays.fill(junk, (byte) 0xEE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(junk), 40 << 10);
        }
    }

    /** All documents here are equally long; finds the last ones by their source's name. */
    private void damageTrailersFromTheEnd(int count) throws IOException {
        Path file = SegmentFiles.list(directory).lastEntry().getValue();
        byte[] bytes = java.nio.file.Files.readAllBytes(file);
        byte[] mark = {4, 0, 0, 0, 'h', 'o', 's', 't'};
        int left = count;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = bytes.length - mark.length; i > 0 && left > 0; i--) {
                if (java.util.Arrays.equals(bytes, i, i + mark.length, mark, 0, mark.length)) {
                    channel.write(ByteBuffer.wrap(new byte[] {'H'}), i + 4);
                    left--;
                }
            }
        }
        assertThat(left).isZero();
    }
}
