package io.emberlog.master.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.master.fanout.JournalCursor.Step;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A place in a real journal: what is read from it, and what is stored of it. */
class JournalCursorTest {
    @TempDir
    Path directory;

    private final List<String> told = new ArrayList<>();
    private TestJournal journal;
    private JournalCursor cursor;

    @BeforeEach
    void openJournal() throws Exception {
        journal = new TestJournal(directory.resolve("journal"));
    }

    @AfterEach
    void close() {
        cursor.close();
        journal.close();
    }

    private void moveTo(long documentIndex, int recordsDone, long nextSequence) throws Exception {
        moveTo(new Checkpoint(documentIndex, recordsDone, nextSequence, null));
    }

    private void moveTo(Checkpoint checkpoint) throws Exception {
        if (cursor != null) {
            cursor.close();
        }
        cursor = new JournalCursor(journal.directory(), new JournalListener() {
            @Override
            public void onGap(long expectedSequence, long foundSequence) {
                told.add("gap " + expectedSequence + " " + foundSequence);
            }

            @Override
            public void onBroken(long index, String problem) {
                told.add("broken " + problem);
            }
        });
        cursor.moveTo(checkpoint);
    }

    /** Numbers up to the end of the journal; each record passed. */
    private List<Long> rest() {
        List<Long> numbers = new ArrayList<>();
        for (Step step = cursor.advance(); step != Step.END; step = cursor.advance()) {
            assertThat(cursor.hasRecord()).isEqualTo(step == Step.RECORD);
            if (step == Step.RECORD) {
                LogRecord record = cursor.record();
                assertThat(record.entry().text(MessageDescriptor.TEMPLATE)).isEqualTo("" + record.sequence());
                numbers.add(record.sequence());
                cursor.passed();
            } else {
                assertThat(step).isEqualTo(Step.DOCUMENT);
            }
        }
        return numbers;
    }

    private void place(long documentIndex, int recordsDone, long nextSequence) {
        Checkpoint place = cursor.place(new byte[] {1}, new byte[] {2});
        assertThat(List.of(place.documentIndex(), (long) place.recordsDone(), place.nextSequence()))
                .containsExactly(documentIndex, (long) recordsDone, nextSequence);
        assertThat(place.state()).containsExactly(1);
        assertThat(place.gate()).containsExactly(2);
        assertThat(cursor.documentIndex()).isEqualTo(documentIndex);
        assertThat(cursor.nextSequence()).isEqualTo(nextSequence);
    }

    @Test
    void eachStepAndEachPlaceFromTheStartOn() throws Exception {
        moveTo(Checkpoint.START);
        assertThat(cursor.advance()).isEqualTo(Step.END);
        place(-1, 0, -1);
        long first = journal.append(2);
        long second = journal.append(1);
        assertThat(cursor.isSeeking()).isFalse();
        assertThat(cursor.advance()).isEqualTo(Step.DOCUMENT);
        assertThat(cursor.isBetweenDocuments()).isFalse();
        place(first, 0, 0);
        long begun = cursor.bytesPassed();
        assertThat(cursor.advance()).isEqualTo(Step.RECORD);
        place(first, 0, 0);
        cursor.passed();
        place(first, 1, 1);
        assertThat(cursor.advance()).isEqualTo(Step.RECORD);
        cursor.passed();
        place(first, 2, 2);
        assertThat(cursor.isBetweenDocuments()).isFalse();
        assertThat(cursor.advance()).isEqualTo(Step.DOCUMENT);
        assertThat(cursor.isBetweenDocuments()).isTrue();
        assertThat(rest()).containsExactly(2L);
        place(second, 1, 3);
        assertThat(cursor.recordsPassed()).isEqualTo(3);
        int twoRecords = TestJournal.batch(Level.INFO, "app", 0, 2).length;
        int oneRecord = TestJournal.batch(Level.INFO, "app", 0, 1).length;
        assertThat(begun).as("records and a little").isBetween(twoRecords + 1L, twoRecords + 100L);
        assertThat(cursor.bytesPassed() - begun).isBetween(oneRecord + 1L, oneRecord + 100L);
        assertThat(told).isEmpty();
    }

