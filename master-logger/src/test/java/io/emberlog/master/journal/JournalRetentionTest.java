package io.emberlog.master.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.ring.CrashRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalRetentionTest {
    /** A ring that logs nothing any more. */
    private static final UUID QUIET = new UUID(1, 2);

    private static final long SEGMENT = 1 << 20;
    private static final long MAX = 6 << 20;
    private static final long DAY_MS = 86_400_000;

    @TempDir
    Path directory;

    private final Recorder recorder = new Recorder();
    private final TestDocuments documents = new TestDocuments();
    private final AtomicLong wallMs = new AtomicLong(System.currentTimeMillis());
    private Journal journal;
    private JournalRetention retention;
    private long sequence;

    @BeforeEach
    void open() throws JournalException {
        open(0);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void nothingIsDeletedWithinTheSize() throws JournalException {
        append(50);
        assertThat(retention.allocatedBytes()).isLessThan(MAX);
        assertThat(retention.enforce(Map.of("file", at(journal.lastIndex())))).isZero();
    }

    @Test
    void theOldestPassedSegmentsGoUntilTheSizeFits() throws JournalException, IOException {
        append(300);
        int newest = SegmentFiles.list(directory).lastKey();
        assertThat(retention.allocatedBytes()).isGreaterThan(2 * MAX);
        assertThat(retention.enforce(Map.of("file", at(journal.lastIndex()), "net", at(journal.lastIndex()))))
                .isPositive();
        assertThat(retention.allocatedBytes()).isBetween(MAX / 2, MAX);
        assertThat(SegmentFiles.list(directory).lastKey()).isEqualTo(newest);
        assertThat(recorder.losses).isEmpty();
        assertThat(recorder.deleted).isNotEmpty().noneMatch(Files::exists);
        append(10);
        assertThat(first().firstSequence()).isPositive();
    }

    @Test
    void theNewestDocumentThatSaysWhereAllRingsStandStaysAndAllBehindIt() throws JournalException, IOException {
        append(100);
        JournalDocumentWriter state = new JournalDocumentWriter();
        state.begin(sequence, 1);
        assertThat(state.addState(sequence, Map.of(QUIET, new RingEnd(4096, false, Map.of(0, 7L)))))
                .isTrue();
        journal.close();
        open(0); // a segment begins with it
        journal.append(state.array(), state.finish(0));
        long stateIndex = journal.lastIndex();
        append(300);
        assertThat(journal.syncedIndex()).isLessThan(stateIndex);
        retention.enforce(Map.of("file", at(journal.lastIndex())));
        assertThat(recorder.deleted).isNotEmpty();
        assertThat(journal.syncedIndex())
                .as("forced before what it takes the place of is deleted")
                .isGreaterThanOrEqualTo(stateIndex);
        assertThat(retention.allocatedBytes()).as("more than the cap").isGreaterThan(MAX);
        assertThat(JournalRecovery.recover(journal).rings().get(QUIET).endPosition())
                .isEqualTo(4096);
    }

    @Test
    void unpassedSegmentsGoWhenTheyMustAndTheLossIsTold() throws JournalException {
        append(20);
        long laggardAt = journal.lastIndex();
        append(300);
        Map<String, HandlerPlace> handlers =
                Map.of("fast", at(journal.lastIndex()), "slow", at(laggardAt), "new", at(-1));
        retention.enforce(handlers);
        assertThat(retention.allocatedBytes()).isLessThanOrEqualTo(MAX);
        long firstRetained = first().firstSequence();
        assertThat(recorder.losses)
                .containsExactlyInAnyOrder("slow:20-" + (firstRetained - 1), "new:0-" + (firstRetained - 1));
    }

    @Test
    void aHandlerThatStaysBehindIsToldEachLostRecordOnce() throws JournalException {
        append(20);
        long laggardAt = journal.lastIndex();
        append(300);
        retention.enforce(Map.of("slow", at(laggardAt)));
        long first = first().firstSequence();
        append(300);
        retention.enforce(Map.of("slow", at(laggardAt)));
        assertThat(recorder.losses)
                .containsExactly("slow:20-" + (first - 1), "slow:" + first + "-" + (first().firstSequence() - 1));
    }

    @Test
    void whatAnOpenReaderStillHasIsNotCalledLost() throws JournalException {
        append(400);
        try (JournalReader reader = JournalReader.open(directory, recorder)) {
            JournalDocumentReader document = new JournalDocumentReader();
            assertThat(reader.next(document)).isTrue();
            retention.enforce(Map.of("slow", new HandlerPlace(-1, reader.index())));
            while (reader.next(document) && recorder.gaps.isEmpty()) {
                continue;
            }
        }
        String gap = recorder.gaps.get(0);
        long lostFrom = Long.parseLong(gap.substring(0, gap.indexOf('-')));
        assertThat(lostFrom).as("it read its deleted file to the end").isGreaterThan(1);
        assertThat(recorder.losses).containsExactly("slow:" + lostFrom + "-" + (first().firstSequence() - 1));
    }

    @Test
    void theNewestSegmentStaysHoweverSmallTheSize() throws JournalException, IOException {
        append(300);
        journal.close();
        open(0, 2 * (256 << 10), 256 << 10);
        for (int i = 0; i < 3; i++) {
            retention.enforce(Map.of());
        }
        assertThat(SegmentFiles.list(directory)).hasSize(1);
        long before = sequence;
        append(5);
        assertThat(first().firstSequence()).isLessThan(before);
    }

    @Test
    void liveReadersGoOnAcrossDeletedSegments() throws JournalException {
        append(100);
        try (JournalReader behind = JournalReader.open(directory, recorder);
                JournalReader ahead = JournalReader.open(directory, recorder)) {
            JournalDocumentReader document = new JournalDocumentReader();
            for (int i = 0; i < 3; i++) {
                assertThat(behind.next(document)).isTrue();
            }
            long aheadRead = 0;
            while (ahead.next(document)) {
                aheadRead++;
            }
            append(300);
            retention.enforce(Map.of());
            long firstRetained = first().firstSequence();

            while (ahead.next(document)) {
                assertThat(TestDocuments.difference(document)).isNull();
                aheadRead = document.firstSequence() + 1;
            }
            assertThat(aheadRead).isEqualTo(400);

            long behindRead = 0;
            long previous = 2;
            while (behind.next(document)) {
                assertThat(TestDocuments.difference(document)).isNull();
                assertThat(document.firstSequence()).isGreaterThan(previous);
                previous = document.firstSequence();
                behindRead++;
            }
            assertThat(previous).isEqualTo(399);
            assertThat(behindRead).isGreaterThanOrEqualTo(400 - firstRetained);
            append(20);
            assertThat(behind.next(document)).isTrue();
            assertThat(document.firstSequence()).isEqualTo(400);
            assertThat(ahead.next(document)).isTrue();
            assertThat(document.firstSequence()).isEqualTo(400);
        }
        assertThat(recorder.broken).isEmpty();
        assertThat(recorder.gaps).isNotEmpty();
    }

    @Test
    void aCheckpointInADeletedSegmentStartsAtTheFirstRetainedWithAGap() throws JournalException {
        append(5);
        long checkpoint = journal.lastIndex();
        append(300);
        retention.enforce(Map.of());
        try (JournalReader reader = JournalReader.open(directory, recorder)) {
            JournalDocumentReader document = new JournalDocumentReader();
            assertThat(reader.moveAfter(checkpoint, 5)).isFalse();
            assertThat(reader.next(document)).isTrue();
            assertThat(recorder.gaps).containsExactly("5->" + document.firstSequence());
        }
    }

    @Test
    void ageDeletesOnlyWhatAllHandlersHavePassed() throws JournalException, IOException {
        journal.close();
        open(DAY_MS);
        append(40);
        for (Path segment : SegmentFiles.list(directory).values()) {
            Files.setLastModifiedTime(segment, FileTime.fromMillis(wallMs.get() - 2 * DAY_MS));
        }
        assertThat(retention.enforce(Map.of("file", at(-1)))).isZero();
        assertThat(retention.enforce(Map.of("file", at(journal.lastIndex())))).isPositive();
        assertThat(SegmentFiles.list(directory)).hasSize(1);
        assertThat(recorder.losses).isEmpty();
    }

    @Test
    void filesSetAsideAreTheFirstToGo() throws JournalException, IOException {
        Path broken = directory.resolve("20200101-0000V.cq4.broken");
        Files.write(broken, new byte[(int) MAX]);
        append(50);
        retention.enforce(Map.of("file", at(-1)));
        assertThat(broken).doesNotExist();
        assertThat(recorder.losses).isEmpty();
    }

    /** J17, J18, J19: some of the doomed files are gone, and nobody has told the listing. */
    @Test
    @CrashRow({"J17", "J18", "J19"})
    void aMasterKilledWhileDeletingStartsWithWhatIsLeft() throws JournalException, IOException {
        append(300);
        journal.close();
        var segments = SegmentFiles.list(directory);
        Files.delete(segments.pollFirstEntry().getValue());
        Files.delete(segments.pollFirstEntry().getValue());
        open(0);
        long first = first().firstSequence();
        assertThat(first).isPositive();
        append(5);
        try (JournalReader reader = JournalReader.open(directory, recorder)) {
            JournalDocumentReader document = new JournalDocumentReader();
            long expected = first;
            while (reader.next(document)) {
                assertThat(document.firstSequence()).isEqualTo(expected++);
            }
            assertThat(expected).isEqualTo(305);
        }
        retention.enforce(Map.of("file", at(journal.lastIndex())));
        assertThat(retention.allocatedBytes()).isLessThanOrEqualTo(MAX);
    }

    private void open(long maxAgeMs) throws JournalException {
        open(maxAgeMs, MAX, SEGMENT);
    }

    private void open(long maxAgeMs, long maxSize, long segment) throws JournalException {
        JournalConfig config = new JournalConfig(directory, maxSize, maxAgeMs, segment, 3_600_000, 0);
        journal = Journal.open(config, wallMs::get, SystemNanoClock.INSTANCE, recorder);
        retention = new JournalRetention(journal);
    }

    private static HandlerPlace at(long index) {
        return HandlerPlace.stored(index);
    }

    private void append(int count) throws JournalException {
        for (int i = 0; i < count; i++) {
            int length = documents.one(sequence++, 50_000);
            journal.append(documents.array(), length);
        }
    }

    private JournalDocumentReader first() throws JournalException {
        try (JournalReader reader = JournalReader.open(directory, JournalListener.NONE)) {
            JournalDocumentReader document = new JournalDocumentReader();
            assertThat(reader.next(document)).isTrue();
            return document;
        }
    }
}
