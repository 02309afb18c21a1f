package io.emberlog.master.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.agrona.concurrent.SystemNanoClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalTest {
    private static final long HOUR_MS = 3_600_000;

    @TempDir
    Path temp;

    private final Recorder recorder = new Recorder();
    private final TestDocuments documents = new TestDocuments();
    private final AtomicLong wallMs = new AtomicLong(1_780_000_000_000L);
    private final AtomicLong nanos = new AtomicLong();
    private Path directory;
    private Journal journal;

    @BeforeEach
    void open() throws JournalException {
        directory = temp.resolve("state/journal");
        journal = openJournal();
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void aReaderGetsEveryDocumentInOrderWithGrowingIndexes() throws JournalException {
        long last = append(0, 1_000, 200);
        try (JournalReader reader = reader()) {
            JournalDocumentReader document = new JournalDocumentReader();
            long index = -1;
            for (long sequence = 0; sequence < 1_000; sequence++) {
                assertThat(reader.next(document)).isTrue();
                assertThat(document.firstSequence()).isEqualTo(sequence);
                assertThat(TestDocuments.difference(document)).isNull();
                assertThat(reader.index()).isGreaterThan(index);
                index = reader.index();
            }
            assertThat(reader.next(document)).isFalse();
            assertThat(index).isEqualTo(last).isEqualTo(journal.lastIndex());
        }
        assertThat(recorder.broken).isEmpty();
        assertThat(recorder.gaps).isEmpty();
    }

    @Test
    void theLargestDocumentFitsWhereverItFallsInAFile() throws JournalException {
        int recordLength = JournalDocumentDescriptor.MAX_RECORDS_LENGTH;
        for (int i = 0; i < 40; i++) {
            append(i, 1, i % 2 == 0 ? recordLength : 1000);
        }
        assertThat(sequences()).containsExactlyElementsOf(range(0, 40));
    }

    @Test
    void aReaderThatWasThereFirstFollowsThroughGrowthAndRolls() throws JournalException {
        try (JournalReader reader = reader()) {
            JournalDocumentReader document = new JournalDocumentReader();
            assertThat(reader.next(document)).isFalse();
            long read = 0;
            for (long sequence = 0; sequence < 600; sequence += 20) {
                append(sequence, 20, 60_000);
                while (reader.next(document)) {
                    assertThat(document.firstSequence()).isEqualTo(read++);
                    assertThat(TestDocuments.difference(document)).isNull();
                }
                assertThat(read).isEqualTo(sequence + 20);
            }
        }
        assertThat(recorder.broken).isEmpty();
    }

    @Test
    void aSegmentIsClosedBeforeItExceedsItsSize() throws JournalException, IOException {
        append(0, 200, 60_000);
        assertThat(segments()).hasSizeBetween(3, 5);
        for (Path segment : segments().values()) {
            assertThat(SegmentFiles.allocatedBytes(segment)).isLessThan((4 << 20) + (2 << 20));
        }
        assertThat(sequences()).containsExactlyElementsOf(range(0, 200));
    }

    @Test
    void aQuietSegmentIsClosedWhenItIsOld() throws JournalException, IOException {
        append(0, 1, 100);
        wallMs.addAndGet(HOUR_MS - SegmentClock.CYCLE_MS);
        append(1, 1, 100);
        assertThat(segments()).hasSize(1);
        wallMs.addAndGet(2 * SegmentClock.CYCLE_MS);
        append(2, 1, 100);
        assertThat(segments()).hasSize(2);
    }

    @Test
    void segmentsNeverGoBackWhenTheClockDoes() throws JournalException, IOException {
        append(0, 3, 100);
        for (long backMs : new long[] {HOUR_MS, 10 * 365 * 24 * HOUR_MS}) {
            int newest = segments().lastKey();
            wallMs.addAndGet(-backMs);
            append(sequences().size(), 3, 100);
            assertThat(segments().lastKey()).isEqualTo(newest);
            reopen();
            append(sequences().size(), 100, 60_000);
            assertThat(segments().lastKey()).isGreaterThan(newest);
        }
        assertThat(sequences()).containsExactlyElementsOf(range(0, 209));
    }

    @Test
    void aClockSetTenYearsAheadMakesOneSegmentOldAndNotEachOneAfterIt() throws JournalException, IOException {
        append(0, 1, 100);
        wallMs.addAndGet(10 * 365 * 24 * HOUR_MS);
        append(1, 50, 100);
        assertThat(segments()).hasSize(2);
        wallMs.addAndGet(HOUR_MS + SegmentClock.CYCLE_MS);
        append(51, 50, 100);
        assertThat(segments()).as("an hour later").hasSize(3);
        wallMs.addAndGet(-10 * 365 * 24 * HOUR_MS);
        append(101, 50, 100);
        assertThat(segments()).hasSize(3);
        assertThat(sequences()).containsExactlyElementsOf(range(0, 151));
    }

    @Test
    void aClockTenYearsAheadIsFollowedInStepsAndBackAgain() throws JournalException, IOException {
        append(0, 1, 100);
        int first = segments().lastKey();
        wallMs.addAndGet(10 * 365 * 24 * HOUR_MS);
        append(1, 1, 100);
        reopen();
        append(2, 1, 100);
        assertThat(segments().lastKey()).isGreaterThan(first);
        wallMs.addAndGet(-10 * 365 * 24 * HOUR_MS);
        append(3, 1, 100);
        reopen();
        append(4, 1, 100);
        assertThat(sequences()).containsExactlyElementsOf(range(0, 5));
    }

    @Test
    void aReaderMovesByIndex() throws JournalException {
        append(0, 150, 60_000);
        JournalDocumentReader document = new JournalDocumentReader();
        try (JournalReader reader = reader()) {
            List<Long> indexes = new ArrayList<>();
            while (reader.next(document)) {
                indexes.add(reader.index());
            }
            for (int i : new int[] {0, 1, 66, 67, 68, 69, 70, 149}) {
                assertThat(reader.moveTo(indexes.get(i))).isTrue();
                assertThat(reader.next(document)).isTrue();
                assertThat(document.firstSequence()).isEqualTo(i);
                assertThat(reader.moveAfter(indexes.get(i), i + 1L)).isTrue();
                assertThat(reader.index()).isEqualTo(indexes.get(i));
                assertThat(reader.next(document)).isEqualTo(i < 149);
                if (i < 149) {
                    assertThat(document.firstSequence()).isEqualTo(i + 1L);
                }
            }
            assertThat(reader.moveTo(indexes.get(149) + 7)).isFalse();
            assertThat(reader.next(document)).isTrue();
            assertThat(document.firstSequence()).isZero();
            assertThat(reader.moveTo(-1)).isFalse();

            reader.toEnd();
            assertThat(reader.next(document)).isFalse();
            append(150, 1, 100);
            assertThat(reader.next(document)).isTrue();
            assertThat(document.firstSequence()).isEqualTo(150);
            reader.toStart();
            assertThat(reader.next(document)).isTrue();
            assertThat(document.firstSequence()).isZero();
        }
        assertThat(recorder.gaps).isEmpty();
    }

    @Test
    void missingNumbersAreReportedAndReadingGoesOn() throws JournalException {
        append(0, 5, 100);
        append(9, 5, 100);
        assertThat(sequences()).hasSize(10);
        assertThat(recorder.gaps).containsExactly("5->9");
    }

    @Test
    void aDamagedDocumentIsReportedAndTheNextOneRead() throws JournalException, IOException {
        append(0, 10, 1_000);
        flip("sequence 4", 4);
        assertThat(sequences()).containsExactly(0L, 1L, 2L, 3L, 5L, 6L, 7L, 8L, 9L);
        assertThat(recorder.broken).singleElement().asString().contains("crc32c");
        assertThat(recorder.gaps).containsExactly("4->5");
    }

    @Test
    void aDamagedLengthCostsTheRestOfItsSegmentAndNoMore() throws JournalException, IOException {
        List<Long> before = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            before.add(append(i, 1, 1_000));
        }
        wallMs.addAndGet(2 * HOUR_MS);
        append(700, 10, 1_000);
        long offset = blockOf(300);
        overwrite(segments().firstEntry().getValue(), offset, new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x3F});
        List<Long> read = sequences();
        assertThat(read).containsAll(range(0, 300)).containsAll(range(700, 710)).doesNotHaveDuplicates();
        assertThat(recorder.broken).hasSize(1);
        assertThat(recorder.gaps).containsExactly("300->700");
        try (JournalReader reader = reader()) {
            JournalDocumentReader document = new JournalDocumentReader();
            assertThat(reader.moveAfter(before.get(299), 300)).isTrue();
            assertThat(reader.moveAfter(before.get(500), 501)).isFalse();
            assertThat(reader.next(document)).isTrue();
            assertThat(document.firstSequence()).isEqualTo(700);
            assertThat(recorder.gaps).endsWith("501->700");
        }
    }

    @Test
    void aReaderThatFindsNothingBehindTheDamageWaitsForTheNextSegment() throws JournalException, IOException {
        append(0, 10, 1_000);
        overwrite(
                segments().firstEntry().getValue(), blockOf(4), new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x3F
                });
        JournalDocumentReader document = new JournalDocumentReader();
        try (JournalReader reader = reader()) {
            for (int i = 0; i < 4; i++) {
                assertThat(reader.next(document)).isTrue();
            }
            assertThat(reader.next(document)).isFalse();
            assertThat(reader.next(document)).isFalse();
            assertThat(recorder.broken).hasSize(1);
            reopen();
            append(10, 2, 1_000);
            assertThat(reader.next(document)).isTrue();
            assertThat(document.firstSequence()).isEqualTo(10);
            assertThat(recorder.gaps).containsExactly("4->10");
        }
        assertThat(recorder.repairs).singleElement().asString().contains("left as it is");
    }

    @Test
    void aReadOnlyReaderChangesNothingAndNeedsNoMaster() throws JournalException, IOException {
        append(0, 100, 60_000);
        Map<String, String> whileOpen = fingerprint();
        assertThat(sequences()).hasSize(100);
        assertThat(fingerprint()).isEqualTo(whileOpen);

        journal.close();
        Map<String, String> closed = fingerprint();
        assertThat(sequences()).hasSize(100);
        assertThat(JournalRecovery.recover(directory, recorder).nextSequence()).isEqualTo(100);
        assertThat(fingerprint()).isEqualTo(closed);
    }

    @Test
    void aDirectoryWithoutAJournalIsAClearError() {
        assertThatThrownBy(() -> JournalReader.open(temp, recorder))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(temp.toString())
                .hasMessageContaining("metadata.cq4t is missing");
        assertThat(temp.resolve("metadata.cq4t")).doesNotExist();
    }

    @Test
    void theDirectoryIsForItsOwnerOnly() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
    }

    @Test
    void readersOutliveAReopen() throws JournalException {
        try (JournalReader reader = reader()) {
            JournalDocumentReader document = new JournalDocumentReader();
            append(0, 2, 100);
            assertThat(reader.next(document)).isTrue();
            journal.reopen();
            append(2, 2, 100);
            for (long sequence = 1; sequence < 4; sequence++) {
                assertThat(reader.next(document)).isTrue();
                assertThat(document.firstSequence()).isEqualTo(sequence);
            }
        }
    }

    @Test
    void anotherThreadSyncsWhileThisOneAppends() throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicLong syncs = new AtomicLong();
        AtomicBoolean done = new AtomicBoolean();
        Thread syncer = new Thread(() -> {
            try {
                while (!done.get()) {
                    long before = journal.lastIndex();
                    assertThat(journal.sync()).isGreaterThanOrEqualTo(before).isEqualTo(journal.syncedIndex());
                    syncs.incrementAndGet();
                }
            } catch (Throwable t) {
                failure.set(t);
            }
        });
        assertThat(journal.syncedIndex()).isEqualTo(-1);
        syncer.start();
        long sequence = 0;
        while (syncs.get() < 20 && failure.get() == null) {
            append(sequence++, 1, 60_000);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> failure.get() != null || journal.syncedIndex() == journal.lastIndex());
        done.set(true);
        syncer.join(60_000);
        assertThat(failure.get()).isNull();
        assertThat(syncer.isAlive()).isFalse();
        assertThat(sequences()).hasSize((int) sequence);
    }

    /** A descriptor keeps the space of a deleted file: with one of each segment, retention would free nothing. */
    @Test
    void fullSegmentsAreLetGoOf() throws Exception {
        append(0, 400, 60_000);
        int segments = segments().size();
        assertThat(segments).isGreaterThan(3);
        assertThat(openSegments()).isGreaterThanOrEqualTo(segments);
        assertThat(journal.syncEnded()).isTrue();
        assertThat(openSegments()).isLessThanOrEqualTo(2); // ours and Chronicle's of the one written to
        assertThat(journal.syncEnded()).isFalse();
        assertThat(journal.syncedIndex()).isEqualTo(journal.lastIndex());
    }

    private long openSegments() throws IOException {
        long open = 0;
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    open += Files.readSymbolicLink(descriptor)
                                    .toString()
                                    .matches(directory + "/.*\\.cq4(\\.precreated)?")
                            ? 1
                            : 0;
                } catch (IOException closedMeanwhile) {
                    continue; // that of the listing itself
                }
            }
        }
        return open;
    }

    @Test
    void whatWasThereAtOpenIsSynced() throws JournalException {
        long last = append(0, 5, 100);
        assertThat(journal.syncedIndex()).isEqualTo(-1);
        reopen();
        assertThat(journal.lastIndex()).isEqualTo(last);
        assertThat(journal.syncedIndex()).isEqualTo(last);
    }

    /** Chronicle writes there through its mapping, where a full disk would be a SIGBUS: two index arrays at most, on pages of 64 KiB. */
    @ParameterizedTest
    @ValueSource(ints = {100, 60_000, 65_536, 70_000, 250_000, 1_000_000})
    void theBlocksBehindEachDocumentAreThereBeforeChronicleTouchesThem(int length) throws Exception {
        byte[] document = new byte[length];
        for (int i = 0; i < Math.min(50, 3_000_000 / length); i++) { // all in one segment
            journal.append(document, length);
            long needed = (i + 1L) * length + (33 << 10);
            long pages = (needed + (64 << 10) - 1) / (64 << 10) * (64 << 10);
            Path segment = SegmentFiles.list(directory).lastEntry().getValue();
            assertThat(JournalScanner.allocatedBytes(segment))
                    .as("document %d", i)
                    .isGreaterThanOrEqualTo(pages);
        }
    }

    @Test
    void freeSpaceIsLookedAtNowAndThen() throws JournalException {
        journal.close();
        JournalConfig greedy = new JournalConfig(directory, 8L << 30, 0, 4 << 20, HOUR_MS, Long.MAX_VALUE);
        try (Journal full = Journal.open(greedy, wallMs::get, nanos::get, recorder)) {
            assertThat(full.hasSpace()).isFalse();
        }
        journal = openJournal();
        assertThat(journal.hasSpace()).isTrue();
        append(0, 100, 60_000);
        assertThat(journal.hasSpace()).isTrue();
    }

    @Test
    void aDocumentThatCannotFitIsTheCallersMistake() {
        assertThatThrownBy(() -> journal.append(new byte[2 << 20], JournalDocumentWriter.MAX_LENGTH + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("length=");
    }

    @Test
    void writingPagesAgainAfterAFailedForceKeepsTheirBytes() throws JournalException, IOException {
        append(0, 100, 10_000);
        journal.close();
        for (Path segment : segments().values()) {
            byte[] before = Files.readAllBytes(segment);
            SegmentFiles.force(segment, true);
            assertThat(Files.readAllBytes(segment)).isEqualTo(before);
        }
    }

    private Journal openJournal() throws JournalException {
        JournalConfig config = new JournalConfig(directory, 8L << 30, 0, 4 << 20, HOUR_MS, 0);
        return Journal.open(config, wallMs::get, SystemNanoClock.INSTANCE, recorder);
    }

    private void reopen() throws JournalException {
        journal.close();
        journal = openJournal();
    }

    private JournalReader reader() throws JournalException {
        return JournalReader.open(directory, recorder);
    }

    private long append(long sequence, int count, int recordLength) throws JournalException {
        long index = -1;
        for (int i = 0; i < count; i++) {
            int length = documents.one(sequence + i, recordLength);
            index = journal.append(documents.array(), length);
        }
        return index;
    }

    private List<Long> sequences() throws JournalException {
        List<Long> sequences = new ArrayList<>();
        try (JournalReader reader = reader()) {
            JournalDocumentReader document = new JournalDocumentReader();
            while (reader.next(document)) {
                assertThat(TestDocuments.difference(document)).isNull();
                sequences.add(document.firstSequence());
            }
        }
        return sequences;
    }

    private TreeMap<Integer, Path> segments() throws IOException {
        return new TreeMap<>(SegmentFiles.list(directory));
    }

    /** Where the queue's block with this document starts in the first segment. */
    private long blockOf(long sequence) throws IOException {
        documents.one(sequence, 1_000);
        byte[] file = Files.readAllBytes(segments().firstEntry().getValue());
        byte[] head = java.util.Arrays.copyOf(documents.array(), JournalDocumentDescriptor.HEADER_LENGTH);
        for (int i = 0; i < file.length - head.length; i++) {
            if (java.util.Arrays.equals(file, i, i + head.length, head, 0, head.length)) {
                // block header 4, field name 4, length code and length 3, array code 1
                return i - 12;
            }
        }
        throw new AssertionError("no document " + sequence);
    }

    private void flip(String what, long sequence) throws IOException {
        overwrite(segments().firstEntry().getValue(), blockOf(sequence) + 500, what.getBytes());
    }

    private static void overwrite(Path file, long offset, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        }
    }

    private Map<String, String> fingerprint() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(directory)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                files.put(
                        path.getFileName().toString(),
                        Files.size(path) + " " + Files.getLastModifiedTime(path) + " "
                                + java.util.Arrays.hashCode(Files.readAllBytes(path)));
            }
        }
        files.put(".", Files.getLastModifiedTime(directory).toString());
        return files;
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }
}
