package io.emberlog.master.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.message.Bytes;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the scanner reads of a journal that Chronicle wrote, whole and damaged. */
class JournalScannerTest {
    private static final int HEADER_AND_FIELD = 8;

    @TempDir
    private Path temp;

    private Path directory;
    private final TestDocuments documents = new TestDocuments();
    private final JournalDocumentReader document = new JournalDocumentReader();
    private final List<String> heard = new ArrayList<>();
    private final JournalListener listener = new JournalListener() {
        @Override
        public void onBroken(long index, String what) {
            heard.add(what);
        }

        @Override
        public void onGap(long expectedSequence, long foundSequence) {
            heard.add("gap " + expectedSequence + " " + foundSequence);
        }
    };

    @BeforeEach
    void place() {
        directory = temp.resolve("journal");
    }

    private Journal open() throws JournalException {
        return Journal.open(
                new JournalConfig(directory, 1 << 30, 0, 256 << 10, JournalConfig.DEFAULT_ROLL_INTERVAL_MS, 0),
                JournalListener.NONE);
    }

    private void append(Journal journal, long first, long count, int recordLength) throws JournalException {
        for (long sequence = first; sequence < first + count; sequence++) {
            int length = documents.one(sequence, recordLength);
            journal.append(documents.array(), length);
        }
    }

    private List<Long> scan() throws Exception {
        try (JournalScanner scanner = JournalScanner.open(directory, listener)) {
            List<Long> sequences = new ArrayList<>();
            do {
                drain(scanner, sequences);
            } while (scanner.searchBehindEnd());
            return sequences;
        }
    }

    private void drain(JournalScanner scanner, List<Long> sequences) throws Exception {
        while (scanner.next(document)) {
            assertThat(TestDocuments.difference(document)).isNull();
            sequences.add(document.firstSequence());
        }
    }

    private Path segment(int which) throws Exception {
        return new ArrayList<>(SegmentFiles.list(directory).values()).get(which);
    }

    /** Where the block of that document starts. */
    private static int find(byte[] segment, byte[] whole, int length) {
        for (int at = HEADER_AND_FIELD; at < segment.length - length; at++) {
            boolean same = true;
            for (int i = 0; i < length && same; i++) {
                same = segment[at + i] == whole[i];
            }
            if (same) {
                int block = at - 1;
                while (!(segment[block] == (byte) 0xC3 && segment[block + 1] == 'd')) {
                    block--;
                }
                return block - Integer.BYTES;
            }
        }
        throw new AssertionError("the document is not in the segment");
    }

    private int blockOf(long sequence, int recordLength) throws Exception {
        int length = documents.one(sequence, recordLength);
        return find(Files.readAllBytes(segment(0)), documents.array(), length);
    }