    @Test
    void everyPlaceIsWhereAnotherLifeGoesOn() throws Exception {
        List<Long> indexes = List.of(journal.append(2), journal.append(3), journal.append(1));
        int[] counts = {2, 3, 1};
        long sequence = 0;
        for (int document = 0; document < counts.length; document++) {
            for (int done = 0; done <= counts[document]; done++) {
                moveTo(indexes.get(document), done, sequence + done);
                assertThat(cursor.isSeeking()).isTrue();
                place(indexes.get(document), done, sequence + done);
                List<Long> expected = new ArrayList<>();
                for (long i = sequence + done; i < 6; i++) {
                    expected.add(i);
                }
                assertThat(rest()).as("document %d, %d done", document, done).isEqualTo(expected);
                assertThat(cursor.isSeeking()).isFalse();
                place(indexes.get(2), 1, 6);
                assertThat(cursor.recordsPassed()).isEqualTo(expected.size());
            }
            sequence += counts[document];
        }
        assertThat(told).isEmpty();
    }

    @Test
    void recordsThatCannotBeReadAreSteppedOver() throws Exception {
        long first = journal.append(1);
        long broken = journal.append(new byte[16], 3);
        moveTo(Checkpoint.START);
        assertThat(rest()).containsExactly(0L);
        assertThat(told).hasSize(1);
        place(broken, 3, 4);
        journal.append(1);
        assertThat(rest()).containsExactly(4L);

        moveTo(first, 1, 1);
        assertThat(rest()).containsExactly(4L);
    }

    /** After a power cut: the journal ends in front of the checkpoint, and its end is all there is. */
    @Test
    void aPlaceBehindTheEndOfTheJournalWaitsForNumbersThatWereNeverGiven() throws Exception {
        long first = journal.append(2);
        long second = journal.append(2);
        long distance = second - first;
        moveTo(second + distance, 1, 6);
        assertThat(rest()).isEmpty();
        assertThat(cursor.isSeeking()).isTrue();
        place(second + distance, 1, 6);
        journal.skipTo(6);
        long reused = journal.append(2);
        assertThat(rest()).containsExactly(6L, 7L);
        assertThat(cursor.recordsAreMissing()).isFalse();
        assertThat(cursor.isSeeking()).isFalse();
        place(reused, 2, 8);
        assertThat(told.stream().filter(line -> !line.equals("gap 4 6"))).isEmpty();
    }

    @Test
    void numbersThatGotLostBehindTheCheckpointAreTold() throws Exception {
        journal.append(2);
        long second = journal.append(2);
        moveTo(second, 2, 4);
        journal.skipTo(9);
        journal.append(1);
        assertThat(cursor.recordsAreMissing()).isFalse();
        assertThat(rest()).containsExactly(9L);
        assertThat(told).containsExactly("gap 4 9");
        assertThat(cursor.recordsAreMissing())
                .as("it was the end that got lost")
                .isFalse();
    }

    @Test
    void aCheckpointWhoseDocumentIsGoneBeginsAtTheFirstRetainedAndTellsTheGap() throws Exception {
        journal.skipTo(7);
        long first = journal.append(2);
        moveTo(first - 1, 1, 3);
        assertThat(rest()).containsExactly(7L, 8L);
        assertThat(told).containsExactly("gap 3 7");
        assertThat(cursor.recordsAreMissing()).isTrue();
        assertThat(cursor.isSeeking()).isFalse();
    }

    /** The index is that of a document with other numbers: it holds some that are behind the checkpoint's. */
    @Test
    void ofADocumentThatStandsWhereAnotherOneStoodOnlyNumbersNotDoneAreRead() throws Exception {
        long first = journal.append(4);
        moveTo(first, 0, 3);
        assertThat(rest()).containsExactly(3L);
        moveTo(first, 0, 4);
        assertThat(rest()).isEmpty();
        assertThat(cursor.isSeeking()).as("all of it was done before").isTrue();
        assertThat(told).isEmpty();
    }
}
