package io.emberlog.master.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.emberlog.handler.LogRecord;
import io.emberlog.master.journal.JournalDocumentReader;
import io.emberlog.master.journal.JournalDocumentWriter;
import io.emberlog.master.journal.JournalListener;
import io.emberlog.message.DropReason;
import io.emberlog.message.DropReport;
import io.emberlog.message.Heartbeat;
import io.emberlog.message.Level;
import io.emberlog.message.MessageDescriptor;
import io.emberlog.message.WorkerIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class JournalRecordsTest {
    private static final WorkerIdentity ONE = TestJournal.worker(new UUID(1, 1), "one");
    private static final WorkerIdentity TWO = TestJournal.worker(new UUID(2, 2), "two");

    private final JournalDocumentWriter writer = new JournalDocumentWriter();
    private final JournalDocumentReader document = new JournalDocumentReader();
    private final List<String> problems = new ArrayList<>();
    private final JournalRecords records = new JournalRecords(new JournalListener() {
        @Override
        public void onBroken(long index, String what) {
            problems.add(index + ": " + what);
        }
    });
    private final LogRecord record = new LogRecord();

    @Test
    void everyRecordHasItsNumberItsIdAndItsWorker() {
        byte[] first = TestJournal.batch(Level.INFO, "app", 0, 2);
        byte[] third = TestJournal.batch(Level.INFO, "app", 3, 1);
        writer.begin(1000, 0);
        int one = writer.addSource(ONE, 64, 1024);
        int two = writer.addSource(TWO, 0, 512);
        addSegment(one, 64, TestJournal.concat(heartbeat(), first));
        addSegment(two, 0, TestJournal.concat(dropped(), padding()));
        addSegment(one, 64 + heartbeat().length + first.length, third);
        finish(4);

        assertThat(all())
                .containsExactly(
                        "1000 " + ONE.ringUuid() + ":96:0 one 0",
                        "1001 " + ONE.ringUuid() + ":96:1 one 1",
                        "1002 " + TWO.ringUuid() + ":0:0 two dropped {} records: {}",
                        "1003 " + ONE.ringUuid() + ":" + (96 + first.length) + ":0 one 3");
        assertThat(records.endSequence()).isEqualTo(1004);
        assertThat(problems).isEmpty();
    }

    @Test
    void aWorkerIsTheSameObjectInEveryDocumentUntilItsRingHasEnded() {
        WorkerIdentity first = workerOf(false);
        assertThat(workerOf(false)).isSameAs(first);
        assertThat(workerOf(true)).isSameAs(first);
        assertThat(workerOf(false)).isNotSameAs(first).isEqualTo(first);
    }

    @Test
    void behindABrokenRecordTheSegmentIsSkippedAndAllOtherNumbersStay() {
        byte[] broken = TestJournal.concat(
                TestJournal.batch(Level.INFO, "app", 0, 1), new byte[16], TestJournal.batch(Level.INFO, "app", 1, 2));
        writer.begin(0, 0);
        int one = writer.addSource(ONE, 0, 1024);
        int two = writer.addSource(TWO, 0, 1024);
        addSegment(one, 0, broken);
        addSegment(two, 0, TestJournal.batch(Level.INFO, "app", 3, 2));
        addSegment(two, 512, TestJournal.batch(Level.INFO, "app", 5, 1));
        finish(6);

        assertThat(texts()).containsExactly("0=0", "3=3", "4=4", "5=5");
        assertThat(problems).singleElement().asString().startsWith("7: segment 0 of ring " + ONE.ringUuid());
        assertThat(records.endSequence()).isEqualTo(6);
    }

    @Test
    void severalBrokenSegmentsNeverGiveANumberTwice() {
        byte[] broken = TestJournal.concat(TestJournal.batch(Level.INFO, "app", 0, 1), new byte[16]);
        writer.begin(0, 0);
        int one = writer.addSource(ONE, 0, 1024);
        for (int i = 0; i < 4; i++) {
            addSegment(one, i * 256, broken);
        }
        finish(10);

        assertThat(texts()).containsExactly("0=0", "7=0", "8=0", "9=0");
        assertThat(problems).hasSize(4);
    }

    /** Evidence made to cost time: the square of that many segments would take minutes. */
    @Test
    @Timeout(60)
    void aDocumentOfNothingButBrokenSegmentsIsReadInTimeThatGrowsWithItsLength() {
        writer.begin(0, 0);
        int one = writer.addSource(ONE, 0, 1024);
        int segments = 0;
        while (writer.addSegment(one, 0, new byte[8], 0, 8)) {
            segments++;
        }
        finish(0);

        assertThat(texts()).isEmpty();
        assertThat(segments).isGreaterThan(30_000);
        assertThat(problems).hasSize(segments);
    }

    @Test
    void recordsAboveTheDocumentsOwnCountAreReportedAndSkipped() {
        writer.begin(0, 0);
        addSegment(writer.addSource(ONE, 0, 1024), 0, TestJournal.batch(Level.INFO, "app", 0, 3));
        finish(2);

        assertThat(texts()).containsExactly("0=0", "1=1");
        assertThat(problems).containsExactly("7: more records than recordCount=2");
        assertThat(records.next(record)).isFalse();
    }

    @Test
    void fewerRecordsThanTheDocumentsOwnCountAreReported() {
        writer.begin(0, 0);
        addSegment(writer.addSource(ONE, 0, 1024), 0, TestJournal.batch(Level.INFO, "app", 0, 3));
        finish(5);

        assertThat(texts()).hasSize(3);
        assertThat(problems).containsExactly("7: recordCount=5 and 2 fewer in the segments");
        assertThat(records.endSequence()).isEqualTo(5);
    }

    @Test
    void whateverBytesAWorkerWroteNumbersAscendWithinTheDocumentAndNothingIsThrown() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            int count = random.nextInt(12);
            writer.begin(100, 0);
            int one = writer.addSource(ONE, 0, 1 << 20);
            for (int segment = random.nextInt(4); segment >= 0; segment--) {
                byte[] bytes = TestJournal.concat(
                        heartbeat(), TestJournal.batch(Level.INFO, "app", 0, 1 + random.nextInt(4)), dropped());
                for (int damage = random.nextInt(4); damage > 0; damage--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                addSegment(one, 4096L * segment, bytes);
            }
            finish(count);
            long last = 99;
            while (records.next(record)) {
                assertThat(record.sequence())
                        .as("seed %d, round %d", seed, round)
                        .isGreaterThan(last)
                        .isLessThan(100 + count);
                last = record.sequence();
            }
            assertThat(records.endSequence()).isEqualTo(100 + count);
        }
    }

    private WorkerIdentity workerOf(boolean ended) {
        writer.begin(0, 0);
        addSegment(writer.addSource(ONE, 0, 1024), 0, TestJournal.batch(Level.INFO, "app", 0, 1));
        if (ended) {
            writer.addEnded(ONE.ringUuid(), 1024, 0, 0, Map.of());
        }
        finish(1);
        assertThat(records.next(record)).isTrue();
        return record.worker();
    }

    private void addSegment(int source, long position, byte[] bytes) {
        assertThat(writer.addSegment(source, position, bytes, 0, bytes.length)).isTrue();
    }

    private void finish(int count) {
        int length = writer.finish(count);
        assertThat(document.wrap(writer.array(), length)).as(document.problem()).isTrue();
        records.wrap(document, 7);
    }

    private List<String> all() {
        List<String> all = new ArrayList<>();
        while (records.next(record)) {
            all.add(record.sequence() + " " + record.id() + " "
                    + record.worker().name() + " " + text());
        }
        return all;
    }

    private List<String> texts() {
        List<String> texts = new ArrayList<>();
        while (records.next(record)) {
            texts.add(record.sequence() + "=" + text());
        }
        return texts;
    }

    private String text() {
        return record.entry().text(MessageDescriptor.TEMPLATE);
    }

    private static byte[] heartbeat() {
        byte[] payload = new byte[MessageDescriptor.HEARTBEAT_LENGTH];
        Heartbeat.encode(payload, 0, 1, 2, false);
        return TestJournal.ringRecord(MessageDescriptor.TYPE_HEARTBEAT, payload, payload.length);
    }

    private static byte[] dropped() {
        byte[] payload = new byte[DropReport.length(1)];
        DropReport.encode(payload, 0, 1, 2, 1);
        DropReport.encodeItem(payload, 0, 0, DropReason.values()[0].code(), Level.INFO.severity(), 5, 5);
        return TestJournal.ringRecord(MessageDescriptor.TYPE_DROPPED, payload, payload.length);
    }

    private static byte[] padding() {
        return TestJournal.ringRecord(MessageDescriptor.TYPE_PADDING, new byte[8], 8);
    }
}