    private void edit(Path file, long offset, int value) throws Exception {
        byte[] word = new byte[Integer.BYTES];
        Bytes.putInt(word, 0, value);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(word), offset);
        }
    }

    @Test
    void itReadsWhatTheChronicleReaderReadsForwardAndBackOverSegmentsOfAllSizes() throws Exception {
        try (Journal journal = open()) {
            Random random = new Random(7);
            for (long sequence = 0; sequence < 400; sequence++) {
                int recordLength = random.nextInt(20) == 0 ? 100_000 : 32 + random.nextInt(1000);
                int length = documents.one(sequence, recordLength);
                journal.append(documents.array(), length);
            }
            assertThat(SegmentFiles.list(directory).size()).isGreaterThan(4);

            List<Long> expected = new ArrayList<>();
            try (JournalReader reader = JournalReader.open(directory, listener)) {
                while (reader.next(document)) {
                    expected.add(document.firstSequence());
                }
            }
            assertThat(expected).hasSize(400);
            assertThat(scan()).isEqualTo(expected);

            List<Long> backward = new ArrayList<>();
            try (JournalScanner scanner = JournalScanner.open(directory, listener)) {
                scanner.toEnd();
                while (scanner.previous(document)) {
                    backward.add(document.firstSequence());
                }
                List<Long> again = new ArrayList<>();
                drain(scanner, again);
                assertThat(again).isEqualTo(expected);
            }
            Collections.reverse(backward);
            assertThat(backward).isEqualTo(expected);
            assertThat(heard).isEmpty();
        }
    }

    @Test
    void itFollowsAppendsARollAndARestartOfTheMaster() throws Exception {
        Journal journal = open();
        try (JournalScanner scanner = JournalScanner.open(directory, listener)) {
            List<Long> seen = new ArrayList<>();
            scanner.toEnd();
            drain(scanner, seen);
            append(journal, 0, 3, 64);
            drain(scanner, seen);
            append(journal, 3, 4, 100_000);
            drain(scanner, seen);
            journal.close();
            journal = open();
            append(journal, 7, 2, 64);
            drain(scanner, seen);
            assertThat(seen).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
            assertThat(heard).isEmpty();
        } finally {
            journal.close();
        }
    }

    @Test
    void backFromTheEndAndForwardAgainMeetsWhatWasAppendedMeanwhile() throws Exception {
        try (Journal journal = open();
                JournalScanner scanner = JournalScanner.open(directory, listener)) {
            append(journal, 0, 5, 64);
            scanner.toEnd();
            assertThat(scanner.previous(document)).isTrue();
            assertThat(scanner.previous(document)).isTrue();
            append(journal, 5, 1, 64);
            List<Long> seen = new ArrayList<>();
            drain(scanner, seen);
            assertThat(seen).containsExactly(3L, 4L, 5L);
        }
    }

    @Test
    void aDocumentWithABadChecksumIsReportedAndSteppedOver() throws Exception {
        try (Journal journal = open()) {
            append(journal, 0, 10, 200);
        }
        edit(segment(0), blockOf(4, 200) + 120, 0x0BADBEEF);

        assertThat(scan()).containsExactly(0L, 1L, 2L, 3L, 5L, 6L, 7L, 8L, 9L);
        assertThat(heard).hasSize(2).first().asString().contains("crc32c");
        assertThat(heard.get(1)).isEqualTo("gap 4 5");
    }

    @Test
    void aBrokenLengthHidesOnlyItsOwnDocument() throws Exception {
        for (int bad : new int[] {3, 0x3FFF_FFFF, 0x4000_0010, 0x0000_1000, 77}) {
            directory = temp.resolve("journal" + bad);
            heard.clear();
            try (Journal journal = open()) {
                append(journal, 0, 10, 200);
            }
            edit(segment(0), blockOf(4, 200), bad);

            assertThat(scan()).as("length word " + bad).containsExactly(0L, 1L, 2L, 3L, 5L, 6L, 7L, 8L, 9L);
            assertThat(heard).as("length word " + bad).contains("gap 4 5");
        }
    }

    @Test
    void documentsBehindAPageThatAPowerCutTookAreFound() throws Exception {
        try (Journal journal = open()) {
            append(journal, 0, 60, 200);
        }
        int from = blockOf(10, 200);
        int to = blockOf(30, 200);
        try (FileChannel channel = FileChannel.open(segment(0), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(to - from - 40), from);
        }

        List<Long> found = scan();

        assertThat(found).startsWith(0L, 1L, 2L).endsWith(58L, 59L).doesNotHaveDuplicates();
        assertThat(found).hasSizeBetween(39, 40);
        assertThat(heard).anyMatch(what -> what.contains("documents follow at byte"));
    }

    @Test
    void aSegmentThatIsCutIsReadUpToTheCut() throws Exception {
        try (Journal journal = open()) {
            append(journal, 0, 10, 200);
        }
        int cut = blockOf(6, 200) + 50;
        try (FileChannel channel = FileChannel.open(segment(0), StandardOpenOption.WRITE)) {
            channel.truncate(cut);
        }
        assertThat(scan()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(heard).singleElement().asString().contains("leaves the file");
    }

    @Test
    void segmentsAreReadWithoutChroniclesListing() throws Exception {
        try (Journal journal = open()) {
            append(journal, 0, 3, 64);
        }
        Files.delete(directory.resolve(ChronicleQueues.METADATA_FILE));

        assertThat(scan()).containsExactly(0L, 1L, 2L);
    }

    @Test
    void aFileOfThingsThatLookLikeDocumentsEndsTheSearch() throws Exception {
        try (Journal journal = open()) {
            append(journal, 0, 2, 64);
        }
        byte[] hostile = new byte[4 << 20];
        int length = JournalDocumentWriter.MAX_LENGTH / 2;
        for (int at = 0; at + 16 < hostile.length; at += 16) {
            Bytes.putInt(hostile, at, length + 10);
            Bytes.putInt(hostile, at + 4, 0x636F_64C3);
            hostile[at + 8] = (byte) 0x82;
            Bytes.putInt(hostile, at + 9, length + 1);
            hostile[at + 13] = (byte) 0x8A;
        }
        Files.write(segment(0), hostile);

        assertThat(scan()).isEmpty();
        assertThat(heard).anyMatch(what -> what.contains("looks like a document and is none"));
    }

    @Test
    void anythingButARegularFileUnderASegmentsNameIsLeftOut() throws Exception {
        try (Journal journal = open()) {
            append(journal, 0, 2, 64);
        }
        Path other = directory.resolve("20200101-0000V.cq4");
        Files.createSymbolicLink(other, Path.of("/dev/zero"));

        assertThat(scan()).containsExactly(0L, 1L);
        assertThat(heard).singleElement().asString().contains("not a regular file");
    }

    @Test
    void aDirectoryWithoutAJournalSaysSo() throws Exception {
        Files.createDirectories(directory);
        assertThat(JournalScanner.isJournal(directory)).isFalse();
        assertThat(JournalScanner.isJournal(temp.resolve("nowhere"))).isFalse();
    }

    @Test
    void namesAndNumbersOfSegmentsAreChronicles() {
        assertThat(SegmentFiles.NAME_PATTERN).isEqualTo(ChronicleQueues.ROLL_CYCLE.format());
        assertThat(SegmentClock.CYCLE_MS).isEqualTo(ChronicleQueues.ROLL_CYCLE.lengthInMillis());
    }
}
