package io.emberlog.master.journal;

import io.emberlog.fuzz.Check;
import io.emberlog.handler.LogRecord;
import io.emberlog.master.fanout.JournalRecords;
import io.emberlog.message.Bytes;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Bytes as a journal document; from 1 in the first byte on its CRC32C is made right. It is refused with a reason, or all of it
 * can be asked for; what is asked for and written again is the same document; and its records are numbered without a gap.
 */
public final class DocumentFuzz {
    private static final JournalDocumentReader READER = new JournalDocumentReader();
    private static final JournalDocumentReader AGAIN = new JournalDocumentReader();
    private static final JournalDocumentWriter WRITER = new JournalDocumentWriter();

    private DocumentFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] document = Arrays.copyOfRange(data, 1, data.length);
        if (data[0] > 0 && document.length > Integer.BYTES) {
            CRC32C crc = new CRC32C();
            crc.update(document, 0, document.length - Integer.BYTES);
            Bytes.putInt(document, document.length - Integer.BYTES, (int) crc.getValue());
        }
        if (!READER.wrap(document, document.length)) {
            Check.that(READER.problem() != null, "a reason");
            Check.that(!AGAIN.wrap(document, document.length), "the same once more");
            return;
        }
        writeAgain();
        walk(document);
    }

    private static void writeAgain() {
        WRITER.begin(READER.firstSequence(), READER.appendedEpochNs());
        for (int i = 0; i < READER.sourceCount(); i++) {
            int source = WRITER.addSource(READER.sourceIdentity(i), READER.sourceStart(i), READER.sourceEnd(i));
            Check.same(source, i, "number of the source");
        }
        for (int i = 0; i < READER.segmentCount(); i++) {
            Check.that(READER.segmentSource(i) < READER.sourceCount(), "a segment names a source");
            Check.that(
                    WRITER.addSegment(
                            READER.segmentSource(i),
                            READER.segmentPosition(i),
                            READER.array(),
                            READER.segmentOffset(i),
                            READER.segmentLength(i)),
                    "a segment that was read can be written");
        }
        for (int i = 0; i < READER.endedCount(); i++) {
            RingEnd end = READER.ended(i);
            WRITER.addEnded(
                    READER.endedUuid(i),
                    end.endPosition(),
                    READER.endedTorn(i),
                    READER.endedHole(i),
                    end.lastSequences());
        }
        if (READER.hasState()) {
            WRITER.addState(READER.state().nextSequence(), READER.state().rings());
        }
        int length = WRITER.finish(READER.recordCount());
        Check.that(AGAIN.wrap(WRITER.array(), length), "what was read and written is a document");
        Check.same(AGAIN.firstSequence(), READER.firstSequence(), "first number");
        Check.same(AGAIN.recordCount(), READER.recordCount(), "records");
        Check.same(AGAIN.appendedEpochNs(), READER.appendedEpochNs(), "time of the append");
        Check.same(AGAIN.segmentCount(), READER.segmentCount(), "segments");
        for (int i = 0; i < READER.endedCount(); i++) {
            Check.same(AGAIN.ended(i), READER.ended(i), "end of a ring");
        }
        for (int i = 0; i < READER.sourceCount(); i++) {
            Check.same(AGAIN.sourceUuid(i), READER.sourceUuid(i), "uuid of the source");
        }
        Map<UUID, RingEnd> rings = READER.hasState() ? READER.state().rings() : null;
        Check.same(AGAIN.hasState() ? AGAIN.state().rings() : null, rings, "rings of the state");
    }

    private static void walk(byte[] document) {
        long[] told = {0};
        JournalRecords records = new JournalRecords(new JournalListener() {
            @Override
            public void onBroken(long index, String what) {
                told[0]++;
            }

            @Override
            public void onGap(long expected, long found) {
                throw new AssertionError("one document has no gap");
            }
        });
        records.wrap(READER, 7);
        LogRecord record = new LogRecord();
        long last = READER.firstSequence() - 1;
        long count = 0;
        while (records.next(record)) {
            Check.that(record.sequence() > last, "numbers ascend");
            Check.that(record.sequence() == last + 1 || told[0] > 0, "a gap of numbers is told");
            last = record.sequence();
            Check.that(last < records.endSequence(), "no number of the next document");
            Check.that(++count <= document.length, "a bounded number of records");
        }
        Check.same(records.endSequence(), READER.firstSequence() + READER.recordCount(), "the next number");
        Check.that(count == READER.recordCount() || told[0] > 0, "what is missing is told");
    }
}
