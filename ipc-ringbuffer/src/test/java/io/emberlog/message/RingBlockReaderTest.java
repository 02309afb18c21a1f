package io.emberlog.message;

import static io.emberlog.message.MessageDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a block holds, record by record, and the very words about each that is none. */
class RingBlockReaderTest {
    private static final int OFFSET = 48;
    private static final long POSITION = 1_000_000;

    private final RingBlockReader reader = new RingBlockReader();
    private byte[] block = new byte[4096];
    private int end = OFFSET;

    /** Adds a record, its padding full of ones. */
    private int add(int type, byte[] payload) {
        int start = end;
        Bytes.putInt(block, start, RingBlockReader.RECORD_HEADER_LENGTH + payload.length);
        Bytes.putInt(block, start + 4, type);
        System.arraycopy(payload, 0, block, start + 8, payload.length);
        int next = start + (8 + payload.length + 7 & -8);
        Arrays.fill(block, start + 8 + payload.length, next, (byte) -1);
        end = next;
        return start;
    }

    private static byte[] batch(int slot, long firstSequence, String... texts) {
        BatchEncoder encoder = new BatchEncoder(16 * 1024, 1024);
        encoder.begin();
        for (String text : texts) {
            encoder.beginEntry(9, 1, 2);
            encoder.text(TEMPLATE, text);
            encoder.endEntry();
        }
        encoder.finish(slot, firstSequence);
        return Arrays.copyOf(encoder.buffer(), encoder.length());
    }

    private static byte[] heartbeat() {
        byte[] bytes = new byte[HEARTBEAT_LENGTH];
        Heartbeat.encode(bytes, 0, 1, 2, false);
        return bytes;
    }

    private void wrap() {
        reader.wrap(block, OFFSET, end - OFFSET, POSITION);
    }

    private void assertBroken(String what, int at) {
        wrap();
        while (reader.nextEntry()) {
            continue;
        }
        assertThat(reader.broken()).isEqualTo(what + " at position " + (POSITION + at - OFFSET));
        assertThat(reader.nextEntry()).isFalse();
        assertThat(reader.nextRecord()).isFalse();
        wrap();
        assertThat(reader.broken()).isNull();
    }

    private void assertBrokenRecord(String what, int type, byte[] payload) {
        end = OFFSET;
        add(TYPE_HEARTBEAT, heartbeat());
        int at = add(type, payload);
        add(TYPE_HEARTBEAT, heartbeat());
        assertBroken(what, at);
        wrap();
        assertThat(reader.nextRecord()).isTrue();
        assertThat(reader.nextRecord()).isFalse();
    }

    private static byte[] changed(byte[] payload, int at, int value) {
        byte[] copy = payload.clone();
        copy[at] = (byte) value;
        return copy;
    }

    @Test
    void recordsAndTheirEntriesAreShownInTheirOrderAndPlace() {
        int padding = add(TYPE_PADDING, new byte[3]);
        int first = add(TYPE_LOG_BATCH, batch(63, 70, "a", "bb"));
        int beat = add(TYPE_HEARTBEAT, heartbeat());
        byte[] checkedBatch = batch(1, 5, "checked");
        int checked = add(TYPE_LOG_BATCH | CHECKED, Arrays.copyOf(checkedBatch, checkedBatch.length + CHECK_LENGTH));
        byte[] report = new byte[DropReport.length(1)];
        DropReport.encode(report, 0, 1, 2, 1);
        DropReport.encodeItem(report, 0, 0, 1, 9, 4, 4);
        int dropped = add(TYPE_DROPPED, report);

        wrap();
        int[] starts = {padding, first, beat, checked, dropped, end};
        int[] lengths = {3, batch(63, 70, "a", "bb").length, HEARTBEAT_LENGTH, checkedBatch.length, report.length};
        for (int i = 0; i < lengths.length; i++) {
            assertThat(reader.nextRecord()).as("record %d", i).isTrue();
            assertThat(reader.recordOffset()).isEqualTo(starts[i]);
            assertThat(reader.position()).isEqualTo(POSITION + starts[i] - OFFSET);
            assertThat(reader.payloadOffset()).isEqualTo(starts[i] + 8);
            assertThat(reader.payloadLength()).isEqualTo(lengths[i]);
            assertThat(reader.alignedLength()).isEqualTo(starts[i + 1] - starts[i]);
            assertThat(reader.nextOffset()).isEqualTo(starts[i + 1]);
            assertThat(reader.isChecked()).isEqualTo(i == 3);
        }
        assertThat(reader.nextRecord()).isFalse();
        assertThat(reader.broken()).isNull();

        wrap();
        String[] texts = {"a", "bb", "checked", "dropped {} records: {}"};
        int[] indexes = {0, 1, 0, 0};
        for (int i = 0; i < texts.length; i++) {
            assertThat(reader.nextEntry()).isTrue();
            assertThat(reader.entry().text(TEMPLATE)).isEqualTo(texts[i]);
            assertThat(reader.index()).isEqualTo(indexes[i]);
            if (i < 2) {
                assertThat(reader.slot()).isEqualTo(63);
                assertThat(reader.firstSequence()).isEqualTo(70);
                assertThat(reader.entryCount()).isEqualTo(2);
            }
        }
        assertThat(reader.nextEntry()).isFalse();
        assertThat(reader.broken()).isNull();
    }

    @Test
    void aRecordThatDoesNotFitTheBlockIsSaidWithItsPlace() {
        int at = add(TYPE_HEARTBEAT, heartbeat());
        int last = end;
        end += 5;
        assertBroken("record header of 5 bytes must have 8", last);
        end = last;
        for (int length : new int[] {7, 0, -1, end - at + 1, Integer.MAX_VALUE}) {
            Bytes.putInt(block, at, length);
            assertBroken(
                    "record length=" + length + " must be from 8 and, aligned, at most the " + (end - at)
                            + " bytes of the block",
                    at);
        }
    }

    @Test
    void aRecordThatBreaksTheRulesOfItsTypeIsSaidWithItsPlace() {
        byte[] good = batch(0, 1, "text");
        assertBrokenRecord("length=19 of a checked record must be at least 20", TYPE_LOG_BATCH | CHECKED, new byte[11]);
        assertBrokenRecord(
                "batch length=0 must be at least " + BATCH_HEADER_LENGTH,
                TYPE_LOG_BATCH | CHECKED,
                new byte[CHECK_LENGTH]);
        assertBrokenRecord(
                "batch length=" + (BATCH_HEADER_LENGTH - 1) + " must be at least " + BATCH_HEADER_LENGTH,
                TYPE_LOG_BATCH,
                Arrays.copyOf(good, BATCH_HEADER_LENGTH - 1));
        assertBrokenRecord(
                "batch version=9 must be " + VERSION, TYPE_LOG_BATCH, changed(good, BATCH_VERSION_OFFSET, 9));
        assertBrokenRecord(
                "batch slot=64 must be below 64", TYPE_LOG_BATCH, changed(good, BATCH_SLOT_OFFSET, SLOT_COUNT));
        int most = good.length / ENTRY_HEADER_LENGTH;
        for (int count : new int[] {0, most + 1}) {
            assertBrokenRecord(
                    "batch entryCount=" + count + " must be from 1 to what fits its length=" + good.length,
                    TYPE_LOG_BATCH,
                    changed(good, BATCH_ENTRY_COUNT_OFFSET, count));
        }
        assertBrokenRecord(
                "batch entryCount=0 must be from 1 to what fits its length=" + BATCH_HEADER_LENGTH,
                TYPE_LOG_BATCH,
                changed(Arrays.copyOf(good, BATCH_HEADER_LENGTH), BATCH_ENTRY_COUNT_OFFSET, 0));
        assertBrokenRecord(
                "heartbeat of length=" + HEARTBEAT_LENGTH + " must have version " + VERSION + " and " + HEARTBEAT_LENGTH
                        + " bytes",
                TYPE_HEARTBEAT,
                changed(heartbeat(), HEARTBEAT_VERSION_OFFSET, 9));
        assertBrokenRecord(
                "drop report of length=4 must have version " + VERSION
                        + ", at most 128 items in its length and no negative count",
                TYPE_DROPPED,
                new byte[4]);
        assertBrokenRecord("record type=4 must be one of 1, 2, 3, -1", 4, new byte[8]);
        assertBrokenRecord("record type=-2 must be one of 1, 2, 3, -1", -2, new byte[8]);
    }

    @Test
    void anEntryThatIsNoneEndsTheBatchAndTheWalk() {
        byte[] two = batch(0, 1, "a", "b");
        String none = " of the batch must have a length that fits, severity 0 to 24, ascending tags and valid sections";
        int at = add(TYPE_LOG_BATCH, changed(two, BATCH_HEADER_LENGTH + ENTRY_SEVERITY_OFFSET, 25));
        add(TYPE_HEARTBEAT, heartbeat());
        assertBroken("entry=0" + none, at);
        wrap();
        assertThat(reader.nextEntry()).isFalse();

        int second = BATCH_HEADER_LENGTH + Bytes.getInt(two, BATCH_HEADER_LENGTH);
        end = OFFSET;
        add(TYPE_LOG_BATCH, changed(two, second + ENTRY_SEVERITY_OFFSET, -1));
        assertBroken("entry=1" + none, OFFSET);
        wrap();
        assertThat(reader.nextEntry()).isTrue();
        assertThat(reader.nextEntry()).isFalse();

        end = OFFSET;
        add(TYPE_LOG_BATCH, changed(two, BATCH_ENTRY_COUNT_OFFSET, 1));
        assertBroken("bytes behind the last entry=" + (two.length - second) + " must be none", OFFSET);
        wrap();
        assertThat(reader.nextEntry()).isFalse();
    }
}
